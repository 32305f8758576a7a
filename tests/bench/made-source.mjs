// A source of random entries for measurements, always the same one, and what a day changes in it.

import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";

/** What a day brings, as parts of the entries: new, edited, retracted. */
export const day = { added: 0.003, edited: 0.0002, retracted: 0.0001 };
/** Seconds since 1970 at which the first publication was made. */
const FIRST = 1_795_305_600;

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

const bytes = (/** @type {number} */ count) => Buffer.from(Array.from({ length: count }, () => random(256)));

/** Of media that have nothing else. */
const pdqOnly = () => ({ role: "known", pdq: bytes(32).toString("hex"), quality: 100 });
/** As `caveat build` makes it of a picture, keypoints left out: the canonical hash of the whole (docs/fingerprint-format.md). */
const canonical = () => ({
  role: "known",
  fingerprint: Buffer.concat([Buffer.from([1, 1, 41, 0, 0, 0, 0, 0, 255, 255, 255, 255, 100]), bytes(32)]).toString("base64"),
});
const kinds = { pdq: pdqOnly, canonical };

/** @typedef {{role: string, pdq?: string, quality?: number, fingerprint?: string, file?: string}} Media */
/** @typedef {{id: string, rev: number, status: string, media: Media[], [field: string]: any}} Made */

/** @param {number} number @param {number} rev @param {number} characters @param {Media[]} media @returns {Made} */
const entry = (number, rev, characters, media) => ({
  id: `entry-${number.toString(36)}`,
  rev,
  status: rev > 1 ? "corrected" : "active",
  category: ["DecontextualizedContent"],
  scope: "claim",
  truth: { en: text(characters) },
  ...(rev > 1 ? { correction: { text: { en: text(40) }, date: "2026-11-24" } } : {}),
  reviews: [{ publisher: "Desk", url: `https://check.example.org/${text(30).replaceAll(" ", "-")}`, date: "2026-11-24" }],
  media,
});

export class MadeSource {
  /** Each as a line of the entries' file: a million objects would take too much memory. @type {string[]} */
  #lines = [];

  /**
   * @param {{characters: number, hashes: "pdq" | "canonical", tool: string, folder: string}} how  `folder` gets the key, the entries and
   *   the source
   */
  constructor({ characters, hashes, tool, folder }) {
    this.characters = characters;
    this.media = kinds[hashes];
    /** @type {string} */
    this.tool = tool;
    this.key = `${folder}/key`;
    this.file = `${folder}/entries.jsonl`;
    this.out = `${folder}/source`;
    this.run("keygen", "--out", this.key);
  }

  /** @param {...string} args */
  run(...args) {
    return execFileSync(this.tool, args, { encoding: "utf8" }).trim();
  }

  /** @param {number} count @param {Media} [media]  of the first of them, instead of a random one */
  add(count, media) {
    for (let i = 0; i < count; i++) {
      const one = entry(this.#lines.length, 1, this.characters, [i === 0 && media ? media : this.media()]);
      this.#lines.push(JSON.stringify(one));
    }
  }

  /** Lets a day pass, in a source that began with so many entries. @param {number} entries */
  passDay(entries) {
    this.add(Math.round(entries * day.added));
    for (let i = 0; i < Math.round(entries * day.edited); i++) {
      this.#change(random(entries), (old, number) => entry(number, old.rev + 1, this.characters, old.media));
    }
    for (let i = 0; i < Math.round(entries * day.retracted); i++) {
      this.#change(random(entries), ({ id, rev }) => ({ id, rev: rev + 1, status: "retracted", correction: { text: { en: "It was genuine." } }, media: [] }));
    }
  }

  /** @param {number} number @param {(old: Made, number: number) => Made} change */
  #change(number, change) {
    const old = /** @type {Made} */ (JSON.parse(/** @type {string} */ (this.#lines[number])));
    if (old.status !== "retracted") this.#lines[number] = JSON.stringify(change(old, number));
  }

  /** Publishes what there is now, on the day after so many others; what `caveat build` says. @param {number} at @param {...string} args */
  publish(at, ...args) {
    const file = openSync(this.file, "w");
    for (let from = 0; from < this.#lines.length; from += 10_000) writeSync(file, `${this.#lines.slice(from, from + 10_000).join("\n")}\n`);
    closeSync(file);
    const started = performance.now();
    const said = this.run("build", this.file, "--key", this.key, "--out", this.out, "--issued", String(FIRST + at * 86_400), ...args);
    return `${said}\nbuilt in ${((performance.now() - started) / 1000).toFixed(1)} s`;
  }
}
