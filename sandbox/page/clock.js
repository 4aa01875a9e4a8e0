// The sandbox's own clock, which may be ahead of ours because somebody moved it.

import * as api from "./api.js";
import { byId, setText } from "./element.js";
import { clockTime, span } from "./format.js";

let ahead = 0;
const ticks = new EventTarget();

export function now() {
  return Date.now() + ahead;
}

/** Calls at each full second of the sandbox's clock, and when the clock has been moved. */
export function onTick(listener) {
  ticks.addEventListener("tick", listener);
}

/** Takes over what the sandbox says its clock shows, and asks by how much it has been moved. */
export async function set(time) {
  ahead = time - Date.now();
  tick();
  showMoved(await api.clock().catch(() => ({ moved_ms: 0 })));
}

function tick() {
  const time = byId("clock-time");
  setText(time, clockTime(now()));
  time.dateTime = new Date(now()).toISOString();
  ticks.dispatchEvent(new Event("tick"));
}

function showMoved({ moved_ms: moved }) {
  const reset = byId("clock-reset");
  reset.hidden = moved === 0;
  setText(reset, `${span(moved)} ahead: reset`);
}

function tickForEver() {
  tick();
  setTimeout(tickForEver, 1000 - (now() % 1000));
}

export function start(failed) {
  const move = (by) => api.moveClock(by).then((answer) => set(answer.now), failed);
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => move({ advance_seconds: Number(button.dataset.advance) }));
  }
  byId("clock-reset").addEventListener("click", () => move({ reset: true }));
  setTimeout(tickForEver, 0);
}
