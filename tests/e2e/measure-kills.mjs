// Updates killed at random moments of their time: `node measure-kills.mjs [KILLS] [--browser chromium|firefox] [--seed N]`, so many in
// each browser [100]. Of ten kills four end the background, three the processes of the extension and its pages, three the whole browser,
// which is started again with its profile. Every second update is of a source that is trusted by a root, and brings one or two new root
// files with other keys. After each kill the index must be the old edition or the new one, whole, with nothing that a person must mend, and
// the next update must finish. Exits non-zero if it ever did not.

import { parseArgs } from "node:util";
import { killUpdates, mixed } from "./harness/kills.mjs";
import { kinds } from "./harness/world.mjs";

/** @typedef {import("./harness/kills.mjs").Kill} Kill */

const { values, positionals } = parseArgs({ allowPositionals: true, options: { browser: { type: "string" }, seed: { type: "string", default: "1" } } });
const count = Number(positionals[0] ?? 100);
const seed = Number(values.seed);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) throw new Error("KILLS and --seed are whole numbers");

/** Where in the update the kill came, as far as it can be seen from outside. @param {Kill} kill */
function placeOf({ asked, answered, ended, root, again }) {
  if (answered) return "after its answer";
  if (ended === "new") return "after the commit, before the answer";
  if (asked === 0) return "before the first request";
  if (root === "new") return "the new root file stored, before the commit";
  // The next update needs no segment: all had come and were staged.
  return again === 0 ? "all segments stored, before the commit" : "during the requests and the storing of segments";
}

/** @param {Kill[]} kills @param {(kill: Kill) => string} by */
function counted(kills, by) {
  /** @type {Map<string, Kill[]>} */
  const groups = new Map();
  for (const kill of kills) groups.set(by(kill), [...(groups.get(by(kill)) ?? []), kill]);
  for (const [name, group] of [...groups].sort()) {
    const of = (/** @type {string | null} */ ended) => group.filter((kill) => !kill.wrong && kill.ended === ended).length;
    const wrong = group.filter((kill) => kill.wrong).length;
    console.log(`  ${name.padEnd(50)} ${String(group.length).padStart(4)}: ${of("old")} old, ${of("new")} new, ${wrong} wrong`);
  }
}

for (const kind of kinds().filter((each) => !values.browser || each === values.browser)) {
  const began = Date.now();
  const told = (/** @type {Kill} */ kill) => {
    if (kill.wrong) console.log(`WRONG ${kind}, seed ${seed}, kill ${kill.number}: ${JSON.stringify(kill)}`);
  };
  const { kills, measured } = await killUpdates(kind, mixed(count), { seed, told });
  const wrong = kills.filter((kill) => kill.wrong);
  console.log(`\n${kind}: ${kills.length} kills, seed ${seed}, ${Math.round((Date.now() - began) / 1000)} s; an undisturbed update ${measured[0]} ms, with a merge ${measured[1]} ms`);
  counted(kills, ({ how }) => `${how} killed`);
  counted(kills, ({ rooted }) => (rooted ? "of a source with a root, new root files" : "of a source with a key"));
  counted(kills, placeOf);
  console.log(`  ${kills.length - wrong.length} of ${kills.length} ended in the old edition or the new one, and the next update finished`);
  if (wrong.length > 0) process.exitCode = 1;
}
