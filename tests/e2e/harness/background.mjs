// Stops the extension's background at the moment a test chooses, as the browsers do when it has been idle.

import { inFirefoxScope } from "./firefox-scope.mjs";

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

/** Runs something in a background of Chromium that is running. @template T @param {{browser: Browser, extensionId: string}} world @param {() => T} run @returns {Promise<T>} */
export async function inWorker({ browser, extensionId }, run) {
  const worker = await workers(browser, extensionId)[0]?.worker();
  if (!worker) throw new Error("no background is running");
  return /** @type {Promise<T>} */ (worker.evaluate(run));
}

/** @param {Browser} browser @param {string} id */
async function killWorkers(browser, id) {
  for (const target of workers(browser, id)) {
    // Not "until there is none": the next message may have started another one already.
    const gone = new Promise((resolve) => {
      const hear = (/** @type {import("puppeteer-core").Target} */ destroyed) => {
        if (destroyed !== target) return;
        browser.off("targetdestroyed", hear);
        resolve(null);
      };
      browser.on("targetdestroyed", hear);
    });
    await (await target.worker())?.close();
    await gone;
  }
}

/** @param {string} id */
const policy = (id) => `WebExtensionPolicy.getByID(${JSON.stringify(id)}).extension`;

/** What the idle timer of Firefox calls; settled when the page is gone. @param {Browser} browser @param {string} id */
async function killEventPage(browser, id) {
  await inFirefoxScope(browser, `${policy(id)}.terminateBackground().then(() => null)`);
}
