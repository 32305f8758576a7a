"use strict";
// A canvas to read a frame of a video out of. Measured in Firefox 153: with the host permission a content script may read an element's
// canvas whatever was drawn on it, and resistance against fingerprinting puts no noise into what it reads. Of an OffscreenCanvas neither
// is true. The element never enters the document. Without the permission, reading throws a SecurityError as in Chromium.
{
  /** @param {number} width @param {number} height */
  const make = (width, height) => {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    return canvas;
  };

  /** What to draw a second time: measured, the pixels of a copy of a copy of another host's video cannot be had. @param {HTMLVideoElement} video */
  const second = (video) => video;

  /** Off the main thread. @param {Canvas} canvas @param {number} quality @returns {Promise<Blob | null>} */
  const toJpeg = (canvas, quality) =>
    new Promise((resolve) => /** @type {HTMLCanvasElement} */ (canvas).toBlob(resolve, "image/jpeg", quality));

  caveat.canvas = { make, second, toJpeg };
}
