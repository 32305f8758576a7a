// Whole verdicts of the command line, put together of what `caveat check`, `export` and `inspect` print, and those of a browser without
// what does not belong to the picture: both can be compared.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caveat } from "./demo.mjs";
import * as paths from "./paths.mjs";

/** @typedef {{verdict: string, reason: string | null, matches: Record<string, any>[]}} Verdict */
/** @typedef {{folder: string, names: string[], drop: () => void}} Pictures */

/** The language of all texts: both are told. */
export const language = "en";
/** Pictures that are known by a hash, by the hash of a part, and by keypoints: they are asked about in every orientation, too. */
const turned = ["wave.jpg", "flood-letterbox.jpg", "gunship-crop.jpg"];

/** A folder with all files among the feed's pictures, whatever they are, and with pictures that their EXIF turns. @returns {Pictures} */
export function makePictures() {
  const folder = mkdtempSync(join(tmpdir(), "caveat-verdicts-"));
  cpSync(paths.need(paths.pictures), folder, { recursive: true });
  for (const name of turned) {
    const bytes = readFileSync(`${folder}/${name}`);
    for (let orientation = 2; orientation <= 8; orientation++)
      writeFileSync(`${folder}/orientation-${orientation}-${name}`, withOrientation(bytes, orientation));
  }
  return { folder, names: readdirSync(folder).sort(), drop: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A JPEG that has no EXIF, with a block behind its first marker that tells an orientation. @param {Buffer} jpeg @param {number} orientation */
function withOrientation(jpeg, orientation) {
  const block = `ffe1 0022 457869660000 4d4d002a00000008 0001 0112 0003 00000001 000${orientation} 0000 00000000`;
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from(block.replaceAll(" ", ""), "hex"), jpeg.subarray(2)]);
}

/** The anchor by which an index in a folder is trusted: as its own head says. @param {string} index @returns {string} */
export const keyOf = (index) => printed(["inspect", index, "--json"])[0].head.key;

/**
 * What the command line says of each picture.
 * @param {string} index  its folder @param {"cautious" | "balanced" | "keen"} sensitivity @param {Pictures} pictures
 * @returns {Map<string, Verdict>}  by name
 */
export function nativeVerdicts(index, sensitivity, { folder, names }) {
  const [{ head, fingerprint, development }] = printed(["inspect", index, "--json"]);
  const entries = new Map(printed(["export", index]).map((entry) => [entry.id, entry]));
  const source = { source: head.source, keyFingerprint: fingerprint, development, issued: head.issued * 1000 };
  const line = ["check", "--json", "--index", index, "--language", language, "--sensitivity", sensitivity, ...names];
  const whole = (/** @type {any} */ match) => ({ ...source, ...match, ...said(entries.get(match.entry)) });
  const rows = printed(line, folder);
  return new Map(rows.map(({ file, verdict, reason = null, matches }) => [file, plain({ verdict, reason, matches: matches.map(whole) })]));
}

/**
 * A browser's verdict, but for what depends on how and when it was asked. Whatever else a finding has is compared, so a field that is
 * new must be found in what the command line prints, or be named here.
 * @param {any} reply  a verdict, or the message that has it
 * @returns {Verdict}
 */
export function comparable(reply) {
  const { verdict, reason, matches } = reply;
  if (!Array.isArray(matches)) throw new Error(`no verdict: ${JSON.stringify(reply)}`);
  // Where it knows nothing, the extension says that all its indexes are long out of date. The command line says what is in the file.
  const outOfDate = reason?.code === "outOfDate";
  return {
    verdict: outOfDate ? "none" : verdict,
    // Its code is not printed; each has words of its own.
    reason: outOfDate ? null : (reason?.message ?? null),
    matches: matches.map((/** @type {any} */ finding) => {
      // What the source is called depends on who has handed it on, its age on the time. The known picture's region is not printed: it
      // comes of the same map, or of the same hash, as `outline`, which is. (`generation` counts the changes of the background's index.)
      const { sourceName, selfDeclared, mixedScripts, ageDays, knownRegion, ...held } = finding;
      return held;
    }),
  };
}

/** What a card says of an entry. The index is of plain texts, and its head lists the hosts of all links. @param {any} entry */
const said = ({ rev, status, category, scope, claim, truth, claim_date = null, original, correction, reviews }) => ({
  rev,
  status,
  category,
  scope,
  claim: text(claim),
  truth: text(truth),
  claimDate: claim_date,
  correction: correction ? { ...text(correction.text), date: correction.date ?? null } : null,
  original: { date: null, place: null, creator: null, url: null, ...original },
  reviews: reviews.map((/** @type {object} */ review) => ({ title: null, date: null, language: null, rating: null, ...review })),
});

/** @param {Record<string, string>} texts */
const text = (texts) => ({ text: texts[language], language });

/** What the command line prints: JSON lines. @param {string[]} line @param {string} [folder]  where it runs @returns {any[]} */
function printed(line, folder) {
  const output = execFileSync(caveat(), line, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
  return output.trimEnd().split("\n").map((row) => JSON.parse(row));
}

/** As JavaScript writes it, in a page too: a zero has no sign. No other number changes. @param {Verdict} value @returns {Verdict} */
const plain = (value) => JSON.parse(JSON.stringify(value));
