// The words of the extension's own pages: which language, which direction, and
// the texts of elements marked with data-i18n (text) or data-i18n-label
// (aria-label).

import { directionOf, fill, isolate, loadMessages, resolveLanguage } from "./messages.js";

/** @type {{language: string, own: Record<string, string>, english: Record<string, string>}} */
let texts = { language: "en", own: {}, english: {} };

/** @returns {string} the language of the page */
export function language() {
  return texts.language;
}

/** The choice of last time, so that a page has words before the background answers. */
const remembered = "language";

/** @returns {string | null} the user's choice, as far as this page knows it */
export function lastChoice() {
  return localStorage.getItem(remembered);
}

/**
 * Loads the texts of the user's language and puts them on the page.
 * @param {string | null} setting the user's choice; null: the browser's
 * @returns {Promise<void>}
 */
export async function speak(setting) {
  texts = await loadMessages(resolveLanguage(setting));
  if (setting === null) localStorage.removeItem(remembered);
  else localStorage.setItem(remembered, setting);
  document.documentElement.lang = texts.language;
  document.documentElement.dir = directionOf(texts.language);
  translate(document);
}

/**
 * @param {string} key
 * @returns {boolean} whether there is such a text in any language
 */
export function has(key) {
  return key in texts.own || key in texts.english;
}

/**
 * The text of a key; a missing key shows itself, so that it is noticed.
 * @param {string} key
 * @param {...(string | number)} values
 * @returns {string}
 */
export function t(key, ...values) {
  const own = texts.own[key];
  return own === undefined ? foreign(fill(texts.english[key] ?? key, values)) : fill(own, values);
}

/**
 * The text of `key` for a number, in the plural form of the language that has
 * the text: `$1` is the number, `$2` and so on the other values.
 * @param {string} key
 * @param {number} count
 * @param {...(string | number)} values
 * @returns {string}
 */
export function plural(key, count, ...values) {
  const own = form(texts.own, texts.language, key, count);
  if (own !== undefined) return fill(own, [formatCount(count, texts.language), ...values]);
  const text = form(texts.english, "en", key, count) ?? key;
  return foreign(fill(text, [formatCount(count, "en"), ...values]));
}

/**
 * @param {string} text in English, though the page is in another language
 * @returns {string}
 */
function foreign(text) {
  return directionOf(texts.language) === "rtl" ? isolate(text) : text;
}

/**
 * @param {Record<string, string>} catalogue
 * @param {string} tongue
 * @param {string} key
 * @param {number} count
 * @returns {string | undefined}
 */
function form(catalogue, tongue, key, count) {
  const category = new Intl.PluralRules(tongue).select(count);
  return catalogue[`${key}_${category}`] ?? catalogue[`${key}_other`];
}

/**
 * @param {number} count
 * @param {string} tongue
 * @returns {string}
 */
function formatCount(count, tongue) {
  return new Intl.NumberFormat(tongue).format(count);
}

/**
 * Puts the text of a key in an element, and marks it when it is not in the
 * language of the page.
 * @template {Element} E
 * @param {E} element
 * @param {string} key
 * @param {...(string | number)} values
 * @returns {E}
 */
export function say(element, key, ...values) {
  element.textContent = t(key, ...values);
  mark(element, !(key in texts.own));
  return element;
}

/**
 * As `say`, for a number.
 * @template {Element} E
 * @param {E} element
 * @param {string} key
 * @param {number} count
 * @param {...(string | number)} values
 * @returns {E}
 */
export function sayCount(element, key, count, ...values) {
  element.textContent = plural(key, count, ...values);
  mark(element, form(texts.own, texts.language, key, count) === undefined);
  return element;
}

/**
 * @param {Element} element
 * @param {boolean} foreign the text is the English fallback
 */
function mark(element, foreign) {
  if (foreign && texts.language !== "en") {
    element.setAttribute("lang", "en");
    element.setAttribute("dir", "ltr");
    element.setAttribute("data-fallback", "");
  } else if (element.hasAttribute("data-fallback")) {
    element.removeAttribute("lang");
    element.removeAttribute("dir");
    element.removeAttribute("data-fallback");
  }
}

/**
 * Fills every marked element under `root`.
 * @param {ParentNode} root
 */
export function translate(root) {
  for (const element of root.querySelectorAll("[data-i18n]")) {
    say(element, element.getAttribute("data-i18n") ?? "");
  }
  for (const element of root.querySelectorAll("[data-i18n-label]")) {
    element.setAttribute("aria-label", t(element.getAttribute("data-i18n-label") ?? ""));
  }
}
