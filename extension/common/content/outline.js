"use strict";
// A small drawing of how a picture matched: this picture and the known one as frames, the matching part shaded, a flag in it
// that is mirrored or turned as the picture is. It is drawn from numbers only; no picture is ever fetched.
if (!Object.hasOwn(globalThis, "caveat")) Object.defineProperty(globalThis, "caveat", { value: {} });
{
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 64;
  const HEIGHT = 48;
  const GAP = 28;

  /** @param {string} name @param {Record<string, string | number>} attributes */
  const node = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    return made;
  };

  /** @param {number} value */
  const clamp = (value) => Math.min(1, Math.max(0, Number(value) || 0));

  /**
   * @param {number} left @param {[number, number, number, number] | null} region @param {string} turn transform of the flag
   */
  const frame = (left, region, turn) => {
    const [x, y, w, h] = (region ?? [0, 0, 1, 1]).map(clamp);
    const group = node("g", { transform: `translate(${left} 1)` });
    const [partLeft, partTop, partWidth, partHeight] = [x * WIDTH, y * HEIGHT, Math.max(6, w * WIDTH), Math.max(6, h * HEIGHT)];
    const size = Math.min(partWidth, partHeight, 40) / 24;
    const flag = node("path", { class: "flag", d: "M-5 9V-9L7 -4L-5 1", transform: `translate(${partLeft + partWidth / 2} ${partTop + partHeight / 2}) ${turn} scale(${size * 0.8})` });
    group.append(
      node("rect", { class: "frame", x: 0, y: 0, width: WIDTH, height: HEIGHT, rx: 3 }),
      node("rect", { class: "part", x: partLeft, y: partTop, width: partWidth, height: partHeight, rx: 2 }),
      flag,
    );
    return group;
  };

  /** Null when the whole picture matches as it is: then there is nothing to draw. @param {Finding} finding @param {string} label */
  const draw = ({ region, knownRegion, mirrored, rotated }, label) => {
    if (!region && !knownRegion && !mirrored && !rotated) return null;
    const width = WIDTH * 2 + GAP + 2;
    const svg = /** @type {SVGSVGElement} */ (node("svg", { viewBox: `0 0 ${width} ${HEIGHT + 2}`, width, height: HEIGHT + 2, role: "img", "aria-label": label, class: "outline" }));
    const second = WIDTH + GAP + 1;
    svg.append(
      frame(1, region, `${rotated ? `rotate(${Number(rotated)})` : ""} ${mirrored ? "scale(-1 1)" : ""}`),
      node("path", { class: "arrow", d: `M${WIDTH + 9} ${HEIGHT / 2 + 1}h14m-4 -4l4 4l-4 4m-6 0l-4 -4l4 -4` }),
      frame(second, knownRegion, ""),
    );
    return svg;
  };

  caveat.outline = { draw };
}
