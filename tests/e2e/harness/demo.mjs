// The demonstration's sources and pictures, and sources made for one test.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as paths from "./paths.mjs";

/** Pictures of the feed that the demo source knows, and one that no source knows. */
export const known = "gunship-frame.jpg";
export const alsoKnown = "flood.jpg";
export const unknown = "forest.jpg";

/** @typedef {{path: string, key: string, updateUrl: string | null, development: boolean}} Embedded */

/** The sources that come with the extension. @returns {Embedded[]} */
export const embeddedSources = () =>
  JSON.parse(readFileSync(paths.need(`${paths.extensionFolder("chromium")}/index/sources.json`), "utf8"));

/** The source of the demo feed. @param {any[]} sources  of a status reply */
export function demoSource(sources) {
  const found = sources.find(({ url }) => url?.endsWith("/feed/source/"));
  if (!found) throw new Error(`no demo source among ${JSON.stringify(sources.map(({ name, url }) => [name, url]))}`);
  return found;
}

/** @param {string} language @returns {Record<string, {message: string}>} */
export const messages = (language) =>
  JSON.parse(readFileSync(`${paths.extensionFolder("chromium")}/_locales/${language}/messages.json`, "utf8"));

/** The publisher's command line. */
export function caveat() {
  const named = process.env.CAVEAT_CLI;
  return paths.need(named ?? `${paths.target}/release/caveat`);
}

/** @typedef {{folder: string, key: string, descriptor: (url: string) => string, drop: () => void}} Made */

/**
 * Signs a source of its own that knows the given pictures of the feed. `descriptor` writes the file that hands it on.
 * @param {string[]} files
 * @param {{name?: string, scope?: "always" | "claim", truth?: string, review?: string}} [what]  `review` is its address
 * @returns {Made}
 */
export function makeSource(
  files,
  { name = "entries", scope = "always", truth = "A picture drawn for a test.", review = "https://example.org/review" } = {},
) {
  const entries = files.map((file, index) => ({
    id: `made-for-a-test-${index}`,
    rev: 1,
    status: "active",
    category: ["DecontextualizedContent"],
    scope,
    claim: { en: "A claim made for a test." },
    truth: { en: truth },
    reviews: [
      {
        publisher: "Example",
        url: review,
        title: "A review",
        date: "2020-01-02",
        language: "en",
        rating: "False",
      },
    ],
    media: [{ file: `${paths.pictures}/${file}`, role: "known" }],
  }));
  return sourceOf(entries, name);
}

/** Signs a source of entries. @param {object[]} entries @param {string} name @returns {Made} */
export function sourceOf(entries, name) {
  const scratch = mkdtempSync(join(tmpdir(), "caveat-source-"));
  writeFileSync(`${scratch}/entries.jsonl`, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
  return signed(scratch, `${scratch}/entries.jsonl`, name);
}

/** Signs a source of a file of entries. @param {string} file @param {string} name @returns {Made} */
export const buildSource = (file, name) => signed(mkdtempSync(join(tmpdir(), "caveat-source-")), resolve(file), name);

/** @param {string} scratch @param {string} file @param {string} name @returns {Made} */
function signed(scratch, file, name) {
  const tool = caveat();
  const said = execFileSync(tool, ["keygen", "--out", `${scratch}/key`], { encoding: "utf8" });
  const key = /\b[0-9a-f]{64}\b/.exec(said)?.[0];
  if (!key) throw new Error(`caveat keygen printed no public key: ${said}`);
  const folder = `${scratch}/source`;
  execFileSync(tool, ["build", file, "--key", `${scratch}/key`, "--out", folder, "--name", name]);
  const descriptor = (/** @type {string} */ url) => {
    const written = `${scratch}/caveat-source.json`;
    execFileSync(tool, ["descriptor", folder, "--url", url, "--homepage", "https://example.org/desk", "--out", written]);
    return written;
  };
  return { folder, key, descriptor, drop: () => rmSync(scratch, { recursive: true, force: true }) };
}

/**
 * A source with a root, in a folder: it knows one picture of the feed, as entry `shown`.
 * @param {string} file
 * @returns {{folder: string, anchor: string, retract: () => void, drop: () => void}} `retract` by a key that may only do that
 */
export function makeRootedSource(file) {
  const scratch = mkdtempSync(join(tmpdir(), "caveat-rooted-"));
  const run = (/** @type {string[]} */ ...line) => execFileSync(caveat(), line, { cwd: scratch, encoding: "utf8" });
  for (const key of ["root", "head", "retract"]) run("keygen", "--out", key);
  run("root", "--out", "source", "--root-key", "root.pub", "--head-key", "head.pub", "--retraction-key", "retract.pub");
  const said = run("sign", "source", "--key", "root");
  const anchor = /\broot:[0-9a-f]{64}\b/.exec(said)?.[0];
  if (!anchor) throw new Error(`caveat sign printed no anchor: ${said}`);
  const media = [{ role: "known", file: `${paths.pictures}/${file}` }];
  writeFileSync(`${scratch}/entries.jsonl`, JSON.stringify({ id: "shown", rev: 1, truth: { en: "A test." }, media }));
  run("build", "entries.jsonl", "--key", "head", "--out", "source", "--name", "Rooted");
  return {
    folder: `${scratch}/source`,
    anchor,
    retract: () => void run("retract", "source", "--entry", "shown", "--reason", "It was genuine.", "--key", "retract"),
    drop: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

/**
 * A page with pictures, as the server's `extra` wants it.
 * @param {{src: string, known?: string}[]} shown
 * @param {string} [script]
 */
export const pageOf = (shown, script = "") => ({
  type: "text/html; charset=utf-8",
  body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Test</title>
    <main>${shown.map(({ src, known = "none" }) => `<p><img src="${src}" data-known="${known}" width="480" height="320" alt="picture"></p>`).join("\n")}</main>
    ${script ? `<script>${script}</script>` : ""}</html>`,
});
