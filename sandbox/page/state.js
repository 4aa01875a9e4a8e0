// What has become of a code. The sandbox said so when the message last changed; that time has passed since, or that
// the clock was moved, no event tells.

import { now } from "./clock.js";

const LASTING = ["verified", "locked", "superseded"];
const WORDS = { pending: "Pending", verified: "Verified", expired: "Expired", locked: "Locked", superseded: "Superseded" };

export function stateOf(message) {
  if (LASTING.includes(message.state)) return message.state;
  return now() >= message.expires_at ? "expired" : "pending";
}

export const stateInWords = (state) => WORDS[state] ?? state;
