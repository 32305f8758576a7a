// The texts of _locales, readable in any language and from any place: the
// background has no document, and `browser.i18n.getMessage` always answers in
// the browser's language, while the user may choose another one here.

/** The languages Caveat is translated into; the first one is the fallback. */
export const languages = Object.freeze(["en", "ru", "ar"]);

const fallback = languages[0];
const rightToLeft = new Set(["ar", "fa", "he", "ur"]);

/** @typedef {Record<string, string>} Texts */

/** @type {Map<string, Promise<Texts>>} */
const catalogues = new Map();

/**
 * The language to speak: the user's choice, else the nearest to the browser's.
 * @param {string | null | undefined} setting
 * @returns {string}
 */
export function resolveLanguage(setting) {
  for (const wanted of [setting, browser.i18n.getUILanguage()]) {
    if (!wanted) continue;
    const base = wanted.toLowerCase().split(/[-_]/)[0];
    if (languages.includes(base)) return base;
  }
  return fallback;
}

/**
 * @param {string} language
 * @returns {"ltr" | "rtl"}
 */
export function directionOf(language) {
  return rightToLeft.has(language.toLowerCase().split(/[-_]/)[0]) ? "rtl" : "ltr";
}

/**
 * One file of _locales as key -> text. Empty when it cannot be read: a page
 * without a translation is better than no page.
 * @param {string} language
 * @returns {Promise<Texts>}
 */
function catalogue(language) {
  let texts = catalogues.get(language);
  if (!texts) {
    texts = readCatalogue(language).catch(() => {
      catalogues.delete(language);
      return {};
    });
    catalogues.set(language, texts);
  }
  return texts;
}

/**
 * @param {string} language
 * @returns {Promise<Texts>}
 */
async function readCatalogue(language) {
  const reply = await fetch(browser.runtime.getURL(`_locales/${language}/messages.json`));
  /** @type {Record<string, {message: string}>} */
  const entries = await reply.json();
  /** @type {Texts} */
  const texts = {};
  for (const [key, entry] of Object.entries(entries)) texts[key] = entry.message;
  return texts;
}

/**
 * The texts of a language and of the fallback, apart: who shows a fallback text
 * has to mark it as English, for screen readers and for its direction.
 * @param {string} language
 * @returns {Promise<{language: string, own: Texts, english: Texts}>}
 */
export async function loadMessages(language) {
  const [own, english] = await Promise.all([catalogue(language), catalogue(fallback)]);
  return { language, own, english };
}

/**
 * All texts whose key starts with one of the prefixes, in the language where
 * there is a translation, else in English.
 * @param {string} language
 * @param {readonly string[]} prefixes
 * @returns {Promise<Texts>}
 */
export async function messagesFor(language, prefixes) {
  const { own, english } = await loadMessages(language);
  const turned = directionOf(language) === "rtl";
  /** @type {Texts} */
  const chosen = {};
  for (const key of Object.keys({ ...english, ...own })) {
    if (!prefixes.some((prefix) => key.startsWith(prefix))) continue;
    chosen[key] = own[key] ?? (turned ? isolate(english[key]) : english[key]);
  }
  return chosen;
}

/**
 * A left-to-right text that stays in order among right-to-left ones, full stop
 * included.
 * @param {string} text
 * @returns {string}
 */
export function isolate(text) {
  return `\u2066${text}\u2069`;
}

/**
 * Puts values in the places `$1` to `$9`; `$$` is a dollar sign.
 * @param {string} text
 * @param {readonly (string | number)[]} values
 * @returns {string}
 */
export function fill(text, values) {
  return text.replace(/\$(\$|[1-9])/g, (_, place) =>
    place === "$" ? "$" : String(values[Number(place) - 1] ?? ""),
  );
}
