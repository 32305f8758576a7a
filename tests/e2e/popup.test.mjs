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
