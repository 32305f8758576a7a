// Pictures of everything we show, for people to look at, and that nothing overflows in narrow or enlarged windows.

import assert from "node:assert/strict";
import { cardOfWarning, readThrough, warningInView } from "./harness/feed.mjs";
import { shoot } from "./harness/screenshots.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("./harness/world.mjs").World} World */

const languages = /** @type {const} */ (["en", "ru", "ar"]);
const schemes = /** @type {const} */ (["light", "dark"]);

/** Notices follow their pictures a frame after the window has changed. @param {Page} page @param {string} what */
const assertNoSideways = (page, what) =>
  until(
    `${what} to need no sideways scrolling`,
    () =>
      page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return scrollWidth <= clientWidth + 1 || null;
      }),
    { timeout: 3000 },
  );

/** The feed with warnings, and then with a card over it. @param {World} world @param {Page} page @param {string} name @param {string} [language] */
async function shootFeed(world, page, name, language) {
  await page.bringToFront();
  await page.mouse.move(1, 1);
  await warningInView(page, { language });
  await shoot(world.kind, page, `feed-${name}`);
  const shown = await cardOfWarning(page, { language });
  const width = await page.evaluate(() => innerWidth);
  assert.ok(
    shown.box.left >= 0 && shown.box.left + shown.box.width <= width,
    `the card fits ${width} px: ${JSON.stringify(shown.box)}`,
  );
  await shoot(world.kind, page, `card-${name}`);
  await page.mouse.move(1, 1);
}

inEachBrowser(
  "pictures of feed, card, popup and options in every language and scheme",
  async (world) => {
    const { extension } = world;
    const page = await world.visit(`${siteOrigin}/feed/`);
    await readThrough(world, page);
    const popup = await extension.open(`popup/popup.html?tab=${await extension.tabOf(page)}`);
    const options = await extension.open("options/options.html");
    await popup.setViewport({ width: 400, height: 600 });
    for (const language of languages) {
      await extension.ask({ kind: "setLanguage", language });
      for (const scheme of schemes) {
        const name = `${language}-${scheme}`;
        for (const one of [page, popup, options]) await world.setScheme(one, scheme);
        await page.bringToFront();
        await shootFeed(world, page, name, language);
        for (const [one, what] of /** @type {[Page, string][]} */ ([
          [popup, "popup"],
          [options, "options"],
        ])) {
          await one.bringToFront();
          await until("the page in the language", () =>
            one.evaluate((wanted) => document.documentElement.lang === wanted, language),
          );
          await assertNoSideways(one, `${what} in ${name}`);
          await shoot(world.kind, one, `${what}-${name}`, { fullPage: true });
        }
      }
    }
  },
  { timeout: 240_000 },
);

inEachBrowser(
  "everything fits 320 px and 200 % zoom",
  async (world) => {
    const { extension, kind } = world;
    const page = await world.visit(`${siteOrigin}/feed/`);
    await readThrough(world, page);
    const tab = await extension.tabOf(page);
    const popup = await extension.open(`popup/popup.html?tab=${tab}`);
    const options = await extension.open("options/options.html");
    const start = await world.visit(`${siteOrigin}/`);
    const check = await world.visit(`${siteOrigin}/check/`);
    const all = /** @type {[Page, string][]} */ ([
      [page, "feed"],
      [popup, "popup"],
      [options, "options"],
      [start, "start"],
      [check, "check"],
    ]);
    const desk = await extension.desk();
    /** @type {Map<Page, number>} */
    const tabs = new Map();
    for (const [one] of all)
      tabs.set(one, one === popup || one === options ? await extension.ownTab(one) : await extension.tabOf(one));

    for (const [language, scheme] of /** @type {const} */ ([
      ["en", "light"],
      ["ar", "dark"],
    ])) {
      await extension.ask({ kind: "setLanguage", language });
      for (const [one, what] of all) {
        // The site has its own choice of language.
        if (language !== "en" && (one === start || one === check)) continue;
        await world.setScheme(one, scheme);
        await one.bringToFront();
        await one.setViewport({ width: 320, height: 640 });
        await assertNoSideways(one, `${what} at 320 px`);
        if (one === page) await shootFeed(world, one, `320px-${language}-${scheme}`, language);
        else await shoot(kind, one, `${what}-320px-${language}-${scheme}`, { fullPage: true });
        await one.setViewport({ width: 1000, height: 800 });
        const zoom = (/** @type {number} */ factor) =>
          desk.evaluate((id, by) => browser.tabs.setZoom(id, by), /** @type {number} */ (tabs.get(one)), factor);
        await zoom(2);
        await until("the zoom", () => one.evaluate(() => innerWidth <= 520));
        await assertNoSideways(one, `${what} at 200 %`);
        if (one === page) await shootFeed(world, one, `200-percent-${language}-${scheme}`, language);
        else await shoot(kind, one, `${what}-200-percent-${language}-${scheme}`);
        await zoom(1);
        await until("the zoom to go", () => one.evaluate(() => innerWidth === 1000));
      }
    }
  },
  { timeout: 240_000 },
);
