// What the page knows. Events of the stream go in; "messages", "requests", "faults", "facts" and "warnings" say what
// changed.

/** As many as the sandbox itself keeps. */
const KEPT = 500;

class Model extends EventTarget {
  boot = "";
  /** By sequence number, oldest first. */
  messages = new Map();
  /** Sequence numbers that the page does not show any more and the sandbox still has: a deletion that can be undone. */
  held = new Set();
  unread = new Set();
  lastSeq = 0;
  requests = [];
  faults = [];
  settings = {};
  magicNumbers = [];
  warnings = [];

  apply(name, data) {
    this[`on_${name}`]?.(data);
  }

  on_snapshot(data) {
    const restarted = this.boot !== "" && this.boot !== data.boot;
    const first = this.boot === "";
    if (restarted) {
      this.held.clear();
      this.unread.clear();
      this.lastSeq = 0;
    }
    this.boot = data.boot;
    const known = this.lastSeq;
    this.messages = new Map(data.messages.map((message) => [message.seq, message]));
    for (const seq of this.messages.keys()) {
      this.lastSeq = Math.max(this.lastSeq, seq);
      // What was there before the page was opened is not news.
      if (!first && seq > known) this.unread.add(seq);
    }
    this.#forgetTheGone();
    this.requests = data.requests.slice(-KEPT);
    this.faults = data.faults;
    this.settings = data.settings;
    this.magicNumbers = data.magic_numbers;
    this.warnings = [...data.warnings];
    if (restarted) this.#tell("restart");
    for (const topic of ["messages", "requests", "faults", "facts", "warnings"]) this.#tell(topic);
  }

  on_message(message) {
    this.messages.set(message.seq, message);
    this.lastSeq = Math.max(this.lastSeq, message.seq);
    this.unread.add(message.seq);
    while (this.messages.size > KEPT) this.messages.delete(this.messages.keys().next().value);
    this.#forgetTheGone();
    this.#tell("messages");
    this.#tell("arrival", message);
  }

  on_update(message) {
    if (!this.messages.has(message.seq)) return;
    this.messages.set(message.seq, message);
    this.#tell("messages");
  }

  on_deleted({ seqs }) {
    for (const seq of seqs) this.messages.delete(seq);
    this.#forgetTheGone();
    this.#tell("messages");
  }

  on_request(entry) {
    this.requests.push(entry);
    if (this.requests.length > KEPT) this.requests.shift();
    this.#tell("requests");
  }

  on_faults(faults) {
    this.faults = faults;
    this.#tell("faults");
  }

  on_warning({ text }) {
    if (!this.warnings.includes(text)) this.warnings.push(text);
    this.#tell("warnings");
  }

  /** Newest first, without those whose deletion is held back. */
  shown() {
    return [...this.messages.values()].filter((message) => !this.held.has(message.seq)).reverse();
  }

  hold(seqs) {
    for (const seq of seqs) this.held.add(seq);
    this.#tell("messages");
  }

  release(seqs) {
    for (const seq of seqs) this.held.delete(seq);
    this.#tell("messages");
  }

  markRead(seq) {
    if (this.unread.delete(seq)) this.#tell("messages");
  }

  unreadCount() {
    return [...this.unread].filter((seq) => !this.held.has(seq)).length;
  }

  on(topic, listener) {
    this.addEventListener(topic, (event) => listener(event.detail));
  }

  #forgetTheGone() {
    for (const seq of this.unread) if (!this.messages.has(seq)) this.unread.delete(seq);
    for (const seq of this.held) if (!this.messages.has(seq)) this.held.delete(seq);
  }

  #tell(topic, detail) {
    this.dispatchEvent(new CustomEvent(topic, { detail }));
  }
}

export const model = new Model();
