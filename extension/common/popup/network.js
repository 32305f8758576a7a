// The network log: every request that Caveat itself made, newest first.

import { byId, code, make, refill } from "../ui/dom.js";
import { moment, size } from "../ui/format.js";
import { has, say, t } from "../ui/i18n.js";

/** @typedef {import("../ui/types.js").NetworkLine} NetworkLine */

/** @param {NetworkLine[]} lines */
export function showNetwork(lines) {
  const note = byId("network-note", HTMLElement);
  say(note, lines.length > 0 ? "network_note" : "network_empty");
  refill(byId("network-list", HTMLElement), lines.map(item));
}

/**
 * @param {NetworkLine} line
 * @returns {HTMLLIElement}
 */
function item(line) {
  return make(
    "li",
    { class: "line" },
    make(
      "span",
      {},
      t("network_line", moment(line.when), word(line.what), word(line.outcome), size(line.bytes)),
    ),
    code(line.url, "quiet"),
  );
}

/**
 * The word for a kind of request or its outcome; an unknown one as it is.
 * @param {string} name
 * @returns {string}
 */
function word(name) {
  const key = `network_word_${name}`;
  return has(key) ? t(key) : name;
}
