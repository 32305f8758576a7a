// A source that is published again and again, for tests of updates: each edition adds a segment, which the publisher merges by the
// eight, and says in one entry which edition it is. It is trusted by a key, or by a root, of which new files come again and again.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caveat, known, unknown } from "./demo.mjs";
import { RootKeys } from "./root-keys.mjs";
import { siteOrigin } from "./server.mjs";
import * as paths from "./paths.mjs";

/** Entries that each edition adds: eight of its segments make one of the next size. */
const ADDED = 80;
/** Of so many editions one has a new root file: four editions on, there are one or two. */
const RENEWED = 3;
/** 14 November 2017: the same editions on every run. */
const START = 1_510_617_600;

/**
 * @typedef {object} Editions
 * @property {string} path      where they are served
 * @property {string} url
 * @property {string} anchor    the key or the root that readers trust
 * @property {boolean} rooted
 * @property {number} count
 * @property {(edition: number) => void} publish
 * @property {(edition: number) => string} digest       of its head
 * @property {(edition: number) => string | null} root  what its newest root file is stored as; null where there are none
 * @property {(edition: number) => string} told         what it says of the known picture
 * @property {() => void} drop
 */

/** @typedef {{head: Buffer, root: string | null}} Edition */

const sha256 = (/** @type {string | Buffer} */ bytes) => createHash("sha256").update(bytes).digest("hex");

/**
 * Signs `count` editions, numbered from 1 as their heads are, and serves them.
 * @param {import("./server.mjs").TestServer} server @param {number} count @param {boolean} rooted
 * @returns {Editions}
 */
export function makeEditions(server, count, rooted) {
  const scratch = mkdtempSync(join(tmpdir(), "caveat-editions-"));
  const drop = () => rmSync(scratch, { recursive: true, force: true });
  const tool = caveat();
  const run = (/** @type {string[]} */ ...line) => execFileSync(tool, line, { cwd: scratch, encoding: "utf8" });
  // Two sources have no segment in common: each is stored under its digest.
  const kind = rooted ? "root" : "key";
  const told = (/** @type {number} */ edition) => `This is said in edition ${edition} of the source with a ${kind}.`;
  const keys = rooted ? new RootKeys(run, "source") : null;
  const key = keys ? "" : keyOf(run("keygen", "--out", "key"));
  const [picture, other] = [describe(tool, known), describe(tool, unknown)];
  /** @type {string[]} */
  const lines = [];
  /** @type {Edition[]} */
  const editions = [];
  for (let edition = 1; edition <= count; edition++) {
    for (let number = 0; number < ADDED; number++) lines.push(filler(`${kind}-${edition}-${number}`, other));
    const speaks = JSON.stringify({ id: "speaks", rev: edition, truth: { en: told(edition) }, media: [{ role: "known", ...picture }] });
    writeFileSync(`${scratch}/entries.jsonl`, `${speaks}\n${lines.join("\n")}\n`);
    if (edition === 1 || edition % RENEWED === 0) keys?.renew(START + edition);
    // Everything is of the same day, so that no segment is swept away while somebody may still want it.
    // Equal pictures would be packed to nothing, and their keypoints not be what an update waits for last.
    const when = ["--unpacked", "--sequence", String(edition), "--issued", String(START + edition), "--expires-after", "36500"];
    run("build", "entries.jsonl", "--key", keys?.head ?? "key", "--out", "source", "--name", "Editions", ...when);
    const root = keys && `root-${sha256(readFileSync(`${scratch}/source/root/${keys.version}`))}`;
    editions.push({ head: readFileSync(`${scratch}/source/head`), root });
  }
  const path = `/editions-of-a-${kind}/`;
  server.mounts.set(path, `${scratch}/source/`);
  const at = (/** @type {number} */ edition) => {
    const found = editions[edition - 1];
    if (!found) throw new Error(`there is no edition ${edition}`);
    return found;
  };
  return {
    path,
    url: siteOrigin + path,
    anchor: keys?.anchor ?? key,
    rooted,
    count,
    told,
    publish: (edition) => void server.extra.set(`${path}head`, { type: "application/octet-stream", body: at(edition).head }),
    digest: (edition) => sha256(at(edition).head),
    root: (edition) => at(edition).root,
    drop,
  };
}

/** @param {string} said  by `caveat keygen` */
function keyOf(said) {
  const key = /\b[0-9a-f]{64}\b/.exec(said)?.[0];
  if (!key) throw new Error(`caveat keygen printed no public key: ${said}`);
  return key;
}

/** The fingerprint of a picture of the feed, so that the editions need not look at it again. @param {string} tool @param {string} name */
function describe(tool, name) {
  const line = execFileSync(tool, ["fingerprint", `${paths.pictures}/${name}`], { encoding: "utf8" });
  const { pdq, quality, fingerprint } = JSON.parse(line);
  return { pdq, quality, fingerprint };
}

/** An entry that knows a picture nobody asks for. @param {string} name @param {ReturnType<typeof describe>} picture */
function filler(name, { fingerprint }) {
  const text = Array.from({ length: 6 }, (_, part) => sha256(`${name} ${part}`)).join(" ");
  return JSON.stringify({ id: `filler-${name}`, rev: 1, truth: { en: text }, media: [{ role: "known", fingerprint }] });
}
