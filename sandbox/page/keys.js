// The keys, in one table. While something is typed only Esc is one.

import { undo } from "./deletion.js";
import { byId } from "./element.js";
import * as feed from "./feed.js";
import * as filter from "./filter.js";
import { show } from "./views.js";

const search = byId("search");

const KEYS = {
  j: () => inInbox(() => feed.move(1)),
  k: () => inInbox(() => feed.move(-1)),
  c: () => feed.copyCode(),
  u: () => undo(),
  "/": () => inInbox(() => search.select()),
  Escape: clear,
};

function inInbox(act) {
  show("inbox");
  act();
}

/** One thing at a time: first what is searched, then what is selected. */
function clear() {
  if (filter.isFiltered()) filter.clear();
  else feed.unselect();
  document.activeElement?.blur();
}

function isTyping({ target }) {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const act = KEYS[event.key];
    if (!act || (isTyping(event) && event.key !== "Escape")) return;
    event.preventDefault();
    act();
  });
}
