// Which messages are shown: those that hold the searched text, to the chosen number.

import { byId, element } from "./element.js";
import { digitsOf, phoneNumber } from "./format.js";
import { model } from "./model.js";

const search = byId("search");
const number = byId("number");
let offered = "";

export const chosenNumber = () => number.value;
export const isFiltered = () => search.value.trim() !== "" || number.value !== "";

export function matches(message) {
  if (number.value && message.destination !== number.value) return false;
  const wanted = search.value.trim().toLowerCase();
  if (!wanted) return true;
  const texts = [message.text, message.source, message.reference_id, message.code];
  if (texts.some((text) => text.toLowerCase().includes(wanted))) return true;
  // "077 123" and "+94 77 123" are how people write it.
  const digits = digitsOf(wanted);
  return /^[\d\s+().-]+$/.test(wanted) && digits !== "" && message.destination.includes(digits.replace(/^0/, ""));
}

export function clear() {
  search.value = "";
  number.value = "";
  changed();
}

function changed() {
  model.dispatchEvent(new CustomEvent("messages"));
}

/** Shows this number only, or all again if it was the chosen one. */
export function filterByNumber(digits) {
  number.value = number.value === digits ? "" : digits;
  changed();
}

/** Offers the numbers that have messages, most recent first, and the chosen one in any case. */
export function offerNumbers() {
  const numbers = [...new Set([...model.shown().map((message) => message.destination), number.value])].filter(Boolean);
  const key = numbers.join();
  if (key === offered) return;
  offered = key;
  const chosen = number.value;
  const options = numbers.map((digits) => element("option", { value: digits }, phoneNumber(digits)));
  number.replaceChildren(element("option", { value: "" }, "All numbers"), ...options);
  number.value = chosen;
}

export function start() {
  search.addEventListener("input", changed);
  number.addEventListener("change", changed);
  byId("show-all").addEventListener("click", () => {
    clear();
    search.focus();
  });
}
