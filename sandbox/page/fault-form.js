// The form that sets a fault, and the buttons for the most wanted ones.

import { announce } from "./announce.js";
import * as api from "./api.js";
import { byId, element } from "./element.js";
import { KINDS, PRESETS } from "./fault-kinds.js";
import { digitsOf } from "./format.js";

const form = byId("fault-form");
const kind = byId("fault-kind");

const chosen = () => KINDS[kind.selectedIndex];

function labelled(field) {
  const id = `fault-${field.name}`;
  return element(
    "div",
    { class: field.multiline ? "field wide" : "field" },
    element("label", { for: id }, field.label),
    control(id, field),
  );
}

function control(id, { name, type = "text", value, options, multiline, min, max, required }) {
  if (options) return element("select", { id, name }, ...Object.entries(options).map(([key, text]) => element("option", { value: key }, text)));
  if (multiline) return element("textarea", { id, name, rows: 2, spellcheck: "false" }, value);
  return element("input", { id, name, type, value, min, max, required, autocomplete: "off" });
}

function showFields() {
  const { fields, delivered } = chosen();
  byId("fault-fields").replaceChildren(...fields.map(labelled));
  byId("fault-hint").textContent = delivered
    ? "Processed: a send delivers its SMS, whatever the client gets to know."
    : "Not processed: a send delivers no SMS.";
}

function asked() {
  const values = new FormData(form);
  const action = { kind: chosen().kind };
  for (const { name, type } of chosen().fields) action[name] = type === "number" ? Number(values.get(name)) : values.get(name);
  return {
    path: values.get("path"),
    to: digitsOf(values.get("to")),
    times: Number(values.get("times")),
    probability: Number(values.get("probability")),
    do: action,
  };
}

async function set(fault) {
  byId("fault-error").textContent = "";
  try {
    await api.setFault(fault);
    announce("Fault set");
  } catch (error) {
    byId("fault-error").textContent = error.message;
  }
}

export function start() {
  kind.append(...KINDS.map(({ kind: value, label }) => element("option", { value }, label)));
  kind.addEventListener("change", showFields);
  showFields();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    set(asked());
  });
  byId("presets").append(
    ...PRESETS.map(({ label, do: action }) =>
      element("button", { type: "button", class: "quiet", onclick: () => set({ path: "send", times: 1, do: action }) }, label),
    ),
  );
}
