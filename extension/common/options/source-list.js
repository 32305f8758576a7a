// The list of sources: switch on and off, remove the added ones.

import * as client from "../ui/client.js";
import { byId, code, make, refill, words } from "../ui/dom.js";
import { t } from "../ui/i18n.js";
import { contents, heading, last, nameWarning, partsFailure } from "../popup/sources.js";
import { attempt } from "./attempt.js";
import { ask } from "./question.js";

/** @typedef {import("../ui/types.js").Status} Status */
/** @typedef {import("../ui/types.js").SourceStatus} SourceStatus */
/** @typedef {() => Promise<void>} Refresh */

/**
 * @param {Status} status
 * @param {Refresh} refresh
 */
export function showSources(status, refresh) {
  const items = status.sources.map((source) => item(source, refresh));
  refill(byId("sources", HTMLElement), items, byId("sources-heading", HTMLElement));
  byId("sources-empty", HTMLElement).hidden = items.length > 0;
}

/**
 * @param {SourceStatus} source
 * @param {Refresh} refresh
 * @returns {HTMLLIElement}
 */
function item(source, refresh) {
  return make(
    "li",
    { class: "panel stack" },
    heading(source),
    nameWarning(source),
    contents(source),
    partsFailure(source) ?? parts(source),
    make("p", { class: "quiet small" }, t("source_key"), " ", code(source.keyFingerprint)),
    source.url === null
      ? words("p", "quiet small", "source_no_address")
      : make("p", { class: "quiet small" }, t("source_address"), " ", code(source.url)),
    source.expired ? words("p", "small", "source_expired") : null,
    last(source, undefined),
    note(source),
    controls(source, refresh),
  );
}

/**
 * Why it cannot be removed, or not even switched.
 * @param {SourceStatus} source
 * @returns {HTMLElement | null}
 */
function note({ origin, managed, locked }) {
  if (managed) return words("p", "quiet small", "source_managed");
  if (locked) return words("p", "quiet small", "source_not_used");
  return origin === "embedded" ? words("p", "quiet small", "source_embedded") : null;
}

/**
 * Whether crops and collages are recognised with this source.
 * @param {SourceStatus} source
 * @returns {HTMLElement | null}
 */
function parts({ state, keypoints }) {
  if (state !== "ready") return null;
  const said = { none: "source_no_parts", missing: "source_parts_missing" };
  return words("p", "quiet small", said[/** @type {keyof typeof said} */ (keypoints)] ?? "source_parts");
}

/**
 * @param {SourceStatus} source
 * @param {Refresh} refresh
 * @returns {HTMLElement}
 */
function controls(source, refresh) {
  const toggle = make("input", {
    type: "checkbox",
    role: "switch",
    id: `use-${source.id}`,
    "data-key": `use-${source.id}`,
  });
  toggle.checked = source.enabled;
  toggle.disabled = source.locked;
  toggle.addEventListener("change", () =>
    attempt("sources-result", refresh, async () => {
      await client.setSourceEnabled(source.id, toggle.checked);
      return "saved";
    }),
  );
  const label = words("label", "", "source_use", source.name);
  label.htmlFor = toggle.id;
  const row = make("div", { class: "row" }, toggle, make("span", { class: "grow" }, label));
  if (source.origin === "added") row.append(removeButton(source, refresh));
  return row;
}

/**
 * @param {SourceStatus} source
 * @param {Refresh} refresh
 * @returns {HTMLButtonElement}
 */
function removeButton(source, refresh) {
  const button = words("button", "danger", "source_remove");
  button.type = "button";
  button.dataset.key = `remove-${source.id}`;
  button.setAttribute("aria-label", t("source_remove_label", source.name));
  button.addEventListener("click", async () => {
    const yes = await ask({
      title: t("source_remove_question", source.name),
      text: t("source_remove_text"),
      yes: t("source_remove"),
    });
    if (!yes) return;
    await attempt("sources-result", refresh, async () => {
      await client.removeSource(source.id);
      return () => t("source_removed", source.name);
    });
  });
  return button;
}
