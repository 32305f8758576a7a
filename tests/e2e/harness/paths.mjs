// Where the built product and the test output live, relative to the repository.

import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** @typedef {'chromium' | 'firefox'} BrowserKind */

export const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
export const target = `${root}/target`;
export const www = `${target}/www`;
/** The demo source after its second publication; same key, sequence 2. */
export const updatedSource = `${target}/www-update/feed/source`;
export const pictures = `${www}/feed/pictures`;
export const fingerprints = `${root}/tests/data/fingerprints.jsonl`;
export const screenshots = `${target}/screenshots`;

/** Folder of the unpacked extension. @param {BrowserKind} kind */
export const extensionFolder = (kind) => `${target}/extension/${kind === "firefox" ? "firefox" : "chrome"}`;

/** The archive for the store. @param {BrowserKind} kind */
export function packed(kind) {
  const folder = `${target}/package`;
  const store = kind === "firefox" ? "firefox" : "chrome";
  const found = existsSync(folder)
    ? readdirSync(folder).filter((name) => name.startsWith(`caveat-${store}-`) && name.endsWith(".zip"))
    : [];
  if (found.length !== 1)
    throw new Error(`${folder} has ${found.length} archives for ${store}, not one: run ./build.sh check first`);
  return `${folder}/${found[0]}`;
}

/**
 * Fails with a line that says what to do when a built part is missing: a test that runs over nothing must not pass.
 * @param {string} path
 */
export function need(path) {
  if (!existsSync(path)) throw new Error(`${path} is missing: run ./build.sh first`);
  return path;
}
