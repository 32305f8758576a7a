// The head-up display of an invented gunship simulator, and its notice.
/** @typedef {OffscreenCanvasRenderingContext2D} Context */

/**
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 */
export function display(c, w, h) {
  const ink = "rgb(232 240 232 / 0.92)";
  c.strokeStyle = ink;
  c.fillStyle = ink;
  c.lineWidth = 2;
  const x = w * 0.5, y = h * 0.47;
  c.beginPath();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    c.moveTo(x + dx * 26, y + dy * 26);
    c.lineTo(x + dx * 120, y + dy * 120);
    for (let i = 2; i < 6; i++) {
      c.moveTo(x + dx * i * 22 - dy * 6, y + dy * i * 22 - dx * 6);
      c.lineTo(x + dx * i * 22 + dy * 6, y + dy * i * 22 + dx * 6);
    }
  }
  for (const [sx, sy] of [[1, 1], [1, -1], [-1, 1], [-1, -1]]) {
    c.moveTo(x + sx * 190, y + sy * 100);
    c.lineTo(x + sx * 190, y + sy * 140);
    c.lineTo(x + sx * 150, y + sy * 140);
  }
  c.rect(x - 7, y - 7, 14, 14);
  c.stroke();
  c.font = "bold 22px 'DejaVu Sans Mono'";
  const lines = ["WHOT  NARO", "ALT 3120 M", "HDG 247", "SLR 4410 M", "AZ -31.4", "EL -44.9"];
  lines.forEach((line, i) => c.fillText(line, 28, 46 + i * 30));
  ["105 MM  RDY", "40 MM   12", "25 MM   880"].forEach((line, i) => c.fillText(line, 28, h - 92 + i * 30));
  c.fillText("N 35 04 19  E 038 51 07", w * 0.5 - 160, h - 32);
  c.beginPath();
  for (let i = -12; i <= 12; i++) {
    c.moveTo(x + i * 20, 34);
    c.lineTo(x + i * 20, i % 3 ? 44 : 54);
  }
  c.moveTo(x, 62);
  c.lineTo(x - 8, 76);
  c.lineTo(x + 8, 76);
  c.closePath();
  c.stroke();
  c.textAlign = "right";
  c.font = "bold 25px 'DejaVu Sans'";
  c.fillStyle = "rgb(255 255 255 / 0.95)";
  c.fillText("DEVELOPMENT FOOTAGE", w - 26, 44);
  c.font = "19px 'DejaVu Sans'";
  c.fillText("This is a work in progress,", w - 26, 72);
  c.fillText("subject to change.", w - 26, 97);
  c.textAlign = "center";
  c.fillStyle = "rgb(176 24 20 / 0.88)";
  c.beginPath();
  c.arc(w - 104, h - 108, 66, 0, 7);
  c.fill();
  c.lineWidth = 5;
  c.strokeStyle = "rgb(235 220 215)";
  c.stroke();
  c.fillStyle = "#fff";
  c.font = "bold 31px 'DejaVu Sans'";
  c.fillText("FIRE", w - 104, h - 97);
}

/**
 * A fact-checker's stamp: a red cross over the picture and a badge.
 * @param {Context} c
 * @param {number} w
 * @param {number} h
 */
export function stamp(c, w, h) {
  c.lineCap = "butt";
  c.strokeStyle = "rgb(205 16 24 / 0.93)";
  c.lineWidth = h * 0.115;
  c.beginPath();
  c.moveTo(w * 0.08, h * 0.06);
  c.lineTo(w * 0.92, h * 0.94);
  c.moveTo(w * 0.92, h * 0.06);
  c.lineTo(w * 0.08, h * 0.94);
  c.stroke();
  c.fillStyle = "rgb(250 250 250 / 0.96)";
  c.fillRect(0, h * 0.8, w, h * 0.2);
  c.fillStyle = "#c8101a";
  c.fillRect(0, h * 0.8, w, h * 0.012);
  c.textAlign = "center";
  c.font = `bold ${Math.round(h * 0.085)}px 'DejaVu Sans'`;
  c.fillText("NOT THIS HARBOUR", w / 2, h * 0.9);
  c.fillStyle = "#222";
  c.font = `${Math.round(h * 0.042)}px 'DejaVu Sans'`;
  c.fillText("Checked by the Demonstration Desk · 2016, another country", w / 2, h * 0.965);
}
