// What may be typed as the address and the key of a source. Nothing here touches
// the page, so that it can be tested alone.

/** @typedef {{value: string, problem: null} | {value: null, problem: string}} Field */

/** The machine itself, where no network can listen in. */
const ownMachine = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * The folder of an index: https, or http on this computer; ends with a slash.
 * @param {string} typed
 * @returns {Field}
 */
export function readAddress(typed) {
  const text = typed.trim();
  if (text === "") return { value: null, problem: "field_url_empty" };
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    return { value: null, problem: "field_url_invalid" };
  }
  if (url.protocol === "http:" && !ownMachine.has(url.hostname)) {
    return { value: null, problem: "field_url_insecure" };
  }
  if (url.username !== "" || url.password !== "") {
    return { value: null, problem: "field_url_credentials" };
  }
  url.hash = "";
  url.search = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return { value: url.href, problem: null };
}

/**
 * An Ed25519 public key as 64 hexadecimal digits, from those or from base64.
 * @param {string} typed
 * @returns {Field}
 */
export function readKey(typed) {
  const text = typed.replace(/\s+/g, "");
  if (text === "") return { value: null, problem: "field_key_empty" };
  if (/^[0-9a-f]{64}$/i.test(text)) return { value: text.toLowerCase(), problem: null };
  const hex = base64ToHex(text);
  if (hex?.length === 64) return { value: hex, problem: null };
  return { value: null, problem: "field_key_invalid" };
}

/**
 * @param {string} text
 * @returns {string | null}
 */
function base64ToHex(text) {
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  } catch {
    return null;
  }
}
