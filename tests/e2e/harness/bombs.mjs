// Compressed segments that unpack to something else than their head says of them.

import { createHash } from "node:crypto";
import { constants, deflateRawSync } from "node:zlib";
import { named } from "./hostile-edition.mjs";

/** @typedef {import("./hostile-edition.mjs").Pack} Pack */

const MIB = 1 << 20;
/** Raw DEFLATE, to which more may be added. @param {Buffer} bytes */
const piece = (bytes) => deflateRawSync(bytes, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
const end = deflateRawSync(Buffer.alloc(0));
const zeros = piece(Buffer.alloc(MIB));

/** One stream of some bytes and so many mebibytes of zeros behind them, a thousandth of that long. @param {Buffer} start @param {number} mebibytes */
const stream = (start, mebibytes) => Buffer.concat([piece(start), ...Array(mebibytes).fill(zeros), end]);

/** What the head says, rightly packed. @type {Pack} */
export const rightly = (segment) => ({ says: named(segment), stream: stream(segment, 0) });

/** Goes on where it says that it ends: who stops there has the segment. @param {number} mebibytes @returns {Pack} */
export const goingOn = (mebibytes) => (segment) => ({ says: named(segment), stream: stream(segment, mebibytes) });

/** Unpacks to zeros from the start on. @param {number} mebibytes @returns {Pack} */
export const otherwise = (mebibytes) => (segment) => ({ says: named(segment), stream: stream(Buffer.alloc(0), mebibytes) });

/** Says what it unpacks to, far more than 100 times its length. @param {number} mebibytes @returns {Pack} */
export const toldOf = (mebibytes) => (segment) => {
  const says = named(segment);
  return { says: { ...says, bytes: says.bytes + mebibytes * MIB }, stream: stream(segment, mebibytes) };
};

/** Says what it unpacks to, within 100 times its length, and is not the segment. @param {number} mebibytes @returns {Pack} */
export const large = (mebibytes) => (segment) => {
  const noise = createHash("shake256", { outputLength: Math.ceil((mebibytes * MIB) / 50) }).digest();
  const whole = noise.length + mebibytes * MIB;
  return { says: { sha256: named(segment).sha256, bytes: whole }, stream: stream(noise, mebibytes) };
};
