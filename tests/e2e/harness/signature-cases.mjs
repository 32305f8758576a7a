// Keys, payloads and signatures to be judged by Caveat and by a browser's WebCrypto: the same on every run.

import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { BASE, L, NEUTRAL, add, bytesOf, decode, encode, isSmall, mod, negate, numberOf, same, times } from "./edwards.mjs";
import { largeEncodings, smallEncodings, smallPoints } from "./edwards.mjs";

/** @typedef {import("./edwards.mjs").Point} Point */

/**
 * Where Ed25519 leaves room for what we refuse: keys and halves of signatures that are points of small order (RFC 8032 forbids neither),
 * and equations that hold only when both sides are multiplied by eight (5.1.7 asks for no more, and lets readers ask for more).
 * @typedef {"key of small order" | "R of small order" | "only times eight"} Room
 */

/**
 * @typedef {object} Case
 * @property {string} what
 * @property {Buffer} key
 * @property {Buffer} payload
 * @property {Buffer} signature
 * @property {"held" | "badSignature" | "badKey"} ours  what Caveat must say
 * @property {Room | null} room  null: WebCrypto must say the same
 */

const digest = (/** @type {string} */ kind, /** @type {Uint8Array[]} */ ...parts) => createHash(kind).update(Buffer.concat(parts)).digest();

/** Bytes that follow from a name. @param {string} name @param {number} length  1000 at most */
const noise = (name, length) => createHash("shake256", { outputLength: 1000 }).update(name).digest().subarray(0, length);

/** A number below a limit that follows from a name. @param {string} name @param {number} limit */
const below = (name, limit) => noise(name, 4).readUInt32LE() % limit;

/** What is signed of a head: docs/index-format.md, 1 and 2. @param {Buffer} key @param {Buffer} payload */
export function messageOf(key, payload) {
  const source = digest("sha256", Buffer.from("caveat/v1/source\0"), key);
  return Buffer.concat([Buffer.from("caveat/v1/head\0"), source, payload]);
}

/** The file of a head. @param {Pick<Case, "key" | "payload" | "signature">} signed */
export function envelopeOf({ key, payload, signature }) {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(payload.length);
  const id = digest("sha256", Buffer.from("caveat/v1/key\0"), key).subarray(0, 8);
  return Buffer.concat([Buffer.from("CAVEAT1\0\x02\x01"), length, id, signature, payload]);
}

/** The number that R, key and message are joined by. @param {Buffer} r @param {Buffer} key @param {Buffer} payload */
const challenge = (r, key, payload) => mod(numberOf(digest("sha512", r, key, messageOf(key, payload))), L);

/** A key pair that follows from a name, by OpenSSL. @param {string} name */
export function signerOf(name) {
  const seed = noise(name, 32);
  const start = Buffer.from("302e020100300506032b657004220420", "hex");
  const secret = createPrivateKey({ key: Buffer.concat([start, seed]), format: "der", type: "pkcs8" });
  const key = Buffer.from(createPublicKey(secret).export({ format: "jwk" }).x ?? "", "base64url");
  const half = digest("sha512", seed).subarray(0, 32);
  half.writeUInt8(half.readUInt8(0) & 248, 0);
  half.writeUInt8((half.readUInt8(31) & 127) | 64, 31);
  return { key, scalar: numberOf(half), sign: (/** @type {Buffer} */ payload) => sign(null, messageOf(key, payload), secret) };
}

/** @param {Buffer} bytes @param {number} bit */
function flipped(bytes, bit) {
  const other = Buffer.from(bytes);
  other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return other;
}

/** With a multiple of L more in its second half, which RFC 8032 wants refused. @param {Buffer} signature @param {bigint} factor */
function raised(signature, factor) {
  const [r, s] = [signature.subarray(0, 32), numberOf(signature.subarray(32))];
  return Buffer.concat([r, bytesOf(s + factor * L)]);
}

/** Why a signature that does not hold is refused. @param {Buffer} key */
function refusalOf(key) {
  const point = decode(key);
  return point && !isSmall(point) ? "badSignature" : "badKey";
}

/** What leaves no room: genuine signatures, and each with something changed. @param {number} keys @returns {Case[]} */
export function plainCases(keys) {
  return Array.from({ length: keys }, (_, number) => `key ${number}`).flatMap((name, number) => {
    const { key, sign } = signerOf(name);
    const payload = noise(`payload of ${name}`, below(name, 600));
    const signature = sign(payload);
    const of = (/** @type {string} */ what, /** @type {Partial<Case>} */ changed = {}) =>
      /** @type {Case} */ ({ what: `${name}: ${what}`, key, payload, signature, ours: "badSignature", room: null, ...changed });
    // Of the first key all of them.
    const bits = Array.from({ length: number === 0 ? 512 : 16 }, (_, at) => (number === 0 ? at : below(`${name}, bit ${at}`, 512)));
    const cases = [
      of("genuine", { ours: "held" }),
      of("another payload", { payload: Buffer.concat([payload, noise(`more of ${name}`, 1)]) }),
      of("of another key", { signature: signerOf(`other than ${name}`).sign(payload) }),
      of("noise", { signature: noise(`noise for ${name}`, 64) }),
      of("no signature", { signature: Buffer.alloc(64) }),
      of("S + L", { signature: raised(signature, 1n) }),
      ...bits.map((bit) => of(`bit ${bit} of the signature`, { signature: flipped(signature, bit) })),
    ];
    if (number > 0) return cases;
    const keysAround = Array.from({ length: 256 }, (_, bit) => ({ bit, other: flipped(key, bit) }));
    return [
      ...cases,
      ...keysAround.map(({ bit, other }) => of(`bit ${bit} of the key`, { key: other, ours: refusalOf(other) })),
      // More do not fit into 32 bytes.
      ...Array.from({ length: 14 }, (_, more) => of(`S + ${more + 2} L`, { signature: raised(signature, BigInt(more + 2)) })),
    ];
  });
}

/**
 * The first of numbered payloads with which the number that joins R, key and message, of which only its rest by eight counts for points of
 * small order, is one that is wanted.
 * @param {Buffer} r @param {Buffer} key @param {(rest: bigint) => boolean} isWanted
 */
function payloadFor(r, key, isWanted) {
  for (let number = 0; number < 1000; number++) {
    const payload = noise(`payload ${number}`, 40);
    if (isWanted(challenge(r, key, payload) % 8n)) return payload;
  }
  throw new Error("no payload gives what is wanted");
}

/** What leaves room, and what looks like it. @returns {Case[]} */
export function roomyCases() {
  const { key, scalar } = signerOf("a key for points of small order");
  const secret = mod(numberOf(noise("a secret number", 64)), L);
  const point = /** @type {Point} */ (decode(key));
  const r = times(secret, BASE);
  /**
   * @param {string} what @param {Buffer} key @param {Buffer} r @param {Buffer} payload
   * @param {(k: bigint) => bigint} s  the second half of the signature, from the number that joins the others
   * @param {Pick<Case, "ours" | "room">} judged
   * @returns {Case}
   */
  const made = (what, key, r, payload, s, judged) => {
    const signature = Buffer.concat([r, bytesOf(mod(s(challenge(r, key, payload)), L))]);
    return { what, key, payload, signature, ...judged };
  };
  const hex = (/** @type {Buffer} */ bytes) => bytes.toString("hex");
  const isNeutral = (/** @type {Point} */ one) => same(one, NEUTRAL);
  const isNoSmallPoint = (/** @type {Buffer} */ bytes) => {
    const meant = decode(bytes);
    return !meant || !isSmall(meant);
  };
  const some = noise("some payload", 40);

  // Whoever has the key can make these; with the neutral element as R the equation holds as it stands, with the others times eight.
  const smallR = smallEncodings().map((other) =>
    made(`R ${hex(other)}`, key, other, some, (k) => k * scalar, { ours: "badSignature", room: "R of small order" }),
  );
  // Anybody can make these, and for each the equation holds as it stands.
  const smallKeys = smallEncodings().flatMap((weak) => {
    const meant = /** @type {Point} */ (decode(weak));
    const pairs = /** @type {[string, Point, bigint][]} */ ([
      ["R neutral", NEUTRAL, 0n],
      ["R less the key", negate(meant), 0n],
      ["R large", r, secret],
    ]);
    return pairs.map(([what, half, s]) => {
      const payload = payloadFor(encode(half), weak, (rest) => same(add(half, times(rest, meant)), times(s, BASE)));
      return made(`key ${hex(weak)}, ${what}`, weak, encode(half), payload, () => s, { ours: "badKey", room: "key of small order" });
    });
  });
  // Other encodings than signers write, of points whose secret number nobody knows, and of none: nobody can sign with them.
  const others = largeEncodings().filter(isNoSmallPoint).flatMap((other) => [
    made(`key ${hex(other)}`, other, encode(r), some, () => secret, { ours: refusalOf(other), room: null }),
    made(`R ${hex(other)}`, key, other, some, (k) => k * scalar, { ours: "badSignature", room: null }),
  ]);
  // A point of small order beside a large one, in the key, in R or in both. Where they make up for each other the equation holds as it
  // stands, and so does the signature, here and in WebCrypto: whoever makes such a key makes it for themselves.
  const beside = smallPoints().filter((small) => !isNeutral(small)).flatMap((small, number) => {
    const [mixedKey, mixedR] = [encode(add(point, small)), encode(add(r, small))];
    const s = (/** @type {bigint} */ k) => secret + k * scalar;
    const held = /** @type {const} */ ({ ours: "held", room: null });
    const refused = /** @type {const} */ ({ ours: "badSignature", room: "only times eight" });
    const vanishes = (/** @type {bigint} */ rest) => isNeutral(times(rest, small));
    const offsets = (/** @type {bigint} */ rest) => vanishes(rest + 1n);
    const not = (/** @type {(rest: bigint) => boolean} */ one) => (/** @type {bigint} */ rest) => !one(rest);
    return [
      made(`key with small point ${number}, which vanishes`, mixedKey, encode(r), payloadFor(encode(r), mixedKey, vanishes), s, held),
      made(`key with small point ${number}`, mixedKey, encode(r), payloadFor(encode(r), mixedKey, not(vanishes)), s, refused),
      made(`R with small point ${number}`, key, mixedR, some, s, refused),
      made(`key and R with small point ${number}, which offset each other`, mixedKey, mixedR, payloadFor(mixedR, mixedKey, offsets), s, held),
      made(`key and R with small point ${number}`, mixedKey, mixedR, payloadFor(mixedR, mixedKey, not(offsets)), s, refused),
    ];
  });
  return [...smallR, ...smallKeys, ...others, ...beside];
}
