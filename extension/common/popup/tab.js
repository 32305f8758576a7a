// Which tab the popup speaks of, and whether extensions may run in it.

/** Pages of the browsers' own shops, where no extension may run. */
const closedHosts = new Set([
  "chromewebstore.google.com",
  "addons.mozilla.org",
  "accounts.firefox.com",
  "support.mozilla.org",
]);

/**
 * The active tab; `?tab=<id>` names another one, for a popup opened as a page.
 * @returns {Promise<chrome.tabs.Tab | null>}
 */
export async function currentTab() {
  const named = new URLSearchParams(location.search).get("tab");
  try {
    if (named !== null) return await browser.tabs.get(Number(named));
    const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
    return tab ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {chrome.tabs.Tab | null} tab
 * @returns {URL | null} its address, where that is a page of the web
 */
function webAddress(tab) {
  const url = tab?.url ? URL.parse(tab.url) : null;
  return url?.protocol === "https:" || url?.protocol === "http:" ? url : null;
}

/**
 * @param {chrome.tabs.Tab | null} tab
 * @returns {string | null}
 */
export function hostOf(tab) {
  return webAddress(tab)?.hostname ?? null;
}

/**
 * @param {chrome.tabs.Tab | null} tab
 * @returns {boolean}
 */
export function isClosedToExtensions(tab) {
  const url = webAddress(tab);
  if (url === null) return true;
  return (
    closedHosts.has(url.hostname) ||
    (url.hostname === "chrome.google.com" && url.pathname.startsWith("/webstore"))
  );
}

/**
 * A match pattern for the tab's site. Match patterns have no port.
 * @param {chrome.tabs.Tab | null} tab
 * @returns {string}
 */
export function originPattern(tab) {
  const url = webAddress(tab);
  return url === null ? "<all_urls>" : `${url.protocol}//${url.hostname}/*`;
}
