// How numbers, times and durations are written.

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const clockTime = (time) => TIME.format(time);
export const fullTime = (time) => DATE.format(time);

/** As people in Sri Lanka write it; elsewhere as it is. */
export function phoneNumber(digits) {
  const local = /^94(\d\d)(\d{3})(\d{4})$/.exec(digits);
  return local ? `+94 ${local[1]} ${local[2]} ${local[3]}` : `+${digits}`;
}

/** Minutes and seconds, such as 3:09; hours before them if need be. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  if (hours) parts.unshift(hours);
  return parts.map((part, at) => (at ? String(part).padStart(2, "0") : String(part))).join(":");
}

export function counted(count, one, many) {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

export function digitsOf(text) {
  return text.replace(/\D/g, "");
}
