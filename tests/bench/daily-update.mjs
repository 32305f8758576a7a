// What a day's update costs a client: `node tests/bench/daily-update.mjs [ENTRIES] [CHARACTERS]`. Makes a source of random entries with
// CHARACTERS of text each, builds it, lets a day pass (0.3 % new, 0.02 % edited, 0.01 % retracted), builds again, and prints what
// `caveat build` and `caveat verify --from` say that a client downloads. Then eight more such days, until segments are merged.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const caveat = "target/release/caveat";
const entries = Number(process.argv[2] ?? 100_000);
const characters = Number(process.argv[3] ?? 120);
const days = 9;
const day = { added: Math.round(entries * 0.003), edited: Math.round(entries * 0.0002), retracted: Math.round(entries * 0.0001) };

let state = 1;
/** Always the same numbers (Marsaglia 2003, xorshift). @param {number} below */
function random(below) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

const syllables = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu an en in on un ar er ir or ur al el".split(" ");
const words = Array.from({ length: 5000 }, () => Array.from({ length: 1 + random(4) }, () => syllables[random(syllables.length)]).join(""));
/** Words as often as their rank has it (Zipf). */
const word = () => words[Math.min(words.length - 1, Math.floor(Math.exp((random(1_000_000) / 1_000_000) * Math.log(words.length))) - 1)] ?? "a";
/** @param {number} length */
function text(length) {
  let out = "";
  while (out.length < length) out += (out ? " " : "") + word();
  return out;
}

const hex = (/** @type {number} */ bytes) => Array.from({ length: bytes }, () => random(256).toString(16).padStart(2, "0")).join("");

/** @param {number} number @param {number} rev */
function entry(number, rev) {
  return {
    id: `entry-${number.toString(36)}`,
    rev,
    status: rev > 1 ? "corrected" : "active",
    category: ["DecontextualizedContent"],
    scope: "claim",
    truth: { en: text(characters) },
    ...(rev > 1 ? { correction: { text: { en: text(40) }, date: "2026-11-24" } } : {}),
    reviews: [{ publisher: "Desk", url: `https://check.example.org/${text(30).replaceAll(" ", "-")}`, date: "2026-11-24" }],
    media: [{ role: "known", pdq: hex(32), quality: 100 }],
  };
}

const folder = mkdtempSync(join(tmpdir(), "caveat-day-"));
const file = join(folder, "entries.jsonl");
const out = join(folder, "source");
const key = join(folder, "key");
/** @param {...string} args */
const run = (...args) => execFileSync(caveat, args, { encoding: "utf8" }).trim();

try {
  run("keygen", "--out", key);
  const all = Array.from({ length: entries }, (_, number) => entry(number, 1));
  const build = (/** @type {number} */ at) => {
    writeFileSync(file, all.map((one) => JSON.stringify(one)).join("\n"));
    const started = performance.now();
    const said = run("build", file, "--key", key, "--out", out, "--issued", String(1_795_305_600 + at * 86_400));
    return `${said}\nbuilt in ${((performance.now() - started) / 1000).toFixed(1)} s`;
  };
  console.log(build(0));
  for (let at = 1; at <= days; at++) {
    const before = join(folder, "before");
    rmSync(before, { recursive: true, force: true });
    cpSync(out, before, { recursive: true });
    for (let i = 0; i < day.added; i++) all.push(entry(all.length, 1));
    for (let i = 0; i < day.edited; i++) {
      const number = random(entries);
      const old = all[number];
      if (old && old.status !== "retracted") all[number] = { ...entry(number, old.rev + 1), media: old.media };
    }
    for (let i = 0; i < day.retracted; i++) {
      const number = random(entries);
      const old = all[number];
      if (old) all[number] = /** @type {any} */ ({ id: old.id, rev: old.rev + 1, status: "retracted", correction: { text: { en: "It was genuine." } }, media: [] });
    }
    console.log(`\nday ${at}: ${build(at)}`);
    const report = JSON.parse(run("verify", out, "--key", `${key}.pub`, "--from", before, "--json"));
    const head = statSync(join(out, "head")).size;
    const recipes = JSON.parse(run("inspect", out, "--json")).head.recipes?.bytes ?? 0;
    console.log(`a client of the day before: ${report.downloaded} of segments and ${head} of the head, ${recipes} of recipes where needed; merged ${report.merged}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
