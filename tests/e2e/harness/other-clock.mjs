// A browser whose clock is wrong: a small library is loaded before its own, which moves the time of day that it gets. (Neither browser
// starts under libfaketime; the debugging protocol's virtual time does not reach backgrounds.)

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as paths from "./paths.mjs";

const DAY = 86_400;

/** The environment of a browser whose clock is so many days ahead; negative: behind. @param {number} days @returns {Record<string, string>} */
export function clockAhead(days) {
  const source = fileURLToPath(new URL("other-clock.rs", import.meta.url));
  const library = `${paths.target}/e2e/libother_clock.so`;
  if (!existsSync(library) || statSync(library).mtimeMs < statSync(source).mtimeMs) {
    mkdirSync(`${paths.target}/e2e`, { recursive: true });
    execFileSync("rustc", ["--edition", "2024", "--crate-type", "cdylib", "-O", "-C", "panic=abort", "-o", library, source]);
  }
  return { LD_PRELOAD: library, CAVEAT_CLOCK_OFFSET: String(days * DAY) };
}
