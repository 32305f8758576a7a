// A source that is published again and again, for tests of updates: each edition adds a segment, which the publisher merges by the
// eight, and says in one entry which edition it is.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caveat, known, unknown } from "./demo.mjs";
import { siteOrigin } from "./server.mjs";
import * as paths from "./paths.mjs";

/** Where the source is served. */
const prefix = "/editions/";
export const editionsUrl = `${siteOrigin}${prefix}`;
/** Entries that each edition adds: eight of its segments make one of the next size. */
const ADDED = 80;
/** 14 November 2017: the same editions on every run. */
const START = 1_510_617_600;

/** @typedef {{key: string, count: number, publish: (edition: number) => void, digest: (edition: number) => string, told: (edition: number) => string, drop: () => void}} Editions */

/** What an edition says of the known picture. @param {number} edition */
const told = (edition) => `This is said in edition ${edition}.`;

/**
 * Signs `count` editions, numbered from 1 as their heads are, and serves them at `editionsUrl`.
 * @param {import("./server.mjs").TestServer} server @param {number} count
 * @returns {Editions}
 */
export function makeEditions(server, count) {
  const scratch = mkdtempSync(join(tmpdir(), "caveat-editions-"));
  const drop = () => rmSync(scratch, { recursive: true, force: true });
  const tool = caveat();
  const folder = `${scratch}/source`;
  const said = execFileSync(tool, ["keygen", "--out", `${scratch}/key`], { encoding: "utf8" });
  const key = /\b[0-9a-f]{64}\b/.exec(said)?.[0];
  if (!key) throw new Error(`caveat keygen printed no public key: ${said}`);
  const [picture, other] = [describe(tool, known), describe(tool, unknown)];
  /** @type {string[]} */
  const lines = [];
  /** @type {Buffer[]} */
  const heads = [];
  for (let edition = 1; edition <= count; edition++) {
    for (let number = 0; number < ADDED; number++) lines.push(filler(`${edition}-${number}`, other));
    const speaks = JSON.stringify({ id: "speaks", rev: edition, truth: { en: told(edition) }, media: [{ role: "known", ...picture }] });
    writeFileSync(`${scratch}/entries.jsonl`, `${speaks}\n${lines.join("\n")}\n`);
    // Everything is of the same day, so that no segment is swept away while somebody may still want it.
    // Equal pictures would be packed to nothing, and their keypoints not be what an update waits for last.
    const when = ["--unpacked", "--sequence", String(edition), "--issued", String(START + edition), "--expires-after", "36500"];
    execFileSync(tool, ["build", `${scratch}/entries.jsonl`, "--key", `${scratch}/key`, "--out", folder, "--name", "Editions", ...when]);
    heads.push(readFileSync(`${folder}/head`));
  }
  server.mounts.set(prefix, `${folder}/`);
  const head = (/** @type {number} */ edition) => {
    const found = heads[edition - 1];
    if (!found) throw new Error(`there is no edition ${edition}`);
    return found;
  };
  return {
    key,
    count,
    told,
    publish: (edition) => void server.extra.set(`${prefix}head`, { type: "application/octet-stream", body: head(edition) }),
    digest: (edition) => createHash("sha256").update(head(edition)).digest("hex"),
    drop,
  };
}

/** The fingerprint of a picture of the feed, so that the editions need not look at it again. @param {string} tool @param {string} name */
function describe(tool, name) {
  const line = execFileSync(tool, ["fingerprint", `${paths.pictures}/${name}`], { encoding: "utf8" });
  const { pdq, quality, fingerprint } = JSON.parse(line);
  return { pdq, quality, fingerprint };
}

/** An entry that knows a picture nobody asks for. @param {string} name @param {ReturnType<typeof describe>} picture */
function filler(name, { fingerprint }) {
  const digest = (/** @type {number} */ part) => createHash("sha256").update(`${name} ${part}`).digest("hex");
  const text = Array.from({ length: 6 }, (_, part) => digest(part)).join(" ");
  return JSON.stringify({ id: `filler-${name}`, rev: 1, truth: { en: text }, media: [{ role: "known", fingerprint }] });
}
