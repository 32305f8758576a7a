// The card on a page of ours that has it in the open: what is given to it can be seen and read.

import { messages } from "./demo.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

/** The words of a language, with English in the place of those that are missing. @param {string} language @returns {Record<string, string>} */
export const texts = (language) =>
  Object.fromEntries(Object.entries({ ...messages("en"), ...messages(language) }).map(([key, { message }]) => [key, message]));

/**
 * Shows a card of findings that differ from a plain one by the given facts, in the open, and says what is on it.
 * @param {Page} page @param {Record<string, unknown>[]} facts  one for each finding
 * @param {{language?: string, direction?: string, strings?: Record<string, string>}} [options]
 */
export const openCard = (page, facts, { language = "en", direction = "ltr", strings = texts(language) } = {}) =>
  page.evaluate(
    (given, lang, dir, words) => {
      const { caveat } = /** @type {any} */ (globalThis);
      const findings = given.map((one) => ({
        source: "s", sourceName: "Example source", selfDeclared: false, mixedScripts: false, keyFingerprint: "0000 0000", development: false, issued: 0, ageDays: 3, entry: "e",
        rev: 1, level: "match", role: "known", via: "canonical", distance: 4, inliers: null, mirrored: false, rotated: 0, region: null,
        knownRegion: null, outline: [[0, 0], [1, 0], [1, 1], [0, 1]], scope: "always", category: [], status: "active",
        claim: { text: "A claim.", language: "en" }, truth: { text: "The truth.", language: "en" }, claimDate: null, correction: null,
        original: null, reviews: [], ...one,
      }));
      const verdict = { kind: "verdict", verdict: findings[0]?.level, reason: null, generation: 0, matches: findings };
      const card = caveat.card.build(findings, verdict, words, { language: lang, direction: dir });
      const holder = document.createElement("div");
      const root = holder.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(caveat.card.css);
      root.adoptedStyleSheets = [sheet];
      root.append(card);
      document.querySelector("main")?.replaceChildren(holder);
      const drawing = card.querySelector(".outline > svg");
      const box = drawing?.getBoundingClientRect();
      return {
        text: /** @type {HTMLElement} */ (card).innerText,
        tally: [...card.querySelectorAll(".tally > li")].map((line) => /** @type {HTMLElement} */ (line).innerText),
        sections: [...card.querySelectorAll("article")].map((part) => /** @type {HTMLElement} */ (part).innerText),
        narrow: card.scrollWidth <= card.clientWidth,
        drawn: drawing !== null,
        name: drawing?.querySelector("title")?.textContent ?? "",
        description: drawing?.querySelector("desc")?.textContent ?? "",
        legend: card.querySelector("figcaption")?.textContent ?? "",
        flags: drawing?.querySelectorAll(".flag").length ?? 0,
        paths: [...(drawing?.querySelectorAll("path") ?? [])].map((path) => path.getAttribute("d") ?? ""),
        fits: !box || (box.width > 0 && box.right <= innerWidth && box.left >= 0),
      };
    },
    facts,
    language,
    direction,
    strings,
  );
