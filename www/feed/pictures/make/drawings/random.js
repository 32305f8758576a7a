// A seeded random stream, so that a drawing comes out the same each time.
/** @param {number} seed @returns {() => number} */
export function stream(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Film grain over the whole canvas.
 * @param {OffscreenCanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {number} amount
 */
export function grain(context, width, height, amount) {
  const random = stream(9), image = context.getImageData(0, 0, width, height), data = image.data;
  for (let i = 0; i < data.length; i += 4) {
    const shift = (random() - 0.5) * amount;
    data[i] += shift;
    data[i + 1] += shift;
    data[i + 2] += shift;
  }
  context.putImageData(image, 0, 0);
}
