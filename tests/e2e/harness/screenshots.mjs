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

/**
 * How bright the left and the right edge of a box are on the page's picture, 0 to 255.
 * @param {import("puppeteer-core").Page} page
 * @param {import("./notices.mjs").Box} box  in the viewport
 * @param {number} share  of the box that each edge is, in pixels
 * @returns {Promise<number[]>}
 */
export async function edges(page, { left, top, width, height }, share) {
  const shot = await page.screenshot({ encoding: "base64" });
  return page.evaluate(
    async (data, x, y, across, down, wide) => {
      const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      if (!context) throw new Error("no canvas");
      context.drawImage(bitmap, 0, 0);
      return [x + 2, x + across - wide - 2].map((from) => {
        // Rounded corners show the page.
        const { data: pixels } = context.getImageData(from, y + 16, wide, down - 32);
        let sum = 0;
        for (let at = 0; at < pixels.length; at += 4) sum += pixels[at + 1];
        return Math.round(sum / (pixels.length / 4));
      });
    },
    shot, Math.round(left), Math.round(top), Math.round(width), Math.round(height), share,
  );
}
