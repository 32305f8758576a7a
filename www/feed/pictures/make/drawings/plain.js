// Pictures that are no photographs: a chart, a page of text, a street map, one flat colour.
import { stream } from "./random.js";
/** @typedef {OffscreenCanvasRenderingContext2D} Context */

/**
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 */
export function chart(c, w, h) {
  const random = stream(5);
  c.fillStyle = "#fdfcf8";
  c.fillRect(0, 0, w, h);
  c.fillStyle = "#1d2730";
  c.font = "bold 36px 'DejaVu Sans'";
  c.fillText("Bicycle counts on the river bridge", 60, 78);
  c.font = "21px 'DejaVu Sans'";
  c.fillStyle = "#5c6770";
  c.fillText("Weekday average by month, both directions (invented data)", 60, 116);
  const left = 110, bottom = h - 100, tall = h - 270, wide = (w - left - 60) / 12;
  for (let i = 0; i <= 5; i++) {
    c.fillStyle = "#d8d8d2";
    c.fillRect(left, bottom - (tall * i) / 5, w - left - 60, 2);
    c.fillStyle = "#5c6770";
    c.textAlign = "right";
    c.fillText(`${i * 2} 000`, left - 14, bottom - (tall * i) / 5 + 8);
  }
  c.textAlign = "center";
  /** @type {[number, number][]} */
  const curve = [];
  for (let i = 0; i < 12; i++) {
    const value = 0.3 + 0.52 * Math.sin(((i + 0.5) / 12) * Math.PI) ** 2 + 0.1 * (random() - 0.5), before = value * (0.55 + 0.3 * random());
    const x = left + i * wide;
    c.fillStyle = "#9fb9c9";
    c.fillRect(x + wide * 0.14, bottom - tall * before, wide * 0.34, tall * before);
    c.fillStyle = "#16697a";
    c.fillRect(x + wide * 0.5, bottom - tall * value, wide * 0.36, tall * value);
    curve.push([x + wide / 2, bottom - tall * (0.2 + 0.75 * value * (0.85 + 0.3 * random()))]);
    c.fillStyle = "#39434b";
    c.fillText("JFMAMJJASOND"[i], x + wide / 2, bottom + 34);
  }
  c.strokeStyle = "#e07a1f";
  c.lineWidth = 6;
  c.beginPath();
  for (const [x, y] of curve) c.lineTo(x, y);
  c.stroke();
  for (const [x, y] of curve) {
    c.fillStyle = "#e07a1f";
    c.beginPath();
    c.arc(x, y, 9, 0, 7);
    c.fill();
  }
}

/**
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 */
export function page(c, w, h) {
  c.fillStyle = "#fff";
  c.fillRect(0, 0, w, h);
  c.fillStyle = "#e9edf2";
  c.fillRect(0, 0, w, 74);
  c.fillStyle = "#23384f";
  c.font = "bold 28px 'DejaVu Sans'";
  c.fillText("Allotment society · minutes", 40, 47);
  c.fillStyle = "#1b1b1b";
  const text = ("The meeting opened at seven in the reading room with nineteen members present. The treasurer reported that the water bill had fallen by a third since the new barrels were set up along the north fence, and proposed to spend the difference on a second compost shredder. "
    + "After some discussion about the noise of the first one, the proposal was carried with two votes against. Plot forty-one has been without a tenant since March. Three families are on the waiting list and will be asked in the order in which they applied. "
    + "The secretary reminded everyone that hoses must be rolled up in the evening, because the hedgehogs are back. The apple day will be held on the second Saturday of October. Anyone who can lend a press, a long ladder or a strong pair of arms is asked to write a name on the list beside the gate. ").repeat(3);
  c.font = "24px 'DejaVu Serif'";
  let line = "", y = 130;
  for (const word of text.split(" ")) {
    if (c.measureText(`${line} ${word}`).width > w - 90 || (y % 276 < 38 && line.length > 40)) {
      c.fillText(line.trim(), 44, y);
      y += 38;
      if (y > h - 30) return;
      line = "";
    }
    line += ` ${word}`;
  }
}

/**
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 */
export function map(c, w, h) {
  const random = stream(11);
  c.fillStyle = "#f1ede2";
  c.fillRect(0, 0, w, h);
  for (let i = 0; i < 7; i++) {
    c.fillStyle = "#c4deb0";
    c.beginPath();
    c.ellipse(random() * w, random() * h, 60 + random() * 120, 40 + random() * 90, random() * 3, 0, 7);
    c.fill();
  }
  c.save();
  c.translate(w / 2, h / 2);
  c.rotate(-0.27);
  for (let x = -w; x < w; x += 72) {
    for (let y = -h; y < h; y += 58) {
      if (random() < 0.17) continue;
      c.fillStyle = ["#ddd4c3", "#d3cabb", "#e3dacb"][Math.floor(random() * 3)];
      for (let k = 0; k < 3; k++) c.fillRect(x + 8 + k * 20, y + 8 + random() * 8, 17, 20 + random() * 22);
    }
  }
  c.strokeStyle = "#fff";
  for (let x = -w; x < w; x += 72) {
    c.lineWidth = x % 216 === 0 ? 12 : 6;
    c.beginPath();
    c.moveTo(x, -h);
    c.lineTo(x, h);
    c.stroke();
  }
  for (let y = -h; y < h; y += 58) {
    c.lineWidth = y % 174 === 0 ? 12 : 6;
    c.beginPath();
    c.moveTo(-w, y);
    c.lineTo(w, y);
    c.stroke();
  }
  c.restore();
  for (const [colour, width] of /** @type {[string, number][]} */ ([["#7fb2d6", 96], ["#a3cbe6", 78]])) {
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.beginPath();
    c.moveTo(-60, h * 0.75);
    c.bezierCurveTo(w * 0.3, h * 0.95, w * 0.42, h * 0.2, w + 60, h * 0.32);
    c.stroke();
  }
  for (const [colour, width] of /** @type {[string, number][]} */ ([["#c07f22", 22], ["#f6c661", 15]])) {
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.beginPath();
    c.moveTo(w * 0.12, -20);
    c.bezierCurveTo(w * 0.3, h * 0.4, w * 0.6, h * 0.55, w * 0.72, h + 20);
    c.moveTo(-20, h * 0.22);
    c.bezierCurveTo(w * 0.4, h * 0.1, w * 0.7, h * 0.5, w + 20, h * 0.7);
    c.stroke();
  }
  c.fillStyle = "#444";
  c.font = "bold 25px 'DejaVu Sans'";
  ["Old Mill", "Northgate", "Ferry Quay", "Lime Park", "St Ode"].forEach((name, i) => c.fillText(name, w * (0.08 + 0.19 * i), h * [0.34, 0.14, 0.56, 0.86, 0.2][i]));
}

/**
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 */
export function flat(c, w, h) {
  c.fillStyle = "#2f6f8f";
  c.fillRect(0, 0, w, h);
}
