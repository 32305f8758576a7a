// Stops the extension's background at the moment a test chooses, as the browsers do when it has been idle.

import { inFirefoxScope } from "./firefox-scope.mjs";
import { until } from "./until.mjs";

/** @typedef {import('puppeteer-core').Browser} Browser */

/** @param {{kind: import('./paths.mjs').BrowserKind, browser: Browser, extensionId: string}} world */
export async function killBackground({ kind, browser, extensionId }) {
  if (kind === "chromium") await killWorkers(browser, extensionId);
  else await killEventPage(browser, extensionId);
}

/** @param {{kind: import('./paths.mjs').BrowserKind, browser: Browser, extensionId: string}} world */
export async function isBackgroundRunning({ kind, browser, extensionId }) {
  if (kind === "chromium") return workers(browser, extensionId).length > 0;
  return (await inFirefoxScope(browser, `${policy(extensionId)}.backgroundState`)) === "running";
}

/** @param {Browser} browser @param {string} id */
const workers = (browser, id) =>
  browser
    .targets()
    .filter((target) => target.type() === "service_worker" && target.url().startsWith(`chrome-extension://${id}/`));

/** @param {Browser} browser @param {string} id */
async function killWorkers(browser, id) {
  for (const target of workers(browser, id)) await (await target.worker())?.close();
  await until("the service worker to be gone", () => workers(browser, id).length === 0);
}

/** @param {string} id */
const policy = (id) => `WebExtensionPolicy.getByID(${JSON.stringify(id)}).extension`;

/** `terminateBackground` is what the idle timer of Firefox calls. @param {Browser} browser @param {string} id */
async function killEventPage(browser, id) {
  await inFirefoxScope(browser, `${policy(id)}.terminateBackground().then(() => null)`);
  await until(
    "the event page to be gone",
    async () => (await inFirefoxScope(browser, `${policy(id)}.backgroundState`)) === "stopped",
  );
}
