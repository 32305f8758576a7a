// What the machine can do to an update: a disk that is really full, a clock that is really wrong, a second engine over the same store.

import assert from "node:assert/strict";
import { demoSource, known, unknown } from "./harness/demo.mjs";
import { openLasting } from "./harness/lasting.mjs";
import { clockAhead } from "./harness/other-clock.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { smallDisk } from "./harness/small-disk.mjs";
import { straysOf, stored } from "./harness/stored.mjs";
import { inEachBrowser, withEachBrowser } from "./harness/world.mjs";

/** A profile takes some 30 MB; with much less than this the browsers do not start. */
const DISK = 256;

/** @param {import("./harness/extension.mjs").Extension} extension */
async function demo(extension) {
  const { sources, store } = await extension.ask({ kind: "status" });
  const { sequence, state, lastResult, entries } = demoSource(sources);
  return { sequence, state, entries, code: lastResult?.code ?? null, store: store?.code ?? null };
}

withEachBrowser(
  "on a disk that is full the index in use stays, and it is updated when there is room",
  async (kind) => {
    const disk = smallDisk(DISK);
    try {
      const lasting = await openLasting(kind, { profile: disk.folder });
      try {
        const { extension, server } = lasting;
        const update = async () => (await extension.ask({ kind: "updateSources", source: id })).results[0];
        const { id } = demoSource((await extension.ask({ kind: "status" })).sources);
        const old = await demo(extension);
        assert.equal((await update()).outcome, "current");
        server.publishUpdate();

        disk.fill();
        const refused = await update();
        assert.deepEqual([refused.outcome, refused.code], ["failed", "storageFull"], JSON.stringify(refused));
        assert.deepEqual({ ...(await demo(extension)), store: null }, { ...old, code: "storageFull" });
        await lasting.killBackground();
        const again = await demo(extension);
        assert.deepEqual([again.sequence, again.state, again.entries], [old.sequence, "ready", old.entries], "started on a full disk");
        disk.fill();
        assert.equal((await update()).code, "storageFull");

        disk.clear();
        // No restart is needed, neither for what is stored nor for the update.
        const updated = await update();
        assert.equal(updated.outcome, "updated", JSON.stringify(updated));
        const now = await demo(extension);
        assert.deepEqual([now.sequence, now.code, now.store], [old.sequence + 1, "updated", null]);
        assert.deepEqual(straysOf(await stored(extension)), []);
        await lasting.killBrowser();
        await lasting.start();
        // Chromium's own log may have been torn by the full disk, and end there when it is read again: then it is the old index.
        const started = await demo(lasting.extension);
        assert.ok([old.sequence, old.sequence + 1].includes(started.sequence), JSON.stringify(started));
        assert.deepEqual([started.state, started.store], ["ready", null]);
        await lasting.extension.ask({ kind: "updateSources", source: id });
        assert.equal((await demo(lasting.extension)).sequence, old.sequence + 1);
        assert.deepEqual(straysOf(await stored(lasting.extension)), []);
      } finally {
        await lasting.close();
      }
    } finally {
      disk.drop();
    }
  },
  120_000,
);

const YEARS = 3650;

/** @param {import("./harness/extension.mjs").Extension} extension @param {string} picture */
async function verdictOf(extension, picture) {
  const desk = await extension.desk();
  return desk.evaluate(async (url) => {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    const reply = await browser.runtime.sendMessage({ kind: "checkImage", key: url, url, bytes });
    return reply.verdict;
  }, `${siteOrigin}/feed/pictures/${picture}`);
}

withEachBrowser(
  "with a clock ten years ahead or behind it warns and is updated, and nothing of it is left afterwards",
  async (kind) => {
    for (const days of [YEARS, -YEARS]) {
      const when = days > 0 ? "ahead" : "behind";
      const lasting = await openLasting(kind, { env: clockAhead(days) });
      try {
        const now = await (await lasting.extension.desk()).evaluate(() => Date.now());
        assert.ok(Math.abs(now - Date.now() - days * 86_400_000) < 60_000, `the browser's clock says ${new Date(now)}`);
        const { id, sequence } = demoSource((await lasting.extension.ask({ kind: "status" })).sources);
        // Far ahead every index has long expired: of a picture that is not known nothing is claimed.
        const nothing = days > 0 ? "noIndex" : "none";
        assert.deepEqual([await verdictOf(lasting.extension, known), await verdictOf(lasting.extension, unknown)], ["match", nothing], when);
        lasting.server.publishUpdate();
        const { results } = await lasting.extension.ask({ kind: "updateSources", source: id });
        assert.equal(results[0].outcome, "updated", `${when}: ${JSON.stringify(results)}`);
        assert.deepEqual([await verdictOf(lasting.extension, known), await verdictOf(lasting.extension, unknown)], ["match", nothing], when);

        await lasting.killBrowser();
        await lasting.start({});
        const after = await demo(lasting.extension);
        assert.deepEqual([after.sequence, after.state, after.store], [sequence + 1, "ready", null], `${when}, then right`);
        assert.deepEqual([await verdictOf(lasting.extension, known), await verdictOf(lasting.extension, unknown)], ["match", "none"]);
        const again = await lasting.extension.ask({ kind: "updateSources", source: id });
        assert.equal(again.results[0].outcome, "current", JSON.stringify(again));
      } finally {
        await lasting.close();
      }
    }
  },
  120_000,
);

inEachBrowser("a second engine over one store writes over nothing of the first, nor the first of it", async ({ extension, server, killBackground }) => {
  const { id, sequence } = demoSource((await extension.ask({ kind: "status" })).sources);
  const desk = await extension.desk();
  // The browsers run one background; a page of the extension can be made to run a second one.
  await desk.evaluate(async () => {
    const { default: init, Background } = await import(browser.runtime.getURL("pkg/caveat.js"));
    await init({ module_or_path: fetch(browser.runtime.getURL("pkg/caveat_bg.wasm")) });
    /** @type {any} */ (globalThis).second = await Background.open(browser.runtime.getURL("index/"), undefined, () => {});
  });
  const second = (/** @type {any} */ message) => desk.evaluate((asked) => /** @type {any} */ (globalThis).second.ownRequest(asked), message);

  server.publishUpdate();
  const both = await Promise.all([extension.ask({ kind: "updateSources", source: id }), second({ kind: "updateSources", source: id })]);
  // Whoever comes second is told so; at the same moment that can be both.
  const ends = both.map(({ results: [{ outcome, code }] }) => `${outcome} ${code ?? ""}`.trim());
  assert.ok(ends.every((end) => ["updated", "failed storageFailed"].includes(end)), JSON.stringify(both));
  const next = (await extension.ask({ kind: "updateSources", source: id })).results[0];
  assert.ok(["current", "updated"].includes(next.outcome), JSON.stringify(next));
  // Neither has heard of what the other does: its first try may be refused, and the next one counts.
  const disable = (/** @type {string} */ host) => ({ kind: "setSite", host, enabled: false });
  let refused = 0;
  for (const host of ["a.example", "b.example", "c.example"]) {
    for (const ask of [(/** @type {any} */ message) => extension.ask(message).catch((/** @type {any} */ error) => error), second]) {
      const said = await ask(disable(host));
      if (said?.kind === "done") continue;
      refused += 1;
      assert.match(JSON.stringify(said?.message ?? said), /try again/);
      assert.equal((await ask(disable(host))).kind, "done");
    }
  }
  assert.ok(refused > 0, "two that do not know of each other");

  await killBackground();
  const status = await extension.ask({ kind: "status" });
  assert.equal(status.store, null);
  assert.equal(demoSource(status.sources).sequence, sequence + 1, JSON.stringify(demoSource(status.sources)));
  assert.deepEqual(status.disabledSites, ["a.example", "b.example", "c.example"]);
  const { results } = await extension.ask({ kind: "updateSources", source: id });
  assert.ok(["current", "updated"].includes(results[0].outcome), JSON.stringify(results));
  assert.deepEqual(straysOf(await stored(extension)), []);
});
