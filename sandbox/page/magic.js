// The magic numbers, as the sandbox itself lists them.

import { copyWith } from "./copy.js";
import { byId, element } from "./element.js";
import { model } from "./model.js";

function row({ number, name, what, library }) {
  const copy = element("button", { type: "button", class: "link number", title: "Copy", "aria-label": `Copy ${number}, ${name}` }, number);
  copy.addEventListener("click", () => copyWith(null, number, "Number"));
  return element(
    "tr",
    {},
    element("td", {}, copy),
    element("td", {}, element("strong", {}, name), element("p", {}, what), element("p", { class: "library" }, library)),
  );
}

export function start() {
  model.on("facts", () => byId("magic-rows").replaceChildren(...model.magicNumbers.map(row)));
}
