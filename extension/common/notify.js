// News of pictures that were seen, as a notification of the browser: only where the reader has allowed it, one for all news of a moment,
// words only.

import { withEngine } from "./engine.js";
import { calendarDay } from "./ui/format.js";
import { fill, messagesFor, resolveLanguage } from "./ui/messages.js";

/** @typedef {import("./pkg/caveat.js").Notice} Notice */

/** A later one takes the place of an earlier one. */
const NAME = "news";
/** Longest text that a notification quotes. */
const QUOTED = 160;

/** Must be called when the background starts. Without the permission there is nothing to hear, until it is given. */
export function hearClicks() {
  const hear = () => {
    if (browser.notifications && !browser.notifications.onClicked.hasListener(open)) browser.notifications.onClicked.addListener(open);
  };
  hear();
  browser.permissions.onAdded.addListener(hear);
}

/** @param {string} name */
function open(name) {
  if (name !== NAME) return;
  browser.notifications.clear(NAME);
  browser.tabs.create({ url: browser.runtime.getURL("popup/popup.html#news") }).catch(() => {});
}

/** @param {Notice[]} notices */
export async function notify(notices) {
  if (notices.length === 0 || !(await browser.permissions.contains({ permissions: ["notifications"] }))) return;
  const language = await withEngine((engine) => resolveLanguage(engine.language));
  const texts = await messagesFor(language, ["news_notify_", "extension_name"]);
  await browser.notifications.create(NAME, {
    type: "basic",
    iconUrl: browser.runtime.getURL("icons/icon-128.png"),
    title: texts.extension_name,
    message: words(notices, texts, language),
  });
}

/** What a notification says. @param {Notice[]} notices @param {Record<string, string>} texts @param {string} language */
export function words(notices, texts, language) {
  const [notice] = notices;
  if (notices.length > 1) {
    const form = new Intl.PluralRules(language).select(notices.length);
    const text = texts[`news_notify_many_${form}`] ?? texts.news_notify_many_other;
    return fill(text, [new Intl.NumberFormat(language).format(notices.length)]);
  }
  const quoted = (notice.kind === "corrected" ? notice.correction?.text : notice.truth.text) ?? "";
  const short = quoted.length > QUOTED ? `${quoted.slice(0, QUOTED)}…` : quoted;
  return fill(texts[`news_notify_${notice.kind}`], [calendarDay(notice.day, language), short]);
}
