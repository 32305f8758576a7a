// The options: sources, sensitivity, language, sites, hidden warnings, what is remembered, forget everything.

import * as client from "../ui/client.js";
import { byId, make, words } from "../ui/dom.js";
import { failure } from "../ui/format.js";
import { lastChoice, speak, t } from "../ui/i18n.js";
import { showPolicy } from "../ui/managed.js";
import { listen } from "../ui/progress.js";
import { prepareAddSource, showAddSource } from "./add-source.js";
import { attempt } from "./attempt.js";
import { prepareLogs, showLogs } from "./logs.js";
import { showMutes } from "./mutes.js";
import { ask } from "./question.js";
import { prepareSensitivity, showSensitivity } from "./sensitivity.js";
import { showSites } from "./sites.js";
import { showSources } from "./source-list.js";

/** @typedef {import("../ui/types.js").Status} Status */

/** @type {string | null} the choice of language that the page now follows */
let spoken = lastChoice();
let refreshing = false;
let again = false;

const trouble = byId("trouble", HTMLElement);
const language = byId("language", HTMLSelectElement);

/** Asks for the status and shows it; calls in between make one more call. */
async function refresh() {
  again = true;
  if (refreshing) return;
  refreshing = true;
  while (again) {
    again = false;
    try {
      await show(await client.status());
      trouble.hidden = true;
    } catch (error) {
      complain(error);
    }
  }
  refreshing = false;
}

/** @param {Status} status */
async function show(status) {
  if (spoken !== status.language) await follow(status.language);
  showPolicy(status.policy);
  language.value = status.language ?? "";
  language.disabled = status.policy?.languageLocked === true;
  showSources(status, refresh);
  showAddSource(status.policy);
  showSensitivity(status);
  showSites(status, refresh);
  showMutes(status, refresh);
  await showLogs(status.logs);
}

/** @param {string | null} choice of language */
async function follow(choice) {
  await speak(choice);
  spoken = choice;
  document.title = t("options_title");
}

/** @param {unknown} error */
function complain(error) {
  const retry = words("button", "", "retry");
  retry.type = "button";
  retry.addEventListener("click", refresh);
  trouble.replaceChildren(make("p", { class: "bad" }, failure(error)), make("div", {}, retry));
  trouble.hidden = false;
}

language.addEventListener("change", () =>
  attempt("language-result", refresh, async () => {
    await client.setLanguage(language.value || null);
    return "saved";
  }),
);

byId("forget", HTMLButtonElement).addEventListener("click", async () => {
  const yes = await ask({
    title: t("forget_question"),
    text: `${t("forget_text")} ${t("forget_warning")}`,
    yes: t("forget_confirm"),
  });
  if (!yes) return;
  await attempt("forget-result", refresh, async () => {
    await client.forgetEverything();
    return "forget_done";
  });
});

prepareAddSource(refresh);
prepareSensitivity(refresh);
prepareLogs(refresh);
listen({ onChange: refresh });
await follow(spoken);
await refresh();
