"use strict";
// A canvas to read a frame of a video out of. Chromium holds a content script to the page's rights: a frame of a video from another host
// that sends no CORS headers cannot be read, and reading it throws a SecurityError.
{
  /** @param {number} width @param {number} height */
  const make = (width, height) => new OffscreenCanvas(width, height);

  /** What to draw a second time: the copy, because drawing a large video costs its conversion to RGB each time. @param {HTMLVideoElement} _video @param {Canvas} copy */
  const second = (_video, copy) => copy;

  /** Off the main thread. @param {Canvas} canvas @param {number} quality @returns {Promise<Blob | null>} */
  const toJpeg = (canvas, quality) => /** @type {OffscreenCanvas} */ (canvas).convertToBlob({ type: "image/jpeg", quality });

  caveat.canvas = { make, second, toJpeg };
}
