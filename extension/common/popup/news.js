// News of pictures the reader saw: known now, or warned about by an entry that was corrected or taken back.

import * as client from "../ui/client.js";
import { byId, code, make, quoted, refill, webLink, words } from "../ui/dom.js";
import { calendarDay, failure } from "../ui/format.js";
import { sayCount } from "../ui/i18n.js";

/** @typedef {import("../ui/types.js").Notice} Notice */

const result = byId("news-result", HTMLElement);

/** @param {() => Promise<void>} refresh */
export function prepareNews(refresh) {
  byId("news-dismiss-all", HTMLButtonElement).addEventListener("click", () => dismiss(undefined, refresh));
}

/**
 * @param {Notice[]} notices
 * @param {() => Promise<void>} refresh
 */
export function showNews(notices, refresh) {
  const heading = byId("news-heading", HTMLElement);
  sayCount(heading, "news_heading", notices.length);
  const items = notices.map((notice) => item(notice, refresh));
  refill(byId("news-list", HTMLElement), items, heading);
  byId("news", HTMLElement).hidden = notices.length === 0 && result.textContent === "";
  byId("news-dismiss-all", HTMLElement).hidden = notices.length < 2;
}

/**
 * @param {Notice} notice
 * @param {() => Promise<void>} refresh
 * @returns {HTMLLIElement}
 */
function item(notice, refresh) {
  const button = words("button", "", "news_dismiss");
  button.type = "button";
  button.dataset.key = String(notice.id);
  button.setAttribute("aria-describedby", `news-${notice.id}`);
  button.addEventListener("click", () => dismiss(notice.id, refresh));
  const link = webLink(notice.url, "news_read");
  // As on the card: the host is read before the link is followed.
  const host = link && make("bdi", { dir: "auto" }, link.host.replace(/^www\./, ""));
  const leads = link && host ? [link, " ", make("span", { class: "quiet small" }, "(", host, ")")] : [];
  const headline = words("p", "", `news_${notice.kind}`, calendarDay(notice.day));
  headline.id = `news-${notice.id}`;
  return make(
    "li",
    { class: "piece" },
    headline,
    ...(notice.kind === "nowKnown" ? [quoted("p", "headline", notice.truth)] : changed(notice)),
    words("p", "quiet small", "news_source", notice.sourceName),
    make("div", { class: "row head" }, make("span", { class: "fill" }, ...leads), button),
  );
}

/**
 * What the source changed: why, and what it was about.
 * @param {Notice} notice
 * @returns {HTMLElement[]}
 */
function changed({ kind, correction, truth, claim, entry }) {
  const why = correction?.text ? quoted("p", "headline", correction) : words("p", "", "news_no_reason");
  const about = kind === "retracted" && claim.text ? claim : truth;
  const subject = about.text ? quoted("p", "quiet small", about) : make("p", {}, code(entry, "quiet small"));
  return [why, words("p", "quiet small", kind === "retracted" ? "news_about" : "news_says_now"), subject];
}

/**
 * @param {number | undefined} notice
 * @param {() => Promise<void>} refresh
 */
async function dismiss(notice, refresh) {
  try {
    await client.dismissNotice(notice);
    result.textContent = "";
  } catch (error) {
    result.textContent = failure(error);
  }
  await refresh();
}
