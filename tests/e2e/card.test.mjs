// The card, opened by mouse, keyboard and touch.

import assert from "node:assert/strict";
import { makeSource, messages, pageOf, unknown } from "./harness/demo.mjs";
import { cardOfWarning, middle, warningInView } from "./harness/feed.mjs";
import { card, notices } from "./harness/notices.mjs";
import { openCard } from "./harness/open-card.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

const feed = "http://127.0.0.1:8617/feed/";

/** @typedef {import("puppeteer-core").Page} Page */

/** @param {Page} page */
const opened = (page) => until("the card", () => card(page.mainFrame()));
/** @param {Page} page */
const closed = (page) => until("the card to close", async () => (await card(page.mainFrame())) === null);

inEachBrowser("hovering a warning opens the card, leaving closes it", async (world) => {
  const page = await world.visit(feed);
  const shown = await cardOfWarning(page);
  const words = messages("en");
  assert.ok(shown.label === words.card_label.message);
  for (const key of ["card_truth", "card_checked", "card_match"]) {
    assert.ok(shown.text.includes(words[key].message), `the card says "${words[key].message}": ${shown.text}`);
  }
  assert.ok(
    shown.box.left >= 0 &&
      shown.box.top >= 0 &&
      shown.box.left + shown.box.width <= 1000 &&
      shown.box.top + shown.box.height <= 800,
    `the card lies inside the window: ${JSON.stringify(shown.box)}`,
  );
  assert.equal(shown.images, 0, "the card loads no picture");
  for (const { href } of shown.links) assert.match(href, /^https?:\/\//);
  await page.mouse.move(5, 795);
  await closed(page);
});

inEachBrowser("the card is reached and left by keyboard", async (world) => {
  const page = await world.visit(feed);
  await warningInView(page);
  // The page's own controls come first, in its own order.
  await until(
    "focus on a warning by Tab",
    async () => {
      await page.keyboard.press("Tab");
      return page.evaluate(() => document.activeElement?.localName === "caveat-notice");
    },
    { every: 5 },
  );
  await opened(page);
  await page.keyboard.press("Enter");
  await until("focus in the card", () => page.evaluate(() => document.activeElement?.localName === "caveat-card-layer"));
  assert.ok((await notices(page.mainFrame())).some(({ expanded }) => expanded));
  await page.keyboard.press("Escape");
  await closed(page);
  assert.equal(await page.evaluate(() => document.activeElement?.localName), "caveat-notice", "focus returns to the warning");
});

inEachBrowser("a tap opens the card and follows no link of the page", async (world) => {
  const page = await world.visit(feed);
  const warning = await warningInView(page);
  const address = page.url();
  await page.touchscreen.tap(...middle(warning.box));
  await opened(page);
  assert.equal(page.url(), address);
  await page.touchscreen.tap(5, 795);
  await closed(page);
});

inEachBrowser("a click pins the card, its close button closes it", async (world) => {
  const page = await world.visit(feed);
  const warning = await warningInView(page);
  await page.mouse.click(...middle(warning.box));
  const shown = await opened(page);
  await page.mouse.move(5, 795);
  const close = shown.buttons.find(({ text }) => text === messages("en").card_close.message);
  assert.ok(close, `a close button among ${shown.buttons.map(({ text }) => text)}`);
  await page.mouse.click(...middle(close.box));
  await closed(page);
});

inEachBrowser("a host in letters that look like others is shown in its xn-- form", async (world) => {
  // Cyrillic letters that look like "apple".
  const [letters, host] = ["аррӏе.com", "xn--80ak6aa92e.com"];
  const made = makeSource([unknown], { review: `https://${host}/review` });
  try {
    world.server.mounts.set("/desk/", `${made.folder}/`);
    await world.extension.ask({ kind: "addSource", url: `${siteOrigin}/desk/`, key: made.key });
    world.server.extra.set("/test/host.html", pageOf([{ src: `/feed/pictures/${unknown}`, known: "yes" }]));
    const page = await world.visit(`${siteOrigin}/test/host.html`);
    const shown = await cardOfWarning(page);
    assert.ok(shown.links.some(({ href }) => href === `https://${host}/review`), JSON.stringify(shown.links));
    assert.ok(shown.text.includes(`(${host})`) && !shown.text.includes(letters), shown.text);
  } finally {
    made.drop();
  }
  // No source can bring the letters themselves so far; if one could, the card would not show them, beside a label or as one.
  const url = `https://${letters}/`;
  const review = { publisher: "Desk", url, title: "A review", date: null, language: "en", rating: null };
  const original = { date: null, place: null, creator: null, url };
  const { text } = await openCard(await world.visit(`${siteOrigin}/check/`), [{ reviews: [review], original }]);
  assert.ok(text.split(host).length === 3 && !text.includes(letters), `${host} twice in ${text}`);
});
