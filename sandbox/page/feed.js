// The list of SMS, newest first, and the one that is selected. Selecting is focusing, so that a screen reader follows.

import { onTick } from "./clock.js";
import { byId, oncePerFrame, setText } from "./element.js";
import * as filter from "./filter.js";
import { counted } from "./format.js";
import { model } from "./model.js";
import { Sms } from "./sms.js";
import { watch } from "./unread.js";

const feed = byId("feed");
const drawn = new Map();
let order = [];
let selected = null;

export const isEmpty = () => order.length === 0;

function draw() {
  filter.offerNumbers();
  const all = model.shown();
  const messages = all.filter(filter.matches);
  keepSelection(messages);
  order = messages.map((message) => message.seq);
  const wanted = new Set(order);
  for (const [seq, sms] of drawn) {
    if (wanted.has(seq)) continue;
    sms.node.remove();
    drawn.delete(seq);
  }
  let next = feed.firstElementChild;
  messages.forEach((message, at) => {
    const sms = drawn.get(message.seq) ?? make(message);
    sms.update(message);
    sms.node.setAttribute("aria-posinset", at + 1);
    sms.node.setAttribute("aria-setsize", messages.length);
    if (sms.node === next) next = next.nextElementSibling;
    else feed.insertBefore(sms.node, next);
  });
  markSelected();
  showCounts(all.length, messages.length);
}

function make(message) {
  const sms = new Sms(message, { filterByNumber: filter.filterByNumber });
  sms.node.addEventListener("focusin", () => choose(message.seq));
  sms.node.addEventListener("click", () => choose(message.seq));
  watch(sms.node, message.seq);
  drawn.set(message.seq, sms);
  return sms;
}

function showCounts(all, shown) {
  feed.hidden = shown === 0;
  byId("empty").hidden = all !== 0;
  byId("no-match").hidden = all === 0 || shown !== 0;
  setText(byId("inbox-count"), all === shown ? String(all) : `${shown} of ${all}`);
  const deletable = filter.chosenNumber() ? shown : all;
  const button = byId("delete-all");
  button.disabled = all === 0;
  setText(button.querySelector("span"), filter.chosenNumber() ? "Delete these" : "Delete all");
  button.title = counted(deletable, "SMS", "SMS");
}

/** If the selected one goes, its place is taken by the one after it, or before it at the end. */
function keepSelection(messages) {
  if (selected === null || messages.some((message) => message.seq === selected)) return;
  const hadFocus = feed.contains(document.activeElement);
  const at = order.indexOf(selected);
  selected = messages[Math.min(at, messages.length - 1)]?.seq ?? null;
  if (hadFocus && selected !== null) queueMicrotask(() => drawn.get(selected)?.node.focus());
}

function markSelected() {
  for (const [seq, { node }] of drawn) {
    if (seq === selected) node.setAttribute("aria-current", "true");
    else node.removeAttribute("aria-current");
    // One stop for the tab key; from there j and k.
    node.tabIndex = seq === (selected ?? order[0]) ? 0 : -1;
  }
}

function choose(seq) {
  model.markRead(seq);
  if (selected === seq) return;
  selected = seq;
  markSelected();
}

/** Selects the next (1) or previous (-1) one; the newest if none is. */
export function move(by) {
  if (order.length === 0) return;
  const at = selected === null ? 0 : Math.min(order.length - 1, Math.max(0, order.indexOf(selected) + by));
  const { node } = drawn.get(order[at]);
  node.focus({ preventScroll: true });
  node.scrollIntoView({ block: "nearest" });
}

export function unselect() {
  drawn.get(selected)?.node.blur();
  selected = null;
  markSelected();
}

/** Copies the selected code, or the newest. */
export function copyCode() {
  drawn.get(selected ?? order[0])?.copyCode();
}

/** Sequence numbers of another process are those of other messages. */
function startAfresh() {
  unselect();
  feed.replaceChildren();
  drawn.clear();
}

export function start() {
  model.on("messages", oncePerFrame(draw));
  model.on("restart", startAfresh);
  onTick(() => drawn.forEach((sms) => sms.tick()));
}
