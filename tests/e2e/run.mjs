// Runs every browser test, one after the other: they share two fixed ports. Exits non-zero on a failure.
// CAVEAT_BROWSER=chromium or firefox restricts the browsers; arguments restrict the files by a part of their name.

import { readdirSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { executable } from "./harness/browser-settings.mjs";
import { kinds } from "./harness/world.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.mjs") && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort()
  .map((name) => here + name);

for (const kind of kinds()) executable(kind);
if (files.length === 0) throw new Error(`no test file matches ${wanted.join(" ")}`);

let failed = 0;
const stream = run({ files, concurrency: false });
stream.on("test:fail", () => {
  failed += 1;
});
stream.on("end", () => {
  process.exitCode = failed > 0 ? 1 : 0;
});
stream.compose(new spec()).pipe(process.stdout);
