// The control API. A refusal becomes an Error with the sandbox's own words.

async function ask(method, path, body, more = {}) {
  const options = { method, ...more };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(`/_sandbox/${path}`, options);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The sandbox answered ${response.status}.`);
  return answer;
}

export const ready = () => ask("GET", "ready");
export const clock = () => ask("GET", "clock");
export const moveClock = (move) => ask("POST", "clock", move);
export const setFault = (fault) => ask("POST", "faults", fault);
export const removeFault = (id) => ask("DELETE", `faults?id=${encodeURIComponent(id)}`);
export const clearFaults = () => ask("DELETE", "faults");

/** Deletes what had come up to a sequence number, so that an SMS that came later stays. Outlives the page. */
export function deleteMessages(to, through) {
  const query = new URLSearchParams({ through });
  if (to) query.set("to", to);
  return ask("DELETE", `messages?${query}`, undefined, { keepalive: true });
}
