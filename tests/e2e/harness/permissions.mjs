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

/** The switch on the page chrome://extensions. @param {World} world @param {string} access */
async function chromiumAccess({ browser, extensionId }, access) {
  const page = await browser.newPage({ type: "window" });
  await page.goto("chrome://extensions");
  await page.evaluate(
    (id, hostAccess) =>
      /** @type {any} */ (chrome).developerPrivate.updateExtensionConfiguration({ extensionId: id, hostAccess }),
    extensionId,
    access,
  );
  await page.close();
}
