// Pictures of the product for people to look at: target/screenshots/<browser>/<name>.png.

import { mkdirSync } from "node:fs";
import { screenshots } from "./paths.mjs";

/**
 * @param {import("./paths.mjs").BrowserKind} kind
 * @param {import("puppeteer-core").Page} page
 * @param {string} name
 * @param {{fullPage?: boolean}} [options]
 * @returns {Promise<string>} the file's path
 */
export async function shoot(kind, page, name, { fullPage = false } = {}) {
  const folder = `${screenshots}/${kind}`;
  mkdirSync(folder, { recursive: true });
  const path = /** @type {`${string}.png`} */ (`${folder}/${name}.png`);
  await page.screenshot({ path, fullPage });
  return path;
}
