// What a large index costs a background that was stopped: `node measure-keypoints.mjs ENTRIES.jsonl [chromium|firefox]`, with entries such as
// `caveat eval --distractors N --entries ENTRIES.jsonl` makes. Times are an own page's, from the question to the answer, after the background
// was killed; memory is that of the extension's process (Linux).

import { execFileSync } from "node:child_process";
import { buildSource, caveat, known, unknown } from "./harness/demo.mjs";
import { inFirefoxScope } from "./harness/firefox-scope.mjs";
import { extensionProcesses, memoryOf, startPeak } from "./harness/memory.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { pause, until } from "./harness/until.mjs";
import { kinds, openWorld } from "./harness/world.mjs";

/** @typedef {import("./harness/world.mjs").World} World */

const [file, only] = process.argv.slice(2);
if (!file) throw new Error("name a file of entries");
const rounds = 9;
/** Has what is not needed any more freed, where the browser can be asked to, and goes back to the system. @param {World} world */
async function tidy({ kind, browser }) {
  if (kind === "firefox") await inFirefoxScope(browser, 'Services.obs.notifyObservers(null, "child-mmu-request"), null');
  await pause(6000);
}

let questions = 0;

/** Asks about a picture whose bytes are at hand, under a key that was never asked for. @param {World} world @param {string} picture */
async function check(world, picture) {
  const desk = await world.extension.desk();
  const key = `measured-${questions++}`;
  const [ms, verdict] = await desk.evaluate(
    async (name, url) => {
      const state = /** @type {any} */ (globalThis);
      state.bytes ??= {};
      state.bytes[url] ??= new Uint8Array(await (await fetch(url)).arrayBuffer());
      const start = performance.now();
      const reply = await browser.runtime.sendMessage({ kind: "checkImage", key: name, url, bytes: state.bytes[url] });
      return /** @type {[number, string]} */ ([performance.now() - start, reply.verdict ?? JSON.stringify(reply)]);
    },
    key,
    `${siteOrigin}/feed/pictures/${picture}`,
  );
  const wanted = picture === known ? "match" : "none";
  if (verdict !== wanted) throw new Error(`${picture}: ${verdict}, not ${wanted}`);
  return ms;
}

/** @param {World} world */
async function status(world) {
  const desk = await world.extension.desk();
  return desk.evaluate(async () => {
    const start = performance.now();
    const reply = await browser.runtime.sendMessage({ kind: "status" });
    if (reply.kind !== "status") throw new Error(JSON.stringify(reply));
    return performance.now() - start;
  });
}

/** Median and fastest of some rounds, as text. @param {() => Promise<number>} run */
async function timed(run) {
  /** @type {number[]} */
  const taken = [];
  for (let round = 0; round < rounds; round++) taken.push(await run());
  taken.sort((a, b) => a - b);
  return `${Math.round(taken[rounds >> 1])} (${Math.round(taken[0])})`;
}

/** @param {World} world @param {string} what */
async function measure(world, what) {
  const killed = async () => {
    // What the browser still had to tell the extension, such as that it was installed, starts it once more.
    do {
      await world.killBackground();
      await pause(500);
    } while (await world.isBackgroundRunning());
  };
  const rows = /** @type {[string, string][]} */ ([]);
  const cold = (/** @type {() => Promise<number>} */ run) => timed(async () => (await killed(), run()));
  await cold(() => status(world));
  rows.push(["killed to status, every source loaded, ms", await cold(() => status(world))]);
  rows.push(["killed to the verdict of the hashes, ms", await cold(() => check(world, known))]);
  rows.push(["killed to the first verdict of keypoints, ms", await cold(() => check(world, unknown))]);
  rows.push(["then the verdict of the hashes, ms", await timed(() => check(world, known))]);
  rows.push(["then the verdict of keypoints, ms", await timed(() => check(world, unknown))]);

  const pids = extensionProcesses(world.kind, /** @type {number} */ (world.browser.process()?.pid));
  const grown = async (/** @type {string} */ picture, /** @type {string} */ name) => {
    await killed();
    await tidy(world);
    startPeak(pids);
    const before = memoryOf(pids);
    await check(world, picture);
    await tidy(world);
    const after = memoryOf(pids);
    rows.push([`${name}, MB more than killed`, `${Math.round(after.now - before.now)}, at most ${Math.round(after.peak - before.now)}`]);
    if (!(await world.isBackgroundRunning())) throw new Error("the background ended before its memory was taken");
  };
  await grown(known, "entries loaded");
  await grown(unknown, "entries and keypoints loaded");
  const { sources } = await world.extension.ask({ kind: "status" });
  console.log(`\n${world.kind}, ${what}: ${sources.map((/** @type {any} */ { entries: held, keypoints }) => `${held} entries (keypoints ${keypoints})`).join(", ")}`);
  for (const [name, value] of rows) console.log(`  ${name.padEnd(52)} ${value}`);
}

const { folder, key, drop } = buildSource(file, "A large source");
const inspected = execFileSync(caveat(), ["inspect", folder], { encoding: "utf8" });
console.log(inspected.split("\n").filter((line) => line.startsWith("segment")).join("\n"));
for (const kind of kinds()) {
  if (only && only !== kind) continue;
  const world = await openWorld(kind);
  try {
    await measure(world, "as packaged");
    world.server.mounts.set("/large/", folder);
    const start = performance.now();
    const desk = await world.extension.desk();
    // Longer than the debugging protocol waits for an answer.
    await desk.evaluate(
      (url, publicKey) => {
        const state = /** @type {any} */ (globalThis);
        browser.runtime.sendMessage({ kind: "addSource", url, key: publicKey }).then((/** @type {any} */ reply) => {
          state.added = reply;
        });
      },
      `${siteOrigin}/large/`,
      key,
    );
    const added = await until("the source to be added", () => desk.evaluate(() => /** @type {any} */ (globalThis).added), { timeout: 120_000 });
    if (added.kind === "error") throw new Error(JSON.stringify(added));
    console.log(`\n${kind}: added in ${((performance.now() - start) / 1000).toFixed(1)} s`);
    await measure(world, "with the large source");
  } finally {
    await world.close();
  }
}
drop();
