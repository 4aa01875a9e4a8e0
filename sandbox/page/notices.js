// What stands above everything: whether the page is connected, and what the sandbox warns about.

import { announce } from "./announce.js";
import { byId, element, setText } from "./element.js";
import { model } from "./model.js";

const WORDS = { connecting: "Connecting", live: "Live", lost: "Offline" };

export function showConnection(state) {
  const pill = byId("connection");
  const was = pill.dataset.state;
  if (was === state) return;
  pill.dataset.state = state;
  setText(pill, WORDS[state]);
  byId("lost").hidden = state !== "lost";
  if (was === "lost") announce("Connected again");
}

const warnings = byId("warnings");
/** The element of each, by its text. One that stays is left alone, or a screen reader would say it again. */
const shown = new Map();

function drawWarnings() {
  for (const [text, node] of shown) {
    if (model.warnings.includes(text)) continue;
    node.remove();
    shown.delete(text);
  }
  for (const text of model.warnings) {
    if (shown.has(text)) continue;
    const node = element("p", { class: "warning" }, element("strong", {}, "Warning. "), text);
    shown.set(text, node);
    warnings.append(node);
  }
  // Many scroll, which the keyboard has to be able to do, too.
  if (shown.size > 0) warnings.tabIndex = 0;
  else warnings.removeAttribute("tabindex");
}

export function start() {
  model.on("warnings", drawWarnings);
}
