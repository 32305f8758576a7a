// A crowd that fills a city square, seen from a roof.
import { grain, stream } from "./random.js";
/** @typedef {OffscreenCanvasRenderingContext2D} Context */

/**
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 */
export function crowd(c, w, h) {
  const random = stream(42);
  const sky = c.createLinearGradient(0, 0, 0, h * 0.3);
  sky.addColorStop(0, "#7fa3c7");
  sky.addColorStop(1, "#dfe3e2");
  c.fillStyle = sky;
  c.fillRect(0, 0, w, h);
  for (let i = 0; i < 60; i++) {
    c.fillStyle = `rgb(255 255 255 / ${0.05 + random() * 0.08})`;
    c.beginPath();
    c.ellipse(random() * w, random() * h * 0.2, 40 + random() * 120, 8 + random() * 22, 0, 0, 7);
    c.fill();
  }
  buildings(c, w, h, random);
  const ground = c.createLinearGradient(0, h * 0.36, 0, h);
  ground.addColorStop(0, "#9a9186");
  ground.addColorStop(1, "#6c645b");
  c.fillStyle = ground;
  c.fillRect(0, h * 0.37, w, h);
  const coats = ["#23262e", "#31405c", "#4a2a2a", "#5c5f66", "#7d1f26", "#1f4a3c", "#b9b3a6", "#8a6d3b", "#2c2233", "#c7cdd6", "#3b5f8a", "#5a4632"];
  for (let y = h * 0.375; y < h * 1.06; ) {
    const depth = (y - h * 0.34) / (h * 0.7), size = 2.2 + 24 * depth;
    for (let x = -size; x < w + size; x += size * (0.55 + random() * 0.25)) {
      const px = x + (random() - 0.5) * size, py = y + (random() - 0.5) * size * 0.5;
      const pool = Math.hypot((px - w * 0.52) / (w * 0.11), (py - h * 0.55) / (h * 0.055));
      if (pool < 1 || random() < 0.04) continue;
      person(c, px, py, size, coats[Math.floor(random() * coats.length)], random);
    }
    y += size * 0.42;
    if (y > h * 0.55 && y - size * 0.42 <= h * 0.55) column(c, w * 0.52, h * 0.57, h);
  }
  shadows(c, w, h);
  grain(c, w, h, 10);
}

/**
 * The long shadows of the houses, and haze at the far end.
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 */
function shadows(c, w, h) {
  c.fillStyle = "rgb(12 16 34 / 0.5)";
  c.beginPath();
  c.moveTo(0, h * 0.4);
  c.lineTo(w * 0.3, h * 0.4);
  c.lineTo(w * 0.22, h * 0.56);
  c.lineTo(w * 0.34, h * 0.58);
  c.lineTo(w * 0.2, h);
  c.lineTo(0, h);
  c.fill();
  c.beginPath();
  c.moveTo(w * 0.535, h * 0.58);
  c.lineTo(w * 0.9, h * 0.83);
  c.lineTo(w * 0.86, h * 0.87);
  c.lineTo(w * 0.51, h * 0.58);
  c.fill();
  const haze = c.createLinearGradient(0, h * 0.2, 0, h * 0.55);
  haze.addColorStop(0, "rgb(222 224 222 / 0)");
  haze.addColorStop(0.45, "rgb(222 220 212 / 0.34)");
  haze.addColorStop(1, "rgb(222 220 212 / 0)");
  c.fillStyle = haze;
  c.fillRect(0, h * 0.2, w, h * 0.35);
}

/**
 * @param {Context} c
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {string} coat
 * @param {() => number} random
 */
function person(c, x, y, size, coat, random) {
  c.fillStyle = coat;
  c.beginPath();
  c.ellipse(x, y, size * 0.42, size * 0.36, 0, Math.PI, 0);
  c.rect(x - size * 0.42, y - 1, size * 0.84, size * 0.6);
  c.fill();
  c.fillStyle = ["#d9ab8a", "#b98562", "#e6c4a8", "#8a5b3f"][Math.floor(random() * 4)];
  c.beginPath();
  c.ellipse(x, y - size * 0.46, size * 0.2, size * 0.25, 0, 0, 7);
  c.fill();
  c.fillStyle = ["#241a14", "#4a3320", "#14110f", "#8c7a5c", "#a33", "#ddd"][Math.floor(random() ** 1.6 * 6)];
  c.beginPath();
  c.ellipse(x, y - size * 0.54, size * 0.22, size * 0.2, 0, Math.PI, 0);
  c.fill();
  const chance = random();
  if (chance < 0.006) flag(c, x, y, size, random);
  else if (chance < 0.013) {
    c.fillStyle = random() < 0.5 ? "#f4f2ea" : "#e9d94a";
    c.fillRect(x - size * 0.5, y - size * 1.75, size * (1 + random()), size * 0.62);
    c.fillStyle = "#333";
    for (let i = 0; i < 2; i++) c.fillRect(x - size * 0.4, y - size * (1.6 - i * 0.24), size * (0.5 + 0.4 * random()), size * 0.1);
  }
}

/**
 * @param {Context} c
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {() => number} random
 */
function flag(c, x, y, size, random) {
  c.strokeStyle = "#ccc";
  c.lineWidth = Math.max(1, size * 0.07);
  c.beginPath();
  c.moveTo(x, y);
  c.lineTo(x + size * 0.2, y - size * 3);
  c.stroke();
  const bands = random() < 0.5 ? ["#1c7a6c", "#f0ead8", "#d98a1f"] : ["#e0a11b", "#e0a11b", "#2a4b9b"];
  bands.forEach((band, i) => {
    c.fillStyle = band;
    c.beginPath();
    const top = y - size * (3 - i * 0.42);
    c.moveTo(x + size * 0.2, top);
    c.quadraticCurveTo(x + size * 0.9, top - size * 0.35, x + size * 1.9, top + size * 0.05);
    c.lineTo(x + size * 1.9, top + size * 0.47);
    c.quadraticCurveTo(x + size * 0.9, top + size * 0.1, x + size * 0.2, top + size * 0.45);
    c.fill();
  });
}

/**
 * @param {Context} c
 * @param {number} x
 * @param {number} y
 * @param {number} h
 */
function column(c, x, y, h) {
  c.fillStyle = "#857c70";
  c.fillRect(x - h * 0.09, y - h * 0.05, h * 0.18, h * 0.06);
  c.fillStyle = "#a89e90";
  c.fillRect(x - h * 0.06, y - h * 0.1, h * 0.12, h * 0.06);
  const shaft = c.createLinearGradient(x - 18, 0, x + 18, 0);
  shaft.addColorStop(0, "#cfc5b4");
  shaft.addColorStop(1, "#6e6558");
  c.fillStyle = shaft;
  c.fillRect(x - h * 0.022, y - h * 0.46, h * 0.044, h * 0.37);
  c.fillRect(x - h * 0.034, y - h * 0.48, h * 0.068, h * 0.025);
  c.fillStyle = "#3d5c50";
  c.beginPath();
  c.ellipse(x, y - h * 0.52, h * 0.018, h * 0.045, 0, 0, 7);
  c.ellipse(x, y - h * 0.58, h * 0.011, h * 0.014, 0, 0, 7);
  c.fill();
  c.fillRect(x + h * 0.008, y - h * 0.6, h * 0.005, h * 0.08);
}

/**
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 * @param {() => number} random
 */
function buildings(c, w, h, random) {
  const walls = ["#d8c7a5", "#c9a98b", "#e2dccd", "#b9b4a9", "#cdb37f", "#d9cbbb"];
  for (let x = -20, i = 0; x < w; i++) {
    const wide = 90 + random() * 110, tall = h * (0.17 + random() * 0.13), top = h * 0.39 - tall;
    c.fillStyle = walls[i % walls.length];
    c.fillRect(x, top, wide, tall);
    c.fillStyle = ["#6d4438", "#57606a", "#7b5a45"][i % 3];
    c.beginPath();
    c.moveTo(x - 4, top);
    c.lineTo(x + 14, top - 26);
    c.lineTo(x + wide - 14, top - 26);
    c.lineTo(x + wide + 4, top);
    c.fill();
    const columns = Math.floor(wide / 20);
    for (let row = 0; row < tall / 30 - 0.4; row++) {
      for (let k = 0; k < columns; k++) {
        c.fillStyle = random() < 0.2 ? "#e9e4d4" : "#39414c";
        c.fillRect(x + 8 + (k * (wide - 12)) / columns, top + 10 + row * 30, 9, 17);
      }
      c.fillStyle = "rgb(0 0 0 / 0.13)";
      c.fillRect(x, top + 31 + row * 30, wide, 2);
    }
    c.fillStyle = `rgb(0 0 0 / ${i % 2 ? 0.16 : 0})`;
    c.fillRect(x, top, wide, tall);
    if (i === 3) {
      c.fillStyle = "#c2ae88";
      c.fillRect(x + 20, top - 150, 46, 150);
      c.fillStyle = "#4f6a5c";
      c.beginPath();
      c.moveTo(x + 14, top - 150);
      c.lineTo(x + 43, top - 215);
      c.lineTo(x + 72, top - 150);
      c.fill();
      c.fillStyle = "#f3efe2";
      c.beginPath();
      c.arc(x + 43, top - 118, 15, 0, 7);
      c.fill();
    }
    x += wide;
  }
}
