// The background can be stopped at any instant.

import assert from "node:assert/strict";
import { drip, onSegments } from "./harness/chaos.mjs";
import { demoSource, known, pageOf, unknown } from "./harness/demo.mjs";
import { firstWarning, quiet } from "./harness/feed.mjs";
import { updatedSource } from "./harness/paths.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

/**
 * Adds a picture to the page and takes the time from its load to the notice, by the page's own clock.
 * @param {Page} page @param {string} src
 * @returns {Promise<number>}
 */
const timeToNotice = (page, src) =>
  page.evaluate(
    (from) =>
      new Promise((resolve) => {
        let loaded = 0;
        const seen = new MutationObserver(() => {
          if (!document.querySelector("caveat-notice")) return;
          seen.disconnect();
          resolve(performance.now() - loaded);
        });
        seen.observe(document, { childList: true, subtree: true });
        const picture = new Image(480, 320);
        picture.onload = () => {
          loaded = performance.now();
        };
        picture.src = from;
        document.querySelector("main")?.prepend(picture);
      }),
    src,
  );

inEachBrowser("a picture that appears after the background was stopped is warned about", async (world, context) => {
  const { server } = world;
  server.extra.set("/test/plain.html", pageOf([{ src: `/feed/pictures/${unknown}` }]));
  const page = await world.visit(`${siteOrigin}/test/plain.html`);
  await quiet(world, page);

  const warm = await timeToNotice(page, `/feed/pictures/${known}?warm`);
  await page.evaluate(() => document.querySelector("main > img")?.remove());
  await until("the notice to go", () => page.evaluate(() => !document.querySelector("caveat-notice")));

  await world.killBackground();
  assert.equal(await world.isBackgroundRunning(), false);
  const cold = await timeToNotice(page, `/feed/pictures/${known}?cold`);
  await firstWarning(page.mainFrame());
  context.diagnostic(
    `picture loaded to warning: ${Math.round(warm)} ms with a running background, ${Math.round(cold)} ms after it was stopped`,
  );
});

inEachBrowser("stopped in the middle of an update, it keeps the old index and can update again", async (world) => {
  const { extension, server } = world;
  const old = demoSource((await extension.ask({ kind: "status" })).sources);
  server.fault = onSegments(updatedSource, drip({ pieces: 400, every: 100 }));
  await extension.startUpdate(old.id);
  await until("the download to begin", () => server.count(/\/segments\//) > 0);
  await world.killBackground();

  const status = await extension.ask({ kind: "status" });
  assert.equal(status.updating, false, "an update that died is not running");
  assert.equal(demoSource(status.sources).sequence, old.sequence);
  server.extra.set("/test/known.html", pageOf([{ src: `/feed/pictures/${known}`, known: "yes" }]));
  const page = await world.visit(`${siteOrigin}/test/known.html`);
  await firstWarning(page.mainFrame());

  server.publishUpdate();
  const { results } = await extension.ask({ kind: "updateSources", source: old.id });
  assert.equal(results[0].outcome, "updated", JSON.stringify(results[0]));
  assert.equal(demoSource((await extension.ask({ kind: "status" })).sources).sequence, old.sequence + 1);
});

inEachBrowser("an update survives the background being stopped afterwards", async (world) => {
  const { extension, server } = world;
  const old = demoSource((await extension.ask({ kind: "status" })).sources);
  server.publishUpdate();
  await extension.ask({ kind: "updateSources", source: old.id });
  await world.killBackground();
  await server.close();
  const now = demoSource((await extension.ask({ kind: "status" })).sources);
  assert.equal(now.sequence, old.sequence + 1);
  assert.equal(now.entries > old.entries, true);
  await server.open();
});

inEachBrowser("stopped while it checks pictures, it loses none of them", async (world) => {
  const { server } = world;
  const pictures = Array.from({ length: 8 }, (_, index) => ({ src: `/feed/pictures/${known}?number=${index}`, known: "yes" }));
  server.extra.set("/test/many.html", pageOf(pictures));
  const page = await world.visit(`${siteOrigin}/test/many.html`);
  await until("the first warning", () => page.evaluate(() => document.querySelector("caveat-notice") !== null), { every: 5 });
  await world.killBackground();
  // An answer that is lost is waited for a minute before it is asked for again: ANSWER_MS of content/queue.js.
  await until(
    "a warning on every picture",
    async () => {
      await page.evaluate(() => {
        const next = [...document.images].find((image) => !(image.nextElementSibling?.localName === "caveat-notice"));
        next?.scrollIntoView({ block: "center" });
      });
      return page.evaluate(() => document.querySelectorAll("main caveat-notice").length === document.images.length);
    },
    { timeout: 90_000, every: 200 },
  );
});
