// The clipboard.

import { announce } from "./announce.js";

const SHOWN_FOR = 1600;

export async function copyText(text) {
  // Only a secure context has a clipboard. Loopback is one; another interface without TLS is not.
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else copyBySelection(text);
}

function copyBySelection(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (!copied) throw new Error("The browser did not copy it.");
}

/** Copies, and lets the button say so for a moment. */
export async function copyWith(button, text, what) {
  try {
    await copyText(text);
  } catch {
    announce(`${what} could not be copied`);
    return;
  }
  announce(`${what} copied`);
  if (!button) return;
  clearTimeout(button.copied);
  show(button, "Copied", "#icon-done");
  button.copied = setTimeout(() => show(button, "Copy", "#icon-copy"), SHOWN_FOR);
}

function show(button, word, icon) {
  button.classList.toggle("done", word === "Copied");
  const label = button.querySelector("span");
  if (label) label.textContent = word;
  button.querySelector("use")?.setAttribute("href", icon);
}
