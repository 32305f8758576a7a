// A few updates that are killed at random moments, every second of them one that brings new root files; `measure-kills.mjs` kills hundreds.

import assert from "node:assert/strict";
import { killUpdates, mixed } from "./harness/kills.mjs";
import { withEachBrowser } from "./harness/world.mjs";

withEachBrowser(
  "an update that is killed at any moment leaves the old index or the new one, and the next finishes",
  async (kind, context) => {
    // Another seed on each run: a failure names it.
    const seed = Number(process.env.CAVEAT_SEED ?? Date.now() % 1_000_000);
    // As long as it takes to publish thirty editions of one source, it takes for twenty-two of each of two.
    const { kills } = await killUpdates(kind, mixed(6), { seed, last: 22 });
    for (const { how, after, whole, rooted, ended, root } of kills)
      context.diagnostic(`${how} killed after ${after} of ${whole} ms: ${ended}${rooted ? `, with the ${root} root file` : ""}`);
    const wrong = kills.filter((kill) => kill.wrong);
    assert.deepEqual(wrong, [], `with CAVEAT_SEED=${seed}`);
    assert.deepEqual([kills.length, kills.filter(({ rooted }) => rooted).length], [6, 3]);
  },
  180_000,
);
