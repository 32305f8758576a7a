// What a day's update costs a client: `node tests/bench/daily-update.mjs [ENTRIES] [CHARACTERS]`. Makes a source of random entries with
// CHARACTERS of text each, builds it, lets a day pass (0.3 % new, 0.02 % edited, 0.01 % retracted), builds again, and prints what
// `caveat build` and `caveat verify --from` say that a client downloads. Then eight more such days, until segments are merged.

import { cpSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MadeSource } from "./made-source.mjs";

const entries = Number(process.argv[2] ?? 100_000);
const characters = Number(process.argv[3] ?? 120);
const days = 9;
const folder = mkdtempSync(join(tmpdir(), "caveat-day-"));

try {
  const source = new MadeSource({ characters, hashes: "pdq", tool: "target/release/caveat", folder });
  source.add(entries);
  console.log(source.publish(0));
  for (let at = 1; at <= days; at++) {
    const before = join(folder, "before");
    rmSync(before, { recursive: true, force: true });
    cpSync(source.out, before, { recursive: true });
    source.passDay(entries);
    console.log(`\nday ${at}: ${source.publish(at)}`);
    const report = JSON.parse(source.run("verify", source.out, "--key", `${source.key}.pub`, "--from", before, "--json"));
    const head = statSync(join(source.out, "head")).size;
    const recipes = JSON.parse(source.run("inspect", source.out, "--json")).head.recipes?.bytes ?? 0;
    console.log(`a client of the day before: ${report.downloaded} of segments and ${head} of the head, ${recipes} of recipes where needed; merged ${report.merged}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
