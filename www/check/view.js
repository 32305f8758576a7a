// Shows verdicts and sources on the check page.
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {import("./types.js").Numbers} Numbers */
/** @typedef {import("./types.js").Reason} Reason */
/** @typedef {import("./types.js").LoadedSource} LoadedSource */
/** @typedef {ReturnType<typeof import("./strings.js").pageStrings>} Words */
/** @typedef {{words: Words, texts: Record<string, string>, language: string, direction: "ltr" | "rtl"}} Setting */

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} text @param {string | number} value */
const fill = (text, value) => text.replace("$1", String(value));

/**
 * A plain sentence for a named failure; an unknown name is shown as it is.
 * @param {Setting} setting
 * @param {"error" | "reason"} family
 * @param {Reason} failure
 */
export function sentence({ texts }, family, { code, message }) {
  return texts[`${family}_${code}`] ?? texts[`error_${code}`] ?? fill(texts[`${family}_unknown`] ?? `$1: ${message}`, code);
}

/**
 * @param {Setting} setting
 * @param {Verdict} verdict
 * @returns {[title: string, text: string]}
 */
function headline(setting, verdict) {
  const { words, texts } = setting, [first] = verdict.matches;
  const why = verdict.reason ? sentence(setting, "reason", verdict.reason) : "";
  switch (verdict.verdict) {
    case "match":
      return [(first?.scope === "claim" ? texts.warning_match_claim : texts.warning_match) ?? "Known picture", ""];
    case "possible":
      return [texts.warning_possible ?? "A known picture?", ""];
    case "none":
      if (first?.role === "debunk") return [texts.card_title_debunk ?? words.none, ""];
      if (first?.role === "original") return [words.original, ""];
      return [words.none, words.noneText];
    case "tooPlain":
      return [words.tooPlain, words.tooPlainText];
    case "unreadable":
      return [words.unreadable, why];
    case "noAccess":
      return [words.noAccess, why];
    case "noIndex":
      return [words.noIndex, why || words.noIndexText];
  }
}

/** The card styles itself; a constructed sheet passes the page's policy, a style element would not. @type {CSSStyleSheet | undefined} */
let sheet;

/**
 * Shows the card of a picture that some source knows.
 * @param {Setting} setting
 * @param {Verdict} verdict
 * @returns {boolean} whether there is one
 */
function cards({ texts, language, direction }, verdict) {
  const place = byId("cards"), { caveat } = /** @type {{caveat?: {card?: import("./types.js").Card}}} */ (/** @type {unknown} */ (globalThis));
  place.replaceChildren();
  if (!caveat?.card || verdict.matches.length === 0) return false;
  const holder = document.createElement("div"), shadow = holder.attachShadow({ mode: "open" });
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(caveat.card.css);
  }
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(caveat.card.build(verdict.matches, verdict, texts, { language, direction }));
  place.append(holder);
  return true;
}

/**
 * @param {Setting} setting
 * @param {Verdict} verdict
 * @param {Numbers | null} numbers
 * @param {boolean} converted
 */
export function showVerdict(setting, verdict, numbers, converted) {
  const { words } = setting, [title, text] = headline(setting, verdict);
  byId("result").hidden = false;
  byId("result").dataset.verdict = verdict.verdict;
  byId("verdict").textContent = title;
  byId("explanation").textContent = [text, converted ? words.converted : ""].filter(Boolean).join(" ");
  byId("explanation").hidden = !text && !converted;
  // The card says the verdict in its own heading; ours stays for those who hear the page.
  byId("verdict").classList.toggle("unseen", cards(setting, verdict));
  byId("details").hidden = !numbers;
  if (!numbers) return;
  byId("numbers").replaceChildren();
  for (const [name, value] of [
    [words.size, `${numbers.width} × ${numbers.height}`],
    [fill(words.pdq, numbers.quality), numbers.pdq],
    [words.canonical, numbers.canonical],
    [words.fingerprint, numbers.fingerprint],
  ]) {
    const term = document.createElement("dt"), definition = document.createElement("dd");
    term.textContent = name;
    definition.textContent = value;
    definition.dir = "ltr";
    byId("numbers").append(term, definition);
  }
}

/**
 * @param {Setting} setting
 * @param {LoadedSource[]} sources
 */
export function showSources(setting, sources) {
  const { words } = setting;
  byId("sources").replaceChildren(...sources.map(({ path, key, development, error }) => {
    const item = document.createElement("li");
    item.dataset.source = key;
    const name = document.createElement("bdi");
    name.textContent = path === "." ? "demo" : path;
    item.append(name);
    const notes = [key ? fill(words.sourceKey, key) : "", development ? words.development : "", error ? sentence(setting, "error", error) : ""].filter(Boolean);
    if (notes.length > 0) item.append(" · ", notes.join(" · "));
    if (error) item.classList.add("trouble");
    return item;
  }));
}
