// What an organisation sets through the browser's own policies, in force in the real browsers.

import assert from "node:assert/strict";
import { after } from "node:test";
import { makeSource, messages, pageOf, unknown } from "./harness/demo.mjs";
import { firstWarning, middle, quiet } from "./harness/feed.mjs";
import { card, notices } from "./harness/notices.mjs";
import { shoot } from "./harness/screenshots.mjs";
import { pictureOrigin, siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("./harness/world.mjs").World} World */
/** @typedef {import("puppeteer-core").Page} Page */

const words = messages("en");
const desk = makeSource([unknown], { name: "What it calls itself" });
after(() => desk.drop());
const ofDesk = { url: `${siteOrigin}/desk/`, key: desk.key, name: "School desk" };

/** @param {World} world */
function serve({ server }) {
  server.mounts.set("/desk/", `${desk.folder}/`);
  server.extra.set("/test/page.html", pageOf([{ src: `${siteOrigin}/feed/pictures/${unknown}`, known: "yes" }]));
}

/** @param {Page} page @param {string} selector */
const textOf = (page, selector) => page.$eval(selector, (element) => /** @type {HTMLElement} */ (element).innerText);

/** @param {World} world */
const managedSource = async ({ extension }) =>
  (await extension.ask({ kind: "status" })).sources.find((/** @type {any} */ { managed }) => managed);

inEachBrowser(
  "an organisation's source warns under the name it was given, and its settings hold",
  async (world) => {
    serve(world);
    const { extension } = world;
    const source = await until("the organisation's source to be fetched", async () => {
      const found = await managedSource(world);
      return found?.state === "ready" ? found : null;
    });
    assert.deepEqual([source.name, source.selfDeclared, source.origin, source.locked], ["School desk", false, "managed", true]);
    const page = await world.visit(`${siteOrigin}/test/page.html`);
    await page.mouse.click(...middle((await firstWarning(page.mainFrame())).box));
    const shown = await until("the card", () => card(page.mainFrame()));
    assert.ok(shown.text.includes(words.card_source.message.replace("$1", "School desk")), shown.text);
    const elsewhere = await world.visit(`${pictureOrigin}/test/page.html`);
    await quiet(world, elsewhere);
    assert.deepEqual(await notices(elsewhere.mainFrame()), [], "not on a site that the organisation has switched off");

    const popup = await extension.open(`popup/popup.html?tab=${await extension.tabOf(elsewhere)}`, { type: "window" });
    await until("the note", () => popup.$eval("#managed", (place) => !(/** @type {HTMLElement} */ (place).hidden)));
    const told = await textOf(popup, "#managed");
    assert.ok(told.includes(words.managed_note.message), told);
    assert.ok(told.includes(words.error_badPolicy.message) && told.includes("sources[1].key"), told);
    await until("the site's state", async () => (await textOf(popup, "#site-note")).includes(words.managed_set.message));
    assert.ok(await popup.$eval("#site-switch", (input) => /** @type {HTMLInputElement} */ (input).disabled));
    await shoot(world.kind, popup, "managed-popup");

    const options = await extension.open("options/options.html", { type: "window" });
    await options.waitForSelector("#sources > li");
    const list = await textOf(options, "#sources");
    assert.ok(list.includes(words.source_managed.message) && list.includes(words.source_managed_badge.message), list);
    assert.equal(await options.$(`[data-key="remove-${source.id}"]`), null);
    assert.ok(await options.$eval(`#use-${source.id}`, (input) => /** @type {HTMLInputElement} */ (input).disabled));
    assert.ok(await options.$eval("#sensitivity", (set) => /** @type {HTMLFieldSetElement} */ (set).disabled));
    assert.equal(await options.$eval("#language", (select) => /** @type {HTMLSelectElement} */ (select).disabled), false);
    assert.ok((await textOf(options, "#sites")).includes(words.sites_set_off.message));
    assert.equal((await extension.ask({ kind: "status" })).sensitivity, "cautious");
    for (const message of [
      { kind: "removeSource", source: source.id },
      { kind: "setSensitivity", sensitivity: "keen" },
      { kind: "setSite", host: "localhost", enabled: true },
    ]) {
      assert.equal((await extension.send(message)).code, "setByOrganisation", message.kind);
    }
    await shoot(world.kind, options, "managed-options", { fullPage: true });

    await world.killBackground();
    assert.equal((await managedSource(world))?.state, "ready", "after a kill too");
    await extension.ask({ kind: "forgetEverything" });
    await until("it to be fetched again", async () => (await managedSource(world))?.state === "ready");
  },
  {
    managed: {
      sources: [ofDesk, { url: "https://example.org/index/", key: "no key" }],
      disabledSites: ["localhost"],
      sensitivity: "cautious",
    },
  },
);

inEachBrowser(
  "with only its own sources, an organisation leaves nothing to add, in its language",
  async (world) => {
    serve(world);
    const { extension } = world;
    await until("the organisation's source to be fetched", async () => (await managedSource(world))?.state === "ready");
    const { sources } = await extension.ask({ kind: "status" });
    assert.deepEqual(sources.filter((/** @type {any} */ { enabled }) => enabled).map((/** @type {any} */ { name }) => name), ["School desk"]);
    const options = await extension.open("options/options.html", { type: "window" });
    await options.waitForSelector("#sources > li");
    await until("Arabic", () => options.evaluate(() => document.documentElement.lang === "ar"));
    assert.equal(await options.$eval("#add-section", (section) => /** @type {HTMLElement} */ (section).hidden), true);
    assert.ok(await options.$eval("#language", (select) => /** @type {HTMLSelectElement} */ (select).disabled));
    const added = await extension.send({ kind: "addSource", url: `${siteOrigin}/feed/source/`, key: desk.key });
    assert.equal(added.code, "setByOrganisation");
    await shoot(world.kind, options, "managed-only", { fullPage: true });
  },
  { managed: { sources: [ofDesk], onlyTheseSources: true, language: "ar" } },
);
