// A few updates that are killed at random moments; `measure-kills.mjs` kills hundreds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { killUpdates, mixed } from "./harness/kills.mjs";
import { kinds } from "./harness/world.mjs";

for (const kind of kinds()) {
  const name = "an update that is killed at any moment leaves the old index or the new one, and the next finishes";
  test(`${kind}: ${name}`, { timeout: 180_000 }, async (context) => {
    // Another seed on each run: a failure names it.
    const seed = Number(process.env.CAVEAT_SEED ?? Date.now() % 1_000_000);
    const { kills } = await killUpdates(kind, mixed(6), { seed, last: 30 });
    for (const { how, after, whole, ended } of kills) context.diagnostic(`${how} killed after ${after} of ${whole} ms: ${ended}`);
    assert.deepEqual(kills.filter(({ wrong }) => wrong), [], `with CAVEAT_SEED=${seed}`);
    assert.equal(kills.length, 6);
  });
}
