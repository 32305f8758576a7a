// An edition that changes very much at once waits: the old one answers until a person, who is told so, takes it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { assertAccessible } from "./harness/axe.mjs";
import { buildSource, caveat, messages, pageOf, unknown } from "./harness/demo.mjs";
import { firstWarning } from "./harness/feed.mjs";
import * as paths from "./harness/paths.mjs";
import { shoot } from "./harness/screenshots.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { stored, straysOf } from "./harness/stored.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

const words = messages("en");
const name = "A changing desk";
/** Entries that the second edition takes back: more than a hundred, and more than a tenth of all. */
const MANY = 150;

/** What an edition says of the one picture that somebody looks at. @param {1 | 2} edition */
const told = (edition) => `This is said in edition ${edition}.`;

/** A source in its first edition. `change` publishes the second, in which hardly anything stands. */
function makeChangingSource() {
  const scratch = mkdtempSync(join(tmpdir(), "caveat-consent-"));
  const file = `${scratch}/entries.jsonl`;
  const { fingerprint } = JSON.parse(execFileSync(caveat(), ["fingerprint", `${paths.pictures}/${unknown}`], { encoding: "utf8" }));
  const write = (/** @type {1 | 2} */ edition) => {
    const speaks = { id: "speaks", rev: edition, truth: { en: told(edition) }, media: [{ role: "known", fingerprint }] };
    const others = Array.from({ length: MANY }, (_, number) => {
      const id = `other-${number}`;
      // The hash of no picture at all.
      const pdq = createHash("sha256").update(id).digest("hex");
      return edition === 1
        ? { id, rev: 1, truth: { en: "A picture nobody looks at." }, media: [{ role: "known", pdq, quality: 100 }] }
        : { id, rev: 2, status: "retracted", correction: { text: { en: "It was genuine." } } };
    });
    writeFileSync(file, [speaks, ...others].map((entry) => `${JSON.stringify(entry)}\n`).join(""));
  };
  write(1);
  const made = buildSource(file, name);
  return {
    ...made,
    change: () => {
      write(2);
      execFileSync(caveat(), ["build", file, "--key", `${dirname(made.folder)}/key`, "--out", made.folder, "--mass-change"]);
    },
    drop: () => {
      made.drop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** What a page of ours says, without the marks around what is filled in. @param {Page} page @param {string} selector */
const textOf = async (page, selector) =>
  (await page.$eval(selector, (element) => /** @type {HTMLElement} */ (element).innerText)).replace(/[\u2066-\u2069]/g, "");

/** Waits until the popup tells what an edition says of the page's picture. @param {Page} popup @param {1 | 2} edition */
const tells = (popup, edition) =>
  until(`the popup to tell what edition ${edition} says`, async () => (await textOf(popup, "#findings-list")).includes(told(edition)));

const accept = "#sources > li > button";

inEachBrowser("an edition that changes very much at once waits until a person wants it", async (world) => {
  const { extension, server } = world;
  const made = makeChangingSource();
  try {
    server.mounts.set("/changing/", `${made.folder}/`);
    server.extra.set("/test/consent.html", pageOf([{ src: `/feed/pictures/${unknown}`, known: "yes" }]));
    const { source: old } = await extension.ask({ kind: "addSource", url: `${siteOrigin}/changing/`, key: made.key });
    const now = async () => (await extension.ask({ kind: "status" })).sources.find((/** @type {any} */ { id }) => id === old.id);
    const page = await world.visit(`${siteOrigin}/test/consent.html`);
    await firstWarning(page.mainFrame());
    const address = `popup/popup.html?tab=${await extension.tabOf(page)}`;
    const popup = await extension.open(address, { type: "window" });
    await tells(popup, 1);
    assert.equal((await popup.$$(accept)).length, 0, "nothing waits");

    // The Update button alone takes no such edition.
    made.change();
    await popup.bringToFront();
    await popup.click("#update-start");
    const result = await until("the update to end", () => textOf(popup, "#update-result"));
    for (const said of [name, words.error_massChange.message, words.update_old_index.message]) assert.ok(result.includes(said), `"${said}" in ${result}`);
    const waits = await now();
    assert.equal(waits.lastResult.code, "massChange");
    assert.deepEqual([waits.state, waits.sequence, waits.headDigest, waits.entries], ["ready", old.sequence, old.headDigest, MANY + 1]);
    await popup.waitForSelector(accept);
    assert.deepEqual(await popup.$$eval(accept, (buttons) => buttons.map(({ textContent }) => textContent)), [words.update_accept.message]);
    const item = await popup.$eval(accept, (button) => button.parentElement?.innerText ?? "");
    for (const said of [name, words.error_massChange.message]) assert.ok(item.includes(said), `"${said}" in ${item}`);
    await assertAccessible(popup);
    await shoot(world.kind, popup, "mass-change", { fullPage: true });
    await popup.close();

    // It is offered as long as it waits, and the old edition answers.
    await world.killBackground();
    await page.reload();
    await firstWarning(page.mainFrame(), "a warning of the edition in use");
    const later = await extension.open(address, { type: "window" });
    await later.waitForSelector(accept);
    await tells(later, 1);
    assert.deepEqual(straysOf(await stored(extension)), []);
    const brought = server.count(/^\/changing\/segments\//);
    await later.bringToFront();
    await later.click(accept);
    const taken = await until("the update to end", () => textOf(later, "#update-result"));
    assert.ok(taken.includes(words.update_updated_one.message.replace("$1", "1")), taken);
    const taking = await now();
    assert.deepEqual([taking.state, taking.lastResult.code, taking.sequence, taking.entries], ["ready", "updated", old.sequence + 1, 1]);
    assert.equal(server.count(/^\/changing\/segments\//), brought, "what waited was there already");
    await tells(later, 2);
    await until("nothing to wait any more", async () => (await later.$$(accept)).length === 0);
    const left = await stored(extension);
    assert.deepEqual([left.state.staged, straysOf(left)], [{}, []]);
  } finally {
    made.drop();
  }
});
