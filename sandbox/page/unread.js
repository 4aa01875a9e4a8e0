// What has not been looked at, counted in the title. An SMS counts as read once it was selected, or in view for a
// moment in a window that has the focus.

import * as api from "./api.js";
import { model } from "./model.js";

const LOOKED_AT_FOR = 1200;
/** A hidden tab has no stream; it asks for the count alone, and keeps no connection. */
const ASK_WHILE_HIDDEN = 3000;
const TITLE = document.title;

const inView = new Map();
let asking = 0;

const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) inView.set(target, Number(target.dataset.seq));
      else inView.delete(target);
    }
    look();
  },
  { threshold: 0.6 },
);

export function watch(node) {
  observer.observe(node);
}

function look() {
  if (document.hidden || !document.hasFocus()) return;
  const looked = [...inView].filter(([, seq]) => model.unread.has(seq));
  if (looked.length === 0) return;
  setTimeout(() => {
    if (document.hidden || !document.hasFocus()) return;
    for (const [node, seq] of looked) if (inView.has(node)) model.markRead(seq);
  }, LOOKED_AT_FOR);
}

function showCount(count) {
  const title = count ? `(${count}) ${TITLE}` : TITLE;
  if (document.title !== title) document.title = title;
}

async function askWhileHidden() {
  const { cursor, messages } = await api.ready().catch(() => ({ cursor: model.lastSeq, messages: 0 }));
  if (!document.hidden) return;
  // A cursor that went back is that of a new process: all of its messages are news.
  const arrived = cursor < model.lastSeq ? cursor : cursor - model.lastSeq;
  showCount(model.unreadCount() + Math.min(arrived, messages));
}

export function start() {
  model.on("messages", () => {
    showCount(model.unreadCount());
    requestAnimationFrame(look);
  });
  addEventListener("focus", look);
  document.addEventListener("visibilitychange", () => {
    clearInterval(asking);
    if (document.hidden) asking = setInterval(askWhileHidden, ASK_WHILE_HIDDEN);
  });
}
