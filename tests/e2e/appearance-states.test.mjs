// Pictures of what is seldom shown (corrections, questions, fact-checkers' pictures, embedded posts, failures), and that all of it fits
// and is legible: narrow, dark and from right to left too.

import assert from "node:assert/strict";
import { captivePortal } from "./harness/chaos.mjs";
import { messages } from "./harness/demo.mjs";
import { cardOfWarning, readThrough } from "./harness/feed.mjs";
import { notices, showPicture } from "./harness/notices.mjs";
import { lying, openCard } from "./harness/open-card.mjs";
import { edges, shoot } from "./harness/screenshots.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

const looks = /** @type {const} */ ([
  ["en", 420, "light"],
  ["en", 320, "dark"],
  ["ru", 320, "light"],
  ["ar", 420, "light"],
  ["ar", 320, "dark"],
]);

const review = {
  publisher: "A bureau with a rather long name for facts and checks", url: "https://a-long-host-name.of-a-bureau.example.org/checks/1",
  title: "The picture was taken elsewhere, years before", date: "2012-10-30", language: "en", rating: "Missing context",
};
const russian = { text: "Снимок сделан в другом городе за три года до того.", language: "ru" };
const unbroken = "x".repeat(90);
const crop = { via: "keypoints", distance: null, inliers: 41, outline: lying({ degrees: 0, width: 180, height: 140, x: 260 }) };

/** @type {Record<string, {facts: Record<string, unknown>[], level?: string}>} */
const cards = {
  corrected: {
    facts: [{ status: "corrected", correction: { text: "The year was wrong.", language: "en", date: "2014-02-03" }, reviews: [review], claimDate: "2012" }],
  },
  question: { facts: [{ level: "possible", scope: "claim", reviews: [review], ...crop }] },
  debunk: { facts: [{ role: "debunk", reviews: [review] }], level: "none" },
  original: { facts: [{ role: "original" }], level: "none" },
  story: { facts: [{ scope: "claim", truth: russian, category: ["DecontextualizedContent", "EditedOrCroppedContent"] }] },
  "two-sources": {
    facts: [{ ...crop, development: true }, { source: "t", sourceName: "مصدر للصور المعروفة", truth: russian, reviews: [review, review] }],
  },
  unbroken: {
    facts: [{
      sourceName: unbroken, claim: { text: unbroken, language: "en" }, truth: { text: unbroken, language: "en" },
      original: { date: "2005-03-02", place: unbroken, creator: unbroken, url: `https://example.org/${unbroken}` },
      reviews: [{ ...review, publisher: unbroken, title: unbroken, rating: unbroken }], keyFingerprint: unbroken,
    }],
  },
};

inEachBrowser("every kind of card fits, narrow and wide, from both sides", async (world) => {
  const page = await world.visit(`${siteOrigin}/check/`);
  for (const [language, width, scheme] of looks) {
    await world.setScheme(page, scheme);
    await page.setViewport({ width, height: 900 });
    for (const [name, { facts, level }] of Object.entries(cards)) {
      const found = await openCard(page, facts, { language, level });
      assert.deepEqual(found.astray, [], `${name} at ${width} px in ${language}`);
      await shoot(world.kind, page, `state-${name}-${language}-${width}-${scheme}`, { fullPage: true });
    }
  }
});

inEachBrowser("a card in the dark is dark to its edges, scroll bar included", async (world) => {
  const page = await world.visit(`${siteOrigin}/feed/`);
  await world.setScheme(page, "dark");
  for (const language of /** @type {const} */ (["en", "ar"])) {
    await world.extension.ask({ kind: "setLanguage", language });
    await page.bringToFront();
    await page.mouse.move(1, 1);
    const shown = await cardOfWarning(page, { language });
    // The card appears over some frames.
    const light = await until("the card's edges to be dark", async () => {
      const found = await edges(page, shown.box, 14);
      if (found.some((side) => side > 90)) throw new Error(`brightness at the left and right edge: ${found}`);
      return found;
    });
    assert.equal(light.length, 2);
  }
});

inEachBrowser("an article and the post embedded in it", async (world) => {
  const page = await world.visit(`${siteOrigin}/feed/article.html`);
  await readThrough(world, page);
  const embed = await until("the embedded post", () => page.frames().find((frame) => frame.url().endsWith("/embed.html")));
  for (const [language, width, scheme] of looks) {
    await world.extension.ask({ kind: "setLanguage", language });
    await world.setScheme(page, scheme);
    await page.setViewport({ width, height: 800 });
    await page.bringToFront();
    await page.$eval("iframe", (frame) => frame.scrollIntoView({ block: "center", behavior: "instant" }));
    const notice = await until("the warning in the embedded post", async () => {
      await showPicture(embed, 1);
      return (await notices(embed)).find(({ onLine, visible, language: spoken }) => !onLine && visible && spoken === language);
    });
    const room = await embed.evaluate(() => ({ width: innerWidth, overflow: document.documentElement.scrollWidth - innerWidth }));
    assert.ok(notice.box.left >= 0 && notice.box.left + notice.box.width <= room.width, JSON.stringify([notice.box, room]));
    assert.ok(room.overflow <= 1, `the embedded post overflows by ${room.overflow} px`);
    await shoot(world.kind, page, `article-${language}-${width}-${scheme}`);
  }
});

inEachBrowser("popup and options say what failed, and that fits", async (world) => {
  const { extension, server } = world;
  server.fault = captivePortal;
  const popup = await extension.open("popup/popup.html");
  const options = await extension.open("options/options.html");
  await popup.bringToFront();
  await popup.waitForSelector("#update-start:not(:disabled)");
  await popup.click("#update-start");
  await until("the result", () => popup.$eval("#update-result", (element) => element.textContent));
  const { sources } = await extension.ask({ kind: "status" });
  /** Every state a source can be in that is rarely met. */
  const states = [
    { ...sources[0], keypoints: "failed", expired: true, enabled: false },
    { ...sources[1], keypoints: "failed" },
    { ...sources[1], id: "f", name: "x".repeat(60), state: "failed", url: `https://example.org/${"folder/".repeat(12)}`, origin: "added" },
    { ...sources[1], id: "n", state: "notLoaded", url: null, origin: "added" },
  ];
  for (const [language, width, scheme] of looks) {
    await extension.ask({ kind: "setLanguage", language });
    for (const [page, what, file] of /** @type {[Page, string, string][]} */ ([
      [popup, "popup", "/popup/sources.js"],
      [options, "options", "/options/source-list.js"],
    ])) {
      await page.bringToFront();
      await page.setViewport({ width, height: 800 });
      await world.setScheme(page, scheme);
      await until("the page in the language", () => page.evaluate((wanted) => document.documentElement.lang === wanted, language));
      const failed = await page.evaluate(
        async (module, list) => {
          const { showSources } = await import(module);
          showSources({ sources: list }, new Map());
          for (const fold of document.querySelectorAll("details")) fold.open = true;
          const { scrollWidth, clientWidth } = document.documentElement;
          const shown = document.querySelectorAll("#sources > li").length;
          return { shown, over: scrollWidth - clientWidth, english: document.querySelectorAll("[data-fallback]").length };
        },
        file,
        states,
      );
      const where = `${what} at ${width} px in ${language}`;
      assert.equal(failed.shown, states.length, where);
      assert.ok(failed.over <= 1, `${where} overflows by ${failed.over} px`);
      assert.equal(failed.english, 0, `${where} shows texts in English`);
      if (page === popup) {
        const told = await page.$eval("#update-result", (element) => element.textContent ?? "");
        assert.ok(told.includes(messages(language).error_captivePortal.message), `${where}: ${told}`);
      }
      await shoot(world.kind, page, `failed-${what}-${language}-${width}-${scheme}`, { fullPage: true });
    }
  }
});
