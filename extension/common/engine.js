// Starts the WebAssembly engine once, when it is first needed. If it ever breaks (a panic ends the instance), it is dropped, and the next
// message starts another one: nothing is kept in it that is not stored.

import init, { __wbg_reset_state as forgetInstance, Background } from "./pkg/caveat.js";
import { readPolicy } from "./policy.js";
import { resolveLanguage } from "./ui/messages.js";

/** @typedef {import("./pkg/caveat.js").Event} EngineEvent */

/**
 * An engine, and what ends whatever waits for it when its instance breaks.
 * @typedef {{engine: Promise<Background>, broken: Promise<never>, breaks: (error: unknown) => void}} Run
 */

/** @type {Run | undefined} */
let current;

/** @type {(event: EngineEvent) => void} */
let hear = () => {};

// A trap inside WebAssembly leaves the instance unusable and its promises open for ever; one in a task of its own surfaces only here.
addEventListener("error", ({ error }) => {
  if (current && error instanceof WebAssembly.RuntimeError) drop(current, error);
});

/** Who hears the engine's events. @param {(event: EngineEvent) => void} listener */
export function onEvent(listener) {
  hear = listener;
}

/** Fetches and compiles the program, once. */
const load = () => init({ module_or_path: browser.runtime.getURL("pkg/caveat_bg.wasm") });

// Whatever woke the background needs it. If it fails, `start` says so.
load().catch(() => {});

/** @returns {Run} */
function start() {
  /** @type {Run["breaks"]} */
  let breaks = () => {};
  /** @type {Run["broken"]} */
  const broken = new Promise((_, reject) => {
    breaks = reject;
  });
  broken.catch(() => {});
  const run = { engine: Promise.race([open(), broken]), broken, breaks };
  run.engine.catch(() => {
    if (current === run) current = undefined;
  });
  return run;
}

async function open() {
  const [policy] = await Promise.all([readPolicy(), load()]);
  const engine = await Background.open(browser.runtime.getURL("index/"), policy, (/** @type {EngineEvent} */ event) => hear(event));
  settle(engine);
  // Nobody waits for it. If it is killed, the next start does it again.
  void engine.verifyStoredLater().catch(() => {});
  return engine;
}

/** What follows from settings and an organisation's policy; answers do not wait for its sources. @param {Background} engine */
export function settle(engine) {
  engine.setCardLanguage(resolveLanguage(engine.language));
  void engine.fetchManaged();
}

/** The next message has another instance: of this one nobody knows what its memory holds. @param {Run} run @param {unknown} error */
function drop(run, error) {
  if (current !== run) return;
  current = undefined;
  run.breaks(error);
  forgetInstance();
}

/**
 * Runs something on the engine, which is started if need be.
 * @template T
 * @param {(engine: Background) => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withEngine(work) {
  const run = (current ??= start());
  try {
    const engine = await run.engine;
    return await Promise.race([work(engine), run.broken]);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) drop(run, error);
    throw error;
  }
}
