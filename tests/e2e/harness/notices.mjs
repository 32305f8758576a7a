// What the extension has drawn on a page: the notices on pictures and lines, and the card.

import { closedRoots } from "./shadow.mjs";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("puppeteer-core").Frame} Frame */
/** @typedef {{left: number, top: number, width: number, height: number}} Box  in viewport coordinates */

/**
 * @typedef {object} Notice
 * @property {string} text     the words, without what only screen readers get
 * @property {string} name     the whole accessible text
 * @property {string} look     match, claim, possible or debunk
 * @property {boolean} onLine  by the post's text, not on the picture
 * @property {boolean} compact
 * @property {boolean} visible
 * @property {string} language
 * @property {string} direction
 * @property {boolean} expanded
 * @property {Box} box
 * @property {number} picture  which element with data-known it lies on, in the order of `pictures`; -1 for none
 */

/**
 * @typedef {object} Card
 * @property {string} text
 * @property {Box} box
 * @property {string} language
 * @property {string} direction
 * @property {string} label
 * @property {{text: string, href: string}[]} links
 * @property {{text: string, box: Box}[]} buttons
 * @property {number} images    pictures the card would load
 */

/**
 * One element of a test page that shows a picture, as the page itself describes it.
 * @typedef {object} Shown
 * @property {string} known      entry id or "none"
 * @property {string} expected   empty, "missed", …
 * @property {string} afterUpdate entry id once the update is in, or empty
 * @property {string} debunk     entry whose fact-checkers' picture this is, or empty
 * @property {boolean} ignored    an avatar: too small to be asked about
 * @property {string} tag
 * @property {string} source
 * @property {Box} box
 */

/** Elements of the page and of its open shadow trees, in document order. Runs in the page. */
const deepQuery = `(selector) => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches(selector)) found.push(element);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);
  return found;
}`;

const boxOf = `(element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { left, top, width, height };
}`;

/** @param {Frame} frame @returns {Promise<Shown[]>} */
export const pictures = (frame) =>
  frame
    .evaluate(
      `(() => {
  const deepQuery = ${deepQuery}, boxOf = ${boxOf};
  return deepQuery("[data-known]").map((element) => ({
    known: element.dataset.known, expected: element.dataset.expected ?? "", afterUpdate: element.dataset.knownAfterUpdate ?? "",
    debunk: element.dataset.debunk ?? "", ignored: "ignored" in element.dataset,
    tag: element.localName, source: element.currentSrc ?? "", box: boxOf(element),
  }));
})()`,
    )
    .then((found) => /** @type {Shown[]} */ (found));

/** Brings one picture of the page to the middle of the window; a video that loads by itself has a frame to show then. @param {Frame} frame @param {number} index */
export const showPicture = (frame, index) =>
  frame.evaluate(`(async () => {
  const deepQuery = ${deepQuery};
  const shown = deepQuery("[data-known]")[${index}];
  shown.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  if (shown.localName === "video" && shown.src && shown.preload !== "none" && shown.readyState < 2 && !shown.error) {
    await new Promise((done) => ["loadeddata", "error"].forEach((type) => shown.addEventListener(type, done, { once: true })));
  }
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
})()`);

/** @param {Frame} frame @returns {Promise<Notice[]>} */
export async function notices(frame) {
  const roots = await closedRoots(frame);
  if (roots.length === 0) return [];
  // As a function made from text, because the helpers above have to go with it.
  const read = `(...roots) => {
    const deepQuery = ${deepQuery}, boxOf = ${boxOf};
    const shown = deepQuery("[data-known]").map((element) => ({ element, rect: element.getBoundingClientRect() }));
    const under = ({ left, top, width, height }) => {
      const [x, y] = [left + width / 2, top + height / 2];
      let best = -1, area = Infinity;
      shown.forEach(({ rect }, index) => {
        const inside = x >= rect.left && x <= rect.right && y >= rect.top && y <= rect.bottom;
        if (inside && rect.width * rect.height < area) [best, area] = [index, rect.width * rect.height];
      });
      return best;
    };
    return roots.filter((root) => root.host.localName === "caveat-notice" && root.host.isConnected).map((root) => {
      const button = root.querySelector("button");
      const box = boxOf(button);
      const style = getComputedStyle(button);
      return {
        text: root.querySelector(".label")?.textContent ?? "", name: button.textContent, box, picture: under(box),
        look: ["match", "claim", "possible", "debunk"].find((name) => button.classList.contains(name)) ?? "",
        onLine: button.classList.contains("line"), compact: button.classList.contains("compact"),
        visible: box.width > 0 && style.visibility === "visible" && style.display !== "none" && Number(style.opacity) > 0,
        language: button.lang, direction: button.dir, expanded: button.getAttribute("aria-expanded") === "true",
      };
    });
  }`;
  try {
    return await frame.evaluate(/** @type {any} */ (new Function(`return ${read}`)()), ...roots);
  } finally {
    await Promise.all(roots.map((root) => root.dispose().catch(() => {})));
  }
}

/** Notices that lie on pictures. @param {Frame} frame */
export const warnings = async (frame) => (await notices(frame)).filter(({ onLine }) => !onLine);

/** The open card, or null. @param {Frame} frame @returns {Promise<Card | null>} */
export async function card(frame) {
  for (const root of await closedRoots(frame)) {
    const found = await root.evaluate((inside) => {
      const dialog = inside.querySelector('[role="dialog"]');
      if (!dialog) return null;
      const box = (/** @type {Element} */ element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        return { left, top, width, height };
      };
      const rect = box(dialog);
      const style = getComputedStyle(dialog);
      if (rect.width === 0 || rect.height === 0 || style.visibility !== "visible") return null;
      const languaged = /** @type {HTMLElement} */ (dialog.closest("[lang]") ?? dialog);
      return {
        text: /** @type {HTMLElement} */ (dialog).innerText,
        box: rect,
        language: languaged.lang,
        direction: getComputedStyle(dialog).direction,
        label: dialog.getAttribute("aria-label") ?? "",
        links: [...dialog.querySelectorAll("a")].map((a) => ({ text: a.innerText, href: a.href })),
        buttons: [...dialog.querySelectorAll("button, summary")].map((button) => ({
          text: button.textContent || button.getAttribute("aria-label") || "",
          box: box(button),
        })),
        images: dialog.querySelectorAll("img, image, video, iframe, object, embed").length,
      };
    });
    await root.dispose();
    if (found) return found;
  }
  return null;
}

/**
 * Presses a button or opens a fold of the card, by its words.
 * @param {Page} page @param {string} words
 */
export async function pressInCard(page, words) {
  for (const root of await closedRoots(page.mainFrame())) {
    const at = await root.evaluate((inside, wanted) => {
      const found = [...inside.querySelectorAll('[role="dialog"] button, [role="dialog"] summary')].find(
        (each) => each.textContent === wanted || each.getAttribute("aria-label") === wanted,
      );
      if (!found) return null;
      found.scrollIntoView({ block: "nearest", behavior: "instant" });
      const { left, top, width, height } = found.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    }, words);
    await root.dispose();
    if (at) return page.mouse.click(at[0], at[1]);
  }
  throw new Error(`the card has no "${words}"`);
}
