"use strict";
// What Chromium lets a content script read of a page: closed shadow roots, and the page's own copy of a picture.
{
  const TIME_LIMIT_MS = 20_000;

  /** Hosts that send no CORS headers: asking each of them once is enough. @type {Set<string>} */
  const closedHosts = new Set();

  /** @param {Element} element @returns {ShadowRoot | null} */
  const shadowRootOf = (element) => {
    try {
      return element instanceof HTMLElement ? browser.dom.openOrClosedShadowRoot(element) : null;
    } catch {
      // The extension was updated or removed while the page stayed open.
      return null;
    }
  };

  /**
   * The page's own copy of the picture, or null where only the background can fetch it.
   * @param {string} url
   * @param {AbortSignal} signal
   */
  const read = async (url, signal) => {
    if (url.startsWith("data:")) return caveat.bytes.fromDataUrl(url);
    const { protocol, host, origin: from } = new URL(url);
    const ownBlob = protocol === "blob:";
    if (!ownBlob && closedHosts.has(host)) return null;
    const own = ownBlob || from === self.origin;
    try {
      // Measured: with a host that sends Access-Control-Allow-Origin, this is answered from the page's HTTP cache
      // without a second request, also under a page's connect-src 'self'.
      const response = await fetch(url, ownBlob ? { signal: limited(signal) } : {
        mode: "cors",
        credentials: own ? "same-origin" : "omit",
        cache: "force-cache",
        signal: limited(signal),
      });
      return await caveat.bytes.fromResponse(response);
    } catch (error) {
      if (!own && error instanceof TypeError) closedHosts.add(host);
      return null;
    }
  };

  /** @param {AbortSignal} signal */
  const limited = (signal) => AbortSignal.any([signal, AbortSignal.timeout(TIME_LIMIT_MS)]);

  caveat.reader = { read, shadowRootOf };
}
