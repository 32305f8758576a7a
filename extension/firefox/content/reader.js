"use strict";
// What Firefox lets a content script read of a page: closed shadow roots, and the page's own copy of a picture.
{
  const TIME_LIMIT_MS = 20_000;

  /** @param {Element} element @returns {ShadowRoot | null} */
  const shadowRootOf = (element) => /** @type {any} */ (element).openOrClosedShadowRoot;

  /**
   * The page's own copy of the picture, or null where only the background can fetch it.
   * @param {string} url
   * @param {AbortSignal} signal
   */
  const read = async (url, signal) => {
    if (url.startsWith("data:")) return caveat.bytes.fromDataUrl(url);
    const { protocol, origin: from } = new URL(url);
    const ownBlob = protocol === "blob:";
    // Measured: a cross-origin fetch from here costs a second request and is held to the page's connect-src; the
    // background's one request is then the better one.
    if (!ownBlob && from !== self.origin) return null;
    try {
      const response = await fetch(url, ownBlob ? { signal: limited(signal) } : {
        mode: "same-origin",
        // Firefox keeps anonymous loads apart in its cache: with the page's credentials the entry is shared.
        credentials: "include",
        cache: "force-cache",
        signal: limited(signal),
      });
      return await caveat.bytes.fromResponse(response);
    } catch {
      return null;
    }
  };

  /** @param {AbortSignal} signal */
  const limited = (signal) => AbortSignal.any([signal, AbortSignal.timeout(TIME_LIMIT_MS)]);

  caveat.reader = { read, shadowRootOf };
}
