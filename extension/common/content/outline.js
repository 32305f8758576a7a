"use strict";
// A small drawing of how this picture lies on the known one: the known picture as a solid frame, this one dashed, what both show shaded.
// It is drawn from numbers only; no picture is ever fetched.
if (!Object.hasOwn(globalThis, "caveat")) Object.defineProperty(globalThis, "caveat", { value: {} });
{
  const SVG = "http://www.w3.org/2000/svg";
  /** The room for the drawing. */
  const [WIDTH, HEIGHT] = [200, 120];
  /** Around it, for lines and the offset. */
  const EDGE = 4;
  /** Known pictures' sides beyond which a corner is not drawn: the known picture would be a dot. */
  const FARTHEST = 7;
  /** Sides that coincide are drawn next to each other. */
  const OFFSET = 2.5;

  /** @typedef {[number, number]} Point */

  /** @param {string} name @param {Record<string, string | number>} attributes */
  const node = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    return made;
  };

  /** @param {string} name @param {string} text */
  const words = (name, text) => {
    const made = node(name, {});
    made.textContent = text;
    return made;
  };

  /** @param {Point[]} points */
  const path = (points) => `M${points.map((point) => point.map((value) => value.toFixed(1)).join(" ")).join("L")}Z`;

  /** A flag in the top left corner of a frame, mirrored and turned as the frame is. @param {Point[]} frame */
  const flag = ([from, across, , down]) => {
    /** @param {Point} to @returns {[Point, number]} */
    const side = (to) => {
      const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
      return [[(to[0] - from[0]) / length, (to[1] - from[1]) / length], length];
    };
    const [[along, width], [away, height]] = [side(across), side(down)];
    const size = Math.min(18, 0.4 * Math.min(width, height));
    const at = (/** @type {number} */ x, /** @type {number} */ y) =>
      /** @type {Point} */ ([0, 1].map((axis) => from[axis] + size * ((0.4 + x) * along[axis] + (0.4 + y) * away[axis])));
    return path([at(0, 1), at(0, 0), at(0.8, 0.3), at(0, 0.6)]);
  };

  /** One line of the legend. @param {string} className @param {string} d @param {string} text */
  const legend = (className, d, text) => {
    const svg = node("svg", { viewBox: "0 0 22 12", width: 22, height: 12, "aria-hidden": "true" });
    svg.append(node("path", { class: className, d }));
    const line = document.createElement("span");
    line.append(svg, text);
    return line;
  };

  /**
   * Null where there is nothing to draw: the whole known picture, upright; or an outline that cannot be drawn.
   * @param {Finding} finding @param {Relation | null} relation @param {Record<string, string>} strings
   */
  const draw = ({ outline }, relation, strings) => {
    if (!relation) return null;
    const { shared, mirrored, turned, tilted, cropped, inside, aspect } = relation;
    // A frame shows by itself that it is tilted, not which of its corners is which.
    const flags = mirrored || Math.round(turned / 90) % 4 !== 0;
    if (!flags && !tilted && !cropped && !inside) return null;
    if (outline.flat().some((value) => Math.abs(value - 0.5) > FARTHEST)) return null;

    /** @type {Point[]} */
    const square = [[0, 0], [1, 0], [1, 1], [0, 1]];
    const all = [...outline, ...square];
    const [left, right] = [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))];
    const [top, bottom] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))];
    const scale = Math.min(WIDTH / ((right - left) * aspect), HEIGHT / (bottom - top));
    const place = (/** @type {Point} */ [x, y]) => /** @type {Point} */ ([EDGE + (x - left) * aspect * scale, EDGE + (y - top) * scale]);
    const [width, height] = [(right - left) * aspect * scale + 2 * EDGE, (bottom - top) * scale + 2 * EDGE].map(Math.round);

    const picture = outline.map(place);
    // Inside the other picture's line where that is the bigger one, else outside.
    const around = inside && !cropped;
    const offset = (around ? -1 : 1) * Math.min(OFFSET, 0.1 * scale * Math.min(1, aspect));
    const known = square.map(([x, y]) => {
      const [atX, atY] = place([x, y]);
      return /** @type {Point} */ ([atX + (2 * x - 1) * offset, atY + (2 * y - 1) * offset]);
    });
    const svg = node("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img" });
    svg.append(
      words("title", strings.match_drawing_title ?? ""), words("desc", strings.match_drawing_text ?? ""),
      node("path", { class: "part", d: path(around ? known : shared.map(place)) }),
      node("path", { class: "known", d: path(known) }),
      node("path", { class: "this", d: path(picture) }),
    );
    if (flags) svg.append(node("path", { class: "known flag", d: flag(known) }), node("path", { class: "this flag", d: flag(picture) }));
    const caption = document.createElement("figcaption");
    caption.append(
      legend("known", "M1 6H21", strings.match_drawing_known ?? ""),
      legend("this", "M1 6H21", strings.match_drawing_this ?? ""),
      flags ? legend("known flag", "M7 11V1L15 4L7 7", strings.match_drawing_corner ?? "") : "",
    );
    const figure = document.createElement("figure");
    figure.className = "outline";
    figure.append(svg, caption);
    return figure;
  };

  const css = `
  .caveat-card .outline { margin: 6px 0 4px; display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
  .caveat-card .outline > svg { flex: none; max-inline-size: 100%; block-size: auto; overflow: hidden; }
  .caveat-card .outline figcaption { display: grid; gap: 2px; flex: 1 1 max-content; color: var(--soft); font-size: 12.5px; }
  .caveat-card .outline span { display: inline-flex; align-items: center; gap: 6px; }
  .caveat-card .outline span svg { flex: none; }
  .caveat-card .outline path { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
  .caveat-card .outline .known { stroke: currentColor; }
  .caveat-card .outline .this { stroke: var(--mark); stroke-dasharray: 5 3; }
  .caveat-card .outline .flag { stroke-width: 1.5; stroke-dasharray: none; }
  .caveat-card .outline .this.flag { fill: var(--mark); }
  .caveat-card .outline .part { fill: var(--mark); fill-opacity: .22; }
  @media (forced-colors: active) {
    .caveat-card .outline .known { stroke: CanvasText; }
    .caveat-card .outline .this { stroke: Highlight; }
    .caveat-card .outline :is(.part, .this.flag) { fill: Highlight; }
  }
`;

  caveat.outline = { draw, css };
}
