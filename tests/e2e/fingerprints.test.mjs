// The same pictures give the same fingerprints in both browsers as on the command line.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import * as paths from "./harness/paths.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {{file: string, pdq: string, quality: number, canonical: string, fingerprint: string, sight: string}} Line */

inEachBrowser("fingerprints are those of the command line, bit by bit", async (world, context) => {
  const expected = readFileSync(paths.need(paths.fingerprints), "utf8")
    .trim()
    .split("\n")
    .map((line) => /** @type {Line} */ (JSON.parse(line)));
  const byName = new Map(expected.map((line) => [String(line.file.split("/").at(-1)), line]));
  const files = readdirSync(paths.need(paths.pictures)).filter((name) => /\.(jpe?g|png|webp|gif)$/.test(name));
  assert.ok(files.length > 0, "there are pictures to compare");
  const page = await world.visit(`${siteOrigin}/check/`);
  /** @type {string[]} */
  const wrong = [];
  for (const file of files) {
    const line = byName.get(file);
    if (!line) {
      wrong.push(`${file}: not in ${paths.fingerprints}`);
      continue;
    }
    const found = await page.evaluate(async (name) => {
      const address = "/pkg/caveat.js";
      const { default: init, fingerprint } = await import(address);
      await init();
      const response = await fetch(`/feed/pictures/${name}`);
      const found = fingerprint(new Uint8Array(await response.arrayBuffer()));
      const { pdq, quality, canonical, fingerprint: whole, sight } = found;
      return { pdq, quality, canonical, fingerprint: whole, sight };
    }, file);
    const { pdq, quality, canonical, fingerprint, sight } = line;
    const same = JSON.stringify(found) === JSON.stringify({ pdq, quality, canonical, fingerprint, sight });
    if (!same) wrong.push(`${file}: ${JSON.stringify(found)} instead of ${JSON.stringify(line)}`);
  }
  assert.deepEqual(wrong, []);
  context.diagnostic(`${files.length} pictures agree`);
});
