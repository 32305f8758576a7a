// Starts the WebAssembly engine once, when it is first needed. If it ever breaks (a panic ends the instance), it is dropped, and the next
// message starts another one: nothing is kept in it that is not stored.

import init, { Background } from "./pkg/caveat.js";
import { readPolicy } from "./policy.js";
import { resolveLanguage } from "./ui/messages.js";

/** @typedef {import("./pkg/caveat.js").Event} EngineEvent */

/** @type {Promise<Background> | undefined} */
let started;
/** Ends whatever waits for an instance that broke. @type {(error: unknown) => void} */
let breakInstance = () => {};
/** @type {Promise<never>} */
let broken = new Promise(() => {});

/** @type {(event: EngineEvent) => void} */
let hear = () => {};

// A trap inside WebAssembly leaves the instance unusable and its promises open for ever; it surfaces only here.
addEventListener("error", ({ error }) => {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  started = undefined;
  breakInstance(error);
});

/** Who hears the engine's events. @param {(event: EngineEvent) => void} listener */
export function onEvent(listener) {
  hear = listener;
}

async function start() {
  broken = new Promise((_, reject) => {
    breakInstance = reject;
  });
  broken.catch(() => {});
  const [policy] = await Promise.all([readPolicy(), init({ module_or_path: fetch(browser.runtime.getURL("pkg/caveat_bg.wasm")) })]);
  const opening = Background.open(browser.runtime.getURL("index/"), policy, (/** @type {EngineEvent} */ event) => hear(event));
  const engine = await Promise.race([opening, broken]);
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

/** The engine, started if need be. */
function engine() {
  started ??= start().catch((error) => {
    started = undefined;
    throw error;
  });
  return started;
}

/**
 * Runs something on the engine.
 * @template T
 * @param {(engine: Background) => T | Promise<T>} run
 * @returns {Promise<T>}
 */
export async function withEngine(run) {
  const current = await engine();
  try {
    return await Promise.race([run(current), broken]);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) started = undefined;
    throw error;
  }
}
