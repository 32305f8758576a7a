// One way to make a change: do it, show the page anew, say how it went.

import { byId } from "../ui/dom.js";
import { failure } from "../ui/format.js";
import { t } from "../ui/i18n.js";

/**
 * @param {string} place the id of the element that says how it went
 * @param {() => Promise<void>} refresh shows the page as it is after the change
 * @param {() => Promise<string | (() => string)>} change returns the key of what to say, or a
 *   function that says it, called when the page speaks the language of after the change
 */
export async function attempt(place, refresh, change) {
  const result = byId(place, HTMLElement);
  result.className = "";
  result.textContent = "";
  try {
    const said = await change();
    await refresh();
    result.textContent = typeof said === "string" ? t(said) : said();
  } catch (error) {
    // A switch that did not take shows its true state again.
    await refresh();
    result.className = "bad";
    result.textContent = failure(error);
  }
}
