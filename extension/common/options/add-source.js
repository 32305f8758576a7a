// Adding a source, by the file that its publisher gives out or by its address and public key: in two steps, what is being trusted first.

import * as client from "../ui/client.js";
import { byId } from "../ui/dom.js";
import { failure } from "../ui/format.js";
import { plural, say } from "../ui/i18n.js";
import { readAddress, readKey } from "./source-fields.js";
import { confirmTrust } from "./trust.js";

/** @typedef {import("../ui/types.js").SourcePreview} SourcePreview */
/** @typedef {import("../ui/types.js").PolicyStatus} PolicyStatus */

/** Longest file that is read, in bytes: a longer one is cut, and refused by the background as no description of a source. */
const LONGEST_FILE = 16_384;

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
const file = byId("add-file", HTMLInputElement);
const submit = byId("add-submit", HTMLButtonElement);
const result = byId("add-result", HTMLElement);

/** @param {() => Promise<void>} refresh */
export function prepareAddSource(refresh) {
  byId("add", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void addTyped(refresh);
  });
  file.addEventListener("change", () => void addFile(refresh));
  for (const field of [url, key]) field.addEventListener("input", () => complain(field, null));
}

/** Where an organisation lets nobody add a source there is nothing to fill in. @param {PolicyStatus | null} policy */
export function showAddSource(policy) {
  byId("add-section", HTMLElement).hidden = policy?.onlyTheseSources === true;
}

/** @param {() => Promise<void>} refresh */
async function addTyped(refresh) {
  const address = readAddress(url.value);
  const publicKey = readKey(key.value);
  complain(url, address.problem);
  complain(key, publicKey.problem);
  result.className = "";
  result.textContent = "";
  if (address.value === null) return url.focus();
  if (publicKey.value === null) return key.focus();
  const { value } = address;
  const { value: typedKey } = publicKey;
  await add(refresh, async () => {
    await permit(value);
    return client.previewSource(value, typedKey);
  }, true);
}

/** @param {() => Promise<void>} refresh */
async function addFile(refresh) {
  const chosen = file.files?.[0];
  if (!chosen) return;
  for (const field of [url, key]) complain(field, null);
  await add(refresh, async () => client.previewDescriptor(await chosen.slice(0, LONGEST_FILE).text()), false);
  // The same file may be chosen again after it was mended.
  file.value = "";
}

/**
 * @param {() => Promise<void>} refresh
 * @param {() => Promise<SourcePreview>} look
 * @param {boolean} typed whether the fields are what a failure is about
 */
async function add(refresh, look, typed) {
  submit.disabled = file.disabled = true;
  result.className = "";
  say(result, "add_working");
  try {
    const preview = await look();
    result.textContent = "";
    if (!(await confirmTrust(preview))) return void say(result, "add_declined");
    say(result, "add_fetching");
    const source = await client.addSource(preview.url, preview.key, preview.head);
    await refresh();
    url.value = key.value = "";
    result.className = "good";
    result.textContent = plural("add_done", source.entries, source.name);
  } catch (error) {
    fail(error, typed);
  } finally {
    submit.disabled = file.disabled = false;
  }
}

/**
 * @param {unknown} error
 * @param {boolean} typed
 */
function fail(error, typed) {
  const code = error instanceof client.CaveatError ? error.code : "internal";
  const id = /** @type {Record<string, string>} */ (culprit)[code];
  const field = typed ? [url, key].find((one) => one.id === id) : undefined;
  if (field) {
    result.textContent = "";
    complain(field, `error_${code}`);
    field.focus();
  } else {
    result.className = "bad";
    result.textContent = failure(error);
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
