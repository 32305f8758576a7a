// The popup: this page's findings, the sources, the update.

import assert from "node:assert/strict";
import { captivePortal, drip, onSegments } from "./harness/chaos.mjs";
import { embeddedSources, messages } from "./harness/demo.mjs";
import { followed, readThrough, reading, score } from "./harness/feed.mjs";
import { updatedSource } from "./harness/paths.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

const feed = "http://127.0.0.1:8617/feed/";

/** @typedef {import("puppeteer-core").Page} Page */
/** @param {Page} popup @param {string} selector */
const text = (popup, selector) => popup.$eval(selector, (element) => /** @type {HTMLElement} */ (element).innerText);

inEachBrowser("tells this page's findings and the state of every source", async (world) => {
  const page = await world.visit(feed);
  await readThrough(world, page);
  const { known } = score(await reading(page.mainFrame()));
  const popup = await world.extension.open(`popup/popup.html?tab=${await world.extension.tabOf(page)}`, { type: "window" });
  await popup.waitForSelector("#findings:not([hidden])");
  const listed = await until("the known pictures to be listed", () =>
    popup.$$eval("#findings-list > li", (items) => items.length),
  );
  assert.ok(listed > 0 && listed <= known + 2, `${listed} findings for ${known} known pictures`);
  assert.match(await text(popup, "#findings-headline"), /\d/);
  assert.ok((await popup.$$("#findings-counts > li")).length > 0, "what was checked is counted");
  assert.equal((await popup.$$("#sources > li")).length, embeddedSources().length);
});

inEachBrowser("the popup names the edition of every source, for people who compare", async (world) => {
  const popup = await world.extension.open("popup/popup.html");
  await popup.waitForSelector("#sources > li");
  const shown = await text(popup, "#sources");
  const { sources } = await world.extension.ask({ kind: "status" });
  for (const { name, sequence, headDigest } of sources) {
    assert.match(headDigest, /^[0-9a-f]{64}$/, name);
    const edition = messages("en").source_edition.message.replace("$1", String(sequence));
    // The popup puts isolates around what it fills in.
    assert.ok(shown.replace(/[\u2066-\u2069]/g, "").includes(edition), `${edition} in ${shown}`);
    assert.ok(shown.includes(headDigest.slice(0, 16).match(/..../g).join(" ")), `${headDigest} in ${shown}`);
  }
});

inEachBrowser("pictures that are not known to any index of today are counted as such, not as unknown", async (world) => {
  const popup = await world.extension.open("popup/popup.html");
  await popup.waitForSelector("#sources > li");
  const told = await popup.evaluate(async () => {
    const { showFindings } = await import(/** @type {any} */ ("/popup/findings.js"));
    const total = { seen: 3, pending: 0, checked: 3, counts: { outOfDate: 3 }, unreadable: {}, matches: [] };
    showFindings(total);
    const of = (/** @type {string} */ id) => document.getElementById(id)?.textContent ?? "";
    return [of("findings-headline"), of("findings-counts")];
  });
  assert.equal(told[0], messages("en").findings_out_of_date.message);
  assert.ok(told[1].includes(messages("en").count_out_of_date_other.message.replace("$1 ", "")), told[1]);
});

inEachBrowser("the Update button brings in the new edition, with progress and a result", async (world) => {
  const { server, extension } = world;
  const page = await world.visit(feed);
  await readThrough(world, page);
  const popup = await extension.open(`popup/popup.html?tab=${await extension.tabOf(page)}`, { type: "window" });
  await popup.waitForSelector("#update-start:not(:disabled)");
  server.fault = onSegments(updatedSource, drip({ pieces: 8, every: 150 }));
  await popup.click("#update-start");
  await until("the progress", () =>
    popup.evaluate(() => document.querySelector("#update-running:not([hidden]) #update-stage")?.textContent),
  );
  const result = await until("the result", () => text(popup, "#update-result"));
  assert.equal(await popup.$eval("#update-result", (element) => element.classList.contains("bad")), false, result);
  await followed(page.mainFrame());
  await popup.click("#network summary");
  assert.ok((await popup.$$("#network-list > li")).length > 0, "the network log shows the update");
});

inEachBrowser("a failed update is told in a plain sentence", async (world) => {
  const { server, extension } = world;
  server.fault = captivePortal;
  const popup = await extension.open("popup/popup.html");
  await popup.waitForSelector("#update-start:not(:disabled)");
  await popup.click("#update-start");
  const result = await until("the result", () => text(popup, "#update-result"));
  assert.ok(result.includes(messages("en").error_captivePortal.message), result);
});

inEachBrowser("a source whose crops and collages cannot be recognised says so, the others are silent", async (world) => {
  const { sources } = await world.extension.ask({ kind: "status" });
  const told = messages("en").source_parts_failed.message;
  for (const path of ["popup/popup.html", "options/options.html"]) {
    const page = await world.extension.open(path, { type: "window" });
    await page.waitForSelector("#sources > li");
    for (const keypoints of ["none", "waiting", "ready", "failed"]) {
      const shown = await page.evaluate(
        async (file, list) => {
          const { showSources } = await import(file);
          showSources({ sources: list }, new Map());
          return /** @type {HTMLElement} */ (document.querySelector("#sources > li")).innerText;
        },
        path.startsWith("popup") ? "/popup/sources.js" : "/options/source-list.js",
        sources.map((/** @type {any} */ source) => ({ ...source, keypoints })),
      );
      assert.equal(shown.includes(told), keypoints === "failed", `${path}, ${keypoints}: ${shown}`);
    }
  }
});
