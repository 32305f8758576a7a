// Takes the permission for all sites from the extension and gives it back, as a reader can at any time.

import { inFirefoxScope } from "./firefox-scope.mjs";

/** @typedef {import("./world.mjs").World} World */

/** @param {World} world */
export async function takeSites(world) {
  if (world.kind === "chromium") return chromiumAccess(world, "ON_CLICK");
  const desk = await world.extension.desk();
  await desk.evaluate(() => browser.permissions.remove({ origins: ["<all_urls>"] }));
}

/** @param {World} world */
export async function giveSites(world) {
  if (world.kind === "chromium") return chromiumAccess(world, "ON_ALL_SITES");
  // permissions.request would need a press of a button and a dialog that nobody can press.
  const id = JSON.stringify(world.extensionId);
  await inFirefoxScope(
    world.browser,
    `ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs").ExtensionPermissions
      .add(${id}, { origins: ["<all_urls>"], permissions: [] }, WebExtensionPolicy.getByID(${id}).extension).then(() => null)`,
  );
}

/** @param {World} world @param {string} hostAccess */
const chromiumAccess = (world, hostAccess) => chromiumSettings(world, { hostAccess });

/** The switches on the page chrome://extensions. @param {World} world @param {Record<string, unknown>} settings */
export async function chromiumSettings({ browser, extensionId }, settings) {
  const page = await browser.newPage({ type: "window" });
  await page.goto("chrome://extensions");
  await page.evaluate(
    async (id, changed) => {
      const { developerPrivate } = /** @type {any} */ (chrome);
      // Without it an unpacked extension that a switch starts anew stays off.
      await developerPrivate.updateProfileConfiguration({ inDeveloperMode: true });
      await developerPrivate.updateExtensionConfiguration({ extensionId: id, ...changed });
    },
    extensionId,
    settings,
  );
  await page.close();
}
