"use strict";
// How this picture lies in the known one, read from where its corners lie there: cropped, inside something bigger, mirrored, turned.
// Numbers in, numbers out.
if (!Object.hasOwn(globalThis, "caveat")) Object.defineProperty(globalThis, "caveat", { value: {} });
{
  /** A share above this counts as all: corners are not exact, and a thin border is neither a crop nor a collage. */
  const NEARLY_ALL = 0.92;
  /** Degrees from a quarter turn up to which a picture counts as straight. */
  const STRAIGHT = 3;
  /** Farther out than any picture in a screenshot can put a corner: such an outline is a mistake. */
  const FARTHEST = 1000;
  /** The known picture's width by its height, where nothing tells it. */
  const USUAL_ASPECT = 4 / 3;

  /** @typedef {[number, number]} Point */

  /** @param {Point[]} polygon */
  const area = (polygon) => Math.abs(polygon.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = polygon[(at + 1) % polygon.length] ?? [0, 0];
    return sum + x * nextY - nextX * y;
  }, 0)) / 2;

  /** What of a convex polygon lies in the unit square, side by side (Sutherland and Hodgman). @param {Point[]} polygon @returns {Point[]} */
  const inUnitSquare = (polygon) => {
    let rest = polygon;
    for (const [axis, sign, limit] of [[0, 1, 0], [0, -1, 1], [1, 1, 0], [1, -1, 1]]) {
      const inside = (/** @type {Point} */ point) => sign * (point[axis] - limit);
      rest = rest.flatMap((point, at) => {
        const before = rest.at(at - 1) ?? point;
        const [here, there] = [inside(point), inside(before)];
        const share = there / (there - here);
        /** @type {Point} */
        const crossing = [before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])];
        return [...(here < 0 !== there < 0 ? [crossing] : []), ...(here >= 0 ? [point] : [])];
      });
    }
    return rest;
  };

  /**
   * Null where the outline is none: not four points, not numbers, flat, or beside the known picture.
   * @param {[number, number][] | null | undefined} outline @returns {Relation | null}
   */
  const of = (outline) => {
    if (!Array.isArray(outline) || outline.length !== 4) return null;
    if (!outline.every((point) => Array.isArray(point) && point.length === 2 && point.every((value) => Math.abs(value) <= FARTHEST))) return null;
    const [from, across, , down] = outline;
    const whole = area(outline);
    const shared = inUnitSquare(outline);
    const common = area(shared);
    if (!(whole > 1e-6) || !(common > 1e-6)) return null;

    let [ux, uy] = [across[0] - from[0], across[1] - from[1]];
    let [vx, vy] = [down[0] - from[0], down[1] - from[1]];
    const mirrored = ux * vy - uy * vx < 0;
    // The known picture is mirrored first and turned then, so it is here that the mirror is taken away.
    if (mirrored) [ux, vx] = [-ux, -vx];
    // Fractions of sides of unknown lengths; in these products, sine and cosine squared, the lengths cancel out.
    const [sine, cosine] = [Math.sqrt(Math.max(0, -uy * vx)), Math.sqrt(Math.max(0, ux * vy))];
    const back = Math.atan2(uy < vx ? -sine : sine, ux + vy < 0 ? -cosine : cosine);
    const turned = (360 - (back * 180) / Math.PI) % 360;
    const off = Math.abs(turned - Math.round(turned / 90) * 90);
    // A picture's sides are at right angles, so a clear tilt tells how the known picture's sides compare.
    const aspect = off > 12 ? Math.sqrt((uy * vy) / (-ux * vx)) : USUAL_ASPECT;
    return {
      shared, mirrored, turned, tilted: off > STRAIGHT,
      cropped: common < NEARLY_ALL,
      inside: common < NEARLY_ALL * whole,
      aspect: Number.isFinite(aspect) ? Math.min(2.5, Math.max(0.4, aspect)) : USUAL_ASPECT,
    };
  };

  caveat.relation = { of };
}
