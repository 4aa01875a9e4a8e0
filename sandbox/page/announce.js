// The live region: what a screen reader says while the eyes would see something change.

import { byId } from "./element.js";
import { counted, phoneNumber } from "./format.js";

/** Arrivals within this time are told together. */
const GATHER_FOR = 500;

let arrived = [];

export function announce(text) {
  byId("announcement").textContent = text;
}

export function announceArrival(message) {
  arrived.push(message);
  if (arrived.length === 1) setTimeout(tellArrivals, GATHER_FOR);
}

function tellArrivals() {
  const [first] = arrived;
  const code = [...first.code].join(" ");
  announce(
    arrived.length === 1
      ? `New SMS to ${phoneNumber(first.destination)}, code ${code}`
      : counted(arrived.length, "new SMS", "new SMS"),
  );
  arrived = [];
}
