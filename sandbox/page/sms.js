// One SMS, as a phone would show it, and what a phone does not show.

import { now } from "./clock.js";
import { copyWith } from "./copy.js";
import { byId, element, setText } from "./element.js";
import { clockTime, counted, fullTime, phoneNumber, span } from "./format.js";
import { model } from "./model.js";
import { stateInWords, stateOf } from "./state.js";

const HUES = 6;
/** More letters than this need a smaller type. */
const LONG = 5;

export class Sms {
  #message;
  #fields = {};

  constructor(message, { filterByNumber }) {
    this.node = byId("sms-template").content.firstElementChild.cloneNode(true);
    this.node.dataset.seq = message.seq;
    for (const field of this.node.querySelectorAll("[data-field]")) this.#fields[field.dataset.field] = field;
    const { source, destination, text, code, time } = this.#fields;

    const heading = this.node.querySelector("h3");
    heading.id = `sms-${message.seq}`;
    this.node.setAttribute("aria-labelledby", heading.id);
    text.id = `text-${message.seq}`;
    this.node.setAttribute("aria-describedby", text.id);

    const avatar = this.node.querySelector(".avatar");
    avatar.textContent = [...message.source][0] ?? "";
    avatar.dataset.hue = [...message.source].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES;
    source.textContent = message.source;
    destination.textContent = phoneNumber(message.destination);
    destination.title = "Show only this number";
    destination.addEventListener("click", () => filterByNumber(message.destination));
    code.textContent = message.code;
    code.toggleAttribute("data-long", message.code.length > LONG);
    text.append(...withCodeMarked(message.text, message.code));
    time.textContent = clockTime(message.received_at);
    time.dateTime = new Date(message.received_at).toISOString();
    time.title = fullTime(message.received_at);
    this.#fields.facts.append(...facts(message));
    this.node.querySelector(".copy").addEventListener("click", () => this.copyCode());
    this.update(message);
  }

  update(message) {
    this.#fields.new.hidden = !model.unread.has(message.seq);
    if (this.#message === message) return;
    this.#message = message;
    this.#fields.attempts.replaceChildren(...attempts(message));
    this.tick();
  }

  /** Draws what changes as time passes. */
  tick() {
    const message = this.#message;
    const state = stateOf(message);
    if (this.node.dataset.state !== state) {
      this.node.dataset.state = state;
      this.#fields.state.dataset.state = state;
      setText(this.#fields.state, stateInWords(state));
    }
    const lifetime = message.expires_at - message.received_at;
    // Our clock may be a few milliseconds behind, which must not show as a second more than there ever was.
    const left = Math.min(lifetime, message.expires_at - now());
    setText(this.#fields.left, timing(state, message, left));
    const share = state === "pending" ? left / lifetime : 0;
    this.#fields.bar.style.setProperty("inline-size", `${100 * Math.max(0, share)}%`);
  }

  copyCode() {
    model.markRead(this.#message.seq);
    return copyWith(this.node.querySelector(".copy"), this.#message.code, "Code");
  }
}

function withCodeMarked(text, code) {
  const pieces = code ? text.split(code) : [text];
  return pieces.flatMap((piece, at) => (at ? [element("mark", {}, code), piece] : [piece]));
}

function timing(state, message, left) {
  if (state === "pending") return `expires in ${span(left)}`;
  return state === "expired" ? `at ${clockTime(message.expires_at)}` : "";
}

function facts(message) {
  const why = message.encoding === "UCS-2" ? "A character outside the GSM alphabet: 70 per SMS instead of 160" : null;
  return [
    element("li", { title: why, "data-encoding": message.encoding }, message.encoding),
    element("li", {}, counted(message.segments, "segment", "segments")),
    element("li", {}, `cost ${message.cost}`),
    element("li", { class: "reference", title: "The reference id" }, message.reference_id),
  ];
}

function attempts(message) {
  return message.verifications.map(({ at, outcome }) =>
    element("li", { "data-outcome": outcome }, element("time", { datetime: new Date(at).toISOString() }, clockTime(at)), ` ${outcome}`),
  );
}
