// The card on a page of ours that has it in the open: what is given to it can be seen and read.

import { messages } from "./demo.mjs";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {[number, number][]} Outline */

/** The words of a language, with English in the place of those that are missing. @param {string} language @returns {Record<string, string>} */
export const texts = (language) =>
  Object.fromEntries(Object.entries({ ...messages("en"), ...messages(language) }).map(([key, { message }]) => [key, message]));

/** What lies at an angle: a picture of `width` by `height` pixels around a point of a known one of 400 by 300, turned clockwise. */
/** @param {{degrees: number, width: number, height: number, mirrored?: boolean, x?: number, y?: number}} how @returns {Outline} */
export function lying({ degrees, width, height, mirrored = false, x = 200, y = 150 }) {
  // Turning the known picture clockwise is turning the axes of this one back.
  const angle = (-degrees * Math.PI) / 180;
  const corner = (/** @type {number} */ right, /** @type {number} */ below) => {
    const [a, b] = [(right * width) / 2, (below * height) / 2];
    const across = a * Math.cos(angle) - b * Math.sin(angle);
    return /** @type {[number, number]} */ ([
      (x + (mirrored ? -across : across)) / 400,
      (y + a * Math.sin(angle) + b * Math.cos(angle)) / 300,
    ]);
  };
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/**
 * Shows a card of findings that differ from a plain one by the given facts, in the open, and says what is on it.
 * @param {Page} page @param {Record<string, unknown>[]} facts  one for each finding
 * @param {{language?: string, level?: string}} [options]  the verdict's level is the first finding's
 */
export const openCard = (page, facts, { language = "en", level } = {}) =>
  page.evaluate(
    (given, lang, dir, wanted, words) => {
      const { caveat } = /** @type {any} */ (globalThis);
      const findings = given.map((one) => ({
        source: "s", sourceName: "Example source", selfDeclared: false, mixedScripts: false, keyFingerprint: "0000 0000", development: false, issued: 0, ageDays: 3, entry: "e",
        rev: 1, level: "match", role: "known", via: "canonical", distance: 4, inliers: null, mirrored: false, rotated: 0, region: null,
        knownRegion: null, outline: [[0, 0], [1, 0], [1, 1], [0, 1]], scope: "always", category: [], status: "active",
        claim: { text: "A claim.", language: "en" }, truth: { text: "The truth.", language: "en" }, claimDate: null, correction: null,
        original: null, reviews: [], ...one,
      }));
      const verdict = { kind: "verdict", verdict: wanted ?? findings[0]?.level, reason: null, generation: 0, matches: findings };
      const card = caveat.card.build(findings, verdict, words, {
        language: lang, direction: dir, onMute: async () => {}, onClose: () => {},
      });
      const holder = document.createElement("div");
      const root = holder.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(caveat.card.css);
      root.adoptedStyleSheets = [sheet];
      root.append(card);
      document.querySelector("main")?.replaceChildren(holder);
      for (const fold of card.querySelectorAll("details")) fold.open = true;
      const drawing = card.querySelector(".outline > svg");
      const whole = card.getBoundingClientRect();
      const close = card.querySelector(".close").getBoundingClientRect();
      const title = document.createRange();
      title.selectNodeContents(card.querySelector("h2"));
      const outside = (/** @type {Element} */ each) => {
        const { left, right } = each.getBoundingClientRect();
        return left < whole.left - 0.5 || right > whole.right + 0.5;
      };
      const underClose = (/** @type {DOMRect} */ { left, right, top, bottom }) =>
        left < close.right && close.left < right && top < close.bottom && close.top < bottom;
      return {
        text: /** @type {HTMLElement} */ (card).innerText,
        tally: [...card.querySelectorAll(".tally > li")].map((line) => /** @type {HTMLElement} */ (line).innerText),
        sections: [...card.querySelectorAll("article")].map((part) => /** @type {HTMLElement} */ (part).innerText),
        drawn: drawing !== null,
        name: drawing?.querySelector("title")?.textContent ?? "",
        description: drawing?.querySelector("desc")?.textContent ?? "",
        legend: card.querySelector("figcaption")?.textContent ?? "",
        flags: drawing?.querySelectorAll(".flag").length ?? 0,
        paths: [...(drawing?.querySelectorAll("path") ?? [])].map((path) => path.getAttribute("d") ?? ""),
        /** What sticks out of the card or of the window, lies under its Close button or has no size. */
        astray: [
          ...[...card.querySelectorAll("h2, h3, h4, p, a, dt, dd, li, code, button, summary, svg")].filter(outside)
            .map((each) => `${each.localName} "${each.textContent.slice(0, 40)}" sticks out`),
          ...([...title.getClientRects()].some(underClose) ? ["the title lies under the Close button"] : []),
          ...(whole.left < 0 || whole.right > innerWidth ? [`the card reaches from ${whole.left} to ${whole.right}`] : []),
          ...(drawing && drawing.getBoundingClientRect().width === 0 ? ["the drawing has no size"] : []),
        ],
      };
    },
    facts,
    language,
    language === "ar" ? "rtl" : "ltr",
    level,
    texts(language),
  );
