// Several sources: what is shown before one is trusted, and how the card tells them apart.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { killBackground } from "./harness/background.mjs";
import { caveat, known, makeSource, messages, pageOf, sourceOf, unknown } from "./harness/demo.mjs";
import { firstWarning, middle } from "./harness/feed.mjs";
import { card } from "./harness/notices.mjs";
import { openCard } from "./harness/open-card.mjs";
import * as paths from "./harness/paths.mjs";
import { shoot } from "./harness/screenshots.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { stored, straysOf } from "./harness/stored.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("./harness/world.mjs").World} World */

const words = messages("en");

/** @param {World} world */
async function optionsPage({ extension }) {
  const options = await extension.open("options/options.html", { type: "window" });
  await options.waitForSelector("#sources > li");
  return options;
}

/** @param {Page} page @param {string} selector */
const textOf = (page, selector) => page.$eval(selector, (element) => /** @type {HTMLElement} */ (element).innerText);

/** @param {World} world */
const added = async ({ extension }) =>
  (await extension.ask({ kind: "status" })).sources.filter((/** @type {any} */ { origin }) => origin === "added");

inEachBrowser("a source's file shows what is being trusted, and nothing is stored before the answer", async (world) => {
  const made = makeSource([unknown], { name: "Ѕnopes" });
  try {
    world.server.mounts.set("/added/", `${made.folder}/`);
    const file = made.descriptor(`${siteOrigin}/added/`);
    const options = await optionsPage(world);
    const choose = async (/** @type {string} */ path) => {
      const input = /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (await options.waitForSelector("#add-file:not(:disabled)"));
      await input.uploadFile(path);
    };
    await choose(file);
    await options.waitForSelector("#trust[open]");
    const shown = await textOf(options, "#trust");
    for (const said of ["Ѕnopes", "127.0.0.1:8617", made.key, "example.org", "https://example.org/desk", words.name_mixed.message,
      words.trust_self_declared.message, words.trust_can_links.message, words.trust_cannot_see.message]) {
      assert.ok(shown.includes(said), `"${said}" in ${shown}`);
    }
    assert.equal(await options.$eval("#trust", (dialog) => dialog.querySelectorAll("a").length), 0, "nothing to follow yet");
    assert.equal(await options.evaluate(() => document.activeElement?.id), "trust-no");
    await shoot(world.kind, options, "trust");
    await options.keyboard.press("Escape");
    await until("the refusal to be told", async () => (await textOf(options, "#add-result")) === words.add_declined.message);
    assert.deepEqual(await added(world), []);
    assert.equal(world.server.count(/^\/added\/segments/), 0, "only the head was fetched");

    await choose(file);
    await options.waitForSelector("#trust[open]");
    await options.click("#trust-yes");
    await until("the source to be added", () => options.$eval("#add-result", (element) => element.classList.contains("good")));
    const [source] = await added(world);
    assert.deepEqual([source.name, source.selfDeclared, source.mixedScripts], ["Ѕnopes", true, true]);
    const list = await textOf(options, "#sources");
    assert.ok(list.includes(words.name_self_declared.message) && list.includes(source.keyFingerprint), list);
    const popup = await world.extension.open("popup/popup.html", { type: "window" });
    await popup.waitForSelector("#sources > li");
    const inPopup = await textOf(popup, "#sources");
    assert.ok(inPopup.includes(words.name_self_declared.message) && inPopup.includes(words.name_mixed.message), inPopup);

    writeFileSync(file, "<html>sign in</html>");
    await choose(file);
    await until("the reason", async () => (await textOf(options, "#add-result")) === words.error_badDescriptor.message);
  } finally {
    made.drop();
  }
});

inEachBrowser("three sources that know a picture are counted by what they say and speak apart", async (world) => {
  const { extension, server } = world;
  const made = [
    makeSource([known], { name: "Second desk", truth: "What the second desk says." }),
    makeSource([known], { name: "Third desk", truth: "What the third desk says.", scope: "claim" }),
  ];
  try {
    for (const [index, { folder, key }] of made.entries()) {
      server.mounts.set(`/desk-${index}/`, `${folder}/`);
      await extension.ask({ kind: "addSource", url: `${siteOrigin}/desk-${index}/`, key });
    }
    server.extra.set("/test/three.html", pageOf([{ src: `/feed/pictures/${known}`, known: "yes" }]));
    const page = await world.visit(`${siteOrigin}/test/three.html`);
    const frame = page.mainFrame();
    await page.mouse.click(...middle((await firstWarning(frame)).box));
    const shown = await until("the card", () => card(frame));
    for (const said of [
      words.card_sources_say_other.message.replace("$1", "2").replace("$2", words.card_says_match.message),
      words.card_sources_say_one.message.replace("$1", "1").replace("$2", words.card_says_claim.message),
      "Caveat demo feed", "Second desk", "Third desk", "What the second desk says.", "What the third desk says.",
      words.card_self_declared.message,
      words.card_source_self.message.replace("$1", "Third desk"),
      words.card_source.message.replace("$1", "Caveat demo feed"),
    ]) assert.ok(shown.text.includes(said), `"${said}" in ${shown.text}`);
    // A link is read before it is followed: its host stands beside it.
    assert.ok(shown.links.some(({ href }) => href === "https://example.org/review"), JSON.stringify(shown.links));
    assert.ok(shown.text.includes("(example.org)"), shown.text);
    await shoot(world.kind, page, "three-sources");
  } finally {
    for (const { drop } of made) drop();
  }
});

/** A source that knows one picture of the feed by so many entries. Their keypoints are not waited for. @param {number} entries */
function makeLargeSource(entries) {
  const { fingerprint } = JSON.parse(execFileSync(caveat(), ["fingerprint", `${paths.pictures}/${unknown}`], { encoding: "utf8" }));
  const entry = (/** @type {number} */ number) => ({ id: `entry-${number}`, rev: 1, truth: { en: "A forest." }, media: [{ role: "known", fingerprint }] });
  const made = sourceOf(Array.from({ length: entries }, (_, number) => entry(number)), "A large desk");
  // The one large file: that of keypoints.
  const size = (/** @type {string} */ name) => statSync(`${made.folder}/segments/${name}`).size;
  const [keypoints] = readdirSync(`${made.folder}/segments`).sort((one, other) => size(other) - size(one));
  assert.ok(keypoints);
  return { ...made, keypoints: `segments/${keypoints}`, bytes: size(keypoints) };
}

inEachBrowser("a source with many keypoints warns before they are there, and the next update brings them", async (world) => {
  const { extension, server } = world;
  const made = makeLargeSource(1500);
  try {
    server.mounts.set("/large/", `${made.folder}/`);
    server.extra.set(`/large/${made.keypoints}`, { status: 500, body: "" });
    server.extra.set("/test/large.html", pageOf([{ src: `/feed/pictures/${unknown}`, known: "yes" }]));
    const page = await world.visit(`${siteOrigin}/test/large.html`);
    await extension.ask({ kind: "addSource", url: `${siteOrigin}/large/`, key: made.key });
    await firstWarning(page.mainFrame());
    const [without] = await added(world);
    assert.deepEqual([without.entries, without.keypoints, without.lastResult?.code], [1500, "missing", "httpStatus"]);
    const options = await optionsPage(world);
    const said = await textOf(options, "#sources");
    assert.ok(said.includes(words.error_httpStatus.message) && said.includes(words.source_parts_missing.message), said);

    server.extra.delete(`/large/${made.keypoints}`);
    const { results } = await extension.ask({ kind: "updateSources", source: without.id });
    assert.deepEqual(results.map((/** @type {any} */ { outcome }) => outcome), ["updated"]);
    const [whole] = await added(world);
    assert.deepEqual([whole.entries, ["waiting", "ready"].includes(whole.keypoints), whole.sequence], [1500, true, without.sequence]);
    assert.equal(server.count(/^\/large\/segments\//), 3, "the entries came once");
  } finally {
    made.drop();
  }
});

const isPart = (/** @type {string} */ file) => file.startsWith("part-");

inEachBrowser("a long download that breaks goes on where it was, after the background was stopped", async (world) => {
  const { extension, server } = world;
  const made = makeLargeSource(6000);
  const part = 4 * 1024 * 1024;
  assert.ok(made.bytes > part && made.bytes <= 2 * part, `${made.bytes} bytes`);
  const path = `/large/${made.keypoints}`;
  const [first, last] = [`bytes=0-${part - 1}`, `bytes=${part}-${made.bytes - 1}`];
  const asked = () => server.log.filter((entry) => entry.path === path).map(({ range }) => range);
  const keypoints = async () => (await added(world))[0].keypoints;
  try {
    server.mounts.set("/large/", `${made.folder}/`);
    server.broken.set(path, part);
    await extension.ask({ kind: "addSource", url: `${siteOrigin}/large/`, key: made.key });
    assert.equal(await keypoints(), "missing");
    assert.equal((await stored(extension)).files.filter(isPart).length, 1);

    // The background is stopped in the middle of the next try; an alarm goes on with it.
    server.broken.clear();
    server.silent.set(path, part);
    const before = asked().length;
    const [{ id }] = await added(world);
    const desk = await extension.desk();
    await extension.startUpdate(id);
    await until("the rest is asked for", () => asked().length > before);
    await killBackground(world);
    server.silent.clear();
    const name = "goingOn";
    assert.equal(await desk.evaluate(async (alarm) => (await browser.alarms.get(alarm))?.periodInMinutes, name), 0.5);
    await desk.evaluate((alarm) => browser.alarms.create(alarm, { when: Date.now() + 200, periodInMinutes: 0.5 }), name);
    await until("the keypoints are there", async () => ["waiting", "ready"].includes(await keypoints()));
    await until("nothing is left to go on with", () => desk.evaluate(async (alarm) => !(await browser.alarms.get(alarm)), name));

    assert.equal(asked()[0], first);
    // A browser may try a broken connection again by itself.
    assert.ok(asked().length > 2 && asked().slice(1).every((range) => range === last), asked().join(", "));
    const left = await stored(extension);
    assert.deepEqual([left.files.filter(isPart), straysOf(left)], [[], []]);
  } finally {
    made.drop();
  }
});

/** @param {string} source @param {Record<string, unknown>} facts */
const from = (source, facts) => ({
  source, sourceName: `Source ${source}`, truth: { text: `What ${source} says.`, language: "en" },
  reviews: [{ publisher: `Desk ${source}`, url: `https://${source}.example.org/check`, title: "A review", date: "2020-01-02", language: "en", rating: "False" }],
  ...facts,
});

inEachBrowser("the count of sources follows the plural rules, narrow, dark and from right to left", async (world) => {
  const page = await world.visit(`${siteOrigin}/check/`);
  const strong = ["a", "b", "c", "d", "e"].map((name) => from(name, { selfDeclared: name > "b" }));
  const findings = [...strong, from("a", { entry: "again", level: "possible" }), from("f", { scope: "claim", mixedScripts: true }), from("g", { level: "possible" }), from("h", { role: "debunk" })];
  /** @type {[string, number, "light" | "dark", string[]][]} */
  const languages = [
    ["en", 420, "light", ["5 sources say: known picture", "1 source says: known picture, shared with a wrong story", "1 source says: perhaps a known picture", "1 source says: a fact-checkers’ picture"]],
    ["ru", 320, "dark", ["5 источников сообщают: известное изображение", "1 источник сообщает: известное изображение с неверной историей", "1 источник сообщает: возможно, известное изображение", "1 источник сообщает: изображение фактчекеров"]],
    ["ar", 320, "dark", ["5 مصادر تقول: صورة معروفة", "مصدر واحد يقول: صورة معروفة نُشرت مع قصة غير صحيحة", "مصدر واحد يقول: ربما صورة معروفة", "مصدر واحد يقول: صورة من مدقّقي الحقائق"]],
  ];
  for (const [language, width, scheme, tally] of languages) {
    await world.setScheme(page, scheme);
    await page.setViewport({ width, height: 800 });
    const shown = await openCard(page, findings, { language });
    const said = shown.tally.map((line) => line.replace("٥", "5"));
    assert.deepEqual(said, tally);
    assert.equal(shown.sections.length, findings.length);
    assert.ok(shown.sections[1]?.includes("Source a"), "what one source says stays together");
    assert.deepEqual(shown.astray, [], `${language} at ${width} px`);
    assert.doesNotMatch(shown.text, /\b(card|match)_[a-z]|\$\d|undefined/);
    await shoot(world.kind, page, `sources-${language}-${scheme}`, { fullPage: true });
  }
  const one = await openCard(page, [from("a", {}), from("a", { entry: "again" })]);
  assert.deepEqual(one.tally, [], "one source needs no count");
  const elsewhere = "https://www.example.org:8443/check";
  const review = { publisher: "Desk", url: elsewhere, title: "A review", date: null, language: "en", rating: null };
  const ported = await openCard(page, [from("a", { reviews: [review] })]);
  assert.ok(ported.text.includes("(example.org:8443)"), `host and port in ${ported.text}`);
});
