// Palette pictures: a median-cut quantiser and the smallest PNG and GIF writers that do what the demonstration needs.
import { deflateSync } from "node:zlib";

/**
 * @param {Buffer} rgba
 * @param {number} count colours wanted, at most 256
 * @returns {{palette: number[][], indices: Uint8Array}}
 */
export function quantise(rgba, count) {
  /** @type {Map<number, number>} */
  const weights = new Map();
  for (let i = 0; i < rgba.length; i += 4) {
    const key = ((rgba[i] >> 3) << 10) | ((rgba[i + 1] >> 3) << 5) | (rgba[i + 2] >> 3);
    weights.set(key, (weights.get(key) ?? 0) + 1);
  }
  const colours = [...weights].map(([key, n]) => ({ c: [(key >> 10) << 3, ((key >> 5) & 31) << 3, (key & 31) << 3], key, n }));
  const boxes = [colours];
  while (boxes.length < count) {
    boxes.sort((a, b) => score(b) - score(a));
    const box = /** @type {typeof colours} */ (boxes.shift());
    if (box.length < 2) {
      boxes.push(box);
      break;
    }
    const axis = widest(box);
    box.sort((a, b) => a.c[axis] - b.c[axis]);
    let half = box.reduce((sum, item) => sum + item.n, 0) / 2, cut = 0;
    while (cut < box.length - 1 && half > 0) half -= box[cut++].n;
    boxes.push(box.slice(0, Math.max(1, cut)), box.slice(Math.max(1, cut)));
  }
  /** @type {Map<number, number>} */
  const slot = new Map();
  const palette = boxes.map((box, index) => {
    const total = box.reduce((sum, item) => sum + item.n, 0);
    for (const item of box) slot.set(item.key, index);
    return [0, 1, 2].map((axis) => Math.min(255, Math.round(box.reduce((sum, item) => sum + item.c[axis] * item.n, 0) / total) + 4));
  });
  const indices = new Uint8Array(rgba.length / 4);
  for (let i = 0; i < indices.length; i++) {
    indices[i] = slot.get(((rgba[4 * i] >> 3) << 10) | ((rgba[4 * i + 1] >> 3) << 5) | (rgba[4 * i + 2] >> 3)) ?? 0;
  }
  return { palette, indices };
}

/** @param {{c: number[], n: number}[]} box */
function widest(box) {
  const spans = [0, 1, 2].map((axis) => {
    let low = 255, high = 0;
    for (const { c } of box) {
      low = Math.min(low, c[axis]);
      high = Math.max(high, c[axis]);
    }
    return high - low;
  });
  return spans.indexOf(Math.max(...spans));
}

/** @param {{c: number[], n: number}[]} box */
function score(box) {
  return box.length < 2 ? -1 : Math.sqrt(box.reduce((sum, item) => sum + item.n, 0)) * (1 + Math.log(box.length));
}

/**
 * @param {number} width
 * @param {number} height
 * @param {number[][]} palette
 * @param {Uint8Array} indices
 */
export function png(width, height, palette, indices) {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("PLTE", Buffer.from(palette.flat())), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

/**
 * @param {string} name
 * @param {Buffer} body
 */
function chunk(name, body) {
  const head = Buffer.alloc(4), tail = Buffer.alloc(4), named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  head.writeUInt32BE(body.length);
  tail.writeUInt32BE(crc32(named));
  return Buffer.concat([head, named, tail]);
}

/** @param {Buffer} bytes */
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/**
 * An animated GIF: the whole picture first, then two frames in which a small light blinks at the top.
 * @param {number} width
 * @param {number} height
 * @param {number[][]} palette
 * @param {Uint8Array} indices
 */
export function gif(width, height, palette, indices) {
  const bits = Math.max(2, Math.ceil(Math.log2(palette.length)));
  const table = Buffer.alloc(3 << bits);
  table.set(palette.flat());
  const brightest = palette.reduce((best, c, i) => (c[0] + c[1] + c[2] > palette[best][0] + palette[best][1] + palette[best][2] ? i : best), 0);
  const side = Math.round(width / 40), left = Math.round(width * 0.7), top = Math.round(height * 0.12);
  const before = new Uint8Array(side * side), light = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = indices[(top + y) * width + left + x];
      before[y * side + x] = at;
      light[y * side + x] = Math.hypot(x - side / 2, y - side / 2) < side / 3 ? brightest : at;
    }
  }
  const header = Buffer.from([...Buffer.from("GIF89a", "latin1"), width & 255, width >> 8, height & 255, height >> 8, 0x80 | ((bits - 1) << 4) | (bits - 1), 0, 0]);
  const loop = Buffer.from([0x21, 0xff, 11, ...Buffer.from("NETSCAPE2.0", "latin1"), 3, 1, 0, 0, 0]);
  return Buffer.concat([header, table, loop, frame(0, 0, width, height, bits, indices), frame(left, top, side, side, bits, light), frame(left, top, side, side, bits, before), Buffer.from([0x3b])]);
}

/**
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 * @param {number} bits
 * @param {Uint8Array} indices
 */
function frame(left, top, width, height, bits, indices) {
  const control = [0x21, 0xf9, 4, 4, 80, 0, 0, 0];
  const place = [0x2c, left & 255, left >> 8, top & 255, top >> 8, width & 255, width >> 8, height & 255, height >> 8, 0];
  const packed = lzw(bits, indices);
  const blocks = [];
  for (let at = 0; at < packed.length; at += 255) {
    const part = packed.subarray(at, at + 255);
    blocks.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat([Buffer.from([...control, ...place, bits]), ...blocks, Buffer.from([0])]);
}

/**
 * @param {number} bits
 * @param {Uint8Array} indices
 */
function lzw(bits, indices) {
  const clear = 1 << bits, end = clear + 1;
  const bytes = [];
  let size = bits + 1, next = end + 1, held = 0, count = 0;
  /** @type {Map<number, number>} */
  let table = new Map();
  /** @param {number} code */
  const put = (code) => {
    held |= code << count;
    count += size;
    while (count >= 8) {
      bytes.push(held & 255);
      held >>>= 8;
      count -= 8;
    }
  };
  put(clear);
  let prefix = indices[0];
  for (let i = 1; i < indices.length; i++) {
    const key = (prefix << 8) | indices[i], known = table.get(key);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    put(prefix);
    if (next < 4096) {
      table.set(key, next++);
      if (next - 1 === 1 << size && size < 12) size++;
    } else {
      put(clear);
      table = new Map();
      size = bits + 1;
      next = end + 1;
    }
    prefix = indices[i];
  }
  put(prefix);
  put(end);
  if (count > 0) bytes.push(held & 255);
  return Buffer.from(bytes);
}
