// Updates that are killed at random moments: what is in use afterwards, and whether the next update finishes.

import assert from "node:assert/strict";
import { makeEditions } from "./editions.mjs";
import { Followed } from "./followed.mjs";
import { openLasting } from "./lasting.mjs";
import { pause } from "./until.mjs";

/** @typedef {import("./paths.mjs").BrowserKind} BrowserKind */
/** @typedef {import("./lasting.mjs").Lasting} Lasting */
/** @typedef {"background" | "process" | "browser"} How  what is killed: the background alone, the extension's processes, or the whole browser */

/**
 * One killed update.
 * @typedef {object} Kill
 * @property {number} number
 * @property {How} how
 * @property {boolean} rooted    whether the source is trusted by a root: then new root files come with each update
 * @property {boolean} merging   whether the undisturbed update merges segments
 * @property {number} whole      what an undisturbed update of this kind took: ms
 * @property {number} after      when it was killed, after it was asked for: ms
 * @property {number} asked      files of the source that were asked for until then
 * @property {boolean} answered  whether the update had been answered by then
 * @property {"old" | "new" | null} ended  the edition in use afterwards
 * @property {"old" | "new" | null} root   the root file in force afterwards, of a source that has some
 * @property {number} again      segments that the next update asked for
 * @property {string | null} wrong
 */

/** The last edition that is made. */
const LAST = 70;
/** What is not known of a kill before it. */
const unasked = { after: 0, asked: 0, answered: false, ended: null, root: null, again: 0, wrong: null };
/** Of the time that an undisturbed update takes, how far kills may come after its beginning. */
const SPREAD = 1.15;
const PATTERN = /** @type {How[]} */ (["background", "process", "browser", "background", "process", "browser", "background", "process", "browser", "background"]);

/** So many kills, of ten four of the background and three each of the others. @param {number} count */
export const mixed = (count) => Array.from({ length: count }, (_, index) => /** @type {How} */ (PATTERN[index % PATTERN.length]));

/**
 * Kills updates, one after the other, and looks after each. They are in turn of a source that is trusted by a key, and of one that is
 * trusted by a root.
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
      const { source, from, merging } = await run.next(index);
      const whole = measured[merging ? 1 : 0];
      /** @type {Kill} */
      const kill = { number: index + 1, how, rooted: source.editions.rooted, merging, whole, ...unasked };
      try {
        await run.killed(kill, source, from, random() * whole * SPREAD);
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
  /** The source that is trusted by a key, and that by a root. @type {Followed[]} */
  sources = [];

  /** @param {Lasting} lasting */
  constructor(lasting) {
    this.lasting = lasting;
  }

  /** @param {BrowserKind} kind @param {number} last */
  static async begin(kind, last) {
    const run = new Run(await openLasting(kind));
    try {
      for (const rooted of [false, true]) {
        const source = new Followed(run.lasting, makeEditions(run.lasting.server, last, rooted));
        run.sources.push(source);
        await source.add();
      }
      return run;
    } catch (error) {
      await run.end();
      throw error;
    }
  }

  async end() {
    for (const { editions } of this.sources) editions.drop();
    await this.lasting.close();
  }

  /** The source whose turn it is, with what its next update brings. @param {number} turn */
  async next(turn) {
    const source = /** @type {Followed} */ (this.sources[turn % this.sources.length]);
    return { source, ...(await source.next()) };
  }

  /** The longest of two undisturbed updates each, one of either source, without a merge and with one: milliseconds. */
  async measure() {
    const longest = /** @type {[number, number]} */ ([0, 0]);
    for (let turn = 0; turn < 4; turn++) {
      const { source, merging } = await this.next(turn);
      const began = Date.now();
      await source.update();
      const at = merging ? 1 : 0;
      longest[at] = Math.max(longest[at], Date.now() - began);
    }
    return longest;
  }

  /**
   * @param {Kill} kill  completed here
   * @param {Followed} source
   * @param {number} from  edition before
   * @param {number} moment  milliseconds after the update is asked for
   */
  async killed(kill, source, from, moment) {
    const { lasting } = this;
    await lasting.extension.desk();
    const before = source.asked();
    const began = Date.now();
    const reply = await lasting.extension.startUpdate(source.id);
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
    kill.asked = source.asked() - before;

    const { sequence, root } = await source.inUse();
    assert.ok(sequence === from || sequence === source.edition, `edition ${sequence} is in use, neither ${from} nor ${source.edition}`);
    kill.ended = sequence === from ? "old" : "new";
    if (kill.rooted) kill.root = root === source.editions.root(from) ? "old" : "new";
    assert.ok(!kill.answered || kill.ended === "new", "the update was answered, and the old edition is in use");

    const between = source.asked("segments/");
    await source.update();
    kill.again = source.asked("segments/") - between;
    const after = await source.inUse();
    assert.equal(after.sequence, source.edition, "the next update brings the new edition");
    assert.deepEqual(after.staged, {}, "nothing is staged after an update that finished");
    // The source whose update was not killed has no part in it.
    for (const other of this.sources) if (other !== source) assert.equal((await other.inUse()).sequence, other.edition);
  }
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
