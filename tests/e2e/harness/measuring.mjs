// What measurements of the whole extension share: a background that was stopped, questions from an own page, times, memory, room on
// the disk, and how long the background answers nobody.

import { readdirSync, statSync } from "node:fs";
import { inFirefoxScope } from "./firefox-scope.mjs";
import { extensionProcesses, memoryOf, startPeak } from "./memory.mjs";
import { siteOrigin } from "./server.mjs";
import { pause, until } from "./until.mjs";

/** @typedef {import("./world.mjs").World} World */

/** Stops the background until it stays away. @param {World} world */
export async function kill(world) {
  // What the browser still had to tell the extension, such as that it was installed, starts it once more.
  do {
    await world.killBackground();
    await pause(500);
  } while (await world.isBackgroundRunning());
}

let questions = 0;

/**
 * Asks about a picture whose bytes are at hand, under a key that was never asked for. The milliseconds to the answer.
 * @param {World} world @param {string} picture  of the feed @param {string} wanted  the verdict
 */
export async function check(world, picture, wanted) {
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
  if (verdict !== wanted) throw new Error(`${picture}: ${verdict}, not ${wanted}`);
  return ms;
}

/** Milliseconds to the status. @param {World} world */
export const status = (world) => answer(world, "status", "status");

/** Milliseconds to what a content script needs to begin. @param {World} world */
export const welcome = (world) => answer(world, "hello", "welcome");

/** Milliseconds to the answer to a question of one word. @param {World} world @param {string} kind @param {string} wanted  the kind of the answer */
async function answer(world, kind, wanted) {
  const desk = await world.extension.desk();
  const [ms, reply] = await desk.evaluate(async (asked) => {
    const start = performance.now();
    const said = await browser.runtime.sendMessage({ kind: asked });
    return /** @type {[number, any]} */ ([performance.now() - start, said]);
  }, kind);
  if (reply.kind !== wanted) throw new Error(JSON.stringify(reply));
  return ms;
}

/** Median and fastest of some rounds, as text. @param {number} rounds @param {() => Promise<number>} run */
export async function timed(rounds, run) {
  /** @type {number[]} */
  const taken = [];
  for (let round = 0; round < rounds; round++) taken.push(await run());
  taken.sort((a, b) => a - b);
  return `${Math.round(taken[rounds >> 1] ?? NaN)} (${Math.round(taken[0] ?? NaN)})`;
}

/** Has what is not needed any more freed, where the browser can be asked to, and goes back to the system. @param {World} world */
async function tidy({ kind, browser }) {
  if (kind === "firefox") await inFirefoxScope(browser, 'Services.obs.notifyObservers(null, "child-mmu-request"), null');
  await pause(6000);
}

/** @param {World} world @returns {number} */
const processOf = (world) => /** @type {number} */ (world.browser.process()?.pid);

/** What the extension's process grows by, from a background that is stopped: MB, then and at most. @param {World} world @param {() => Promise<unknown>} run */
export async function grown(world, run) {
  await kill(world);
  await tidy(world);
  // Only now: a process may have ended with the background.
  const pids = extensionProcesses(world.kind, processOf(world));
  startPeak(pids);
  const before = memoryOf(pids);
  await run();
  await tidy(world);
  const after = memoryOf(pids);
  if (!(await world.isBackgroundRunning())) throw new Error("the background ended before its memory was taken");
  return { now: after.now - before.now, peak: after.peak - before.now };
}

/** What the extension's process grows by at most while something is done: MB. @param {World} world @template T @param {() => Promise<T>} run @returns {Promise<[T, number]>} */
export async function peakOf(world, run) {
  const pids = extensionProcesses(world.kind, processOf(world));
  startPeak(pids);
  const before = memoryOf(pids);
  const result = await run();
  return [result, memoryOf(pids).peak - before.now];
}

/**
 * Sends a message whose answer may take longer than the debugging protocol waits, and meanwhile calls the background every 10 ms with one
 * that it refuses without the engine. The reply, the seconds it took, the longest that a call was not answered, in milliseconds, and
 * how many there were.
 * @param {World} world @param {{kind: string, [field: string]: any}} message @param {number} [after]  ms to go on calling when it is answered
 */
export async function called(world, message, after = 0) {
  const desk = await world.extension.desk();
  await desk.evaluate(
    async (asked, more) => {
      const state = /** @type {any} */ (globalThis);
      state.done = null;
      /** @type {number[]} */
      const waits = [];
      let end = Infinity;
      const sleep = () => new Promise((resolve) => setTimeout(resolve, 10));
      const call = async () => {
        // What it takes to start a background that was stopped is not time in which it answers nobody.
        await browser.runtime.sendMessage({});
        let due = performance.now();
        while (due < end) {
          await browser.runtime.sendMessage({});
          waits.push(performance.now() - due);
          // In Firefox this page shares the thread with the background: what keeps the timer waiting counts, too.
          due = performance.now() + 10;
          await sleep();
        }
      };
      const start = performance.now();
      const calling = call();
      const run = async () => {
        const reply = await browser.runtime.sendMessage(asked);
        const seconds = (performance.now() - start) / 1000;
        end = performance.now() + more;
        await calling;
        waits.sort((a, b) => b - a);
        state.done = { reply, seconds, waits: waits.slice(0, 5).map(Math.round), calls: waits.length };
      };
      run().catch((error) => (state.done = { reply: { kind: "error", message: String(error) } }));
    },
    message,
    after,
  );
  const done = await until(`${message.kind} to be answered`, () => desk.evaluate(() => /** @type {any} */ (globalThis).done), { timeout: 600_000 });
  if (done.reply?.kind === "error") throw new Error(`${message.kind}: ${JSON.stringify(done.reply)}`);
  return /** @type {{reply: any, seconds: number, waits: number[], calls: number}} */ (done);
}

/** Bytes on the disk of what the extension has stored. @param {World} world */
export function stored(world) {
  return filesOf(world, /(IndexedDB\/chrome-extension_|storage\/default\/moz-extension)/).reduce((sum, file) => sum + file.size, 0);
}

/** Bytes of compiled code that Chromium keeps for the next start of the engine: the newest file with any, older ones are what came before it. @param {World} world */
export function keptCode(world) {
  const [newest] = filesOf(world, /Code Cache\/wasm\/[0-9a-f]+_/).filter((file) => file.size > SHORTEST_CODE).sort((a, b) => b.mtimeMs - a.mtimeMs);
  return newest?.size ?? 0;
}

/** Shorter files of Chromium's code cache only say where the code is: bytes. */
const SHORTEST_CODE = 4096;

/** The files of a profile whose path fits. @param {World} world @param {RegExp} wanted */
function filesOf(world, wanted) {
  const named = (world.browser.process()?.spawnargs ?? []).map((argument, index, all) =>
    world.kind === "firefox" ? (/^--?profile$/.test(argument) ? all[index + 1] : null) : /^--user-data-dir=(.*)/.exec(argument)?.[1],
  );
  const profile = named.find((path) => path);
  if (!profile) throw new Error("no profile among the browser's arguments");
  const paths = readdirSync(profile, { recursive: true, encoding: "utf8" }).filter((path) => wanted.test(path));
  return paths.map((path) => statSync(`${profile}/${path}`)).filter((file) => file.isFile());
}
