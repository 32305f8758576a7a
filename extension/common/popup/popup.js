// The popup: this page's findings, the state of every source, the update.

import * as client from "../ui/client.js";
import { byId, make, words } from "../ui/dom.js";
import { failure } from "../ui/format.js";
import { lastChoice, speak, t } from "../ui/i18n.js";
import { showPolicy } from "../ui/managed.js";
import { listen } from "../ui/progress.js";
import { showNetwork } from "./network.js";
import { prepareNews, showNews } from "./news.js";
import { Page } from "./page.js";
import { prepareQuestion, showQuestion } from "./remember.js";
import { showSources } from "./sources.js";
import { Update } from "./update.js";

/** @typedef {import("../ui/types.js").Status} Status */

/** @type {string | null} the choice of language that the page now follows */
let spoken = lastChoice();
let refreshing = false;
let again = false;

const trouble = byId("trouble", HTMLElement);
const page = new Page();
const update = new Update({ onEnd: refresh, connect: () => connect() });
const connect = listen({
  onProgress: (progress) => update.progress(progress),
  onChange: refresh,
  onClosed: () => update.lost(),
});

byId("open-options", HTMLButtonElement).addEventListener("click", async () => {
  await browser.runtime.openOptionsPage();
  // In a tab of its own there is nothing to close; a popup would stay open.
  if (!new URLSearchParams(location.search).has("tab")) window.close();
});

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
  update.follow(status);
  showNews(status.notices, refresh);
  showSources(status, update.results, (source) => update.accept(source));
  showQuestion(status.logs);
  showNetwork(status.network);
}

/** @param {string | null} choice of language */
async function follow(choice) {
  await speak(choice);
  spoken = choice;
  document.title = t("popup_title");
  page.render();
  update.render();
}

/**
 * Without a status there is still something to read and to press.
 * @param {unknown} error
 */
function complain(error) {
  const retry = words("button", "", "retry");
  retry.type = "button";
  retry.addEventListener("click", refresh);
  trouble.replaceChildren(make("p", { class: "bad" }, failure(error)), make("div", {}, retry));
  trouble.hidden = false;
}

prepareNews(refresh);
prepareQuestion(refresh);
await follow(spoken);
await Promise.all([refresh(), page.start()]);
