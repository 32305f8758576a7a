// A stored index that rots on the disk is found, told and downloaded again; until then the other sources answer.

import assert from "node:assert/strict";
import { known, makeSource, messages, pageOf, unknown } from "./harness/demo.mjs";
import { isWarned, reading } from "./harness/feed.mjs";
import { rot, rotten } from "./harness/rot.mjs";
import { shoot } from "./harness/screenshots.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { stored, straysOf } from "./harness/stored.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("./harness/world.mjs").World} World */

const words = messages("en");
const truth = "What the desk says whose index rots.";

/** What happens, and how many files are downloaded again for it at most. */
const cases = /** @type {const} */ ([
  // The last byte is read only to hold the file against its name, some seconds after the start.
  { what: "a byte of a stored index rots", damage: "flip", most: 1 },
  // What is missing at the start leaves nothing of the index in use, its keypoints neither.
  { what: "a segment of a stored index is lost", damage: "delete", most: 2 },
]);

/** @param {Page} page @param {string} selector */
const textOf = (page, selector) => page.$eval(selector, (element) => /** @type {HTMLElement} */ (element).innerText);

/**
 * Waits until a new page, with a picture that the demo source knows and one that the added source knows, is warned about so.
 * @param {World} world @param {string} moment @param {boolean[]} expected
 * @returns {Promise<string[]>} the texts of all findings
 */
async function answers({ extension, visit }, moment, expected) {
  const page = await visit(`${siteOrigin}/test/rot.html?${moment}`);
  const tab = await extension.tabOf(page);
  const findings = await until(`both pictures to be answered, ${moment}`, async () => {
    const found = await extension.findings(tab);
    const [frame] = found;
    return frame?.pending === 0 && Object.values(frame.counts).reduce((sum, count) => sum + count, 0) === 2 && found;
  });
  await until(`warnings ${expected}, ${moment}`, async () => {
    const { pictures } = await reading(page.mainFrame());
    const warned = pictures.map(isWarned);
    assert.deepEqual(warned, expected);
    return true;
  });
  await page.close();
  return findings.flatMap(({ matches }) => matches.flatMap(({ verdict }) => verdict.matches.map((/** @type {any} */ one) => one.truth.text))).sort();
}

for (const { what, damage, most } of cases) {
  inEachBrowser(`${what}: that is told, the others answer, and an update brings it back`, async (world) => {
    const { extension, server } = world;
    const made = makeSource([unknown], { name: "A rotting desk", truth });
    try {
      server.mounts.set("/rotting/", `${made.folder}/`);
      const shown = [known, unknown].map((file) => ({ src: `/feed/pictures/${file}`, known: "yes" }));
      server.extra.set("/test/rot.html", pageOf(shown));
      const { source: whole } = await extension.ask({ kind: "addSource", url: `${siteOrigin}/rotting/`, key: made.key });
      const now = async () =>
        (await extension.ask({ kind: "status" })).sources.find((/** @type {any} */ { id }) => id === whole.id);
      const before = await answers(world, "before", [true, true]);
      assert.ok(before.includes(truth), before.join(", "));

      const [segment] = (await stored(extension)).state.sources[whole.id].held.segments;
      await rot(extension, segment, damage);
      assert.deepEqual(await rotten(extension), damage === "flip" ? [segment] : []);
      assert.deepEqual(straysOf(await stored(extension)), damage === "flip" ? [] : [`${segment} is named and not stored`]);
      await world.killBackground();

      // It follows by itself what the background finds out later.
      const popup = await extension.open("popup/popup.html", { type: "window" });
      const told = await until("the popup to tell the damage", async () => {
        const text = await textOf(popup, "#sources");
        return text.includes(words.error_corruptStore.message) && text;
      });
      assert.ok(told.includes(words.source_failed.message), told);
      const damaged = await now();
      assert.deepEqual([damaged.state, damaged.lastResult.code], ["failed", "corruptStore"]);
      await shoot(world.kind, popup, `rotten-${damage}`, { fullPage: true });
      const alone = await answers(world, "damaged", [true, false]);
      assert.deepEqual(alone, before.filter((text) => text !== truth), "the others answer as before");

      const asked = server.count(/^\/rotting\/segments\//);
      await popup.bringToFront();
      await popup.click("#update-start");
      await until("the update to end", () => textOf(popup, "#update-result"));
      const again = server.count(/^\/rotting\/segments\//) - asked;
      assert.ok(again >= 1 && again <= most, `${again} files were downloaded again`);
      const back = await now();
      assert.deepEqual([back.state, back.lastResult.code], ["ready", "updated"]);
      assert.deepEqual([back.sequence, back.headDigest, back.entries], [whole.sequence, whole.headDigest, whole.entries]);
      await until("the popup to tell it no more", async () => !(await textOf(popup, "#sources")).includes(words.error_corruptStore.message));
      assert.deepEqual([await rotten(extension), straysOf(await stored(extension))], [[], []]);
      assert.deepEqual(await answers(world, "updated", [true, true]), before);

      await world.killBackground();
      assert.deepEqual(await answers(world, "restarted", [true, true]), before, "from what is stored");
    } finally {
      made.drop();
    }
  });
}
