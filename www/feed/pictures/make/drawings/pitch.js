// A football match from the stand: striped grass, players and their shadows, a stand full of people.
import { grain, stream } from "./random.js";
/** @typedef {OffscreenCanvasRenderingContext2D} Context */

/**
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 */
export function pitch(c, w, h) {
  const random = stream(3), top = h * 0.34;
  c.fillStyle = "#23303c";
  c.fillRect(0, 0, w, h);
  for (let row = 0; row < 22; row++) {
    for (let x = 0; x < w; x += 9) {
      if (random() < 0.12) continue;
      c.fillStyle = ["#c8452f", "#e7e2d6", "#c8452f", "#2d3f57", "#d9b08f", "#8f2e22", "#576275"][Math.floor(random() * 7)];
      c.fillRect(x + random() * 3, row * 10 + random() * 3, 6, 8);
    }
    if (row % 7 === 6) {
      c.fillStyle = "#4c5762";
      c.fillRect(0, row * 10 + 6, w, 6);
    }
  }
  c.fillStyle = "#10161c";
  c.fillRect(0, top - 50, w, 50);
  c.font = "bold 27px 'DejaVu Sans'";
  for (let i = 0; i < 6; i++) {
    c.fillStyle = ["#f3c93c", "#e8eef2", "#63c4a6"][i % 3];
    c.fillText(["NORDVIK TEA", "HALO BIKES", "GREEN LINE"][i % 3], 24 + i * 240, top - 15);
  }
  for (let i = 0; i < 12; i++) {
    c.fillStyle = i % 2 ? "#3f8f3d" : "#2f7a33";
    c.beginPath();
    c.moveTo(w * 0.5 + (i - 6) * w * 0.115, top);
    c.lineTo(w * 0.5 + (i - 5) * w * 0.115, top);
    c.lineTo(w * 0.5 + (i - 5) * w * 0.235, h);
    c.lineTo(w * 0.5 + (i - 6) * w * 0.235, h);
    c.fill();
  }
  /** @type {(x: number, y: number) => [number, number]} */
  const place = (x, y) => [w * (0.5 + (x - 0.5) * (1.15 + 1.2 * y)), top + (h - top) * y];
  c.strokeStyle = "rgb(245 250 245 / 0.9)";
  c.lineWidth = 5;
  /** @param {[number, number][]} points */
  const line = (points) => {
    c.beginPath();
    for (const [x, y] of points) c.lineTo(...place(x, y));
    c.stroke();
  };
  line([[0.02, 0.06], [0.98, 0.06], [0.98, 0.96], [0.02, 0.96], [0.02, 0.06]]);
  line([[0.5, 0.06], [0.5, 0.96]]);
  line([[0.02, 0.25], [0.2, 0.25], [0.2, 0.75], [0.02, 0.75]]);
  line([[0.98, 0.25], [0.8, 0.25], [0.8, 0.75], [0.98, 0.75]]);
  line(Array.from({ length: 40 }, (_, i) => /** @type {[number, number]} */ ([0.5 + 0.1 * Math.cos(i / 6.2), 0.5 + 0.2 * Math.sin(i / 6.2)])));
  for (let i = 0; i < 23; i++) {
    const [x, y] = place(0.12 + random() * 0.76, 0.1 + random() * 0.8), s = 15 + 24 * ((y - top) / (h - top));
    c.strokeStyle = "rgb(0 20 0 / 0.4)";
    c.lineWidth = s * 0.4;
    c.beginPath();
    c.moveTo(x, y);
    c.lineTo(x + s * 2.1, y + s * 0.5);
    c.stroke();
    const shirt = i === 22 ? "#111" : i % 2 ? "#d8352a" : "#f3f3ef", shorts = i % 2 ? "#fff" : "#22418f";
    c.strokeStyle = "#c99572";
    c.lineWidth = s * 0.18;
    c.beginPath();
    c.moveTo(x - s * 0.1, y - s * 0.8);
    c.lineTo(x - s * (0.1 + 0.4 * random()), y);
    c.moveTo(x + s * 0.1, y - s * 0.8);
    c.lineTo(x + s * (0.1 + 0.4 * random()), y);
    c.moveTo(x, y - s * 1.5);
    c.lineTo(x + s * (random() - 0.5) * 1.4, y - s * 1.05);
    c.stroke();
    c.fillStyle = shorts;
    c.fillRect(x - s * 0.27, y - s * 1.02, s * 0.54, s * 0.42);
    c.fillStyle = shirt;
    c.fillRect(x - s * 0.31, y - s * 1.65, s * 0.62, s * 0.7);
    c.fillStyle = "#8f6246";
    c.beginPath();
    c.arc(x, y - s * 1.87, s * 0.2, 0, 7);
    c.fill();
  }
  c.fillStyle = "#fff";
  c.beginPath();
  c.arc(w * 0.57, h * 0.7, 9, 0, 7);
  c.fill();
  grain(c, w, h, 14);
}
