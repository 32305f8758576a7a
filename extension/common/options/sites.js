// The sites on which no picture is checked.

import * as client from "../ui/client.js";
import { byId, code, make, refill, words } from "../ui/dom.js";
import { t } from "../ui/i18n.js";
import { attempt } from "./attempt.js";

/**
 * @param {string[]} hosts
 * @param {() => Promise<void>} refresh
 */
export function showSites(hosts, refresh) {
  const items = [...hosts].sort().map((host) => {
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
  });
  refill(byId("sites", HTMLElement), items, byId("sites-heading", HTMLElement));
  byId("sites-empty", HTMLElement).hidden = items.length > 0;
}
