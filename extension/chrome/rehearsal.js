// Chromium keeps for later starts what its compiler has optimised of the engine by a certain moment, and the background is started often: the
// first verdict comes up to a third sooner (docs/performance.md, 17). But an engine that has looked at nothing by then has nothing that helps, and
// Chromium does not ask again. So after each installation, of the extension or of a newer browser, which begins anew, the engine looks at a
// picture that is drawn for it, once.
//
// V8 hands the code over when nothing was compiled for two seconds. Where something was compiled within two seconds of the first of it, it
// looks again after as many seconds as milliseconds lay between the first and the last (V8 of Chromium 156): a few minutes, for which the
// background is to stay.

import { withEngine } from "./engine.js";

/** So long after its start the engine has settled: what was compiled for that is handed over by then. Milliseconds. */
const SETTLED = 2500;
/** How often the browser is asked something, which it takes for a sign of life: milliseconds. */
const SIGN_OF_LIFE = 20_000;
/** How long the background stays: milliseconds. */
const STAY = 10 * 60_000;
const WIDTH = 1200;
const HEIGHT = 800;

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Has the engine look at a picture, as if in a private window: nothing of it is remembered. */
export async function rehearse() {
  await withEngine(() => {});
  await pause(SETTLED);
  const bytes = await drawn();
  await withEngine((engine) => engine.pageRequest({ kind: "checkImage", key: "rehearsal", url: "", bytes }, true));
  performance.mark("rehearsed");
  for (const end = performance.now() + STAY; performance.now() < end; await pause(SIGN_OF_LIFE)) await browser.runtime.getPlatformInfo();
}

/** A JPEG of many ellipses: something to decode, and hundreds of keypoints. */
async function drawn() {
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
  const jpeg = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
  return new Uint8Array(await jpeg.arrayBuffer());
}
