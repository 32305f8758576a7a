// A disk of its own that is small enough to be filled: a tmpfs, which only root may mount (sudo, where we are not).

import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What stops a test from outside; without a listener the disk would stay mounted. */
const STOPS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/** @param {string[]} command */
const asRoot = (command) => {
  const [program, ...rest] = process.getuid?.() === 0 ? command : ["sudo", ...command];
  execFileSync(/** @type {string} */ (program), rest, { stdio: ["ignore", "ignore", "inherit"] });
};

/**
 * @param {number} megabytes
 * @returns {{folder: string, fill: () => void, clear: () => void, drop: () => void}}
 *   `fill` takes all room that is left, `clear` gives it back, `drop` unmounts
 */
export function smallDisk(megabytes) {
  const folder = mkdtempSync(join(tmpdir(), "caveat-disk-"));
  const filler = `${folder}/filler`;
  const drop = () => {
    process.off("exit", drop);
    for (const signal of STOPS) process.off(signal, stop);
    // Lazily: a process of the browser may still be ending.
    asRoot(["umount", "--lazy", folder]);
    rmdirSync(folder);
  };
  const stop = () => process.exit(1);
  try {
    asRoot(["mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=0777`, "tmpfs", folder]);
  } catch (error) {
    rmdirSync(folder);
    throw new Error(`a full disk can only be tested where one can be mounted (run as root): ${error}`);
  }
  process.on("exit", drop);
  for (const signal of STOPS) process.on(signal, stop);
  return {
    folder,
    fill() {
      const file = openSync(filler, "a");
      for (const size of [1 << 20, 4096, 1]) {
        const block = Buffer.alloc(size, 1);
        try {
          for (;;) writeSync(file, block);
        } catch (error) {
          if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOSPC") throw error;
        }
      }
      closeSync(file);
    },
    clear: () => rmSync(filler, { force: true }),
    drop,
  };
}
