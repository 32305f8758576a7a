// A pizza on a wooden board, from above.
import { grain, stream } from "./random.js";
/** @typedef {OffscreenCanvasRenderingContext2D} Context */

/**
 * @param {Context} c
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 * @param {() => number} random
 */
function blob(c, x, y, radius, colour, random) {
  c.fillStyle = colour;
  c.beginPath();
  const start = random() * 7;
  for (let i = 0; i <= 24; i++) {
    const angle = (i / 24) * Math.PI * 2, r = radius * (0.86 + 0.16 * Math.sin(angle * 3 + start) + 0.07 * Math.sin(angle * 7 + 2 * start));
    c.lineTo(x + Math.cos(angle) * r, y + Math.sin(angle) * r);
  }
  c.fill();
}

/**
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 */
export function pizza(c, w, h) {
  const random = stream(7);
  for (let y = 0; y < h; y++) {
    const plank = Math.floor((y * 6) / h), tone = 22 * Math.sin(plank * 12.9) + 9 * Math.sin(y * 0.35 + 3 * Math.sin(y * 0.05)) + 6 * random();
    c.fillStyle = `rgb(${124 + tone} ${84 + tone * 0.8} ${50 + tone * 0.6})`;
    c.fillRect(0, y, w, 1);
    if (y % Math.floor(h / 6) < 4) {
      c.fillStyle = "#2b1a0e";
      c.fillRect(0, y, w, 1);
    }
  }
  for (let i = 0; i < 260; i++) {
    c.fillStyle = `rgb(50 28 12 / ${0.08 + random() * 0.16})`;
    c.fillRect(random() * w, random() * h, 60 + random() * 240, 1.5);
  }
  const x = w * 0.46, y = h * 0.52, r = h * 0.42;
  c.shadowColor = "rgb(0 0 0 / 0.65)";
  c.shadowBlur = 46;
  c.shadowOffsetX = 16;
  c.shadowOffsetY = 22;
  blob(c, x, y, r * 1.04, "#b9752f", random);
  c.shadowColor = "transparent";
  for (let i = 0; i < 420; i++) {
    const angle = random() * 7, at = r * (0.88 + random() * 0.12);
    blob(c, x + Math.cos(angle) * at, y + Math.sin(angle) * at, 5 + random() * 20, ["#d89a4a", "#c98338", "#e6b467", "#7c4417", "#efcb8a"][Math.floor(random() * 5)], random);
  }
  blob(c, x, y, r * 0.9, "#a92f17", random);
  for (let i = 0; i < 300; i++) {
    const angle = random() * 7, at = r * 0.82 * Math.sqrt(random());
    blob(c, x + Math.cos(angle) * at, y + Math.sin(angle) * at, 14 + random() * 36, ["#f2d98f", "#f7e6b4", "#eec66c", "#e0a84e"][Math.floor(random() * 4)], random);
  }
  for (let i = 0; i < 21; i++) {
    const angle = i * 2.4, at = r * 0.79 * Math.sqrt((i + 0.5) / 21), px = x + Math.cos(angle) * at, py = y + Math.sin(angle) * at;
    blob(c, px + 4, py + 6, r * 0.115, "rgb(70 20 8 / 0.6)", random);
    blob(c, px, py, r * 0.112, "#9c2418", random);
    blob(c, px, py, r * 0.095, "#bf3a26", random);
    for (let k = 0; k < 14; k++) blob(c, px + (random() - 0.5) * r * 0.14, py + (random() - 0.5) * r * 0.14, 2 + random() * 5, ["#d9705a", "#8f1d12", "#e5917c"][k % 3], random);
  }
  for (let i = 0; i < 11; i++) {
    const angle = random() * 7, at = r * 0.75 * Math.sqrt(random());
    c.save();
    c.translate(x + Math.cos(angle) * at, y + Math.sin(angle) * at);
    c.rotate(random() * 7);
    c.fillStyle = ["#2f6b2a", "#3f8536", "#26561f"][i % 3];
    c.beginPath();
    c.ellipse(0, 0, r * 0.13, r * 0.06, 0, 0, 7);
    c.fill();
    c.strokeStyle = "rgb(190 220 150 / 0.7)";
    c.lineWidth = 2;
    c.beginPath();
    c.moveTo(-r * 0.12, 0);
    c.lineTo(r * 0.12, 0);
    c.stroke();
    c.restore();
  }
  for (let i = 0; i < 26; i++) {
    const angle = random() * 7, at = r * 0.8 * Math.sqrt(random());
    c.lineWidth = 9;
    c.strokeStyle = "#1d1a1c";
    c.beginPath();
    c.arc(x + Math.cos(angle) * at, y + Math.sin(angle) * at, 13, 0, 7);
    c.stroke();
  }
  c.lineWidth = 4;
  c.strokeStyle = "rgb(60 22 8 / 0.75)";
  for (let i = 0; i < 4; i++) {
    c.beginPath();
    c.moveTo(x + Math.cos(i * 0.785 + 0.2) * r, y + Math.sin(i * 0.785 + 0.2) * r);
    c.lineTo(x - Math.cos(i * 0.785 + 0.2) * r, y - Math.sin(i * 0.785 + 0.2) * r);
    c.stroke();
  }
  // A cutter's wheel and a glass at the side.
  c.fillStyle = "#e8e4da";
  c.beginPath();
  c.arc(w * 0.89, h * 0.24, h * 0.14, 0, 7);
  c.fill();
  c.fillStyle = "#c58a1d";
  c.beginPath();
  c.arc(w * 0.89, h * 0.24, h * 0.115, 0, 7);
  c.fill();
  for (let i = 0; i < 90; i++) blob(c, w * 0.89 + (random() - 0.5) * h * 0.17, h * 0.24 + (random() - 0.5) * h * 0.17, 2 + random() * 9, "rgb(255 246 214 / 0.75)", random);
  const light = c.createRadialGradient(w * 0.3, h * 0.15, 50, w * 0.4, h * 0.4, w * 0.75);
  light.addColorStop(0, "rgb(255 240 205 / 0.22)");
  light.addColorStop(1, "rgb(10 5 0 / 0.42)");
  c.fillStyle = light;
  c.fillRect(0, 0, w, h);
  grain(c, w, h, 14);
}
