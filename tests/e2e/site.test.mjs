// The web pages: checking a picture without the extension's help, on the reader's device.

import assert from "node:assert/strict";
import { assertAccessible } from "./harness/axe.mjs";
import { known, makeRootedSource, unknown } from "./harness/demo.mjs";
import { pictures } from "./harness/paths.mjs";
import { shoot } from "./harness/screenshots.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("./harness/world.mjs").World} World */

/** @param {World} world */
async function openCheck(world) {
  const page = await world.visit(`${siteOrigin}/check/?demo&lang=en`);
  await until("the engine to start", () => page.evaluate(() => document.documentElement.dataset.state === "ready"));
  return page;
}

/** By its own click: the page scrolls to the last result, away from under a pointer. @param {Page} page @param {string} sample */
const press = (page, sample) => page.$eval(`[data-sample="${sample}"]`, (button) => /** @type {HTMLElement} */ (button).click());

/** What the page shows once the picture with this number is checked. @param {Page} page @param {number} number */
const result = (page, number) =>
  until("the verdict", () =>
    page.evaluate((wanted) => {
      if (document.documentElement.dataset.checked !== String(wanted)) return null;
      const card = document.querySelector("#cards > div")?.shadowRoot?.querySelector(".caveat-card");
      return {
        verdict: document.getElementById("result")?.dataset.verdict ?? "",
        title: document.getElementById("verdict")?.textContent ?? "",
        look: /** @type {HTMLElement | null} */ (card)?.dataset.look ?? "",
        card: /** @type {HTMLElement | null} */ (card)?.innerText ?? "",
      };
    }, number),
  );

/** What each sample of the page should give: verdict, and the look of the card or none. @type {[string, string[], string[]][]} */
const samples = [
  ["flood-letterbox.jpg", ["match", "possible"], ["match", "possible"]],
  ["wave-mirrored.jpg", ["match"], ["match"]],
  ["gunship-repost.jpg", ["match"], ["match"]],
  ["city-original.jpg", ["none"], ["", "original"]],
  ["harbour-debunk.jpg", ["none"], ["debunk"]],
  ["cat.jpg", ["none"], [""]],
  ["flat.png", ["tooPlain"], [""]],
];

inEachBrowser("the check page knows its samples", async (world, context) => {
  const page = await openCheck(world);
  /** @type {string[]} */
  const wrong = [];
  for (const [index, [name, verdicts, looks]] of samples.entries()) {
    await press(page, name);
    const found = await result(page, index + 1);
    context.diagnostic(`${name}: ${found.verdict}, "${found.title}", card ${found.look || "none"}`);
    if (!verdicts.includes(found.verdict) || !looks.includes(found.look))
      wrong.push(`${name}: ${found.verdict}, card "${found.look}"`);
    if (/\b(card|match|category|warning)_[a-z]/.test(found.card)) wrong.push(`${name}: a text is missing in ${found.card}`);
  }
  assert.deepEqual(wrong, []);
});

inEachBrowser("a chosen file is checked and stays here", async (world) => {
  const page = await openCheck(world);
  const before = world.proxy.log.length;
  const input = /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (await page.$("#file"));
  await input.uploadFile(`${pictures}/${known}`);
  assert.equal((await result(page, 1)).verdict, "match");
  await input.uploadFile(`${pictures}/${unknown}`);
  assert.equal((await result(page, 2)).verdict, "none");
  const sent = world.proxy.log.slice(before).filter(({ reachable, path }) => reachable && path !== "/favicon.ico");
  assert.deepEqual(
    sent.map(({ url }) => url),
    [],
  );
  assert.deepEqual(world.outsideRequests(), []);
});

inEachBrowser("the card is accessible, shown in the open", async (world) => {
  const page = await openCheck(world);
  await press(page, "gunship-repost.jpg");
  assert.ok((await result(page, 1)).card.length > 0, "there is a card");
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    await world.setScheme(page, scheme);
    await assertAccessible(page);
    await shoot(world.kind, page, `check-card-${scheme}`, { fullPage: true });
  }
});

inEachBrowser("a file that is no picture gets a plain sentence", async (world) => {
  const page = await openCheck(world);
  const input = /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (await page.$("#file"));
  await input.uploadFile(`${pictures}/ORIGINS.md`);
  const { verdict, title } = await result(page, 1);
  assert.equal(verdict, "unreadable");
  assert.ok(title.length > 0);
});

inEachBrowser("a source with a root is read through it, and what was retracted apart from its head is not shown", async (world) => {
  const rooted = makeRootedSource(unknown);
  const { server } = world;
  const verdict = async () => {
    const page = await openCheck(world);
    const input = /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (await page.$("#file"));
    await input.uploadFile(`${pictures}/${unknown}`);
    const { verdict } = await result(page, 1);
    await page.close();
    return verdict;
  };
  const line = { path: "/rooted", key: rooted.anchor, name: "Rooted", updateUrl: null, development: false };
  server.mounts.set("/rooted/", rooted.folder);
  server.extra.set("/index/sources.json", { type: "application/json", body: JSON.stringify([line]) });
  try {
    assert.equal(await verdict(), "match");
    server.extra.set("/rooted/root/1", { type: "application/octet-stream", body: "CAVEAT1 but no root" });
    assert.equal(await verdict(), "none", "who is not vouched for says nothing");
    server.extra.delete("/rooted/root/1");
    rooted.retract();
    assert.equal(await verdict(), "none");
  } finally {
    rooted.drop();
  }
});
