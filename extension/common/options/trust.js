// What is being trusted, shown before a source is stored.

import { byId, code, countWords, make, words } from "../ui/dom.js";
import { age, day, size } from "../ui/format.js";

/** @typedef {import("../ui/types.js").SourcePreview} SourcePreview */

/** Hosts that are shown at once; the others are in a fold. */
const FEW = 8;

/**
 * @param {SourcePreview} preview
 * @returns {Promise<boolean>} whether the source is to be added; Escape is no
 */
export function confirmTrust(preview) {
  const dialog = byId("trust", HTMLDialogElement);
  const no = byId("trust-no", HTMLButtonElement);
  byId("trust-facts", HTMLElement).replaceChildren(...facts(preview));
  byId("trust-can", HTMLElement).replaceChildren(...can(preview));
  byId("trust-yes", HTMLButtonElement).onclick = () => dialog.close("yes");
  no.onclick = () => dialog.close("no");
  dialog.returnValue = "no";
  dialog.showModal();
  // The answer that changes nothing is the one under the Enter key.
  no.focus();
  dialog.scrollTop = 0;
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** @param {SourcePreview} preview */
function facts({ name, mixedScripts, development, key, keyFingerprint, host, homepage, ...index }) {
  return [
    ...row(
      "trust_name",
      make("strong", {}, make("bdi", { dir: "auto" }, name)),
      mixedScripts ? words("p", "bad small", "name_mixed") : null,
      words("p", "quiet small", "trust_self_declared"),
    ),
    ...row(
      "trust_key",
      code(keyFingerprint),
      development ? words("span", "badge warn", "source_development") : null,
      make("p", { class: "quiet small" }, code(key)),
    ),
    ...row("trust_host", code(host)),
    // No link: nobody has checked where it leads.
    ...(homepage === null ? [] : row("trust_homepage", code(homepage))),
    ...row(
      "trust_index",
      countWords("span", "", "trust_entries", index.entries, day(index.issued), age(index.ageDays), size(index.bytes)),
      index.expired ? words("p", "small bad", "source_expired") : null,
    ),
    ...row("trust_links", ...links(index.hosts)),
  ];
}

/**
 * @param {string} key
 * @param {...(Node | null)} values
 */
const row = (key, ...values) => [words("dt", "quiet small", key), make("dd", {}, ...values)];

/**
 * @param {string[]} hosts
 * @returns {Node[]}
 */
function links(hosts) {
  if (hosts.length === 0) return [words("span", "", "trust_links_none")];
  const list = make("ul", { class: "hosts" }, ...hosts.map((host) => make("li", {}, code(host))));
  if (hosts.length <= FEW) return [list];
  return [make("details", {}, countWords("summary", "", "trust_links_all", hosts.length), list)];
}

/** @param {SourcePreview} preview */
function can({ hosts }) {
  const keys = ["trust_can_warn", ...(hosts.length > 0 ? ["trust_can_links"] : []), "trust_can_server"];
  return keys.map((key) => words("li", "", key));
}
