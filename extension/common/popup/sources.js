// The state of every source, in the popup.

import { byId, code, countWords, make, refill, words } from "../ui/dom.js";
import { age, day, moment, number, outcome } from "../ui/format.js";
import { plural, t } from "../ui/i18n.js";

/** @typedef {import("../ui/types.js").Status} Status */
/** @typedef {import("../ui/types.js").SourceStatus} SourceStatus */
/** @typedef {import("../ui/types.js").UpdateResult} UpdateResult */

/**
 * @param {Status} status
 * @param {Map<string, UpdateResult>} results of the update just made, by source
 * @param {(source: string) => void} accept takes an update of a source that waits for a person's word
 */
export function showSources(status, results, accept) {
  const items = status.sources.map((source) => item(source, results.get(source.id), accept));
  refill(byId("sources", HTMLElement), items);
  byId("sources-empty", HTMLElement).hidden = items.length > 0;
}

/**
 * @param {SourceStatus} source
 * @param {UpdateResult | undefined} result
 * @param {(source: string) => void} accept
 * @returns {HTMLLIElement}
 */
function item(source, result, accept) {
  return make(
    "li",
    { class: "source" },
    heading(source),
    nameWarning(source),
    contents(source),
    partsFailure(source),
    make("p", { class: "quiet small" }, t("source_key"), " ", code(source.keyFingerprint)),
    source.headDigest === null
      ? null
      : make("p", { class: "quiet small" }, t("source_edition", number(source.sequence)), " ", code(shortDigest(source.headDigest))),
    source.expired ? words("p", "small", "source_expired") : null,
    source.url === null ? words("p", "quiet small", "source_no_address") : null,
    last(source, result),
    lastCode(source, result) === "massChange" ? acceptButton(source, accept) : null,
  );
}

/**
 * What two people compare who want to know whether they are served the same.
 * @param {string} digest
 * @returns {string}
 */
function shortDigest(digest) {
  return digest.slice(0, 16).replace(/....(?=.)/g, "$& ");
}

/**
 * @param {SourceStatus} source
 * @param {(source: string) => void} accept
 * @returns {HTMLButtonElement}
 */
function acceptButton(source, accept) {
  const button = words("button", "", "update_accept");
  button.type = "button";
  button.dataset.key = `accept-${source.id}`;
  button.setAttribute("aria-label", t("update_accept_label", source.name));
  button.addEventListener("click", () => accept(source.id));
  return button;
}

/**
 * Name and badges; also the head of a source in the options.
 * @param {SourceStatus} source
 * @returns {HTMLElement}
 */
export function heading(source) {
  return make(
    "div",
    { class: "row" },
    make("h3", { dir: "auto" }, source.name),
    source.selfDeclared && source.name !== "" ? words("span", "badge", "name_self_declared") : null,
    source.development ? words("span", "badge warn", "source_development") : null,
    source.managed ? words("span", "badge", "source_managed_badge") : null,
    source.enabled ? null : words("span", "badge", "source_off"),
  );
}

/**
 * That a name may be meant to be taken for another one; also in the options.
 * @param {SourceStatus} source
 * @returns {HTMLElement | null}
 */
export function nameWarning({ mixedScripts }) {
  return mixedScripts ? words("p", "bad small", "name_mixed") : null;
}

/**
 * What is in its index and how old that is, or why there is none.
 * @param {SourceStatus} source
 * @returns {HTMLElement}
 */
export function contents(source) {
  if (source.state === "failed") return words("p", "bad", "source_failed");
  if (source.state === "notLoaded") return words("p", "quiet", "source_not_loaded");
  return countWords(
    "p",
    "",
    "source_entries",
    source.entries,
    day(source.issued),
    age(source.ageDays),
  );
}

/**
 * That crops and collages go unrecognised, where they should not; also in the options.
 * @param {SourceStatus} source
 * @returns {HTMLElement | null}
 */
export function partsFailure({ state, keypoints }) {
  return state === "ready" && keypoints === "failed" ? words("p", "bad small", "source_parts_failed") : null;
}

/**
 * The last result, as one plain sentence.
 * @param {SourceStatus} source
 * @param {UpdateResult | undefined} result
 * @returns {HTMLElement | null}
 */
export function last(source, result) {
  const code = lastCode(source, result);
  if (source.url === null && (code === undefined || code === "noAddress")) return null;
  if (code === undefined || source.lastCheck === null) {
    return code === undefined
      ? words("p", "quiet small", "source_never_checked")
      : make("p", { class: `small ${tone(code)}` }, sentence(code, result));
  }
  return make(
    "p",
    { class: `small ${tone(code)}` },
    t("source_last", moment(source.lastCheck), sentence(code, result)),
  );
}

/**
 * @param {SourceStatus} source
 * @param {UpdateResult | undefined} result
 * @returns {string | undefined}
 */
function lastCode(source, result) {
  return result ? resultCode(result) : source.lastResult?.code;
}

/**
 * @param {UpdateResult} result
 * @returns {string}
 */
export function resultCode(result) {
  return result.outcome === "failed" ? (result.code ?? "internal") : result.outcome;
}

/**
 * @param {string} code
 * @param {UpdateResult} [result]
 * @returns {string}
 */
export function sentence(code, result) {
  if (code === "updated" && result && result.added !== undefined) {
    return t("result_changes", plural("result_added", result.added), number(result.removed ?? 0));
  }
  return outcome(code);
}

/**
 * @param {string} code
 * @returns {string}
 */
function tone(code) {
  if (code === "updated" || code === "current") return "good";
  return code === "cancelled" || code === "noAddress" ? "quiet" : "bad";
}
