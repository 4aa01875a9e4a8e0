// The journal of requests, newest first: what came, and why it was refused if it was.

import { byId, element, oncePerFrame, setText } from "./element.js";
import { clockTime, phoneNumber } from "./format.js";
import { model } from "./model.js";

const journal = byId("journal");
const onlyRefused = byId("only-refused");

const FINE = ["sent", "verified"];
const drawn = new Map();
let boot = "";

function grade({ status, outcome }) {
  if (status === 0 || status >= 500) return "bad";
  if (status >= 400 || outcome === "refused" || outcome === "fault") return "refused";
  return FINE.includes(outcome) ? "good" : "doubtful";
}

/** The key is told where another one begins to be used, not again and again. */
function row(entry, isNewKey) {
  const target = entry.path.replace(/^\/otpservice\//, "");
  return element(
    "li",
    { "data-grade": grade(entry) },
    element("span", { class: "status", title: entry.status === 0 ? "No answer was given" : null }, entry.status === 0 ? "none" : String(entry.status)),
    element(
      "span",
      { class: "request" },
      element("strong", {}, entry.method === "POST" ? target : `${entry.method} ${target}`),
      entry.destination ? element("span", { class: "to" }, phoneNumber(entry.destination)) : null,
      element("span", { class: "outcome" }, entry.fault ? `fault: ${entry.fault.replaceAll("_", " ")}` : entry.outcome),
    ),
    element("time", { datetime: new Date(entry.at).toISOString() }, clockTime(entry.at)),
    entry.why ? element("p", { class: "why" }, entry.why) : null,
    isNewKey ? element("span", { class: "key", title: "Fingerprint of the Authorization header: which key, not the key" }, `key ${entry.key}`) : null,
  );
}

function isShown(entry) {
  return !onlyRefused.checked || !["good", "doubtful"].includes(grade(entry));
}

function keysFirstUsed() {
  let last = "";
  const began = model.requests.filter(({ key }) => {
    const isNew = key !== "" && key !== last;
    last = key || last;
    return isNew;
  });
  return new Set(began.map(({ n }) => n));
}

/** Adds and drops rows at the ends; a journal of a new process starts afresh. */
function draw() {
  if (boot !== model.boot) drawn.clear();
  boot = model.boot;
  const shown = model.requests.filter(isShown).reverse();
  const keys = keysFirstUsed();
  const rows = shown.map((entry) => drawn.get(entry.n) ?? row(entry, keys.has(entry.n)));
  drawn.clear();
  shown.forEach((entry, at) => drawn.set(entry.n, rows[at]));
  journal.replaceChildren(...rows);
  setText(byId("requests-count"), String(model.requests.length));
  byId("journal-empty").hidden = rows.length !== 0;
  setText(byId("journal-empty"), model.requests.length ? "None was refused." : "No request yet.");
}

export function start() {
  const drawSoon = oncePerFrame(draw);
  model.on("requests", drawSoon);
  onlyRefused.addEventListener("change", drawSoon);
}
