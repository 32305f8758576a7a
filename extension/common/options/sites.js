// The sites on which no picture is checked.

import * as client from "../ui/client.js";
import { byId, code, make, refill, words } from "../ui/dom.js";
import { t } from "../ui/i18n.js";
import { attempt } from "./attempt.js";

/** @typedef {import("../ui/types.js").Status} Status */

/**
 * @param {Status} status
 * @param {() => Promise<void>} refresh
 */
export function showSites({ disabledSites, policy }, refresh) {
  const set = [
    ...(policy?.disabledSites ?? []).map((host) => fixed(host, "sites_set_off")),
    ...(policy?.enabledSites ?? []).map((host) => fixed(host, "sites_set_on")),
  ];
  const chosen = [...disabledSites].sort().map((host) => own(host, refresh));
  refill(byId("sites", HTMLElement), [...set, ...chosen], byId("sites-heading", HTMLElement));
  byId("sites-empty", HTMLElement).hidden = set.length + chosen.length > 0;
}

/**
 * A site that an organisation has set.
 * @param {string} host
 * @param {string} key what it has set, in _locales
 * @returns {HTMLLIElement}
 */
const fixed = (host, key) =>
  make("li", { class: "item" }, make("span", { class: "grow" }, code(host)), words("span", "quiet small", key));

/**
 * @param {string} host
 * @param {() => Promise<void>} refresh
 * @returns {HTMLLIElement}
 */
function own(host, refresh) {
  const button = words("button", "", "site_enable");
  button.type = "button";
  button.dataset.key = host;
  button.setAttribute("aria-label", t("site_enable_label", host));
  button.addEventListener("click", () =>
    attempt("sites-result", refresh, async () => {
      await client.setSite(host, true);
      return "saved";
    }),
  );
  return make("li", { class: "item" }, make("span", { class: "grow" }, code(host)), button);
}
