// The curve of Ed25519 in plain numbers (RFC 8032, 5.1), for keys and signatures that no signer makes. It is slow, and hides nothing.

/** The field's prime. */
const P = 2n ** 255n - 19n;
/** The order of the base point. */
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;
/** The bit of an encoding that says which of two points of one y is meant. */
const SIGN = 1n << 255n;

/** A point: x = X/Z, y = Y/Z, T = XY/Z. @typedef {readonly [X: bigint, Y: bigint, Z: bigint, T: bigint]} Point */

/** @param {bigint} value @param {bigint} [by] */
export const mod = (value, by = P) => ((value % by) + by) % by;

/** @param {bigint} base @param {bigint} exponent */
function power(base, exponent) {
  let result = 1n;
  for (let square = mod(base); exponent > 0n; exponent >>= 1n, square = (square * square) % P) {
    if (exponent & 1n) result = (result * square) % P;
  }
  return result;
}

/** @param {bigint} value */
const inverse = (value) => power(value, P - 2n);

const D = mod(-121665n * inverse(121666n));
/** A square root of -1. */
const I = power(2n, (P - 1n) / 4n);

/** @type {Point} */
export const NEUTRAL = [0n, 1n, 1n, 0n];

/** Holds for all pairs of points, also of one with itself. @param {Point} one @param {Point} other @returns {Point} */
export function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * D * t1 * t2);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

/** @param {Point} point @returns {Point} */
export const negate = ([x, y, z, t]) => [mod(-x), y, z, mod(-t)];

/** @param {bigint} factor @param {Point} point */
export function times(factor, point) {
  let result = NEUTRAL;
  for (let doubled = point; factor > 0n; factor >>= 1n, doubled = add(doubled, doubled)) {
    if (factor & 1n) result = add(result, doubled);
  }
  return result;
}

/** @param {Point} one @param {Point} other */
export const same = ([x1, y1, z1], [x2, y2, z2]) => mod(x1 * z2 - x2 * z1) === 0n && mod(y1 * z2 - y2 * z1) === 0n;

/** Whether eight times the point is the neutral element. @param {Point} point */
export const isSmall = (point) => same(times(8n, point), NEUTRAL);

/** Little-endian. @param {Uint8Array} bytes */
export const numberOf = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** 32 bytes, little-endian. @param {bigint} value */
export const bytesOf = (value) => Buffer.from(Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 255n)));

/** The one encoding that signers write. @param {Point} point */
export function encode([x, y, z]) {
  const scale = inverse(z);
  return bytesOf(mod(y * scale) | ((mod(x * scale) & 1n) << 255n));
}

/**
 * The point that an encoding means where nobody asks whether it is the one that signers write: y may be the prime or more, and the sign
 * of x may be set where x is 0. Null where there is no point of that y.
 * @param {Uint8Array} bytes
 * @returns {Point | null}
 */
export function decode(bytes) {
  const value = numberOf(bytes);
  const y = mod(value & (SIGN - 1n));
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  const root = power(square, (P + 3n) / 8n);
  const x = [root, mod(root * I)].find((each) => mod(each * each) === square);
  if (x === undefined) return null;
  const signed = (x & 1n) === value >> 255n ? x : mod(-x);
  return [signed, y, 1n, mod(signed * y)];
}

/** The base point: its y is 4/5, its x even. */
export const BASE = /** @type {Point} */ (decode(bytesOf(mod(4n * inverse(5n)))));

/** The points of small order: the multiples of one whose order is eight, what is left of any point without its large part. @returns {Point[]} */
export function smallPoints() {
  for (let y = 2n; ; y++) {
    const point = decode(bytesOf(y));
    const small = point && times(L, point);
    if (small && !same(times(4n, small), NEUTRAL)) return Array.from({ length: 8 }, (_, factor) => times(BigInt(factor), small));
  }
}

/** All encodings that mean the point of a y where nobody asks whether they are those that signers write. @param {bigint} y */
const encodingsOf = (y) => [y, y + P].filter((each) => each < SIGN).flatMap((each) => [each, each | SIGN]);

/** All encodings of points of small order. */
export function smallEncodings() {
  const all = new Set(smallPoints().map((point) => numberOf(encode(point)) & (SIGN - 1n)));
  return [...all].flatMap(encodingsOf).map(bytesOf);
}

/** All encodings whose y is the prime or more, of points and of none. */
export const largeEncodings = () => Array.from({ length: 19 }, (_, y) => P + BigInt(y)).flatMap((y) => [bytesOf(y), bytesOf(y | SIGN)]);
