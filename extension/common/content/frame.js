"use strict";
// The frame that a video shows at this moment, as a small picture. It is drawn from what the page has decoded already: the video is not
// touched, and nothing is loaded.
{
  /** Enough for every hash and feature the engine computes, and a quarter of the work of a full-size frame. */
  const LONGER_SIDE = 640;
  /** At this quality a JPEG moves the hashes less than the video's own compression does, and has a fifth of a PNG's bytes. */
  const QUALITY = 0.92;
  /** A frame's brightness on a grid of this many cells a side, to see whether anything has changed. */
  const GRID = 16;

  /**
   * Throws a SecurityError where the browser does not let the frame be read.
   * @param {HTMLVideoElement} video @returns {Frame | null}
   */
  const take = (video) => {
    const scale = Math.min(1, LONGER_SIDE / Math.max(video.videoWidth, video.videoHeight));
    const width = Math.max(1, Math.round(video.videoWidth * scale));
    const height = Math.max(1, Math.round(video.videoHeight * scale));
    const canvas = draw(video, width, height, false);
    const grid = canvas && draw(caveat.canvas.second(video, canvas), GRID, GRID, true);
    return canvas && grid && { look: brightness(grid), bytes: () => encode(canvas) };
  };

  /** @param {HTMLVideoElement | Canvas} from @param {number} width @param {number} height @param {boolean} willReadFrequently */
  const draw = (from, width, height, willReadFrequently) => {
    const canvas = caveat.canvas.make(width, height);
    const context = contextOf(canvas, willReadFrequently);
    if (!context) return null;
    context.imageSmoothingQuality = "high";
    context.drawImage(from, 0, 0, width, height);
    return canvas;
  };

  /** @param {Canvas} canvas @param {boolean} willReadFrequently */
  const contextOf = (canvas, willReadFrequently) =>
    /** @type {CanvasRenderingContext2D | null} */ (canvas.getContext("2d", { alpha: false, willReadFrequently }));

  /** @param {Canvas} canvas */
  const brightness = (canvas) => {
    const { data } = /** @type {CanvasRenderingContext2D} */ (contextOf(canvas, true)).getImageData(0, 0, GRID, GRID);
    return Uint8Array.from({ length: GRID * GRID }, (_, i) => (data[i * 4] * 77 + data[i * 4 + 1] * 150 + data[i * 4 + 2] * 29) >> 8);
  };

  /** @param {Canvas} canvas */
  const encode = async (canvas) => {
    const blob = await caveat.canvas.toJpeg(canvas, QUALITY);
    if (!blob || blob.size === 0) return null;
    // A copy of our own: in Firefox the buffer is the page's, and reading it byte by byte through the wrapper takes 55 ms (measured).
    const bytes = new Uint8Array(blob.size);
    bytes.set(new Uint8Array(await blob.arrayBuffer()));
    return bytes;
  };

  /** Mean difference of two looks, 0..=255. @param {Uint8Array} a @param {Uint8Array} b */
  const difference = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;

  caveat.frame = { take, difference };
}
