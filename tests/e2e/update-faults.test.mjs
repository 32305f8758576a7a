// Every way an update can fail keeps the old index, says why, and does not stand in the way of the next update.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import * as chaos from "./harness/chaos.mjs";
import { caveat, demoSource, known, makeRootedSource, pageOf, unknown } from "./harness/demo.mjs";
import { firstWarning } from "./harness/feed.mjs";
import { hostileEdition } from "./harness/hostile-edition.mjs";
import * as paths from "./harness/paths.mjs";
import { pictureOrigin, siteOrigin } from "./harness/server.mjs";
import { stored } from "./harness/stored.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

const updated = paths.updatedSource;
const starter = `${paths.www}/index/starter`;

/** @typedef {import("./harness/world.mjs").World} World */
/** @typedef {{name: string, codes: string[], arrange: (world: World) => void | Promise<void>, tidy?: (world: World) => void | Promise<unknown>}} Case */

/** @param {import("./harness/chaos.mjs").Fault} fault */
const answering =
  (fault) =>
  (/** @type {World} */ { server }) => {
    server.fault = fault;
  };

/** Lengths in the .wasm have 32 bits: a number that is cut down to them is the same with and without this. */
const GIB_4 = 1n << 32n;
/** @param {Buffer} segment @param {number} at @param {bigint} more */
const add = (segment, at, more) => segment.writeBigUInt64LE(segment.readBigUInt64LE(at) + more, at);

/** What a segment can say of itself: its number of sections, then of the first of them, whose elements have four bytes. */
/** @type {[string, (segment: Buffer) => void][]} */
const lies = [
  ["a table that is longer than the segment", (segment) => segment.writeUInt32LE(200, 12)],
  ["a section far behind the segment", (segment) => add(segment, 80, GIB_4)],
  [
    "a section that is far longer than the segment",
    (segment) => {
      add(segment, 72, GIB_4 / 4n);
      add(segment, 88, GIB_4);
    },
  ],
  ["an id that ends far behind all ids", (segment) => segment.writeUInt32LE(0xffffffff, Number(segment.readBigUInt64LE(80)))],
];

/** @type {Case[]} */
const cases = [
  { name: "signed by another key", codes: ["badSignature", "wrongSource"], arrange: answering(chaos.otherFolder(starter)) },
  { name: "head cut off in transit", codes: ["cutShort"], arrange: answering(chaos.cutShort(0.5, updated)) },
  {
    name: "head shorter than it should be",
    codes: ["cutShort", "badEnvelope"],
    arrange: answering(chaos.partOnly(0.5, updated)),
  },
  { name: "head is empty", codes: ["badEnvelope", "cutShort"], arrange: answering(chaos.partOnly(0, updated)) },
  { name: "segment cut off in transit", codes: ["cutShort"], arrange: answering(chaos.onSegments(updated, chaos.cutShort(0.5))) },
  {
    name: "segment shorter than it should be",
    codes: ["hashMismatch", "cutShort"],
    arrange: answering(chaos.onSegments(updated, chaos.partOnly(0.9))),
  },
  { name: "segment missing", codes: ["notFound"], arrange: answering(chaos.onSegments(updated, chaos.status(404))) },
  { name: "not found", codes: ["notFound"], arrange: answering(chaos.status(404)) },
  { name: "server error", codes: ["httpStatus"], arrange: answering(chaos.status(500)) },
  { name: "too many requests", codes: ["serverBusy"], arrange: answering(chaos.status(429)) },
  { name: "captive portal", codes: ["captivePortal"], arrange: answering(chaos.captivePortal) },
  {
    name: "captive portal on a segment",
    codes: ["captivePortal"],
    arrange: answering(chaos.onSegments(updated, chaos.captivePortal)),
  },
  { name: "redirected elsewhere", codes: ["redirected"], arrange: answering(chaos.redirect("http://localhost:8618/elsewhere/")) },
  { name: "body without end", codes: ["tooLarge"], arrange: answering(chaos.endless) },
  {
    name: "segment without end",
    codes: ["tooLarge", "hashMismatch"],
    arrange: answering(chaos.onSegments(updated, chaos.endless)),
  },
  { name: "head that unpacks to very much", codes: ["tooLarge"], arrange: answering(chaos.packedBomb(64)) },
  {
    name: "segment that unpacks to very much",
    codes: ["tooLarge"],
    arrange: answering(chaos.onSegments(updated, chaos.packedBomb(64))),
  },
  ...lies.map(([name, lie]) => ({
    name,
    codes: ["badSegment"],
    arrange: (/** @type {World} */ world) => answering(hostileEdition(updated, lie))(world),
  })),
  { name: "server gone", codes: ["offline"], arrange: ({ server }) => server.close(), tidy: ({ server }) => server.open() },
];

inEachBrowser(
  "no failed update harms the index in use",
  async (world, context) => {
    const { extension, server } = world;
    const old = demoSource((await extension.ask({ kind: "status" })).sources);
    /** @type {string[]} */
    const wrong = [];
    for (const { name, codes, arrange, tidy } of cases) {
      await arrange(world);
      const { results } = await extension.ask({ kind: "updateSources", source: old.id });
      await tidy?.(world);
      server.fault = null;
      const { outcome, code, message } = results[0];
      context.diagnostic(`${name}: ${outcome} ${code}: ${message}`);
      if (outcome !== "failed" || !codes.includes(code))
        wrong.push(`${name}: ${outcome} ${code}, expected failed ${codes.join(" or ")}`);
      const now = demoSource((await extension.ask({ kind: "status" })).sources);
      if (now.sequence !== old.sequence || now.entries !== old.entries)
        wrong.push(`${name}: the index changed to ${now.sequence}`);
      if (now.lastResult?.code !== code) wrong.push(`${name}: the status says ${now.lastResult?.code}`);
      server.extra.set(
        "/test/after.html",
        pageOf([{ src: `/feed/pictures/${known}?after=${encodeURIComponent(name)}`, known: "yes" }]),
      );
      const page = await world.visit(`${siteOrigin}/test/after.html`);
      await firstWarning(page.mainFrame(), `a warning after "${name}"`);
      await page.close();
    }
    assert.deepEqual(wrong, []);

    // The last is the edition of the lies without one: nothing else was wrong with it.
    for (const good of [chaos.otherFolder(updated), hostileEdition(updated, () => {})]) {
      server.fault = good;
      const { results } = await extension.ask({ kind: "updateSources", source: old.id });
      assert.equal(results[0].outcome, "updated", JSON.stringify(results[0]));
    }
  },
  { timeout: 240_000 },
);

/** Where files are said to have moved: redirects of every kind, on the same origin and to another one. */
const moves = [301, 307, 308].flatMap((status) =>
  [siteOrigin, pictureOrigin].map((origin) => ({ status, folder: `${origin}/elsewhere/`, told: `${status} to ${origin}` })),
);
/** @typedef {(typeof moves)[number]} Move */

/** Browsers remember 301 and 308 unless they are told not to, and would go on when the case is over. */
/** @param {Move} move @returns {import("./harness/chaos.mjs").Fault} */
const moved =
  ({ status, folder }) =>
  ({ name, response }) =>
    void response.writeHead(status, { location: `${folder}${name}`, "cache-control": "no-store" }).end();

inEachBrowser("no redirect of a segment is followed, and the index in use stays", async (world) => {
  const { extension, server } = world;
  const old = demoSource((await extension.ask({ kind: "status" })).sources);
  // Whoever followed one on the same origin would be updated.
  server.mounts.set("/elsewhere/", `${updated}/`);
  for (const move of moves) {
    server.fault = chaos.onSegments(updated, moved(move));
    const { results } = await extension.ask({ kind: "updateSources", source: old.id });
    assert.deepEqual([results[0].outcome, results[0].code], ["failed", "redirected"], move.told);
    const now = demoSource((await extension.ask({ kind: "status" })).sources);
    assert.deepEqual([sequenceOf(now), now.lastResult.code], [sequenceOf(old), "redirected"], move.told);
  }
  server.extra.set("/test/after.html", pageOf([{ src: `/feed/pictures/${known}`, known: "yes" }]));
  const page = await world.visit(`${siteOrigin}/test/after.html`);
  await firstWarning(page.mainFrame(), "a warning after the redirects");
  server.fault = chaos.otherFolder(updated);
  const { results } = await extension.ask({ kind: "updateSources", source: old.id });
  assert.equal(results[0].outcome, "updated", JSON.stringify(results[0]));
  assert.equal(server.count(/^\/elsewhere\//), 0, "nobody asks where a redirect leads");
});

inEachBrowser("no redirect of a root file or of retractions is followed, and what is in use stays", async ({ extension, server }) => {
  const made = makeRootedSource(unknown);
  const run = (/** @type {string[]} */ ...line) => execFileSync(caveat(), line, { cwd: dirname(made.folder), encoding: "utf8" });
  server.mounts.set("/rooted/", `${made.folder}/`).set("/elsewhere/", `${made.folder}/`);
  const url = `${siteOrigin}/rooted/`;
  /** Says of one file, with every move, that it lies elsewhere. @param {string} name @param {(told: string) => Promise<void>} expect */
  const redirect = async (name, expect) => {
    for (const { status, folder, told } of moves) {
      server.extra.set(`/rooted/${name}`, { status, headers: { location: `${folder}${name}` }, body: "" });
      const before = server.count(`/rooted/${name}`);
      await expect(`${name}: ${told}`);
      assert.equal(server.count(`/rooted/${name}`), before + 1, `${name}: ${told}: asked for`);
    }
    server.extra.delete(`/rooted/${name}`);
  };
  const sources = async () => (await extension.ask({ kind: "status" })).sources;
  try {
    const before = (await sources()).map(sequenceOf);
    await redirect("root/1", async (told) => {
      const reply = await extension.send({ kind: "addSource", url, key: made.anchor });
      assert.deepEqual([reply.kind, reply.code], ["error", "redirected"], told);
      assert.deepEqual((await sources()).map(sequenceOf), before, told);
    });
    const { source: added } = await extension.ask({ kind: "addSource", url, key: made.anchor });
    const inUse = async () => (await sources()).find((/** @type {any} */ { id }) => id === added.id);
    const update = async () => (await extension.ask({ kind: "updateSources", source: added.id })).results[0];

    run("root", "--out", "source");
    run("sign", "source", "--key", "root");
    run("build", "entries.jsonl", "--key", "head", "--out", "source", "--name", "Rooted", "--sequence", "2");
    await redirect("root/2", async (told) => {
      const { outcome, code } = await update();
      assert.deepEqual([outcome, code], ["failed", "redirected"], told);
      const now = await inUse();
      assert.deepEqual([sequenceOf(now), now.lastResult.code], [sequenceOf(added), "redirected"], told);
    });
    assert.equal((await update()).outcome, "updated");
    const renewed = sequenceOf(await inUse());
    assert.deepEqual(renewed, [added.id, added.sequence + 1, added.entries]);

    // They are a second way for what is urgent: where there are none the first goes on.
    made.retract();
    await redirect("retractions", async (told) => {
      assert.equal((await update()).outcome, "current", told);
      assert.deepEqual(sequenceOf(await inUse()), renewed, told);
    });
    assert.equal((await update()).outcome, "updated");
    assert.equal((await inUse()).entries, 0, "retracted, once it comes from where it lies");
    assert.equal(server.count(/^\/elsewhere\//), 0, "nobody asks where a redirect leads");
  } finally {
    made.drop();
  }
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

inEachBrowser("a busy server is left alone as long as it asks, in every form, within five minutes and a day", async ({ extension, server }, context) => {
  const { id } = demoSource((await extension.ask({ kind: "status" })).sources);
  const date = (/** @type {number} */ ahead) => new Date(Date.now() + ahead).toUTCString();
  /** @type {[string | null, number][]} */
  const asked = [
    [null, 5 * MINUTE],
    ["7", 5 * MINUTE],
    ["7200", 2 * HOUR],
    [date(2 * HOUR), 2 * HOUR],
    [date(-2 * HOUR), 5 * MINUTE],
    [date(9000 * HOUR), 24 * HOUR],
    ["99999999999999999999", 24 * HOUR],
    ["-3600", 5 * MINUTE],
    ["1e400", 5 * MINUTE],
    ["as soon as possible", 5 * MINUTE],
  ];
  for (const [header, wait] of asked) {
    server.fault = chaos.busy(header);
    const { results } = await extension.ask({ kind: "updateSources", source: id });
    assert.equal(results[0].code, "serverBusy", JSON.stringify(results));
    const { notBefore } = (await stored(extension)).state.sources[id];
    const waits = notBefore - Date.now();
    context.diagnostic(`Retry-After ${header}: ${Math.round(waits / 1000)} s`);
    assert.ok(waits <= wait && waits > wait - MINUTE, `Retry-After ${header}: ${waits} ms, not ${wait}`);
  }
  server.fault = null;
  await extension.ask({ kind: "updateSources", source: id });
  assert.equal((await stored(extension)).state.sources[id].notBefore, null, "a person may ask at any time, and an answer ends it");
});

inEachBrowser("an older edition is refused after a newer one", async ({ extension, server }) => {
  const old = demoSource((await extension.ask({ kind: "status" })).sources);
  server.publishUpdate();
  await extension.ask({ kind: "updateSources", source: old.id });
  server.fault = null;
  const { results } = await extension.ask({ kind: "updateSources", source: old.id });
  assert.equal(results[0].outcome, "failed");
  assert.equal(results[0].code, "rollback", JSON.stringify(results[0]));
  assert.equal(demoSource((await extension.ask({ kind: "status" })).sources).sequence, old.sequence + 1);
});

inEachBrowser("a second update while one runs is refused, and ends neither", async ({ extension, server }) => {
  const old = demoSource((await extension.ask({ kind: "status" })).sources);
  server.fault = chaos.onSegments(updated, chaos.drip({ pieces: 10, every: 150 }));
  const reply = await extension.startUpdate(old.id);
  await until("the download to begin", () => server.count(/\/segments\//) > 0);
  assert.equal((await extension.ask({ kind: "status" })).updating, true);
  const second = await extension.send({ kind: "updateSources", source: old.id });
  const code = second.kind === "error" ? second.code : second.results[0].code;
  assert.equal(code, "updating", JSON.stringify(second));
  const first = await until("the first update to end", reply);
  assert.equal(first.results[0].outcome, "updated", JSON.stringify(first));
});

inEachBrowser(
  "a server that falls silent is given up, and the index in use stays",
  async ({ extension, server }, context) => {
    const before = (await extension.ask({ kind: "status" })).sources;
    server.fault = chaos.silent;
    server.starterFault = chaos.stall(0.5);
    const began = Date.now();
    const reply = await extension.startUpdate();
    const { results } = await until("both to be given up", reply, { timeout: 100_000, every: 500 });
    context.diagnostic(`both given up after ${Math.round((Date.now() - began) / 1000)} s`);
    const codeOf = (/** @type {any} */ wanted) => results.find((/** @type {any} */ { source }) => source === wanted.id)?.code;
    const demo = demoSource(before);
    assert.equal(codeOf(demo), "timedOut", JSON.stringify(results));
    assert.equal(codeOf(before.find((/** @type {any} */ { id }) => id !== demo.id)), "stalled", JSON.stringify(results));
    const after = (await extension.ask({ kind: "status" })).sources;
    assert.deepEqual(after.map(sequenceOf), before.map(sequenceOf));
  },
  { timeout: 150_000 },
);

inEachBrowser(
  "a server that drips is given up after a minute, and the index in use stays",
  async ({ extension, server }, context) => {
    const old = demoSource((await extension.ask({ kind: "status" })).sources);
    // Never silent for long, and at this pace not at its end for minutes.
    server.fault = chaos.onSegments(updated, chaos.drip({ pieces: 300, every: 1000, folder: updated }));
    const began = Date.now();
    const reply = await extension.startUpdate(old.id);
    const { results } = await until("it to be given up", reply, { timeout: 100_000, every: 500 });
    context.diagnostic(`given up after ${Math.round((Date.now() - began) / 1000)} s`);
    assert.equal(results[0].code, "stalled", JSON.stringify(results));
    assert.deepEqual(sequenceOf(demoSource((await extension.ask({ kind: "status" })).sources)), sequenceOf(old));
  },
  { timeout: 150_000 },
);

/** @param {any} source */
const sequenceOf = ({ id, sequence, entries }) => [id, sequence, entries];
