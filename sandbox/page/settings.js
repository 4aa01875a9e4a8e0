// How the sandbox was started, and where it is reached.

import { byId, element } from "./element.js";
import { model } from "./model.js";

const BASE_URL = `${location.origin}/otpservice`;

function curl() {
  const trust = location.protocol === "https:" ? ' --cacert "$CA_FILE"' : "";
  return `curl${trust} ${BASE_URL}/send \\
  -H 'Authorization: Apikey made-up' \\
  -H 'Content-Type: application/json' \\
  -d '{"source":"ShoutDEMO","destination":"94771234567",
       "transport":"sms",
       "content":{"sms":"Your code is {{code}}"}}'`;
}

function inWords(value) {
  if (value === null || value === "") return "none";
  if (value === true) return "yes";
  if (value === false) return "no";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function draw() {
  const rows = Object.entries({ base_url: BASE_URL, ...model.settings });
  byId("settings-list").replaceChildren(
    ...rows.map(([name, value]) => element("div", {}, element("dt", {}, name.replaceAll("_", " ").replace("url", "URL").replace("http", "HTTP")), element("dd", {}, inWords(value)))),
  );
}

export function start() {
  byId("base-url").textContent = BASE_URL;
  byId("curl").textContent = curl();
  model.on("facts", draw);
}
