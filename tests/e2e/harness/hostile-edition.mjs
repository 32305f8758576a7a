// An edition by a hostile publisher: rightly signed, and its files have the lengths and digests that its head names, but what its new
// segment says of itself is not so.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { otherFolder, whole } from "./chaos.mjs";
import { caveat } from "./demo.mjs";
import * as paths from "./paths.mjs";

const sha256 = (/** @type {Buffer} */ bytes) => createHash("sha256").update(bytes).digest();

/**
 * Serves an edition of the demo source one later than the folder's, so that both can be published.
 * @param {string} folder
 * @param {(segment: Buffer) => void} lie  in the header, the table or the first section: docs/index-format.md, 5.1 and 5.2
 * @returns {import("./chaos.mjs").Fault}
 */
export function hostileEdition(folder, lie) {
  const published = readFileSync(`${paths.need(folder)}/head`);
  const head = JSON.parse(published.subarray(14 + 72 * published.readUInt8(9)).toString());
  const added = head.segments.findLast((/** @type {any} */ { tier }) => tier === "entries");
  const segment = readFileSync(`${folder}/segments/${added.sha256}`);
  seal(segment, lie);
  // Its keypoints name the segment that it was.
  head.segments = head.segments.filter((/** @type {any} */ { owner }) => owner !== added.sha256);
  head.sequence += 1;
  added.sha256 = sha256(segment).toString("hex");
  const files = new Map([["head", signed(published, JSON.stringify(head))], [`segments/${added.sha256}`, segment]]);
  return (request) => {
    const body = files.get(request.name);
    return body ? whole(request.response, body) : otherFolder(folder)(request);
  };
}

/** Digests of the bytes that are really there: a reader that cuts a number down to 32 bits finds them right. */
/** @param {Buffer} segment @param {(segment: Buffer) => void} lie */
function seal(segment, lie) {
  const [offset, length] = [Number(segment.readBigUInt64LE(80)), Number(segment.readBigUInt64LE(88))];
  lie(segment);
  sha256(segment.subarray(offset, offset + length)).copy(segment, 96);
  sha256(segment.subarray(64, 64 + 64 * segment.readUInt32LE(12))).copy(segment, 32);
}

/** @param {Buffer} published  a head, for the start of its envelope @param {string} payload */
function signed(published, payload) {
  const scratch = mkdtempSync(join(tmpdir(), "caveat-hostile-"));
  try {
    const start = Buffer.from(published.subarray(0, 14));
    start.writeUInt8(0, 9);
    start.writeUInt32LE(Buffer.byteLength(payload), 10);
    const file = `${scratch}/head.unsigned`;
    writeFileSync(file, Buffer.concat([start, Buffer.from(payload)]));
    execFileSync(caveat(), ["sign", file, "--key", `${paths.root}/www/feed/development.key`]);
    return readFileSync(file);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
