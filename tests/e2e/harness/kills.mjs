// Updates that are killed at random moments: what is in use afterwards, and whether the next update finishes.

import assert from "node:assert/strict";
import { known } from "./demo.mjs";
import { editionsUrl, makeEditions } from "./editions.mjs";
import { openLasting } from "./lasting.mjs";
import { siteOrigin } from "./server.mjs";
import { straysOf, stored } from "./stored.mjs";
import { pause } from "./until.mjs";

/** @typedef {import("./paths.mjs").BrowserKind} BrowserKind */
/** @typedef {import("./lasting.mjs").Lasting} Lasting */
/** @typedef {"background" | "process" | "browser"} How  what is killed: the background alone, the extension's processes, or the whole browser */

/**
 * One killed update.
 * @typedef {object} Kill
 * @property {number} number
 * @property {How} how
 * @property {boolean} merging   whether the undisturbed update merges segments
 * @property {number} whole      what an undisturbed update of this kind took: ms
 * @property {number} after      when it was killed, after it was asked for: ms
 * @property {number} asked      files of the source that were asked for until then
 * @property {boolean} answered  whether the update had been answered by then
 * @property {"old" | "new" | null} ended  the edition in use afterwards
 * @property {number} again      files of the source that the next update asked for
 * @property {string | null} wrong
 */

/** The edition that is added, how many one update goes forward (every other update merges), and the last. */
const FIRST = 6;
const STEP = 4;
const LAST = 70;
/** Of the time that an undisturbed update takes, how far kills may come after its beginning. */
const SPREAD = 1.15;
const PATTERN = /** @type {How[]} */ (["background", "process", "browser", "background", "process", "browser", "background", "process", "browser", "background"]);

/** So many kills, of ten four of the background and three each of the others. @param {number} count */
export const mixed = (count) => Array.from({ length: count }, (_, index) => /** @type {How} */ (PATTERN[index % PATTERN.length]));

/**
 * Kills updates, one after the other, and looks after each.
 * @param {BrowserKind} kind
 * @param {How[]} plan
 * @param {{seed: number, last?: number, told?: (kill: Kill) => void}} options  `last` edition that is made
 */
export async function killUpdates(kind, plan, { seed, last = LAST, told = () => {} }) {
  const random = randomOf(seed);
  /** @type {Kill[]} */
  const kills = [];
  let run = await Run.begin(kind, last);
  try {
    const measured = await run.measure();
    for (const [index, how] of plan.entries()) {
      const { from, merging } = await run.next();
      const whole = measured[merging ? 1 : 0];
      /** @type {Kill} */
      const kill = { number: index + 1, how, merging, whole, after: 0, asked: 0, answered: false, ended: null, again: 0, wrong: null };
      try {
        await run.killed(kill, from, random() * whole * SPREAD);
      } catch (error) {
        kill.wrong = error instanceof Error ? error.message : String(error);
        // What went wrong must not be laid on the next.
        await run.end();
        run = await Run.begin(kind, last);
      }
      kills.push(kill);
      told(kill);
    }
    return { kills, measured };
  } finally {
    await run.end();
  }
}

class Run {
  /** The edition in use. */
  edition = FIRST;
  /** @type {string} */
  id = "";

  /** @param {Lasting} lasting @param {import("./editions.mjs").Editions} editions */
  constructor(lasting, editions) {
    this.lasting = lasting;
    this.editions = editions;
  }

  /** @param {BrowserKind} kind @param {number} last */
  static async begin(kind, last) {
    const lasting = await openLasting(kind);
    try {
      const run = new Run(lasting, makeEditions(lasting.server, last));
      await run.add();
      return run;
    } catch (error) {
      await lasting.close();
      throw error;
    }
  }

  async end() {
    this.editions.drop();
    await this.lasting.close();
  }

  async add() {
    this.editions.publish(FIRST);
    await this.lasting.extension.ask({ kind: "addSource", url: editionsUrl, key: this.editions.key });
    this.edition = FIRST;
    const { sources } = await this.lasting.extension.ask({ kind: "status" });
    this.id = sources.find((/** @type {any} */ { url }) => url === editionsUrl).id;
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

  /** The longest of two undisturbed updates each, without a merge and with one: milliseconds. */
  async measure() {
    const longest = [0, 0];
    for (let round = 0; round < 4; round++) {
      const { merging } = await this.next();
      const began = Date.now();
      await this.update();
      const at = merging ? 1 : 0;
      longest[at] = Math.max(longest[at], Date.now() - began);
    }
    return longest;
  }

  async update() {
    const { results } = await this.lasting.extension.ask({ kind: "updateSources", source: this.id });
    const { outcome } = results[0];
    assert.ok(outcome === "updated" || outcome === "current", JSON.stringify(results));
  }

  /** Requests for files of the source. */
  get asked() {
    return this.lasting.server.count(/^\/editions\//);
  }

  /** @param {Kill} kill  completed here @param {number} from  edition before @param {number} moment  milliseconds after the update is asked for */
  async killed(kill, from, moment) {
    const { lasting, editions } = this;
    await lasting.extension.desk();
    const before = this.asked;
    const began = Date.now();
    const reply = await lasting.extension.startUpdate(this.id);
    await pause(moment - (Date.now() - began));
    // Of a browser that is gone nobody can ask this any more.
    kill.answered = (await reply()) !== null;
    kill.after = Date.now() - began;
    if (kill.how === "background") await lasting.killBackground();
    if (kill.how === "process") await lasting.killProcess();
    if (kill.how === "browser") {
      await lasting.killBrowser();
      await lasting.start();
    }
    kill.asked = this.asked - before;

    const sequence = await this.inUse();
    assert.ok(sequence === from || sequence === this.edition, `edition ${sequence} is in use, neither ${from} nor ${this.edition}`);
    kill.ended = sequence === from ? "old" : "new";
    assert.ok(!kill.answered || kill.ended === "new", "the update was answered, and the old edition is in use");

    const between = this.asked;
    await this.update();
    kill.again = this.asked - between;
    assert.equal(await this.inUse(), this.edition, "the next update brings the new edition");
    const { state } = await stored(lasting.extension);
    assert.deepEqual(state.staged, {}, "nothing is staged after an update that finished");
    assert.equal(editions.digest(this.edition), (await this.source()).headDigest);
  }

  /** The source's status. */
  async source() {
    const status = await this.lasting.extension.ask({ kind: "status" });
    const found = status.sources.find((/** @type {any} */ { id }) => id === this.id);
    assert.ok(found, "the source is there");
    assert.equal(status.store, null, `the store: ${JSON.stringify(status.store)}`);
    return found;
  }

  /** The edition in use, of which everything that can be asked agrees, and nothing is broken. */
  async inUse() {
    const { lasting, editions } = this;
    const { sequence, headDigest, state, lastResult, entries } = await this.source();
    assert.equal(state, "ready");
    assert.equal(headDigest, editions.digest(sequence), `the head of edition ${sequence}`);
    assert.equal(entries, sequence * 80 + 1, "its entries");
    // A killed update is nobody's fault: the result of the one before stands.
    assert.ok(lastResult === null || ["current", "updated"].includes(lastResult.code), JSON.stringify(lastResult));
    const texts = await this.check();
    assert.deepEqual(texts, [editions.told(sequence)], "what is said of the known picture");
    assert.deepEqual(straysOf(await stored(lasting.extension)), []);
    return /** @type {number} */ (sequence);
  }

  /** What the source says of the known picture. @returns {Promise<string[]>} */
  async check() {
    const desk = await this.lasting.extension.desk();
    const key = `killed-${this.checks++}`;
    const reply = await desk.evaluate(
      async (name, url) => {
        const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
        return browser.runtime.sendMessage({ kind: "checkImage", key: name, url, bytes });
      },
      key,
      `${siteOrigin}/feed/pictures/${known}`,
    );
    assert.equal(reply.verdict, "match", JSON.stringify(reply));
    return reply.matches.filter((/** @type {any} */ { source }) => source === this.id).map((/** @type {any} */ { truth }) => truth.text);
  }
  checks = 0;
}

/** Numbers from 0 to 1 that are the same for a seed (mulberry32). @param {number} seed */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
