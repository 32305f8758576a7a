// Waiting for a condition: the only kind of wait in these tests.

/** @param {number} milliseconds */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Asks again until the answer is truthy and returns it. A throwing probe counts as "not yet": pages navigate and
 * backgrounds are killed while we ask.
 * @template T
 * @param {string} what  completes the sentence "waited for …"
 * @param {() => T | Promise<T>} probe
 * @param {{timeout?: number, every?: number}} [options]
 * @returns {Promise<Exclude<T, null | undefined | false | 0 | ''>>}
 */
export async function until(what, probe, { timeout = 20_000, every = 50 } = {}) {
  const end = Date.now() + timeout;
  /** @type {unknown} */
  let last;
  do {
    try {
      last = await probe();
      if (last) return /** @type {any} */ (last);
    } catch (error) {
      last = error;
    }
    await pause(every);
  } while (Date.now() < end);
  throw new Error(`waited ${timeout} ms for ${what}; last seen: ${describe(last)}`);
}

/**
 * Shows that something stays true: the counterpart of `until` for "nothing appears". It holds for a fixed time because
 * there is no event for an absence; use it only after a condition that shows the work is finished.
 * @param {string} what
 * @param {() => boolean | Promise<boolean>} probe
 * @param {number} [milliseconds]
 */
export async function stays(what, probe, milliseconds = 600) {
  const end = Date.now() + milliseconds;
  do {
    if (!(await probe())) throw new Error(`did not stay true: ${what}`);
    await pause(100);
  } while (Date.now() < end);
}

/** @param {unknown} value */
function describe(value) {
  if (value instanceof Error) return value.message;
  const text = JSON.stringify(value);
  return text === undefined ? String(value) : text.slice(0, 2000);
}
