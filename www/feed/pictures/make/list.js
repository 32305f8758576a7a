// What is drawn, and which files are made of each drawing.
import { cat } from "./drawings/cat.js";
import { crowd } from "./drawings/crowd.js";
import { display, stamp } from "./drawings/gunship.js";
import { pitch } from "./drawings/pitch.js";
import { pizza } from "./drawings/pizza.js";
import { chart, flat, map, page } from "./drawings/plain.js";

/** @typedef {OffscreenCanvasRenderingContext2D} Context */
/**
 * One file of a drawing. `crop` is x, y, width and height as fractions; `turned` stores the pixels a quarter turn to the left with EXIF orientation 6;
 * `colours` is the palette size of a PNG or GIF; `over` paints on top.
 * @typedef {{file: string, width: number, quality?: number, crop?: [number, number, number, number], mirror?: boolean, border?: {x: number, y: number, colour: string},
 *   turned?: boolean, colours?: number, over?: (context: Context, width: number, height: number) => void}} Output
 */
/** @typedef {{name: string, width: number, height: number, shader?: string, variant?: number, draw?: (context: Context, width: number, height: number) => void, outputs: Output[]}} Picture */

/** @type {Picture[]} */
export const pictures = [
  // Known to the demonstration source, with the copies that people repost.
  { name: "gunship", width: 1280, height: 720, shader: "gunship", draw: display, outputs: [
    { file: "gunship-frame.jpg", width: 1280, quality: 0.6 },
    { file: "gunship-repost.jpg", width: 760, quality: 0.4 },
    { file: "gunship-crop.jpg", width: 720, quality: 0.3, crop: [0.1, 0.035, 0.765, 0.765] },
  ] },
  { name: "flood", width: 1200, height: 800, shader: "flood", outputs: [
    { file: "flood.jpg", width: 1200, quality: 0.75 },
    { file: "flood-small.jpg", width: 600, quality: 0.4 },
    { file: "flood-letterbox.jpg", width: 800, quality: 0.6, border: { x: 0, y: 170, colour: "#000" } },
  ] },
  { name: "wave", width: 1280, height: 720, shader: "wave", outputs: [
    { file: "wave.jpg", width: 1280, quality: 0.75 },
    { file: "wave-mirrored.jpg", width: 960, quality: 0.55, mirror: true },
    { file: "wave-turned.jpg", width: 900, quality: 0.6, turned: true },
  ] },
  { name: "crowd", width: 1200, height: 800, draw: crowd, outputs: [
    { file: "crowd.jpg", width: 1000, quality: 0.5 },
    { file: "crowd-border.jpg", width: 760, quality: 0.45, border: { x: 48, y: 48, colour: "#fff" } },
    { file: "crowd-wide.jpg", width: 900, quality: 0.45 },
  ] },
  { name: "city", width: 1200, height: 800, shader: "city", variant: 1, outputs: [
    { file: "city-light.jpg", width: 1080, quality: 0.6 },
    { file: "city-light.webp", width: 800, quality: 0.6 },
    { file: "city-light.gif", width: 420, colours: 64 },
  ] },
  { name: "city-original", width: 1200, height: 800, shader: "city", variant: 0, outputs: [
    { file: "city-original.jpg", width: 1080, quality: 0.6 },
    { file: "city-original-small.jpg", width: 700, quality: 0.5 },
  ] },
  { name: "harbour", width: 1200, height: 800, shader: "harbour", outputs: [
    { file: "harbour.jpg", width: 1200, quality: 0.75 },
    { file: "harbour.png", width: 540, colours: 96 },
    { file: "harbour-debunk.jpg", width: 1080, quality: 0.7, over: stamp },
    { file: "harbour-debunk-small.jpg", width: 720, quality: 0.5, over: stamp },
  ] },
  { name: "volcano", width: 1200, height: 800, shader: "volcano", outputs: [
    { file: "volcano.jpg", width: 1200, quality: 0.75 },
    { file: "volcano-small.jpg", width: 720, quality: 0.5 },
  ] },
  // Ordinary pictures that no source knows.
  { name: "lake", width: 1200, height: 800, shader: "lake", outputs: [{ file: "lake.jpg", width: 1200, quality: 0.7 }, { file: "lake-small.jpg", width: 600, quality: 0.6 }, { file: "avatar-peak.jpg", width: 128, quality: 0.6, crop: [0.5, 0.05, 0.36, 0.54] }] },
  { name: "dunes", width: 1200, height: 800, shader: "dunes", outputs: [{ file: "dunes.jpg", width: 1200, quality: 0.7 }, { file: "avatar-sun.jpg", width: 128, quality: 0.6, crop: [0.02, 0.03, 0.36, 0.54] }] },
  { name: "forest", width: 1000, height: 1200, shader: "forest", outputs: [{ file: "forest.jpg", width: 900, quality: 0.7 }] },
  { name: "spheres", width: 1200, height: 800, shader: "spheres", outputs: [{ file: "spheres.jpg", width: 1100, quality: 0.7 }, { file: "avatar-ball.jpg", width: 128, quality: 0.6, crop: [0.46, 0.4, 0.24, 0.36] }] },
  { name: "pizza", width: 1200, height: 900, draw: pizza, outputs: [{ file: "pizza.jpg", width: 1000, quality: 0.55 }, { file: "avatar-pizza.jpg", width: 128, quality: 0.6, crop: [0.3, 0.3, 0.33, 0.44] }] },
  { name: "cat", width: 1200, height: 900, draw: cat, outputs: [{ file: "cat.jpg", width: 1000, quality: 0.5 }, { file: "cat.webp", width: 700, quality: 0.5 }, { file: "avatar-cat.jpg", width: 128, quality: 0.6, crop: [0.25, 0.2, 0.36, 0.48] }] },
  { name: "pitch", width: 1200, height: 800, draw: pitch, outputs: [{ file: "pitch.jpg", width: 1000, quality: 0.5 }, { file: "avatar-pitch.jpg", width: 128, quality: 0.6, crop: [0.5, 0.5, 0.3, 0.45] }] },
  { name: "chart", width: 1200, height: 800, draw: chart, outputs: [{ file: "chart.png", width: 1000, colours: 64 }] },
  { name: "page", width: 1000, height: 1200, draw: page, outputs: [{ file: "page.png", width: 800, colours: 16 }] },
  { name: "map", width: 1200, height: 800, draw: map, outputs: [{ file: "map.jpg", width: 1000, quality: 0.6 }] },
  { name: "flat", width: 1000, height: 600, draw: flat, outputs: [{ file: "flat.png", width: 1000, colours: 2 }] },
];
