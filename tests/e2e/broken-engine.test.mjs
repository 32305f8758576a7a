// An engine that breaks (a panic ends the instance) is given up for another one; who waited for it is told, and nothing that was stored is lost.

import assert from "node:assert/strict";
import { alsoKnown, known } from "./harness/demo.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("./harness/world.mjs").World} World */

/** Has the background hear of a trap, and counts the instances that it makes from then on. To be run in it, or in a page of ours in Firefox. */
async function breakEngine() {
  const scope = /** @type {any} */ ("clients" in globalThis ? globalThis : await browser.runtime.getBackgroundPage());
  const { Instance, RuntimeError } = scope.WebAssembly;
  scope.instancesMade = 0;
  scope.WebAssembly.Instance = function (/** @type {unknown[]} */ ...given) {
    scope.instancesMade++;
    return new Instance(...given);
  };
  scope.dispatchEvent(new scope.ErrorEvent("error", { error: new RuntimeError("unreachable") }));
}

/** How many instances were made since. To be run likewise. */
async function instancesMade() {
  const scope = /** @type {any} */ ("clients" in globalThis ? globalThis : await browser.runtime.getBackgroundPage());
  return /** @type {number} */ (scope.instancesMade);
}

/** @template T @param {World} world @param {() => Promise<T>} run @returns {Promise<T>} */
const inBackground = async (world, run) =>
  world.kind === "chromium" ? world.inWorker(/** @type {() => T} */ (/** @type {unknown} */ (run))) : (await world.extension.desk()).evaluate(run);

inEachBrowser("an engine that breaks is given up for another one", async (world) => {
  const { extension, server } = world;
  await extension.ask({ kind: "setSite", host: "quiet.example.org", enabled: false });
  const check = (/** @type {string} */ picture) => extension.send({ kind: "checkImage", key: picture, url: `${siteOrigin}/feed/pictures/${picture}` });

  // Somebody waits for a picture that does not come.
  server.silent.set(`/feed/pictures/${known}`, 0);
  const asked = server.log.length;
  const waiting = check(known);
  await until("the picture to be asked for", () => server.log.length > asked);
  await inBackground(world, breakEngine);
  const told = await waiting;
  assert.deepEqual([told.kind, told.code], ["error", "internal"], "who waited for it is told");

  assert.equal((await check(alsoKnown)).verdict, "match");
  assert.equal(await inBackground(world, instancesMade), 1, "with an instance of its own");
  assert.deepEqual((await extension.ask({ kind: "status" })).disabledSites, ["quiet.example.org"]);
});
