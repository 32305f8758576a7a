// What the reader can change: sites, sources, hidden warnings, sensitivity, language, everything forgotten.

import assert from "node:assert/strict";
import { demoSource, known, makeSource, messages, pageOf, unknown } from "./harness/demo.mjs";
import { firstWarning, middle, quiet } from "./harness/feed.mjs";
import { card, notices, pressInCard } from "./harness/notices.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("./harness/world.mjs").World} World */
/** @typedef {import("puppeteer-core").Page} Page */

/** @param {World} world @param {string} file @param {string} [name] */
async function pageWith(world, file, name = "one") {
  const path = `/test/${name}.html`;
  world.server.extra.set(path, pageOf([{ src: `/feed/pictures/${file}`, known: "yes" }]));
  return world.visit(siteOrigin + path);
}

/** @param {Page} page */
const noNotice = (page) => until("the warning to go", async () => (await notices(page.mainFrame())).length === 0);

inEachBrowser("a site is switched off and on from the popup", async (world) => {
  const page = await pageWith(world, known);
  await firstWarning(page.mainFrame());
  const popup = await world.extension.open(`popup/popup.html?tab=${await world.extension.tabOf(page)}`, { type: "window" });
  await popup.waitForSelector("#site-switch:not(:disabled)");
  await popup.click("#site-switch");
  await noNotice(page);
  assert.deepEqual((await world.extension.ask({ kind: "status" })).disabledSites, ["127.0.0.1"]);
  await popup.click("#site-switch");
  await firstWarning(page.mainFrame(), "the warning to come back");
  assert.deepEqual((await world.extension.ask({ kind: "status" })).disabledSites, []);
});

inEachBrowser("a source that is switched off warns no more", async (world) => {
  const { extension } = world;
  const page = await pageWith(world, known);
  await firstWarning(page.mainFrame());
  const demo = demoSource((await extension.ask({ kind: "status" })).sources);
  await extension.ask({ kind: "setSourceEnabled", source: demo.id, enabled: false });
  await noNotice(page);
  await extension.ask({ kind: "setSourceEnabled", source: demo.id, enabled: true });
  await firstWarning(page.mainFrame(), "the warning to come back");
});

inEachBrowser("a source is added and removed on the options page", async (world) => {
  const { extension, server } = world;
  const made = makeSource([unknown]);
  try {
    server.mounts.set("/added/", `${made.folder}/`);
    const page = await pageWith(world, unknown);
    await quiet(world, page);
    assert.deepEqual(await notices(page.mainFrame()), []);

    const options = await extension.open("options/options.html", { type: "window" });
    await options.waitForSelector("#sources > li");
    await options.type("#add-url", `${siteOrigin}/added/`);
    await options.type("#add-key", made.key);
    await options.click("#add-submit");
    await options.waitForSelector("#trust[open]");
    await options.click("#trust-yes");
    await until("the source to be added", () => options.$eval("#add-result", (element) => element.classList.contains("good")));
    const added = (await extension.ask({ kind: "status" })).sources.find((/** @type {any} */ { origin }) => origin === "added");
    assert.equal(added?.entries, 1);
    await firstWarning(page.mainFrame(), "the added source to be heard");

    const remove = `[data-key="remove-${added.id}"]`;
    await options.waitForSelector(remove);
    await options.click(remove);
    await options.waitForSelector("#question[open]");
    await options.click("#question-yes");
    await until("the source to be gone", async () => !(await options.$(remove)));
    await noNotice(page);
  } finally {
    made.drop();
  }
});

inEachBrowser("a source with a wrong key is refused with a reason at the right field", async (world) => {
  const { extension } = world;
  const options = await extension.open("options/options.html", { type: "window" });
  await options.waitForSelector("#sources > li");
  await options.type("#add-url", `${siteOrigin}/feed/source/`);
  await options.type("#add-key", "11".repeat(32));
  await options.click("#add-submit");
  await until("the reason", () => options.$eval("#add-key-error", (element) => !(/** @type {HTMLElement} */ (element).hidden)));
  assert.equal(
    (await extension.ask({ kind: "status" })).sources.some((/** @type {any} */ { origin }) => origin === "added"),
    false,
  );
});

inEachBrowser("“not this picture?” hides the warning until it is taken back", async (world) => {
  const { extension } = world;
  const page = await pageWith(world, known);
  const frame = page.mainFrame();
  const warning = await firstWarning(frame);
  await page.mouse.click(...middle(warning.box));
  await until("the card", () => card(frame));
  const words = messages("en");
  await pressInCard(page, words.card_not_this.message);
  await pressInCard(page, words.card_mute.message);
  await noNotice(page);
  const { mutes } = await extension.ask({ kind: "status" });
  assert.equal(mutes.length, 1);

  const options = await extension.open("options/options.html", { type: "window" });
  await options.waitForSelector("#mutes button");
  await options.click("#mutes button");
  await until("the mute to be gone", async () => (await extension.ask({ kind: "status" })).mutes.length === 0);
  await page.reload();
  await firstWarning(frame, "the warning to come back");
});

for (const [language, direction] of [
  ["ru", "ltr"],
  ["ar", "rtl"],
]) {
  inEachBrowser(`speaks ${language} from right where the reader chooses it`, async (world) => {
    const { extension } = world;
    const page = await pageWith(world, known);
    await firstWarning(page.mainFrame());
    const options = await extension.open("options/options.html", { type: "window" });
    await options.waitForSelector("#sources > li");
    await options.select("#language", language);
    const words = messages(language);
    const notice = await until(`the warning in ${language}`, async () =>
      (await notices(page.mainFrame())).find((one) => !one.onLine && one.language === language),
    );
    assert.ok([words.warning_match.message, words.warning_match_claim.message].includes(notice.text), notice.text);
    assert.equal(notice.direction, direction);
    await page.mouse.move(...middle(notice.box));
    const shown = await until("the card", () => card(page.mainFrame()));
    assert.equal(shown.language, language);
    assert.equal(shown.direction, direction);
    assert.ok(shown.text.includes(words.card_truth.message));
    assert.doesNotMatch(shown.text, /\b(card|match|category|warning)_[a-z]/, "no text is missing: English stands in");
    await until("the options page to follow", () =>
      options.evaluate((wanted) => document.documentElement.lang === wanted, language),
    );
    assert.equal(await options.evaluate(() => document.documentElement.dir), direction);
  });
}

/** The choice that the options page shows. @param {Page} options */
const chosen = (options) =>
  options.evaluate(() => /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=sensitivity]:checked"))?.value);

inEachBrowser("sensitivity is chosen on the options page, and outlives the background", async (world) => {
  const { extension } = world;
  const stored = async () => (await extension.ask({ kind: "status" })).sensitivity;
  const options = await extension.open("options/options.html", { type: "window" });
  await until("the default to be shown", async () => (await chosen(options)) === "balanced");
  const other = await extension.open("options/options.html", { type: "window" });

  await options.bringToFront();
  await options.click('label[for="sensitivity-cautious"]');
  await until("the choice to be saved", () => options.$eval("#sensitivity-result", (element) => element.textContent));
  assert.equal(await options.$eval("#sensitivity-result", (element) => element.textContent), messages("en").saved.message);
  assert.equal(await stored(), "cautious");
  await until("the other page to follow", async () => (await chosen(other)) === "cautious");

  // By keyboard, faster than the answers come.
  await options.focus("#sensitivity-cautious");
  await options.keyboard.press("ArrowDown");
  await options.keyboard.press("ArrowDown");
  await until("the last choice to be stored", async () => (await stored()) === "keen");
  assert.equal(await chosen(options), "keen");

  await world.killBackground();
  assert.equal(await stored(), "keen");
  const later = await extension.open("options/options.html", { type: "window" });
  await until("the stored choice to be shown", async () => (await chosen(later)) === "keen");
});

inEachBrowser("a sensitivity that cannot be saved is told, and the true one is shown", async (world) => {
  const options = await world.extension.open("options/options.html", { type: "window" });
  await until("the default to be shown", async () => (await chosen(options)) === "balanced");
  await options.evaluate(() => {
    const send = browser.runtime.sendMessage.bind(browser.runtime);
    browser.runtime.sendMessage = /** @type {any} */ (async (/** @type {any} */ message) =>
      message.kind === "setSensitivity" ? { kind: "error", code: "storageFailed", message: "made for a test" } : send(message));
  });
  await options.bringToFront();
  await options.click("#sensitivity-keen");
  await until("the reason", () => options.$eval("#sensitivity-result", (element) => element.classList.contains("bad")));
  await until("the true choice", async () => (await chosen(options)) === "balanced");
});

inEachBrowser("forgets everything", async (world) => {
  const { extension, server } = world;
  server.publishUpdate();
  await extension.ask({ kind: "updateSources" });
  await extension.ask({ kind: "setSite", host: "example.org", enabled: false });
  await extension.ask({ kind: "setLanguage", language: "ru" });
  await extension.ask({ kind: "setSensitivity", sensitivity: "keen" });
  await extension.ask({ kind: "forgetEverything" });
  const status = await extension.ask({ kind: "status" });
  assert.deepEqual(status.disabledSites, []);
  assert.deepEqual(status.mutes, []);
  assert.deepEqual(status.network, []);
  assert.equal(status.language, null);
  assert.equal(status.sensitivity, "balanced");
  const page = await pageWith(world, known);
  await firstWarning(page.mainFrame(), "the embedded index to answer again");
});
