// How the card says a picture matched: from findings of real pictures, and from findings given to it on a page that has it in the open.

import assert from "node:assert/strict";
import { messages, pageOf } from "./harness/demo.mjs";
import { firstWarning, middle } from "./harness/feed.mjs";
import { card } from "./harness/notices.mjs";
import { lying, openCard } from "./harness/open-card.mjs";
import { shoot } from "./harness/screenshots.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

const words = messages("en");

/** @param {string} key @param {...(string | number)} values */
const text = (key, ...values) =>
  values.reduce((/** @type {string} */ said, value, at) => said.replace(`$${at + 1}`, String(value)), words[key].message);

const upright = lying({ degrees: 0, width: 400, height: 300 });

inEachBrowser("where a picture lies is read from its corners", async (world) => {
  const page = await world.visit(`${siteOrigin}/check/`);
  const read = (/** @type {unknown} */ outline) =>
    page.evaluate((given) => /** @type {any} */ (globalThis).caveat.relation.of(given), outline);

  const whole = await read(upright);
  assert.deepEqual([whole.cropped, whole.inside, whole.tilted, whole.mirrored, whole.turned], [false, false, false, false, 0]);
  for (const mirrored of [false, true]) {
    for (const degrees of [0, 2, 7, 45, 90, 101, 180, 200, 270, 300, 353]) {
      const what = `${degrees}°, mirrored ${mirrored}`;
      const found = await read(lying({ degrees, width: 250, height: 120, mirrored }));
      assert.ok(Math.abs(found.turned - degrees) < 0.01, `${what}: ${found.turned}`);
      assert.equal(found.tilted, ![0, 2, 90, 180, 270].includes(degrees), what);
      assert.equal(found.mirrored, mirrored, what);
      if ([45, 200, 300].includes(degrees)) assert.ok(Math.abs(found.aspect - 4 / 3) < 0.01, `${what}: ${found.aspect}`);
    }
  }
  const crop = await read(lying({ degrees: 0, width: 200, height: 300 }));
  assert.deepEqual([crop.cropped, crop.inside], [true, false]);
  const screenshot = await read(lying({ degrees: 0, width: 800, height: 1600 }));
  assert.deepEqual([screenshot.cropped, screenshot.inside], [false, true]);
  const overlap = await read(lying({ degrees: 0, width: 400, height: 300, x: 0 }));
  assert.deepEqual([overlap.cropped, overlap.inside], [true, true]);
  const border = await read(lying({ degrees: 0, width: 406, height: 306 }));
  assert.deepEqual([border.cropped, border.inside], [false, false]);

  /** @type {unknown[]} */
  const nonsense = [
    null,
    [],
    [[0, 0]],
    [[0, 0], [1, 0], [1, 1], [0, 1e9]],
    [[0, 0], [0, 0], [0, 0], [0, 0]],
    [[0, 0], [1, 1], [2, 2], [3, 3]],
    lying({ degrees: 0, width: 100, height: 100, x: 2000 }),
    "none",
  ];
  for (const each of nonsense) assert.equal(await read(each), null, JSON.stringify(each));
  const notNumbers = await page.evaluate(() => {
    const corners = [[Number.NaN, 0], [1, 0], [1, 1], [0, Number.POSITIVE_INFINITY]];
    return /** @type {any} */ (globalThis).caveat.relation.of(corners);
  });
  assert.equal(notNumbers, null);
});

/** @type {{name: string, with: Record<string, unknown>, says: string[], silent?: string[], drawn: boolean, flags?: number}[]} */
const findings = [
  {
    name: "whole",
    with: { distance: 1 },
    says: [text("match_whole"), text("match_level_match"), text("match_bits_one", 1)],
    drawn: false,
  },
  { name: "pdq", with: { via: "pdq", distance: 12, level: "possible" }, says: [text("match_whole"), text("match_level_possible"), text("match_bits_other", 12)], drawn: false },
  {
    name: "mirrored",
    with: { mirrored: true, outline: lying({ degrees: 0, width: 400, height: 300, mirrored: true }) },
    says: [text("match_whole"), text("match_mirrored")],
    drawn: true,
    flags: 2,
  },
  {
    name: "quarter",
    with: { rotated: 90, outline: lying({ degrees: 90, width: 300, height: 400 }) },
    says: [text("match_whole"), text("match_rotated", 90)],
    drawn: true,
    flags: 2,
  },
  {
    name: "crop",
    with: { via: "keypoints", distance: null, inliers: 41, outline: lying({ degrees: 0, width: 180, height: 140, x: 260 }) },
    says: [text("match_crop"), text("match_level_match"), text("match_points_other", 41)],
    silent: ["null", "256"],
    drawn: true,
    flags: 0,
  },
  {
    name: "screenshot",
    with: { via: "keypoints", distance: 80, inliers: 120, outline: lying({ degrees: 0, width: 430, height: 930, y: 200 }) },
    says: [text("match_inside"), text("match_points_other", 120), text("match_bits_other", 80)],
    drawn: true,
    flags: 0,
  },
  {
    name: "collage",
    with: { via: "keypoints", distance: null, inliers: 33, outline: lying({ degrees: 0, width: 1400, height: 900, x: -300, y: 350 }) },
    says: [text("match_inside")],
    drawn: true,
    flags: 0,
  },
  {
    name: "overlap",
    with: { via: "keypoints", distance: null, inliers: 30, outline: lying({ degrees: 0, width: 900, height: 500, x: 500, y: 300 }) },
    says: [text("match_overlap")],
    drawn: true,
  },
  {
    name: "tilted",
    with: { via: "keypoints", distance: null, inliers: 64, outline: lying({ degrees: 12, width: 250, height: 160 }) },
    says: [text("match_crop"), text("match_tilted", 12)],
    drawn: true,
    flags: 0,
  },
  {
    name: "tilted-mirrored",
    with: { via: "keypoints", distance: null, inliers: 64, mirrored: true, outline: lying({ degrees: -25, width: 250, height: 130, mirrored: true }) },
    says: [text("match_mirrored"), text("match_tilted", 25)],
    drawn: true,
    flags: 2,
  },
  {
    name: "borders",
    with: { via: "region", region: [0.01, 0.01, 0.98, 0.98], outline: lying({ degrees: 0, width: 408, height: 306 }) },
    says: [text("match_borders")],
    drawn: false,
  },
  {
    name: "far-out",
    with: { via: "keypoints", distance: null, inliers: 20, outline: lying({ degrees: 0, width: 8000, height: 8000 }) },
    says: [text("match_inside")],
    drawn: false,
  },
  {
    name: "no-outline",
    with: { via: "keypoints", distance: null, inliers: 20, outline: [[0, 0], [0, 0], [0, 0], [0, 0]] },
    says: [text("match_points_other", 20)],
    silent: [text("match_whole"), text("match_inside"), text("match_crop")],
    drawn: false,
  },
];

inEachBrowser("the card tells every kind of match in words, and draws what is worth drawing", async (world) => {
  const page = await world.visit(`${siteOrigin}/check/`);
  for (const { name, with: facts, says, silent = [], drawn, flags } of findings) {
    const shown = await openCard(page, [facts]);
    for (const said of says) assert.ok(shown.text.includes(said), `${name}: "${said}" in ${shown.text}`);
    for (const not of silent) assert.ok(!shown.text.includes(not), `${name}: no "${not}" in ${shown.text}`);
    assert.doesNotMatch(shown.text, /\b(null|undefined|NaN|match_[a-z]+|\$\d)\b/, name);
    assert.equal(shown.drawn, drawn, name);
    if (!drawn) continue;
    assert.equal(shown.name, text("match_drawing_title"));
    assert.equal(shown.description, text("match_drawing_text"));
    assert.ok(shown.legend.includes(text("match_drawing_known")) && shown.legend.includes(text("match_drawing_this")), shown.legend);
    for (const path of shown.paths) assert.match(path, /^[MLZ\d. -]+$/, name);
    if (flags !== undefined) assert.equal(shown.flags, flags, name);
  }
});

inEachBrowser("the drawing fits narrow cards, from right to left, in the dark", async (world) => {
  const page = await world.visit(`${siteOrigin}/check/`);
  const shown = findings.filter(({ drawn }) => drawn);
  assert.ok(shown.length > 0);
  for (const [language, width, scheme] of /** @type {const} */ ([
    ["en", 420, "light"],
    ["en", 320, "dark"],
    ["ru", 320, "dark"],
    ["ar", 320, "light"],
    ["ar", 320, "dark"],
  ])) {
    await world.setScheme(page, scheme);
    await page.setViewport({ width, height: 800 });
    for (const { name, with: facts } of shown) {
      const found = await openCard(page, [facts], { language });
      assert.ok(found.drawn, name);
      assert.deepEqual(found.astray, [], `${name} at ${width} px in ${language}`);
      await shoot(world.kind, page, `match-${name}-${language}-${scheme}`);
    }
  }
});

/** What the card says of gunship-crop.jpg, which no hash finds: as many points on the command line as in both browsers. */
const croppedByKeypoints = [text("match_crop"), text("match_level_match"), text("match_points_other", 19)];

/** Pictures of the demonstration, as they are or turned by the browser, and what the card says of them. */
/** @type {{file: string, turn?: number, says: string[], drawn: boolean}[]} */
const real = [
  { file: "wave-mirrored.jpg", says: [text("match_whole"), text("match_mirrored")], drawn: true },
  { file: "wave.jpg", turn: 90, says: [text("match_whole"), text("match_rotated", 90)], drawn: true },
  { file: "wave.jpg", turn: 180, says: [text("match_whole"), text("match_rotated", 180)], drawn: true },
  { file: "wave-mirrored.jpg", turn: 270, says: [text("match_mirrored"), text("match_rotated", 90)], drawn: true },
  { file: "wave-turned.jpg", says: [text("match_whole"), text("match_level_match")], drawn: false },
  { file: "flood-letterbox.jpg", says: [text("match_inside")], drawn: true },
  { file: "crowd-border.jpg", says: [text("match_inside")], drawn: true },
  { file: "gunship-repost.jpg", says: [text("match_whole"), text("match_level_match")], drawn: false },
  { file: "gunship-crop.jpg", says: croppedByKeypoints, drawn: true },
];

inEachBrowser("real pictures: mirrored, turned, between bars, cropped", async (world, context) => {
  const page = await world.visit(`${siteOrigin}/check/?demo&lang=en`);
  await until("the engine to start", () => page.evaluate(() => document.documentElement.dataset.state === "ready"));
  for (const [index, { file, turn = 0, says, drawn }] of real.entries()) {
    await page.evaluate(
      async (name, degrees) => {
        let blob = await (await fetch(`/feed/pictures/${name}`)).blob();
        if (degrees > 0) {
          const bitmap = await createImageBitmap(blob);
          const sides = [bitmap.width, bitmap.height];
          const canvas = new OffscreenCanvas(sides[degrees % 180 ? 1 : 0], sides[degrees % 180 ? 0 : 1]);
          const context = canvas.getContext("2d");
          context?.translate(canvas.width / 2, canvas.height / 2);
          context?.rotate((degrees * Math.PI) / 180);
          context?.drawImage(bitmap, -bitmap.width / 2, -bitmap.height / 2);
          blob = await canvas.convertToBlob({ type: "image/png" });
        }
        const data = new DataTransfer();
        data.items.add(new File([blob], name, { type: blob.type }));
        dispatchEvent(new DragEvent("drop", { dataTransfer: data }));
      },
      file,
      turn,
    );
    const found = await until(`the verdict on ${file}`, () =>
      page.evaluate((wanted) => {
        if (document.documentElement.dataset.checked !== String(wanted)) return null;
        const shown = document.querySelector("#cards > div")?.shadowRoot?.querySelector(".caveat-card");
        return {
          text: /** @type {HTMLElement | null | undefined} */ (shown)?.innerText ?? "",
          drawn: !!shown?.querySelector(".outline > svg"),
        };
      }, index + 1),
    );
    const what = `${file}, turned by ${turn}°`;
    context.diagnostic(`${what}: ${found.text.split(words.card_match.message)[1]?.split("\n").filter(Boolean).slice(0, 5).join(" | ")}`);
    for (const said of says) assert.ok(found.text.includes(said), `${what}: "${said}" in ${found.text}`);
    assert.equal(found.drawn, drawn, what);
    await shoot(world.kind, page, `check-${file.split(".")[0]}-${turn}`, { fullPage: true });
  }
});

for (const [name, file, says] of /** @type {const} */ ([
  ["mirrored", "wave-mirrored.jpg", [text("match_mirrored"), text("match_drawing_corner")]],
  ["cropped", "gunship-crop.jpg", croppedByKeypoints],
])) {
  inEachBrowser(`on a page, the card of a ${name} picture says and draws it`, async (world) => {
    world.server.extra.set(`/test/${name}.html`, pageOf([{ src: `/feed/pictures/${file}`, known: "yes" }]));
    const page = await world.visit(`${siteOrigin}/test/${name}.html`);
    const frame = page.mainFrame();
    await page.mouse.click(...middle((await firstWarning(frame)).box));
    const shown = await until("the card", () => card(frame));
    for (const said of [...says, text("match_drawing_known"), text("match_drawing_this")]) {
      assert.ok(shown.text.includes(said), `"${said}" in ${shown.text}`);
    }
    assert.equal(shown.images, 0, "the drawing loads no picture");
    await shoot(world.kind, page, `match-page-${name}`);
  });
}
