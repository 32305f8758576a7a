// A compressed segment that unpacks to something else than its head says is refused, and takes no more room than the head says.

import assert from "node:assert/strict";
import { goingOn, large, otherwise, rightly, toldOf } from "./harness/bombs.mjs";
import * as chaos from "./harness/chaos.mjs";
import { demoSource, known, pageOf } from "./harness/demo.mjs";
import { firstWarning } from "./harness/feed.mjs";
import { packedEdition } from "./harness/hostile-edition.mjs";
import { peakOf } from "./harness/measuring.mjs";
import * as paths from "./harness/paths.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

const updated = paths.updatedSource;
/** Mebibytes more than the one that is said: they come packed in a quarter of one. */
const MORE = 200;
/**
 * MB that the extension's process may grow by in a bomb. The engine takes room for what is said, 1 MiB, and both it and the browser hold
 * what came: under 8. The rest is the browsers' own, whose heaps grow and are cleared as they like: a smaller bound would be one of
 * theirs. It is less than a third of the bomb.
 */
const BOUND = 64;
/**
 * Mebibytes of a segment that are said, and are no more than 100 times what comes. That is within the limits, so the engine takes room
 * for them: if the measurement did not see them, it would see no bomb either.
 */
const SAID = 128;
/** MB of them that must be seen: some of the room may be what was taken, and given back, before. */
const SEEN = 100;

/** @typedef {import("./harness/chaos.mjs").Fault} Fault */
/** @typedef {import("./harness/world.mjs").World} World */

/** What comes, the code of the failure, and how many segments are asked for. @type {[string, import("./harness/hostile-edition.mjs").Pack, string, number][]} */
const bombs = [
  ["goes on where the segment ends", goingOn(MORE), "hashMismatch", 1],
  ["is nothing of the segment", otherwise(MORE), "hashMismatch", 1],
  ["is said to be that long", toldOf(MORE), "badHead", 0],
];

/** @param {World} world @param {string} moment */
async function warns({ server, visit }, moment) {
  server.extra.set("/test/after.html", pageOf([{ src: `/feed/pictures/${known}?after=${encodeURIComponent(moment)}`, known: "yes" }]));
  const page = await visit(`${siteOrigin}/test/after.html`);
  await firstWarning(page.mainFrame(), `a warning, ${moment}`);
  await page.close();
}

// Memory is that of the whole process in Linux's /proc, the most that was resident, in both browsers: what they give back late does
// not count, but neither can the engine's be told from the rest. Hence the bound, and what must be seen.
inEachBrowser(
  "a packed segment that unpacks to far more than it says is refused, in the room of what it says",
  async (world, context) => {
    const { extension, server } = world;
    const inUse = async () => demoSource((await extension.ask({ kind: "status" })).sources);
    const old = await inUse();
    /** @param {Fault} fault */
    const update = async (fault) => {
      server.fault = fault;
      const reply = await extension.startUpdate(old.id);
      const { results } = await until("the update to end", reply, { timeout: 100_000, every: 100 });
      return results[0];
    };
    /** MB that it takes to refuse what comes. @param {string} what @param {Fault} fault @param {string} code */
    const refused = async (what, fault, code) => {
      const [{ outcome, code: told, message }, growth] = await peakOf(world, () => update(fault));
      context.diagnostic(`${what}: ${told}: ${message}; ${Math.round(growth)} MB at most`);
      assert.deepEqual([outcome, told], ["failed", code], what);
      const now = await inUse();
      assert.deepEqual([now.sequence, now.entries, now.lastResult.code], [old.sequence, old.entries, code], what);
      return growth;
    };

    // What any update takes the first time is taken before the first bomb.
    await refused("a segment that is missing", chaos.onSegments(updated, chaos.status(404)), "notFound");
    for (const [what, pack, code, segments] of bombs) {
      const edition = packedEdition(updated, pack);
      const before = server.count(/\/segments\//);
      const growth = await refused(`a segment that ${what}`, edition, code);
      assert.equal(server.count(/\/segments\//) - before, segments, `segments asked for where one ${what}`);
      assert.ok(growth < BOUND, `${Math.round(growth)} MB for a segment that ${what}`);
    }
    await warns(world, "after the bombs");

    const seen = await refused("a segment that is long and says so", packedEdition(updated, large(SAID)), "hashMismatch");
    assert.ok(seen > SEEN, `${Math.round(seen)} MB seen of a segment of ${SAID} MiB`);
    // What a browser unpacks by itself it may hold before it hands over any of it: told here, and no bound of ours.
    const swelling = chaos.packedBomb(MORE);
    await refused("a head that the browser unpacks", swelling, "tooLarge");
    await refused("a segment that the browser unpacks", chaos.onSegments(updated, swelling), "tooLarge");

    await world.killBackground();
    await warns(world, "after the background was stopped");
    // Nothing else was wrong with the edition of the bombs.
    const { outcome, code } = await update(packedEdition(updated, rightly));
    assert.deepEqual([outcome, code ?? null, (await inUse()).sequence], ["updated", null, old.sequence + 2]);
    await warns(world, "after the edition without a bomb");
  },
  { timeout: 180_000 },
);
