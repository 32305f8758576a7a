// The same pictures get the same verdicts from the same index in both browsers as on the command line: every number, text and link.

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { demoSource } from "./harness/demo.mjs";
import * as paths from "./harness/paths.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { comparable, keyOf, language, makePictures, nativeVerdicts } from "./harness/verdicts.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("./harness/verdicts.mjs").Verdict} Verdict */
/** @typedef {import("./harness/verdicts.mjs").Pictures} Pictures */
/** @typedef {import("./harness/world.mjs").World} World */
/** @typedef {import("node:test").TestContext} TestContext */

/** Where the server has the pictures that are asked about. */
const asked = "/asked/";
/** Some hundred look-ups, on a machine that may be doing other things. */
const timeout = 400_000;

/** What must be among the verdicts: pictures that all got the same one would show nothing. */
const kinds = [
  ...["match", "none", "tooPlain", "unreadable"],
  ...["level match", "role known", "role debunk", "via canonical", "via region", "via keypoints"],
  ...["mirrored true", "mirrored false", "rotated 0", "rotated 90", "rotated 180", "rotated 270"],
  ...["a part", "a distance", "inliers"],
];

/** @param {Verdict} verdict @returns {string[]} */
const kindsOf = ({ verdict, matches }) => [
  verdict,
  ...matches.flatMap(({ level, role, via, mirrored, rotated, region, distance, inliers }) => [
    ...[`level ${level}`, `role ${role}`, `via ${via}`, `mirrored ${mirrored}`, `rotated ${rotated}`],
    ...[region ? "a part" : "", distance > 0 ? "a distance" : "", inliers > 0 ? "inliers" : ""],
  ]),
];

/** @param {Map<string, Verdict>} verdicts */
function assertEveryKind(verdicts) {
  const found = new Set([...verdicts.values()].flatMap(kindsOf));
  assert.deepEqual(
    kinds.filter((kind) => !found.has(kind)),
    [],
    `kinds that no picture shows; there are ${[...found].join(", ")}`,
  );
}

/**
 * Asks about every picture, and fails with all answers that are not the command line's.
 * @param {TestContext} context @param {string} how  completes the sentence "asked …"
 * @param {Map<string, Verdict>} expected
 * @param {(name: string) => Promise<string>} ask  gives the answer as JSON
 */
async function compare(context, how, expected, ask) {
  /** @type {string[]} */
  const wrong = [];
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const [name, verdict] of expected) {
    const found = comparable(JSON.parse(await ask(name)));
    if (!isDeepStrictEqual(found, verdict)) wrong.push(`${name}: ${JSON.stringify(found)} instead of ${JSON.stringify(verdict)}`);
    for (const kind of new Set(kindsOf(verdict))) if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  context.diagnostic(`asked ${how}: ${expected.size} pictures, ${[...counts].map(([kind, count]) => `${count} ${kind}`).join(", ")}`);
  assert.deepEqual(wrong, [], `asked ${how}`);
}

/** @param {World} world @param {(pictures: Pictures) => Promise<void>} run */
async function withPictures({ server }, run) {
  const pictures = makePictures();
  try {
    server.mounts.set(asked, pictures.folder);
    await run(pictures);
  } finally {
    pictures.drop();
  }
}

inEachBrowser(
  "a page of ours gives the verdicts of the command line, number by number",
  (world, context) =>
    withPictures(world, async (pictures) => {
      const page = await world.visit(`${siteOrigin}/check/`);
      for (const served of ["/feed/source/", "/index/starter/"]) {
        const index = paths.need(paths.www + served);
        // The site's pages have no other sensitivity.
        const expected = nativeVerdicts(index, "balanced", pictures);
        if (served === "/feed/source/") assertEveryKind(expected);
        const load = async (/** @type {string} */ folder, /** @type {string} */ key) => {
          const address = "/pkg/caveat.js";
          const { default: init, Checker, Publication } = await import(address);
          await init();
          const read = async (/** @type {string} */ path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
          const publication = new Publication(await read(`${folder}head`), key);
          const names = /** @type {string[]} */ (publication.segmentNames());
          const checker = new Checker();
          checker.addSource(publication, await Promise.all(names.map((name) => read(folder + name))));
          /** @type {any} */ (globalThis).checker = checker;
        };
        await page.evaluate(load, served, keyOf(index));
        const check = async (/** @type {string} */ path, /** @type {string} */ inLanguage) => {
          const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
          return JSON.stringify(/** @type {any} */ (globalThis).checker.check(bytes, inLanguage));
        };
        await compare(context, `of ${served}`, expected, (name) => page.evaluate(check, asked + name, language));
      }
    }),
  { timeout },
);

inEachBrowser(
  "the extension gives the verdicts of the command line, however readily it is to speak",
  (world, context) =>
    withPictures(world, async (pictures) => {
      const { extension, kind } = world;
      await extension.ask({ kind: "setLanguage", language });
      const { sources } = await extension.ask({ kind: "status" });
      const demo = demoSource(sources);
      // The command line asks one index at a time: what another one knows decides whether keypoints are looked at.
      for (const { id } of sources) if (id !== demo.id) await extension.ask({ kind: "setSourceEnabled", source: id, enabled: false });
      const desk = await extension.desk();
      const index = paths.need(`${paths.extensionFolder(kind)}/index/demo`);
      for (const sensitivity of /** @type {const} */ (["cautious", "balanced", "keen"])) {
        await extension.ask({ kind: "setSensitivity", sensitivity });
        assert.equal((await extension.ask({ kind: "status" })).sensitivity, sensitivity);
        const expected = nativeVerdicts(index, sensitivity, pictures);
        if (sensitivity === "balanced") assertEveryKind(expected);
        const check = async (/** @type {string} */ key, /** @type {string} */ url) => {
          const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
          return JSON.stringify(await browser.runtime.sendMessage({ kind: "checkImage", key, url, bytes }));
        };
        // Under a key that was never asked for: nothing is answered from what is remembered.
        const ask = (/** @type {string} */ name) => desk.evaluate(check, `${sensitivity} ${name}`, siteOrigin + asked + name);
        await compare(context, `when ${sensitivity}`, expected, ask);
      }
    }),
  { timeout },
);
