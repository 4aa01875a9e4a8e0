// Delete all, with undo instead of a question. For a few seconds only the page forgets them; then the sandbox does.

import { announce } from "./announce.js";
import * as api from "./api.js";
import { byId, element } from "./element.js";
import { chosenNumber } from "./filter.js";
import { counted } from "./format.js";
import { model } from "./model.js";

const HELD_FOR = 6000;

const toast = byId("toast");
let pending = null;

function begin() {
  commit();
  const to = chosenNumber();
  const seqs = model.shown().filter((message) => !to || message.destination === to).map((message) => message.seq);
  if (seqs.length === 0) return;
  pending = { to, seqs, through: Math.max(...seqs), timer: setTimeout(commit, HELD_FOR) };
  model.hold(seqs);
  const button = element("button", { type: "button", "aria-keyshortcuts": "u", onclick: undo }, "Undo ", element("kbd", {}, "u"));
  toast.replaceChildren(element("span", {}, `${counted(seqs.length, "SMS", "SMS")} deleted.`), button, element("i", {}));
}

function end() {
  const ended = pending;
  if (ended) clearTimeout(ended.timer);
  pending = null;
  toast.replaceChildren();
  return ended;
}

async function commit() {
  const ended = end();
  if (!ended) return;
  try {
    await api.deleteMessages(ended.to, ended.through);
  } catch (error) {
    model.release(ended.seqs);
    announce(`Not deleted. ${error.message}`);
  }
}

export function undo() {
  const ended = end();
  if (!ended) return;
  model.release(ended.seqs);
  announce(`${counted(ended.seqs.length, "SMS is", "SMS are")} back`);
}

export function start() {
  byId("delete-all").addEventListener("click", begin);
  // Whoever leaves has decided.
  addEventListener("pagehide", commit);
  // Those of another process are gone anyway.
  model.on("restart", end);
}
