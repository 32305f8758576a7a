// Private windows: lets the extension into them, as a reader can, and opens one.

import { inFirefoxScope } from "./firefox-scope.mjs";
import { chromiumSettings } from "./permissions.mjs";
import { until } from "./until.mjs";

/** @typedef {import("./world.mjs").World} World */

/** To be called before any page of the extension is open: both browsers start it anew. @param {World} world */
export async function allowPrivateWindows(world) {
  if (world.kind === "chromium") {
    await chromiumSettings(world, { incognitoAccess: true });
    await until("the extension to be back", () => opens(world));
    return;
  }
  const id = JSON.stringify(world.extensionId);
  await inFirefoxScope(
    world.browser,
    `(async () => {
      const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
      const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
      await ExtensionPermissions.add(${id}, { origins: [], permissions: ["internal:privateBrowsingAllowed"] });
      await (await AddonManager.getAddonByID(${id})).reload();
      return null;
    })()`,
  );
}

/** Whether the extension has pages to open. @param {World} world */
async function opens({ browser, origin }) {
  const page = await browser.newPage({ type: "window" });
  try {
    const address = `${origin}options/options.html`;
    await page.goto(address, { timeout: 2000 });
    return page.url() === address;
  } finally {
    await page.close();
  }
}

/** Opens an address in a private window; the number of its tab. @param {World} world @param {string} url @returns {Promise<number>} */
export async function visitPrivately({ extension }, url) {
  const desk = await extension.desk();
  await until("the extension to be let into private windows", () =>
    desk.evaluate(() => browser.extension.isAllowedIncognitoAccess()),
  );
  const tab = await desk.evaluate(async (address) => {
    const opened = await browser.windows.create({ url: address, incognito: true });
    return opened?.tabs?.[0]?.id ?? null;
  }, url);
  if (tab === null) throw new Error("no private window was opened");
  return tab;
}
