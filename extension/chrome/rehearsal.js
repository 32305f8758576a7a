// Chromium keeps for later starts what its compiler has optimised of the engine by a certain moment, and the background is started often: the
// first verdict comes up to a third sooner (docs/performance.md, 17). But an engine that has looked at nothing by then has nothing that helps, and
// Chromium does not ask again. So after each installation, of the extension or of a newer browser, which begins anew, the engine looks at
// pictures that are drawn for it, once.
//
// V8 hands the code over when nothing was compiled for two seconds. Where something was compiled within two seconds of the first of it, it
// looks again after as many seconds as milliseconds lay between the first and the last (V8 of Chromium 156), for which the background is to
// stay: a minute, as a rule. While V8 waits, nothing must be compiled in the last two seconds, so what a second picture and other formats bring
// comes minutes later, on top.

import { stayAlive } from "./alive.js";
import { withEngine } from "./engine.js";

/** The looks, in their order: milliseconds to wait before, the format of the picture. */
const LOOKS = /** @type {const} */ ([
  // By then the engine has settled: what was compiled for its start is handed over.
  [2500, "image/jpeg"],
  [4 * 60_000, "image/jpeg"],
  [0, "image/webp"],
  [0, "image/png"],
]);
/** How long the background stays after the last look: milliseconds. */
const STAY = 6 * 60_000;
const WIDTH = 1200;
const HEIGHT = 800;

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Has the engine look at pictures, as if in a private window: nothing of them is remembered. */
export async function rehearse() {
  const end = stayAlive();
  try {
    await withEngine(() => {});
    for (const [at, [wait, type]] of LOOKS.entries()) {
      await pause(wait);
      const bytes = await drawn(type);
      await withEngine((engine) => engine.pageRequest({ kind: "checkImage", key: `rehearsal ${at}`, url: "", bytes }, true));
      performance.mark("rehearsed");
    }
    await pause(STAY);
  } finally {
    end();
  }
}

/** A picture of many ellipses: something to decode, and hundreds of keypoints. @param {string} type */
async function drawn(type) {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas to draw on");
  let last = 1;
  // The minimal standard generator (Park and Miller 1988).
  const below = (/** @type {number} */ end) => (last = (last * 48_271) % 2_147_483_647) % end;
  context.fillStyle = "#89a";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  for (let ellipse = 0; ellipse < 400; ellipse++) {
    context.fillStyle = `rgb(${below(256)} ${below(256)} ${below(256)})`;
    context.beginPath();
    context.ellipse(below(WIDTH), below(HEIGHT), 4 + below(90), 4 + below(60), below(6), 0, 2 * Math.PI);
    context.fill();
  }
  const file = await canvas.convertToBlob({ type, quality: 0.8 });
  return new Uint8Array(await file.arrayBuffer());
}
