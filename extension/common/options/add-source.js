// The form that adds a source by its address and its public key.

import * as client from "../ui/client.js";
import { byId } from "../ui/dom.js";
import { failure } from "../ui/format.js";
import { plural, say } from "../ui/i18n.js";
import { readAddress, readKey } from "./source-fields.js";

/** Which field a named failure of the background belongs to. */
const culprit = Object.freeze({
  badUrl: "add-url",
  notFound: "add-url",
  badEnvelope: "add-url",
  redirected: "add-url",
  badKey: "add-key",
  badSignature: "add-key",
  wrongSource: "add-key",
});

const url = byId("add-url", HTMLInputElement);
const key = byId("add-key", HTMLInputElement);
const submit = byId("add-submit", HTMLButtonElement);
const result = byId("add-result", HTMLElement);

/** @param {() => Promise<void>} refresh */
export function prepareAddSource(refresh) {
  byId("add", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void add(refresh);
  });
  for (const field of [url, key]) field.addEventListener("input", () => complain(field, null));
}

/** @param {() => Promise<void>} refresh */
async function add(refresh) {
  const address = readAddress(url.value);
  const publicKey = readKey(key.value);
  complain(url, address.problem);
  complain(key, publicKey.problem);
  result.className = "";
  result.textContent = "";
  if (address.value === null) return url.focus();
  if (publicKey.value === null) return key.focus();

  submit.disabled = true;
  say(result, "add_working");
  try {
    await permit(address.value);
    const source = await client.addSource(address.value, publicKey.value);
    await refresh();
    url.value = key.value = "";
    result.className = "good";
    result.textContent = plural("add_done", source.entries, source.name);
  } catch (error) {
    const code = error instanceof client.CaveatError ? error.code : "internal";
    const id = /** @type {Record<string, string>} */ (culprit)[code];
    const field = [url, key].find((one) => one.id === id);
    if (field) {
      result.textContent = "";
      complain(field, `error_${code}`);
      field.focus();
    } else {
      result.className = "bad";
      result.textContent = failure(error);
    }
  } finally {
    submit.disabled = false;
  }
}

/**
 * Where the user took back the permission for all sites, this asks for the one
 * of the source. Refused or impossible is no end: its server may allow any page.
 * @param {string} address
 */
async function permit(address) {
  const { protocol, hostname } = new URL(address);
  try {
    await browser.permissions.request({ origins: [`${protocol}//${hostname}/*`] });
  } catch {
    // The manifest does not name this site: nothing to ask for.
  }
}

/**
 * @param {HTMLInputElement} field
 * @param {string | null} problem a key of _locales
 */
function complain(field, problem) {
  const place = byId(`${field.id}-error`, HTMLElement);
  place.hidden = problem === null;
  if (problem === null) {
    field.removeAttribute("aria-invalid");
    place.textContent = "";
  } else {
    field.setAttribute("aria-invalid", "true");
    say(place, problem);
  }
}
