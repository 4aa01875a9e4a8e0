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

export function start() {
  model.on("warnings", () => {
    byId("warnings").hidden = model.warnings.length === 0;
    byId("warnings").replaceChildren(
      ...model.warnings.map((text) => element("p", { class: "warning" }, element("strong", {}, "Warning. "), text)),
    );
  });
}
