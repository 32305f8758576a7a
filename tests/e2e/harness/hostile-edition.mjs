// An edition by a hostile publisher: rightly signed, and its files have the lengths and digests that its head names, but what its new
// segment says of itself, or what the head says of it, is not so.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { otherFolder, whole } from "./chaos.mjs";
import { caveat } from "./demo.mjs";
import * as paths from "./paths.mjs";

const sha256 = (/** @type {Buffer} */ bytes) => createHash("sha256").update(bytes).digest();
/** What a head calls a file. @param {Buffer} file */
export const named = (file) => ({ sha256: sha256(file).toString("hex"), bytes: file.length });

/**
 * Serves an edition of the demo source one later than the folder's, so that both can be published.
 * @param {string} folder
 * @param {(segment: Buffer) => void} lie  in the header, the table or the first section: docs/index-format.md, 5.1 and 5.2
 * @returns {import("./chaos.mjs").Fault}
 */
export const hostileEdition = (folder, lie) =>
  edition(folder, (segment) => {
    seal(segment, lie);
    return { says: named(segment), file: segment };
  });

/** What the head says of a segment that is published compressed, and what comes. @typedef {(segment: Buffer) => {says: {sha256: string, bytes: number}, stream: Buffer}} Pack */

/**
 * The same, with a new segment that is published compressed, and made one mebibyte longer before: what comes must be shorter than it.
 * @param {string} folder
 * @param {Pack} pack
 * @returns {import("./chaos.mjs").Fault}
 */
export const packedEdition = (folder, pack) =>
  edition(folder, (segment) => {
    const { says, stream } = pack(grown(segment));
    return { says: { ...says, packed: named(stream) }, file: stream };
  });

/** @param {string} folder @param {(segment: Buffer) => {says: object, file: Buffer}} offer @returns {import("./chaos.mjs").Fault} */
function edition(folder, offer) {
  const published = readFileSync(`${paths.need(folder)}/head`);
  const head = JSON.parse(published.subarray(14 + 72 * published.readUInt8(9)).toString());
  const added = head.segments.findLast((/** @type {any} */ { tier }) => tier === "entries");
  // Its keypoints name the segment that it was.
  head.segments = head.segments.filter((/** @type {any} */ { owner }) => owner !== added.sha256);
  head.sequence += 1;
  const { says, file } = offer(readFileSync(`${folder}/segments/${added.sha256}`));
  Object.assign(added, says);
  const files = new Map([["head", signed(published, JSON.stringify(head))], [`segments/${named(file).sha256}`, file]]);
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
  sealTable(segment);
}

/** @param {Buffer} segment */
const sealTable = (segment) => void sha256(segment.subarray(64, 64 + 64 * segment.readUInt32LE(12))).copy(segment, 32);

/** Bytes that `grown` adds, and how many of them no compression makes fewer: else it would be over 100 to one. */
const ADDED = 1 << 20;
const NOISE = 64 << 10;

/** A segment with one more section behind the others, of a kind that nobody knows or needs: it is as good as it was. @param {Buffer} segment */
function grown(segment) {
  const count = segment.readUInt32LE(12);
  const table = 64 + 64 * count;
  const section = Buffer.concat([createHash("shake256", { outputLength: NOISE }).digest(), Buffer.alloc(ADDED - NOISE)]);
  const padding = Buffer.alloc(-segment.length & 15);
  const row = Buffer.alloc(64);
  row.writeUInt16LE(0xffff, 0);
  row.writeUInt16LE(1, 2);
  row.writeBigUInt64LE(BigInt(section.length), 8);
  row.writeBigUInt64LE(BigInt(64 + segment.length + padding.length), 16);
  row.writeBigUInt64LE(BigInt(section.length), 24);
  sha256(section).copy(row, 32);
  const longer = Buffer.concat([segment.subarray(0, table), row, segment.subarray(table), padding, section]);
  longer.writeUInt32LE(count + 1, 12);
  longer.writeBigUInt64LE(BigInt(longer.length), 16);
  // The others lie one row further on.
  for (let at = 64; at < table; at += 64) longer.writeBigUInt64LE(longer.readBigUInt64LE(at + 16) + 64n, at + 16);
  sealTable(longer);
  return longer;
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
