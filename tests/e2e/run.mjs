// Runs every browser test, those of each browser one after the other: both browsers at the same time, each in a process of its own,
// since what an organisation sets is set for all of one browser. Exits non-zero on a failure.
// CAVEAT_BROWSER=chromium or firefox restricts the browsers; arguments restrict the files by a part of their name.

import { spawn } from "node:child_process";
import { once } from "node:events";
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

if (kinds().length > 1) {
  await Promise.all(
    kinds().map(async (kind) => {
      const lane = spawn(process.execPath, process.argv.slice(1), { env: { ...process.env, CAVEAT_BROWSER: kind }, stdio: "inherit" });
      const [code, signal] = await once(lane, "exit");
      if (code !== 0) process.exitCode = 1;
      console.log(`${kind}: ${code === 0 ? "all passed" : `failed (${signal ?? `exit code ${code}`})`}`);
    }),
  );
} else {
  const stream = run({ files, concurrency: false });
  stream.on("test:fail", () => {
    process.exitCode = 1;
  });
  stream.compose(new spec()).pipe(process.stdout);
}
