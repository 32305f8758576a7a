// What a large index costs a background that was stopped: `node measure-keypoints.mjs ENTRIES.jsonl [chromium|firefox]`, with entries such as
// `caveat eval --distractors N --entries ENTRIES.jsonl` makes. Times are an own page's, from the question to the answer, after the background
// was killed; memory is that of the extension's process (Linux).

import { execFileSync } from "node:child_process";
import { buildSource, caveat, known, unknown } from "./harness/demo.mjs";
import { called, check, grown, kill, status, timed } from "./harness/measuring.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { kinds, openWorld } from "./harness/world.mjs";

/** @typedef {import("./harness/world.mjs").World} World */

const [file, only] = process.argv.slice(2);
if (!file) throw new Error("name a file of entries");
const rounds = 9;

/** @param {World} world @param {string} what */
async function measure(world, what) {
  const rows = /** @type {[string, string][]} */ ([]);
  const hashes = () => check(world, known, "match");
  const keypoints = () => check(world, unknown, "none");
  const cold = (/** @type {() => Promise<number>} */ run) => timed(rounds, async () => (await kill(world), run()));
  await cold(() => status(world));
  rows.push(["killed to status, every source loaded, ms", await cold(() => status(world))]);
  rows.push(["killed to the verdict of the hashes, ms", await cold(hashes)]);
  rows.push(["killed to the first verdict of keypoints, ms", await cold(keypoints)]);
  rows.push(["then the verdict of the hashes, ms", await timed(rounds, hashes)]);
  rows.push(["then the verdict of keypoints, ms", await timed(rounds, keypoints)]);
  for (const [name, run] of /** @type {const} */ ([["entries loaded", hashes], ["entries and keypoints loaded", keypoints]])) {
    const { now, peak } = await grown(world, run);
    rows.push([`${name}, MB more than killed`, `${Math.round(now)}, at most ${Math.round(peak)}`]);
  }
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
    const { seconds } = await called(world, { kind: "addSource", url: `${siteOrigin}/large/`, key });
    console.log(`\n${kind}: added in ${seconds.toFixed(1)} s`);
    await measure(world, "with the large source");
  } finally {
    await world.close();
  }
}
drop();
