// Puts the parts together: events go into the model, and the parts draw what changed.

import { announce, announceArrival } from "./announce.js";
import * as clock from "./clock.js";
import { copyWith } from "./copy.js";
import * as deletion from "./deletion.js";
import { byId } from "./element.js";
import * as faultForm from "./fault-form.js";
import * as faults from "./faults.js";
import * as feed from "./feed.js";
import * as filter from "./filter.js";
import * as journal from "./journal.js";
import * as keys from "./keys.js";
import * as magic from "./magic.js";
import { model } from "./model.js";
import * as notices from "./notices.js";
import * as settings from "./settings.js";
import { listen } from "./stream.js";
import * as tabs from "./tabs.js";
import * as unread from "./unread.js";
import * as views from "./views.js";

for (const part of [deletion, faultForm, faults, feed, filter, journal, keys, magic, notices, settings, tabs, unread, views]) {
  part.start();
}
clock.start((error) => announce(error.message));
model.on("arrival", announceArrival);

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copyWith(button, byId(button.dataset.copy).textContent, "Text"));
}

listen({
  received(name, data) {
    if (name === "snapshot" || name === "clock") clock.set(data.now);
    model.apply(name, data);
  },
  connected: () => notices.showConnection("live"),
  lost: () => notices.showConnection("lost"),
});
