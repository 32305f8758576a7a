"use strict";
// One question a picture key: at most four at a time, nearest to the viewport first, each with a time limit.
{
  const OUTSTANDING = 4;
  /** Longer than the background's own limits, so that its named reason arrives first. */
  const ANSWER_MS = 60_000;
  /** Answers kept for the findings list and for pictures that come back. */
  const KEPT = 4_000;
  /** Failures of the moment: the picture is asked about again when it next appears, but not at once. */
  const PASSING = new Set(["fetchFailed", "timedOut", "emptyBody", "notPermitted", "internal"]);
  const RETRY_MS = 15_000;
  /** The background was stopped in the middle of a question: it starts again with the next one. */
  const AGAIN_MS = [200, 1_000, 5_000];

  /** @type {QueueHandlers} */
  let handlers;
  /** @type {Map<string, Set<Picture>>} */
  const holders = new Map();
  /** @type {Set<string>} */
  const waiting = new Set();
  /** @type {Map<string, AbortController>} */
  const asking = new Map();
  /** @type {Map<string, { verdict: Verdict, when: number }>} */
  const answers = new Map();
  /** Questions that got no answer, and how often. @type {Map<string, number>} */
  const failures = new Map();
  /** Grows with every new index: an answer from before it is asked for again. */
  let epoch = 0;
  let running = false;

  /** @param {Picture} picture */
  const want = (picture) => {
    const key = picture.key;
    if (!key) return;
    let holding = holders.get(key);
    if (!holding) holders.set(key, holding = new Set());
    holding.add(picture);
    const answer = answers.get(key);
    if (answer && !(isPassing(answer.verdict) && performance.now() - answer.when > RETRY_MS)) {
      handlers.answered(picture, answer.verdict);
      return;
    }
    if (asking.has(key) || waiting.has(key)) return;
    waiting.add(key);
    handlers.changed();
    schedule();
  };

  /** @param {Verdict} verdict */
  const isPassing = (verdict) => PASSING.has(verdict.reason?.code ?? "");

  /** Scrolled far away: not worth a question any more, but an answer on its way is still welcome. @param {Picture} picture */
  const leave = (picture) => {
    const key = picture.key;
    if (!key || !waiting.has(key)) return;
    for (const other of holders.get(key) ?? []) if (other.near) return;
    waiting.delete(key);
    handlers.changed();
  };

  /** The element is gone or shows something else. @param {Picture} picture */
  const drop = (picture) => {
    if (!picture.key) return;
    const holding = holders.get(picture.key);
    if (!holding) return;
    for (const other of holding) if (other.element === picture.element) holding.delete(other);
    if (holding.size > 0) return;
    holders.delete(picture.key);
    if (waiting.delete(picture.key)) handlers.changed();
  };

  let scheduled = false;
  const schedule = () => {
    if (scheduled || !running) return;
    scheduled = true;
    // One frame later, so that the pictures of one batch are compared with each other.
    setTimeout(() => {
      scheduled = false;
      while (running && asking.size < OUTSTANDING && waiting.size > 0) void ask(nearest());
    }, 16);
  };

  /** @returns {string} */
  const nearest = () => {
    let best = "";
    let bestDistance = Infinity;
    const middle = innerHeight / 2;
    for (const key of waiting) {
      for (const { element } of holders.get(key) ?? []) {
        const { top, bottom } = element.getBoundingClientRect();
        const distance = bottom < 0 || top > innerHeight ? Math.abs((top + bottom) / 2 - middle) : Math.abs(top) / 1e6;
        if (distance < bestDistance) [best, bestDistance] = [key, distance];
      }
    }
    return best || /** @type {string} */ (waiting.values().next().value);
  };

  /** @param {string} key */
  const ask = async (key) => {
    waiting.delete(key);
    const picture = holders.get(key)?.values().next().value;
    if (!picture?.url) return;
    const abort = new AbortController();
    const asked = epoch;
    asking.set(key, abort);
    /** @type {Verdict | null} */
    let verdict = null;
    try {
      verdict = await Promise.race([answerFor(key, picture, picture.url, abort.signal), ended(abort)]);
    } catch (error) {
      if (isDead(error)) handlers.dead();
    }
    abort.abort();
    if (asking.get(key) === abort) asking.delete(key);
    if (running) {
      if (asked !== epoch) holders.has(key) && waiting.add(key);
      else if (verdict) settle(key, verdict);
      else againSoon(key);
      handlers.changed();
      schedule();
    }
  };

  /** @param {string} key */
  const againSoon = (key) => {
    const failed = failures.get(key) ?? 0;
    if (failed >= AGAIN_MS.length) return;
    failures.set(key, failed + 1);
    setTimeout(() => {
      if (!running || !holders.has(key) || asking.has(key) || answers.has(key)) return;
      waiting.add(key);
      schedule();
    }, AGAIN_MS[failed]);
  };

  /** @param {string} key @param {Verdict} verdict */
  const settle = (key, verdict) => {
    failures.delete(key);
    answers.delete(key);
    answers.set(key, { verdict, when: performance.now() });
    if (answers.size > KEPT) answers.delete(/** @type {string} */ (answers.keys().next().value));
    for (const picture of holders.get(key) ?? []) handlers.answered(picture, verdict);
  };

  /** Resolves to null when the time is up or the page is left. @param {AbortController} abort @returns {Promise<null>} */
  const ended = (abort) => new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), ANSWER_MS);
    abort.signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(null);
    });
  });

  /**
   * Null means: no answer this time, ask again when the picture next appears.
   * @param {string} key @param {Picture} picture @param {string} url @param {AbortSignal} signal
   * @returns {Promise<Verdict | null>}
   */
  const answerFor = async (key, { bytes: given, better }, url, signal) => {
    if (given === null) return unreadable("protectedVideo");
    const known = await browser.runtime.sendMessage({ kind: "lookUp", key });
    if (known?.kind === "verdict") return known;
    if (known?.kind !== "unknown" || signal.aborted) return null;
    const bytes = given ?? (await caveat.reader.read(url, signal));
    if (signal.aborted) return null;
    if (!bytes && url.startsWith("blob:")) return unreadable("pageOnly");
    if (!bytes && url.startsWith("data:")) return unreadable(url.length > caveat.bytes.limit ? "tooManyBytes" : "corruptImage");
    const address = url.startsWith("data:") ? key : bytes ? url : better ?? url;
    const reply = await browser.runtime.sendMessage({ kind: "checkImage", key, url: address, bytes });
    return reply?.kind === "verdict" ? reply : null;
  };

  /** A picture that only the page itself can read; the background cannot know more. @param {string} code @returns {Verdict} */
  const unreadable = (code) =>
    ({ kind: "verdict", verdict: "unreadable", reason: { code, message: "" }, generation: 0, matches: [] });

  /** The extension was updated or removed while the page stayed open. @param {unknown} error */
  const isDead = (error) => {
    try {
      return !browser.runtime?.id || /context invalidated/i.test(String(error));
    } catch {
      return true;
    }
  };

  const newIndex = () => {
    epoch++;
    answers.clear();
  };

  const pause = () => {
    running = false;
    for (const abort of asking.values()) abort.abort();
    asking.clear();
    waiting.clear();
  };

  const resume = () => {
    running = true;
    schedule();
  };

  caveat.queue = {
    start(given) {
      handlers = given;
      resume();
    },
    stop() {
      pause();
      holders.clear();
      answers.clear();
      failures.clear();
    },
    want, leave, drop, newIndex, pause, resume,
    results: () => new Map([...answers].map(([key, { verdict }]) => [key, verdict])),
    pending: () => [...waiting, ...asking.keys()],
  };
}
