// On a narrow screen the inbox and the tools take turns; on a wide one both are there and this shows nothing new.

export function show(view) {
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll("[data-show]")) {
    if (button.dataset.show === view) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
}

export function start() {
  for (const button of document.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => show(button.dataset.show));
  }
}
