// What the reader lets Caveat remember, and the news it brings: a corrected warning, a picture that is known now.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { assertAccessible } from "./harness/axe.mjs";
import { demoSource, messages, pageOf } from "./harness/demo.mjs";
import { quiet } from "./harness/feed.mjs";
import { inFirefoxScope } from "./harness/firefox-scope.mjs";
import { extensionFolder, need } from "./harness/paths.mjs";
import { allowPrivateWindows, visitPrivately } from "./harness/private.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { stored as readStore } from "./harness/stored.mjs";
import { stays, until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("./harness/world.mjs").World} World */
/** @typedef {import("puppeteer-core").Page} Page */

const everything = { shown: true, seen: true, days: 30, notify: false };
/** Longer than the logs wait to be written, in milliseconds. */
const writing = 4000;
/** What the demo source's second edition corrects, and what it adds. */
const corrected = { entry: "column-square-crowd", file: "crowd.jpg" };
const added = { entry: "mount-hale-eruption", file: "volcano.jpg" };

/** @param {Page} page @param {string} selector */
const text = (page, selector) => page.$eval(selector, (element) => /** @type {HTMLElement} */ (element).innerText);

/** @param {World} world */
const status = (world) => world.extension.ask({ kind: "status" });

/** The names of all stored files, and the length of the state. @param {World} world */
async function stored({ extension }) {
  const { files, state } = await readStore(extension);
  return { files, state: state === null ? 0 : JSON.stringify(state).length };
}

/** @param {World} world */
const logFiles = async (world) => (await stored(world)).files.filter((name) => name.startsWith("log-"));

/** The address of a page with the picture that the update corrects and the one that it adds. @param {World} world */
function pictures({ server }) {
  const path = "/test/news.html";
  server.extra.set(path, pageOf([corrected, added].map(({ file }) => ({ src: `/feed/pictures/${file}` }))));
  return siteOrigin + path;
}

/** @param {World} world */
async function readPictures(world) {
  const page = await world.visit(pictures(world));
  await quiet(world, page);
  return page;
}

/** Waits until the logs hold what was read. @param {World} world */
const written = (world) =>
  until("the logs to be written", async () => {
    const { logs } = await status(world);
    return logs.shown > 0 && logs.seen > 0 && logs;
  });

/** @param {World} world */
async function update(world) {
  world.server.publishUpdate();
  const source = demoSource((await status(world)).sources).id;
  const { results } = await world.extension.ask({ kind: "updateSources", source });
  assert.equal(results[0].outcome, "updated", JSON.stringify(results[0]));
}

/** @param {World} world @param {number} count */
const news = (world, count) =>
  until(`${count} pieces of news`, async () => {
    const { notices } = await status(world);
    return notices.length === count && notices;
  });

/** Kind and entry. @param {any[]} notices */
const told = (notices) => notices.map(({ kind, entry }) => `${kind} ${entry}`).sort();
const both = [`corrected ${corrected.entry}`, `nowKnown ${added.entry}`];

/** The day as the pages write it; around midnight it may be the next one already. @param {string} language */
const today = (language) => new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(Date.now());

inEachBrowser("after a yes in the popup, the popup tells of a correction and of a picture that is known now", async (world) => {
  const { extension } = world;
  const popup = await extension.open("popup/popup.html", { type: "window" });
  await popup.waitForSelector("#remember:not([hidden]) #remember-yes");
  assert.equal(await popup.$eval("#news", (section) => /** @type {HTMLElement} */ (section).hidden), true);
  await assertAccessible(popup);
  await popup.bringToFront();
  await popup.click("#remember-yes");
  await until("the answer", () => text(popup, "#remember-result"));
  assert.deepEqual((await status(world)).logs.settings, everything);

  await readPictures(world);
  const logs = await written(world);
  assert.deepEqual([logs.shown, logs.seen, logs.failure], [1, 1, null]);
  await update(world);
  assert.deepEqual(told(await news(world, 2)), both);

  await until("the open popup to show it", async () => (await popup.$$("#news-list > li")).length === 2);
  const shown = await text(popup, "#news");
  for (const wanted of [today("en"), "The photographer has shown us the negative", messages("en").news_heading_other.message.replace("$1", "2")])
    assert.ok(shown.includes(wanted), `${wanted} in ${shown}`);
  // A link is read before it is followed: its host stands beside it, and cannot turn around what is before it.
  const links = await popup.$$eval("#news-list > li a", (all) =>
    all.map((link) => ({ href: /** @type {HTMLAnchorElement} */ (link).href, line: link.parentElement?.innerText, apart: link.parentElement?.querySelector("bdi")?.dir })),
  );
  assert.equal(links.length, 2, JSON.stringify(links));
  for (const { href, line, apart } of links)
    assert.deepEqual([line, apart], [`${messages("en").news_read.message} (${new URL(href).host})`, "auto"], href);
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    await world.setScheme(popup, scheme);
    await assertAccessible(popup);
  }

  await world.killBackground();
  assert.deepEqual(told(await news(world, 2)), both, "the news outlives the background");
  const later = await extension.open("popup/popup.html", { type: "window" });
  await until("the news in another popup", async () => (await later.$$("#news-list > li")).length === 2);
  assert.equal(await later.$eval("#remember", (section) => /** @type {HTMLElement} */ (section).hidden), true, "asked once");
  await later.bringToFront();
  await later.click("#news-list > li button");
  await news(world, 1);
  await until("one piece to be left", async () => (await later.$$("#news-list > li")).length === 1);
  await later.click("#news-list > li button");
  await news(world, 0);
  await until("the section to go", () => later.$eval("#news", (section) => /** @type {HTMLElement} */ (section).hidden));
  await extension.ask({ kind: "updateSources" });
  await stays("what was dismissed stays away", async () => (await status(world)).notices.length === 0, writing);
});

inEachBrowser("without a yes nothing at all is stored, and a no is kept", async (world) => {
  const { extension } = world;
  await readPictures(world);
  await stays("nothing is stored", async () => JSON.stringify(await stored(world)) === `{"files":[],"state":0}`, writing);

  const popup = await extension.open("popup/popup.html", { type: "window" });
  await popup.waitForSelector("#remember:not([hidden]) #remember-no");
  await popup.bringToFront();
  await popup.click("#remember-no");
  await until("the answer", () => text(popup, "#remember-result"));
  await readPictures(world);
  await stays("nothing is remembered", async () => (await logFiles(world)).length === 0, writing);
  const { logs } = await status(world);
  assert.deepEqual(logs, { settings: { ...everything, shown: false, seen: false }, shown: 0, seen: 0, failure: null });
  await update(world);
  assert.deepEqual(await logFiles(world), []);
  assert.deepEqual((await status(world)).notices, []);
});

inEachBrowser("nothing is remembered of private windows", async (world) => {
  const { extension } = world;
  await allowPrivateWindows(world);
  await extension.ask({ kind: "setLogs", logs: everything });
  const tab = await visitPrivately(world, pictures(world));
  await until("the private window's pictures to be checked", async () => {
    const [findings] = await extension.findings(tab);
    return findings.counts.match === 1 && findings.counts.none === 1;
  });
  await stays("nothing is remembered", async () => (await logFiles(world)).length === 0, writing);
  const { logs } = await status(world);
  assert.deepEqual([logs.shown, logs.seen], [0, 0]);
  // With its window: the next page must open in an ordinary one.
  await (await extension.desk()).evaluate((id) => browser.tabs.remove(id), tab);
  await readPictures(world);
  await written(world);
});

inEachBrowser("what is switched off in the options is erased, after a question", async (world) => {
  const { extension } = world;
  const options = await extension.open("options/options.html", { type: "window" });
  await options.waitForSelector("#sources > li");
  await options.bringToFront();
  for (const log of ["shown", "seen"]) {
    await options.click(`#log-${log}`);
    await until(`${log} to be remembered`, async () => (await status(world)).logs.settings?.[log]);
  }
  await options.select("#log-days", "7");
  await until("the days to be stored", async () => (await status(world)).logs.settings.days === 7);
  await readPictures(world);
  await written(world);
  await update(world);
  await news(world, 2);
  assert.ok((await logFiles(world)).length >= 3, JSON.stringify(await stored(world)));
  await until("the count", async () => /\b1\b/.test(await text(options, "#log-seen-count")));

  await options.bringToFront();
  await options.click("#log-seen");
  await options.waitForSelector("#question[open]");
  await options.click("#question-no");
  await until("the switch to stay on", () => options.$eval("#log-seen", (input) => /** @type {HTMLInputElement} */ (input).checked));
  assert.equal((await status(world)).logs.settings.seen, true);
  await options.click("#log-seen");
  await options.waitForSelector("#question[open]");
  await options.click("#question-yes");
  await until("it to be erased", async () => !(await logFiles(world)).some((name) => name.startsWith("log-seen")));
  assert.deepEqual(told((await status(world)).notices), [`corrected ${corrected.entry}`]);
  await options.click("#log-shown");
  await options.waitForSelector("#question[open]");
  await options.click("#question-yes");
  await until("everything to be erased", async () => (await logFiles(world)).length === 0);
  assert.deepEqual((await status(world)).notices, []);
});

inEachBrowser("forgetting everything forgets what was remembered, and asks again", async (world) => {
  const { extension } = world;
  await extension.ask({ kind: "setLogs", logs: everything });
  await readPictures(world);
  await written(world);
  await extension.ask({ kind: "forgetEverything" });
  assert.deepEqual(await stored(world), { files: [], state: 0 });
  const popup = await extension.open("popup/popup.html", { type: "window" });
  await popup.waitForSelector("#remember:not([hidden]) #remember-yes");
});

for (const [language, direction] of [
  ["ru", "ltr"],
  ["ar", "rtl"],
]) {
  inEachBrowser(`tells the news in ${language}`, async (world) => {
    const { extension } = world;
    await extension.ask({ kind: "setLogs", logs: everything });
    await extension.ask({ kind: "setLanguage", language });
    await readPictures(world);
    await written(world);
    await update(world);
    await news(world, 2);
    for (const path of ["popup/popup.html", "options/options.html"]) {
      const page = await extension.open(path, { type: "window" });
      await page.waitForSelector(path.startsWith("popup") ? "#news-list > li" : "#sources > li");
      await until("the language", () => page.evaluate((wanted) => document.documentElement.dir === wanted, direction));
      const shown = await page.evaluate(() => document.body.innerText);
      assert.doesNotMatch(shown, /\b(news|remember|error)_[a-z]/, "no text is missing");
      const ours = "section:is(#news, #remember, [aria-labelledby=remember-heading]) [data-fallback]";
      assert.deepEqual(await page.$$eval(ours, (elements) => elements.map(({ textContent }) => textContent)), [], "all is translated");
      await assertAccessible(page);
      await page.close();
    }
  });
}

/** The extension with the permission that Chromium only gives in a dialog which no test can press. */
const scratch = mkdtempSync(join(tmpdir(), "caveat-allowed-"));
after(() => rmSync(scratch, { recursive: true, force: true }));
/** @param {import("./harness/paths.mjs").BrowserKind} kind */
function allowed(kind) {
  const folder = join(scratch, kind);
  cpSync(need(extensionFolder(kind)), folder, { recursive: true });
  if (kind === "firefox") return folder;
  const manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8"));
  assert.deepEqual(manifest.optional_permissions, ["notifications"]);
  manifest.permissions.push(...manifest.optional_permissions);
  delete manifest.optional_permissions;
  writeFileSync(`${folder}/manifest.json`, JSON.stringify(manifest));
  return folder;
}

inEachBrowser("a notification quotes one piece of news and counts several, in the reader's language", async ({ extension }) => {
  const page = await extension.open("options/options.html", { type: "window" });
  const long = "x".repeat(500);
  // 14 November 2017.
  const notice = { day: 17_484, truth: { text: "A mobile game." }, correction: { text: "It was 2016." } };
  const said = await page.evaluate(
    async (given) => {
      const [notify, messages] = ["/notify.js", "/ui/messages.js"];
      const [{ words }, { messagesFor }] = await Promise.all([import(notify), import(messages)]);
      return Promise.all(
        given.map(async ({ notices, language }) => words(notices, await messagesFor(language, ["news_notify_", "extension_name"]), language)),
      );
    },
    [
      { notices: [{ ...notice, kind: "nowKnown" }], language: "en" },
      { notices: [{ ...notice, kind: "corrected" }], language: "en" },
      { notices: [{ ...notice, kind: "retracted" }], language: "en" },
      { notices: [{ ...notice, kind: "corrected", correction: null }], language: "en" },
      { notices: [{ ...notice, kind: "nowKnown", truth: { text: long } }], language: "en" },
      { notices: [{ ...notice, kind: "nowKnown", truth: { text: "<b>$1 $2</b>" } }], language: "en" },
      { notices: Array(3).fill({ ...notice, kind: "nowKnown" }), language: "ru" },
      { notices: Array(21).fill({ ...notice, kind: "nowKnown" }), language: "ru" },
      { notices: Array(11).fill({ ...notice, kind: "nowKnown" }), language: "ar" },
    ],
  );
  const [known, wasCorrected, retracted, unsaid, clipped, odd, few, one, many] = said;
  assert.match(known, /14\D+2017.*A mobile game\.$|November 14.*2017.*A mobile game\.$/);
  assert.match(wasCorrected, /corrected: It was 2016\.$/);
  assert.match(retracted, /withdrew it\.$/);
  assert.doesNotMatch(unsaid, /undefined|null|\$\d/);
  assert.ok(clipped.endsWith(`${"x".repeat(160)}…`), clipped);
  assert.ok(odd.endsWith("<b>$1 $2</b>"), odd);
  const forms = messages("ru");
  assert.equal(few, forms.news_notify_many_few.message.replace("$1", "3"));
  assert.equal(one, forms.news_notify_many_one.message.replace("$1", "21"));
  assert.match(many, /\u0661\u0661|11/);
  assert.doesNotMatch(many, /\$\d|undefined/);
});

inEachBrowser(
  "one notification tells all news, if the reader allows it",
  async (world) => {
    const { extension } = world;
    if (world.kind === "firefox")
      await inFirefoxScope(world.browser, `Services.prefs.setBoolPref("extensions.webextOptionalPermissionPrompts", false)`);
    await extension.ask({ kind: "setLogs", logs: everything });
    const options = await extension.open("options/options.html", { type: "window" });
    await options.waitForSelector("#log-notify:not(:disabled)");
    await options.bringToFront();
    await options.click("#log-notify");
    await until("notifications to be on", async () => (await status(world)).logs.settings.notify);
    // Without a desktop to show it, Firefox closes a notification as soon as it is made.
    await options.evaluate(() => {
      const state = /** @type {any} */ (globalThis);
      state.notified = [];
      browser.notifications.onClosed.addListener((name) => state.notified.push(name));
    });
    await readPictures(world);
    await written(world);
    await update(world);
    await news(world, 2);
    const shown = await until("the notification", async () => {
      const names = await options.evaluate(async () => [
        .../** @type {any} */ (globalThis).notified,
        ...Object.keys(await browser.notifications.getAll()),
      ]);
      return names.length > 0 && names;
    });
    assert.deepEqual(shown, ["news"]);
  },
  { folder: allowed },
);
