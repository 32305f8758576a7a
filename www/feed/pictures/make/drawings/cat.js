// A tabby cat on a striped blanket, drawn hair by hair.
import { grain, stream } from "./random.js";
/** @typedef {OffscreenCanvasRenderingContext2D} Context */

/**
 * Hair inside an ellipse, combed away from its middle.
 * @param {Context} c
 * @param {() => number} random
 * @param {{x: number, y: number, rx: number, ry: number, count: number, length: number, stripes: number, light: number}} patch
 */
function fur(c, random, { x, y, rx, ry, count, length, stripes, light }) {
  for (let i = 0; i < count; i++) {
    const angle = random() * Math.PI * 2, r = Math.sqrt(random());
    const px = x + Math.cos(angle) * r * rx, py = y + Math.sin(angle) * r * ry;
    const band = Math.sin(stripes * (Math.abs(px - x) / rx) + 5 * ((py - y) / ry) + 2 * Math.sin((py - y) / ry * 4));
    const tone = light * (0.78 + 0.3 * band + (random() - 0.5) * 0.34) * (1.06 - 0.35 * ((py - y) / ry) * 0.6);
    c.strokeStyle = `rgb(${196 * tone} ${150 * tone} ${102 * tone} / 0.75)`;
    c.lineWidth = 1 + random() * 1.6;
    const lean = angle + (random() - 0.5) * 0.9;
    c.beginPath();
    c.moveTo(px, py);
    c.quadraticCurveTo(px + Math.cos(lean) * length * 0.6, py + Math.sin(lean) * length * 0.6 + 2, px + Math.cos(lean) * length, py + Math.sin(lean) * length + length * 0.3);
    c.stroke();
  }
}

/**
 * @param {Context} c
 * @param {number} x
 * @param {number} y
 * @param {number} s
 * @param {number} side
 */
function ear(c, x, y, s, side) {
  for (const [scale, colour] of /** @type {[number, string][]} */ ([[1, "#8a6540"], [0.66, "#d9a292"]])) {
    c.fillStyle = colour;
    c.beginPath();
    c.moveTo(x - side * s * 0.42 * scale, y);
    c.quadraticCurveTo(x + side * s * 0.1 * scale, y - s * 1.05 * scale, x + side * s * 0.35 * scale, y - s * 1.05 * scale);
    c.quadraticCurveTo(x + side * s * 0.62 * scale, y - s * 0.4 * scale, x + side * s * 0.55 * scale, y + s * 0.35 * scale);
    c.fill();
  }
}

/**
 * @param {Context} c
 * @param {number} x
 * @param {number} y
 * @param {number} s
 */
function eye(c, x, y, s) {
  c.fillStyle = "#1c130c";
  c.beginPath();
  c.ellipse(x, y, s * 1.13, s * 0.93, 0, 0, 7);
  c.fill();
  const iris = c.createRadialGradient(x, y, s * 0.2, x, y, s);
  iris.addColorStop(0, "#e9dc6a");
  iris.addColorStop(1, "#5f8a3a");
  c.fillStyle = iris;
  c.beginPath();
  c.ellipse(x, y, s, s * 0.82, 0, 0, 7);
  c.fill();
  c.fillStyle = "#0a0806";
  c.beginPath();
  c.ellipse(x, y, s * 0.32, s * 0.74, 0, 0, 7);
  c.fill();
  c.fillStyle = "#fff";
  c.beginPath();
  c.arc(x - s * 0.3, y - s * 0.34, s * 0.2, 0, 7);
  c.fill();
}

/**
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 */
export function cat(c, w, h) {
  const random = stream(21);
  const wall = c.createLinearGradient(0, 0, w, h * 0.6);
  wall.addColorStop(0, "#4d6a78");
  wall.addColorStop(1, "#243642");
  c.fillStyle = wall;
  c.fillRect(0, 0, w, h);
  for (let i = 0; i < 26; i++) {
    c.fillStyle = `rgb(255 ${200 + random() * 55} ${120 + random() * 100} / ${0.06 + random() * 0.13})`;
    c.beginPath();
    c.arc(random() * w, random() * h * 0.6, 16 + random() * 56, 0, 7);
    c.fill();
  }
  for (let i = -8; i < 26; i++) {
    c.fillStyle = ["#a63a3a", "#efe4d2", "#2f4a6d", "#efe4d2"][(i + 8) % 4];
    c.beginPath();
    c.moveTo(w * 0.5 + (i - 9) * 46, h * 0.7);
    c.lineTo(w * 0.5 + (i - 8) * 46, h * 0.7);
    c.lineTo(w * 0.5 + (i - 8) * 96, h);
    c.lineTo(w * 0.5 + (i - 9) * 96, h);
    c.fill();
  }
  const x = w * 0.44, y = h * 0.42, s = h * 0.27;
  c.fillStyle = "rgb(0 0 0 / 0.45)";
  c.beginPath();
  c.ellipse(w * 0.56, h * 0.93, w * 0.36, h * 0.07, 0, 0, 7);
  c.fill();
  fur(c, random, { x: w * 0.62, y: h * 0.7, rx: w * 0.27, ry: h * 0.24, count: 15000, length: 24, stripes: 17, light: 0.82 });
  fur(c, random, { x: x + 10, y: h * 0.76, rx: s * 0.85, ry: s * 0.72, count: 8000, length: 26, stripes: 4, light: 1.12 });
  ear(c, x - s * 0.62, y - s * 0.5, s * 0.8, -1);
  ear(c, x + s * 0.62, y - s * 0.5, s * 0.8, 1);
  fur(c, random, { x, y, rx: s * 1.05, ry: s * 0.9, count: 13000, length: 17, stripes: 12, light: 0.98 });
  fur(c, random, { x: x - s * 0.2, y: y + s * 0.45, rx: s * 0.32, ry: s * 0.25, count: 1900, length: 12, stripes: 0, light: 1.3 });
  fur(c, random, { x: x + s * 0.2, y: y + s * 0.45, rx: s * 0.32, ry: s * 0.25, count: 1900, length: 12, stripes: 0, light: 1.3 });
  eye(c, x - s * 0.42, y - s * 0.05, s * 0.21);
  eye(c, x + s * 0.42, y - s * 0.05, s * 0.21);
  c.fillStyle = "#c77f74";
  c.beginPath();
  c.moveTo(x - s * 0.12, y + s * 0.24);
  c.lineTo(x + s * 0.12, y + s * 0.24);
  c.lineTo(x, y + s * 0.37);
  c.fill();
  c.strokeStyle = "#4a2d20";
  c.lineWidth = 4;
  c.beginPath();
  c.moveTo(x, y + s * 0.36);
  c.lineTo(x, y + s * 0.46);
  c.quadraticCurveTo(x - s * 0.14, y + s * 0.6, x - s * 0.27, y + s * 0.5);
  c.moveTo(x, y + s * 0.46);
  c.quadraticCurveTo(x + s * 0.14, y + s * 0.6, x + s * 0.27, y + s * 0.5);
  c.stroke();
  c.lineWidth = 1.8;
  c.strokeStyle = "rgb(250 246 238 / 0.85)";
  for (const side of [-1, 1]) {
    for (let i = 0; i < 5; i++) {
      c.beginPath();
      c.moveTo(x + side * s * 0.3, y + s * (0.38 + i * 0.04));
      c.quadraticCurveTo(x + side * s * 0.9, y + s * (0.2 + i * 0.1), x + side * s * 1.45, y + s * (0.16 + i * 0.17));
      c.stroke();
    }
  }
  grain(c, w, h, 10);
}
