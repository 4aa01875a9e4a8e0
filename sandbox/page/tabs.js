// Tabs as the ARIA practices describe them: arrows, Home and End move between them, and the tab key enters the panel.

const tabs = [...document.querySelectorAll("[role=tab]")];

function select(chosen) {
  for (const tab of tabs) {
    const on = tab === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
  }
}

function target(key, at) {
  if (key === "ArrowRight") return (at + 1) % tabs.length;
  if (key === "ArrowLeft") return (at + tabs.length - 1) % tabs.length;
  if (key === "Home") return 0;
  return key === "End" ? tabs.length - 1 : null;
}

export function start() {
  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", (event) => {
      const next = target(event.key, at);
      if (next === null) return;
      event.preventDefault();
      select(tabs[next]);
      tabs[next].focus();
    });
  });
}
