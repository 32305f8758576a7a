// This page's findings: a headline, the known pictures, and honest counts of
// all the others.

import { byId, countWords, make, quoted, refill, webLink, words } from "../ui/dom.js";
import { day, number, reason } from "../ui/format.js";
import { plural, t } from "../ui/i18n.js";
import { notable } from "./page-findings.js";

/** @typedef {import("../ui/types.js").PageMatch} PageMatch */
/** @typedef {import("../ui/types.js").Finding} Finding */
/** @typedef {import("./page-findings.js").Total} Total */

/** @type {string} what the list shows now: it is rebuilt only when that changes */
let shown = "";

/** @param {Total} total */
export function showFindings(total) {
  const line = headline(total);
  const place = byId("findings-headline", HTMLElement);
  // Writing the same words again would make a screen reader say them again.
  if (place.textContent !== line) place.textContent = line;

  const now = JSON.stringify([line, document.documentElement.lang, total]);
  if (now === shown) return;
  shown = now;
  const ranked = [...total.matches].sort((a, b) => rank(a) - rank(b));
  refill(byId("findings-list", HTMLElement), ranked.map(item));
  refill(byId("findings-counts", HTMLElement), counts(total));
}

/**
 * @param {Total} total
 * @returns {string}
 */
function headline({ seen, pending, counts }) {
  const known = counts.match ?? 0;
  const possible = counts.possible ?? 0;
  if (known > 0) return plural("findings_known", known);
  if (possible > 0) return plural("findings_possible", possible);
  if ((counts.noIndex ?? 0) > 0) return t("findings_no_index");
  if ((counts.outOfDate ?? 0) > 0) return t("findings_out_of_date");
  if ((counts.none ?? 0) > 0) return t("findings_none");
  if (pending > 0) return t("findings_pending");
  return t(seen > 0 ? "findings_nothing_compared" : "findings_nothing_seen");
}

/** @param {PageMatch} match */
function rank({ verdict }) {
  return ["match", "possible"].indexOf(verdict.verdict) >>> 0;
}

/**
 * @param {PageMatch} match
 * @returns {HTMLLIElement}
 */
function item({ key, verdict, postLink }) {
  const best = /** @type {Finding} */ (notable(verdict));
  const { verdict: level } = verdict;
  const kind = level === "match" || level === "possible" ? level : "debunk";
  const link = webLink(postLink, "finding_open_post");
  if (link) link.dataset.key = `${key} ${postLink}`;
  const others = new Set(verdict.matches.map((finding) => finding.source)).size - 1;
  return make(
    "li",
    { class: `finding ${kind}` },
    make(
      "div",
      { class: "row" },
      words("span", kind === "match" ? "badge warn" : "badge", `finding_${kind}`),
      best.development ? words("span", "badge", "source_development") : null,
    ),
    quoted("p", "", best.truth.text ? best.truth : best.claim),
    words(
      "p",
      "quiet small",
      best.selfDeclared ? "finding_source_self" : "finding_source",
      best.sourceName,
      day(best.issued),
      best.keyFingerprint,
    ),
    others > 0 ? countWords("p", "quiet small", "finding_other_sources", others) : null,
    link ? make("p", {}, link) : null,
  );
}

/**
 * @param {Total} total
 * @returns {HTMLLIElement[]}
 */
function counts({ pending, checked, counts, unreadable }) {
  const { none = 0, tooPlain = 0, noIndex = 0, outOfDate = 0 } = counts;
  const unread = (counts.unreadable ?? 0) + (counts.noAccess ?? 0);
  /** @type {HTMLLIElement[]} */
  const lines = [];
  if (checked > 0) lines.push(countWords("li", "", "count_checked", checked));
  if (none > 0) lines.push(countWords("li", "", "count_none", none));
  if (tooPlain > 0) lines.push(countWords("li", "", "count_too_plain", tooPlain));
  if (unread > 0) {
    const line = countWords("li", "", "count_unreadable", unread);
    const reasons = Object.entries(unreadable).filter(([, count]) => count > 0);
    if (reasons.length > 0) line.append(make("ul", {}, ...reasons.map(reasonLine)));
    lines.push(line);
  }
  if (noIndex > 0) lines.push(countWords("li", "", "count_no_index", noIndex));
  if (outOfDate > 0) lines.push(countWords("li", "", "count_out_of_date", outOfDate));
  if (pending > 0) lines.push(countWords("li", "", "count_pending", pending));
  return lines;
}

/** @param {[string, number]} entry */
function reasonLine([code, count]) {
  return make("li", {}, t("count_reason", number(count), reason(code)));
}
