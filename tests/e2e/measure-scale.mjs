// What a source of many entries costs: `node measure-scale.mjs ENTRIES [chromium|firefox] [SECONDS]`. Random entries of 120 characters of text, made once and
// kept in target/scale: seven eighths of them are added from a local server; the last eighth comes with an update that merges all of them; then
// a day passes (harness: tests/bench/made-source.mjs). Times are an own page's, from the question to the answer; memory is that of the
// extension's process (Linux), at its most from what it was before.

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { MadeSource } from "../bench/made-source.mjs";
import { caveat, known, unknown } from "./harness/demo.mjs";
import { called, check, grown, keptCode, kill, peakOf, status, stored, timed, welcome } from "./harness/measuring.mjs";
import * as paths from "./harness/paths.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { pause } from "./harness/until.mjs";
import { kinds, openWorld } from "./harness/world.mjs";

/** @typedef {import("./harness/world.mjs").World} World */

const entries = Number(process.argv[2]);
const only = process.argv[3];
/** Seconds to wait: what a browser does when it has just started is none of ours, and it takes Chromium minutes to keep what it has compiled of the engine. */
const settled = Number(process.argv[4] ?? 10);
if (!(entries >= 1000)) throw new Error("say how many entries, 1000 or more");
const characters = 120;
const rounds = 20;
/** Segments that are merged into one; those of the tool's tiers. */
const parts = 8;
/** A picture of the feed that only the large source knows. */
const ofMany = "forest.jpg";
const ofNobody = "spheres.jpg";
/** The publications, in their order. */
const publications = ["most", "all", "day"];

/** Makes the publications, once. */
function made() {
  const folder = `${paths.target}/scale/${entries}`;
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}-unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const source = new MadeSource({ characters, hashes: "canonical", tool: caveat(), folder: unfinished });
  const publish = (/** @type {number} */ at) => console.log(source.publish(at, "--name", "A large source", "--keypoints", "0", "--mass-change"));
  const keep = (/** @type {string} */ name) => cpSync(source.out, `${unfinished}/${name}`, { recursive: true });
  for (let part = 1; part <= parts; part++) {
    source.add(Math.floor(entries / parts), part === 1 ? { role: "known", file: `${paths.pictures}/${ofMany}` } : undefined);
    publish(part);
    if (part === parts - 1) keep("most");
  }
  keep("all");
  source.passDay(entries);
  publish(parts + 1);
  keep("day");
  renameSync(unfinished, folder);
  return folder;
}

/** @param {string} name @param {string | number} value */
const print = (name, value) => console.log(`  ${name.padEnd(58)} ${value}`);

/** One publication after the other. @param {World} world @param {string} folder @param {string} key */
async function install(world, folder, key) {
  const url = `${siteOrigin}/large/`;
  // The extension's process, whose memory is looked at, is there from then on.
  await world.extension.desk();
  await pause(settled * 1000);
  /** @type {string | undefined} */
  let source;
  for (const publication of publications) {
    world.server.mounts.set("/large/", `${folder}/${publication}`);
    const served = world.server.log.length;
    const message = source ? { kind: "updateSources", source } : { kind: "addSource", url, key };
    const [{ reply, seconds, waits, calls }, peak] = await peakOf(world, () => called(world, message));
    if (source && reply.results[0].outcome !== "updated") throw new Error(JSON.stringify(reply));
    source ??= reply.source.id;
    const files = world.server.log.slice(served).map(({ path }) => `${folder}/${publication}/${path.slice("/large/".length)}`);
    const bytes = files.filter((file) => existsSync(file)).reduce((sum, file) => sum + statSync(file).size, 0);
    print(publication, `${seconds.toFixed(1)} s, ${bytes} bytes, ${Math.round(peak)} MB at most; longest without an answer ${waits.join(", ")} ms of ${calls} calls`);
  }
}

/** @param {World} world */
async function measure(world) {
  const kept = world.kind === "chromium" ? keptCode(world) : 0;
  const cold = (/** @type {() => Promise<number>} */ run) => timed(rounds, async () => (await kill(world), run()));
  await cold(() => status(world));
  print("killed to a content script's welcome, ms", await cold(() => welcome(world)));
  print("killed to status, ms", await cold(() => status(world)));
  const pictures = /** @type {const} */ ([
    ["known to a small source", known, "match"],
    ["known to the large source", ofMany, "match"],
    ["not known", ofNobody, "none"],
  ]);
  for (const [name, picture, verdict] of pictures) print(`killed to the verdict, ${name}, ms`, await cold(() => check(world, picture, verdict)));
  for (const [name, picture, verdict] of pictures) print(`running to the verdict, ${name}, ms`, await timed(rounds, () => check(world, picture, verdict)));
  await kill(world);
  // Loading, and then holding what is stored against its names.
  const { waits, calls } = await called(world, { kind: "status" }, 15_000);
  print("start and the 15 s after it: longest without an answer", `${waits.join(", ")} ms of ${calls} calls`);
  for (const [name, picture, verdict] of pictures.slice(1)) {
    const { now, peak } = await grown(world, () => check(world, picture, verdict));
    print(`memory, ${name}, MB more than killed`, `${Math.round(now)}, at most ${Math.round(peak)}`);
  }
  print("on the disk, bytes an entry", (stored(world) / entries).toFixed(1));
  if (world.kind === "chromium") print("compiled code that is kept, bytes", `${kept}, after the last start ${keptCode(world)}`);
}

const folder = made();
const key = readFileSync(`${folder}/key.pub`, "utf8").trim();
for (const kind of kinds()) {
  if (only && only !== kind) continue;
  const world = await openWorld(kind);
  console.log(`\n${kind}, ${entries} entries`);
  try {
    await install(world, folder, key);
    await measure(world);
  } finally {
    await world.close();
  }
}
