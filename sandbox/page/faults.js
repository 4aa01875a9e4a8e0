// The faults that wait in the queue, first come first.

import * as api from "./api.js";
import { byId, element, oncePerFrame, setText } from "./element.js";
import { detailsOf, labelOf } from "./fault-kinds.js";
import { counted, phoneNumber } from "./format.js";
import { model } from "./model.js";

const REQUESTS = { send: ["send", "sends"], verify: ["verification", "verifications"], any: ["request", "requests"] };

function described({ times, path, to, probability }) {
  const [one, many] = REQUESTS[path] ?? REQUESTS.any;
  const which = times === 1 ? `next ${one}` : `next ${counted(times, one, many)}`;
  const where = to ? ` for ${phoneNumber(to)}` : "";
  const chance = probability < 1 ? `, with a probability of ${probability}` : "";
  return which + where + chance;
}

function row(fault) {
  const remove = element(
    "button",
    { type: "button", class: "quiet", "aria-label": `Remove fault ${fault.id}`, onclick: () => api.removeFault(fault.id).catch(() => {}) },
    "Remove",
  );
  const details = detailsOf(fault.do);
  return element(
    "li",
    { "data-kind": fault.do.kind },
    element("strong", {}, labelOf(fault.do.kind)),
    element("span", {}, described(fault)),
    details ? element("span", { class: "details" }, details) : null,
    remove,
  );
}

function draw() {
  byId("fault-list").replaceChildren(...model.faults.map(row));
  byId("faults-empty").hidden = model.faults.length !== 0;
  byId("clear-faults").hidden = model.faults.length === 0;
  const count = byId("faults-count");
  setText(count, String(model.faults.length));
  count.classList.toggle("active", model.faults.length !== 0);
}

export function start() {
  model.on("faults", oncePerFrame(draw));
  byId("clear-faults").addEventListener("click", () => api.clearFaults().catch(() => {}));
}
