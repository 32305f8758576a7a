// After an installation the engine looks at a drawn picture, once and where the browser keeps compiled code for later starts, and leaves no trace of it.

import assert from "node:assert/strict";
import { pause, until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** How often the engine has rehearsed in this background, or page. */
const rehearsals = () => performance.getEntriesByName("rehearsed").length;

inEachBrowser("the engine rehearses after an installation, and only where that is of use", async (world) => {
  const { kind, extension } = world;
  const desk = await extension.desk();
  if (kind === "firefox") {
    await desk.evaluate(async () => (await import(/** @type {any} */ ("/rehearsal.js"))).rehearse());
    assert.equal(await desk.evaluate(rehearsals), 0);
    return;
  }
  await until("the engine to rehearse", async () => (await world.inWorker(rehearsals)) === 1);
  const { network, logs, notices } = await extension.ask({ kind: "status" });
  assert.deepEqual([network, logs.shown, logs.seen, notices], [[], 0, 0, []], "nothing of it is remembered");
  assert.deepEqual(world.outsideRequests(), []);

  await world.killBackground();
  await extension.ask({ kind: "status" });
  // Longer than from the start of the engine to the rehearsal after an installation.
  await pause(5000);
  assert.equal(await world.inWorker(rehearsals), 0, "a start is no installation");
});
