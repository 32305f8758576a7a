// A few updates that are killed at random moments; `measure-kills.mjs` kills hundreds.

import assert from "node:assert/strict";
import { killUpdates, mixed } from "./harness/kills.mjs";
import { withEachBrowser } from "./harness/world.mjs";

withEachBrowser(
  "an update that is killed at any moment leaves the old index or the new one, and the next finishes",
  async (kind, context) => {
    // Another seed on each run: a failure names it.
    const seed = Number(process.env.CAVEAT_SEED ?? Date.now() % 1_000_000);
    const { kills } = await killUpdates(kind, mixed(6), { seed, last: 30 });
    for (const { how, after, whole, ended } of kills) context.diagnostic(`${how} killed after ${after} of ${whole} ms: ${ended}`);
    const wrong = kills.filter((kill) => kill.wrong);
    assert.deepEqual(wrong, [], `with CAVEAT_SEED=${seed}`);
    assert.equal(kills.length, 6);
  },
  180_000,
);
