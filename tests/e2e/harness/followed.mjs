// A source of editions that was added to a browser: what is published of it, updating it, and what of it is in use.

import assert from "node:assert/strict";
import { known } from "./demo.mjs";
import { siteOrigin } from "./server.mjs";
import { straysOf, stored } from "./stored.mjs";

/** @typedef {import("./lasting.mjs").Lasting} Lasting */
/** @typedef {import("./editions.mjs").Editions} Editions */

/** The edition that is added, and how many one update goes forward: every other update merges. */
const FIRST = 6;
const STEP = 4;

let questions = 0;

export class Followed {
  /** The newest edition that is published. */
  edition = FIRST;
  /** @type {string} */
  id = "";

  /** @param {Lasting} lasting @param {Editions} editions */
  constructor(lasting, editions) {
    this.lasting = lasting;
    this.editions = editions;
  }

  async add() {
    const { url, anchor } = this.editions;
    this.edition = FIRST;
    this.editions.publish(FIRST);
    const { source } = await this.lasting.extension.ask({ kind: "addSource", url, key: anchor });
    this.id = source.id;
  }

  /** Publishes what the next update brings; begins anew after the last edition. */
  async next() {
    if (this.edition + STEP > this.editions.count) {
      await this.lasting.extension.ask({ kind: "removeSource", source: this.id });
      await this.add();
    }
    const from = this.edition;
    this.edition += STEP;
    this.editions.publish(this.edition);
    return { from, merging: Math.floor(from / 8) !== Math.floor(this.edition / 8) };
  }

  async update() {
    const { results } = await this.lasting.extension.ask({ kind: "updateSources", source: this.id });
    const { outcome } = results[0];
    assert.ok(outcome === "updated" || outcome === "current", JSON.stringify(results));
  }

  /** Requests for files of the source so far. @param {string} [folder]  of it, with a slash at its end */
  asked(folder = "") {
    return this.lasting.server.log.filter(({ path }) => path.startsWith(this.editions.path + folder)).length;
  }

  /** The edition in use and the root file in force, of which everything that can be asked agrees, and nothing is broken. */
  async inUse() {
    const { lasting, editions } = this;
    const { sequence, headDigest, state, lastResult, entries } = await this.#status();
    assert.equal(state, "ready");
    assert.equal(headDigest, editions.digest(sequence), `the head of edition ${sequence}`);
    assert.equal(entries, sequence * 80 + 1, "its entries");
    // A killed update is nobody's fault: the result of the one before stands.
    assert.ok(lastResult === null || ["current", "updated"].includes(lastResult.code), JSON.stringify(lastResult));
    assert.deepEqual(await this.#check(), [editions.told(sequence)], "what is said of the known picture");
    const found = await stored(lasting.extension);
    assert.deepEqual(straysOf(found), []);
    /** @type {string | null} */
    const root = found.state.sources[this.id].root ?? null;
    // A root file that holds is kept before its edition is in use, whatever becomes of that one; it is never behind it.
    const expected = [sequence, this.edition].map(editions.root);
    assert.ok(expected.includes(root), `${root} is in force at edition ${sequence}, none of ${expected.join(", ")}`);
    return { sequence: /** @type {number} */ (sequence), root, staged: found.state.staged };
  }

  /** The source's status, of which nothing needs a person. */
  async #status() {
    const status = await this.lasting.extension.ask({ kind: "status" });
    const found = status.sources.find((/** @type {any} */ { id }) => id === this.id);
    assert.ok(found, "the source is there");
    assert.equal(status.store, null, `the store: ${JSON.stringify(status.store)}`);
    return found;
  }

  /** What the source says of the known picture. @returns {Promise<string[]>} */
  async #check() {
    const desk = await this.lasting.extension.desk();
    const reply = await desk.evaluate(
      async (key, url) => {
        const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
        return browser.runtime.sendMessage({ kind: "checkImage", key, url, bytes });
      },
      `followed-${questions++}`,
      `${siteOrigin}/feed/pictures/${known}`,
    );
    assert.equal(reply.verdict, "match", JSON.stringify(reply));
    return reply.matches.filter((/** @type {any} */ { source }) => source === this.id).map((/** @type {any} */ { truth }) => truth.text);
  }
}
