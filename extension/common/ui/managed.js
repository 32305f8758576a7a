// What an organisation has set: that it has, and what of it cannot be used.

import { byId, code, make, words } from "./dom.js";

/** @typedef {import("./types.js").PolicyStatus} PolicyStatus */

/** @param {PolicyStatus | null} policy */
export function showPolicy(policy) {
  const place = byId("managed", HTMLElement);
  place.hidden = policy === null;
  if (policy === null) return place.replaceChildren();
  place.replaceChildren(words("p", "", "managed_note"));
  if (policy.onlyTheseSources) place.append(words("p", "quiet small", "managed_only"));
  if (policy.problems.length === 0) return;
  // For whoever manages the browser: in the words of the program.
  const list = make("ul", { class: "bullets small" }, ...policy.problems.map(({ message }) => make("li", {}, code(message))));
  place.append(words("p", "bad", "error_badPolicy"), list);
}
