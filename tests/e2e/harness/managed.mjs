// What an organisation sets: files outside the browser's profile, which the test writes before the browser starts and takes away after it.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { executable } from "./browser-settings.mjs";
import * as paths from "./paths.mjs";

/** @typedef {import("./paths.mjs").BrowserKind} BrowserKind */

/** What stops a test from outside; without a listener nothing would be cleaned up. */
const STOPS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * Sets a policy for the built extension.
 * @param {BrowserKind} kind @param {object} policy
 * @returns {() => void} takes it away
 */
export function setManaged(kind, policy) {
  const [path, content] =
    kind === "chromium"
      ? ["/etc/chromium/policies/managed/caveat-test.json", { "3rdparty": { extensions: { [unpackedId()]: policy } } }]
      : // Beside the program: the one place that every Firefox reads.
        [`${dirname(realpathSync(executable("firefox")))}/distribution/policies.json`, { policies: { "3rdparty": { Extensions: { [addonId()]: policy } } } }];
  if (existsSync(path)) throw new Error(`${path} is there already: the test would overwrite it`);
  const above = firstMissing(dirname(path));
  const remove = () => {
    rmSync(path, { force: true });
    if (above) rmSync(above, { recursive: true, force: true });
    process.off("exit", remove);
    for (const signal of STOPS) process.off(signal, stop);
  };
  const stop = () => process.exit(1);
  // Also when the test is stopped half-way.
  process.on("exit", remove);
  for (const signal of STOPS) process.on(signal, stop);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(content));
  } catch (error) {
    remove();
    throw new Error(`a policy for ${kind} can only be tested where ${path} can be written (run as root): ${error}`);
  }
  return remove;
}

/** The topmost folder of a path that is not there yet, or null. @param {string} folder @returns {string | null} */
function firstMissing(folder) {
  if (existsSync(folder)) return null;
  return firstMissing(dirname(folder)) ?? folder;
}

/** Chromium's id of an unpacked extension: from its folder, in letters from a to p. */
function unpackedId() {
  const digest = createHash("sha256").update(realpathSync(paths.extensionFolder("chromium"))).digest("hex");
  return [...digest.slice(0, 32)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join("");
}

function addonId() {
  const manifest = JSON.parse(readFileSync(`${paths.extensionFolder("firefox")}/manifest.json`, "utf8"));
  return manifest.browser_specific_settings.gecko.id;
}
