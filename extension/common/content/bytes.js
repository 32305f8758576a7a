"use strict";
// Bytes of pictures under a limit: nothing larger than the limit is ever held.
{
  /** The background refuses larger pictures, so reading further would be for nothing. */
  const limit = 32 * 1024 * 1024;

  /** Reads the body of a response and gives up as soon as it is larger than the limit. @param {Response} response */
  const fromResponse = async (response) => {
    if (!response.ok || !response.body) return null;
    if (Number(response.headers.get("content-length")) > limit) {
      await response.body.cancel();
      return null;
    }
    /** @type {Uint8Array[]} */
    const parts = [];
    let length = 0;
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > limit) {
        await reader.cancel();
        return null;
      }
      parts.push(value);
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return length > 0 ? bytes : null;
  };

  /**
   * Decodes a `data:` URL without fetching it: Firefox holds a content script's fetch to the page's connect-src.
   * @param {string} url
   */
  const fromDataUrl = (url) => {
    const comma = url.indexOf(",");
    if (comma < 0) return null;
    try {
      const head = url.slice(0, comma);
      const body = decodeURIComponentBytes(url.slice(comma + 1));
      const text = /;\s*base64\s*$/i.test(head) ? atob(body) : body;
      if (text.length > limit || text.length === 0) return null;
      const bytes = new Uint8Array(text.length);
      for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
      return bytes;
    } catch {
      return null;
    }
  };

  /** Undoes percent-encoding byte by byte: the result is bytes, not UTF-8 text. @param {string} text */
  const decodeURIComponentBytes = (text) =>
    text.includes("%") ? text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))) : text;

  caveat.bytes = { limit, fromResponse, fromDataUrl };
}
