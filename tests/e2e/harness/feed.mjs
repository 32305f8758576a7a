// Reads a page of pictures to its end and compares what is warned about with what the page says of itself.

import { card, notices, pictures, showPicture } from "./notices.mjs";
import { until } from "./until.mjs";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("puppeteer-core").Frame} Frame */
/** @typedef {import("./world.mjs").World} World */
/** @typedef {import("./notices.mjs").Notice} Notice */
/** @typedef {import("./notices.mjs").Shown} Shown */

/**
 * @typedef {object} Reading
 * @property {(Shown & {notices: Notice[]})[]} pictures
 * @property {Notice[]} lines
 * @property {Notice[]} stray    on no picture of the page
 */

/** Waits until no frame of the tab has an open question and nothing changes any more. @param {World} world @param {Page} page */
export async function quiet(world, page) {
  const tab = await world.extension.tabOf(page);
  let before = "";
  return until(
    "all pictures to be checked",
    async () => {
      const findings = await world.extension.findings(tab);
      const now = JSON.stringify(findings.map(({ frame, seen, checked, counts }) => [frame, seen, checked, counts]).sort());
      const still = findings.length > 0 && findings.every(({ pending }) => pending === 0) && now === before;
      before = now;
      return still && findings;
    },
    { timeout: 45_000, every: 150 },
  );
}

/**
 * Scrolls every picture of every frame into view until all have their answers. One pass may not be enough: a question that has
 * not been asked yet is dropped when its picture has been scrolled far away, and asked when it comes back.
 * @param {World} world @param {Page} page
 */
export function readThrough(world, page) {
  return until(
    "every picture to be answered",
    async () => {
      for (const frame of page.frames()) {
        for (const [index, { ignored }] of (await pictures(frame)).entries()) {
          if (!ignored) await showPicture(frame, index);
        }
      }
      const findings = await quiet(world, page);
      return (
        findings.every(({ seen, counts }) => Object.values(counts).reduce((sum, count) => sum + count, 0) >= seen) && findings
      );
    },
    { timeout: 60_000 },
  );
}

/** @param {Frame} frame @returns {Promise<Reading>} */
export async function reading(frame) {
  const shown = await pictures(frame);
  const all = await notices(frame);
  const drawn = all.filter(({ onLine }) => !onLine);
  return {
    pictures: shown.map((picture, index) => ({ ...picture, notices: drawn.filter((notice) => notice.picture === index) })),
    lines: all.filter(({ onLine }) => onLine),
    stray: drawn.filter(({ picture }) => picture === -1),
  };
}

/**
 * The looks of a warning; a fact-checkers' own picture gets a quiet note, which is none.
 * @param {{notices: Notice[]}} picture
 */
export const isWarned = (picture) => picture.notices.some(({ look }) => look !== "debunk");

/**
 * @typedef {object} Score
 * @property {number} known    pictures that should be warned about
 * @property {number} warned   of those, how many are
 * @property {number} others   warnings on pictures that are not known
 * @property {number} missed   expected misses that are indeed missed
 * @property {string[]} wrong  what is not as the page says
 */

/** @param {Reading} reading @param {{updated?: boolean}} [options] @returns {Score} */
export function score({ pictures: shown, stray }, { updated = false } = {}) {
  const total = { known: 0, warned: 0, others: 0, missed: 0, wrong: /** @type {string[]} */ ([]) };
  for (const picture of shown) {
    const entry = (updated && picture.afterUpdate) || picture.known;
    const name = `${picture.tag} ${picture.source.split("/").at(-1)} (data-known="${picture.known}" data-expected="${picture.expected}")`;
    const warned = isWarned(picture);
    if (picture.notices.length > 1) total.wrong.push(`${name}: ${picture.notices.length} notices`);
    if (picture.expected === "missed") {
      if (warned) total.wrong.push(`${name}: was expected to be missed and is found: update the page`);
      else total.missed += 1;
    } else if (entry !== "none") {
      total.known += 1;
      if (warned) total.warned += 1;
      else total.wrong.push(`${name}: no warning`);
    } else if (warned) {
      total.others += 1;
      total.wrong.push(`${name}: a warning on a picture that is not known`);
    } else if (picture.debunk && !picture.notices.some(({ look }) => look === "debunk")) {
      total.wrong.push(`${name}: no quiet note on the fact-checkers' picture of ${picture.debunk}`);
    }
  }
  for (const notice of stray) total.wrong.push(`a notice "${notice.text}" lies on no picture, at ${JSON.stringify(notice.box)}`);
  return total;
}

/** Waits for the first warning on a picture. @param {Frame} frame @param {string} [what] */
export const firstWarning = (frame, what = "a warning on the page") =>
  until(what, async () => (await notices(frame)).find(({ onLine, visible }) => !onLine && visible), { every: 20 });

/**
 * Scrolls the first picture with a warning into the window and returns that warning once it lies still there.
 * @param {Page} page
 * @param {{language?: string}} [options]
 */
export async function warningInView(page, { language = "" } = {}) {
  const frame = page.mainFrame();
  const index = (await pictures(frame)).findIndex(({ known, expected }) => known !== "none" && expected !== "missed");
  if (index < 0) throw new Error(`${page.url()} shows no known picture`);
  await showPicture(frame, index);
  const height = await page.evaluate(() => innerHeight);
  let before = "";
  return until("a warning in the window", async () => {
    const found = (await notices(frame)).find(({ onLine, picture }) => !onLine && picture === index);
    const now = JSON.stringify(found?.box);
    const still = found && now === before;
    before = now;
    if (!still || !found.visible || (language && found.language !== language)) return null;
    return found.box.top >= 0 && found.box.top + found.box.height <= height ? found : null;
  });
}

/**
 * Points at the first warning with a picture and returns its card. A picture above it that loads only now moves the warning away from
 * under the pointer: then a reader points at it again, where it lies by then. A pointer that lies on it already is not moved, so that a
 * card which does not open stays a failure.
 * @param {Page} page
 * @param {{language?: string}} [options]
 */
export function cardOfWarning(page, options) {
  return until(
    "the card",
    async () => {
      const { box } = await warningInView(page, options);
      await page.mouse.move(...middle(box));
      return until("the card", () => card(page.mainFrame()), { timeout: 3000 });
    },
    { timeout: 20_000 },
  );
}

/**
 * Shows the picture that only the update knows and waits until the whole page is as it says of itself then.
 * @param {Frame} frame
 * @returns {Promise<Score>}
 */
export async function followed(frame) {
  await showPicture(
    frame,
    (await pictures(frame)).findIndex(({ afterUpdate }) => afterUpdate),
  );
  return until("the open page to follow the update", async () => {
    const total = score(await reading(frame), { updated: true });
    if (total.wrong.length > 0) throw new Error(total.wrong.join("; "));
    return total;
  });
}

/** @param {{left: number, top: number, width: number, height: number}} box @returns {[number, number]} */
export const middle = ({ left, top, width, height }) => [left + width / 2, top + height / 2];
