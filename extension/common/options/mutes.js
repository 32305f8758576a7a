// The known pictures that are not warned about on this device.

import * as client from "../ui/client.js";
import { byId, code, make, refill, words } from "../ui/dom.js";
import { say, t } from "../ui/i18n.js";
import { attempt } from "./attempt.js";

/** @typedef {import("../ui/types.js").Status} Status */

/**
 * @param {Status} status
 * @param {() => Promise<void>} refresh
 */
export function showMutes({ mutes, sources }, refresh) {
  const items = mutes.map(({ source, entry }) => {
    const name = sources.find(({ id }) => id === source)?.name;
    const button = words("button", "", "unmute");
    button.type = "button";
    button.dataset.key = `${source} ${entry}`;
    button.setAttribute("aria-label", t("unmute_label", entry));
    button.addEventListener("click", () =>
      attempt("mutes-result", refresh, async () => {
        await client.unmute(source, entry);
        return "saved";
      }),
    );
    const origin =
      name === undefined
        ? words("p", "quiet small", "mute_source_unknown")
        : words("p", "quiet small", "mute_source", name);
    const text = make("div", { class: "stack grow" }, make("p", {}, code(entry)), origin);
    return make("li", { class: "item" }, text, button);
  });
  refill(byId("mutes", HTMLElement), items, byId("mutes-heading", HTMLElement));
  say(byId("mutes-note", HTMLElement), items.length > 0 ? "mutes_note" : "mutes_empty");
}
