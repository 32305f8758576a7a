// The only caller of runtime.sendMessage in the extension's own pages: one
// function per request, so that no caller has to know what a reply looks like.

/** @typedef {import("./types.js").Status} Status */
/** @typedef {import("./types.js").SourceStatus} SourceStatus */
/** @typedef {import("./types.js").SourcePreview} SourcePreview */
/** @typedef {import("./types.js").UpdateResult} UpdateResult */

/** A failure that the background named. */
export class CaveatError extends Error {
  /**
   * @param {string} code stable; the text is `error_<code>` in _locales
   * @param {string} message for logs
   */
  constructor(code, message) {
    super(message);
    this.name = "CaveatError";
    this.code = code;
  }
}

/** How long a page waits for an answer that needs no network. */
const patience = 20_000;

/**
 * @param {{kind: string, [field: string]: unknown}} request
 * @param {string} expected the `kind` of the reply
 * @param {number} [deadline] in milliseconds; Infinity: the background has its own
 * @returns {Promise<any>}
 */
async function ask(request, expected, deadline = patience) {
  let reply;
  try {
    reply = await within(deadline, browser.runtime.sendMessage(request));
  } catch (error) {
    // No listener, or a background that was stopped in the middle of the answer.
    throw new CaveatError("internal", String(error));
  }
  if (reply?.kind === "error") {
    throw new CaveatError(String(reply.code), String(reply.message));
  }
  if (reply?.kind !== expected) {
    throw new CaveatError("internal", `no "${expected}" in the reply to "${request.kind}"`);
  }
  return reply;
}

/**
 * A background that was stopped at the wrong moment never answers; a page that
 * waits for ever says nothing to its user.
 * @template T
 * @param {number} deadline
 * @param {Promise<T>} answer
 * @returns {Promise<T>}
 */
function within(deadline, answer) {
  if (deadline === Infinity) return answer;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer in time")), deadline);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** @returns {Promise<Status>} */
export function status() {
  return ask({ kind: "status" }, "status");
}

/**
 * @param {string} [source] its id; without it, all enabled sources
 * @param {boolean} [acceptMassChange] the person was told that very much changes at once, and wants it
 * @returns {Promise<UpdateResult[]>}
 */
export async function updateSources(source, acceptMassChange = false) {
  const request = source === undefined ? {} : { source, acceptMassChange };
  return (await ask({ kind: "updateSources", ...request }, "updated", Infinity)).results;
}

/** @returns {Promise<void>} */
export async function cancelUpdate() {
  await ask({ kind: "cancelUpdate" }, "done");
}

/**
 * What adding a source would mean; nothing is stored.
 * @param {string} url where the source is published
 * @param {string} key its public key, 64 hexadecimal digits
 * @returns {Promise<SourcePreview>}
 */
export function previewSource(url, key) {
  return ask({ kind: "previewSource", url, key }, "preview", Infinity);
}

/**
 * @param {string} text a source's descriptor
 * @returns {Promise<SourcePreview>}
 */
export function previewDescriptor(text) {
  return ask({ kind: "previewDescriptor", text }, "preview", Infinity);
}

/**
 * @param {string} url as the preview says
 * @param {string} key likewise
 * @param {string} head likewise: another one than was shown is refused
 * @returns {Promise<SourceStatus>}
 */
export async function addSource(url, key, head) {
  return (await ask({ kind: "addSource", url, key, head }, "added", Infinity)).source;
}

/**
 * @param {string} source
 * @returns {Promise<void>}
 */
export async function removeSource(source) {
  await ask({ kind: "removeSource", source }, "done");
}

/**
 * @param {string} source
 * @param {boolean} enabled
 * @returns {Promise<void>}
 */
export async function setSourceEnabled(source, enabled) {
  await ask({ kind: "setSourceEnabled", source, enabled }, "done");
}

/**
 * @param {string} host
 * @param {boolean} enabled
 * @returns {Promise<void>}
 */
export async function setSite(host, enabled) {
  await ask({ kind: "setSite", host, enabled }, "done");
}

/**
 * @param {string} host
 * @returns {Promise<{enabled: boolean, locked: boolean}>} whether pictures are checked on this site, and whether an
 *   organisation has set that
 */
export function siteState(host) {
  return ask({ kind: "siteState", host }, "site");
}

/**
 * @param {string | null} language null: the browser's
 * @returns {Promise<void>}
 */
export async function setLanguage(language) {
  await ask({ kind: "setLanguage", language }, "done");
}

/**
 * @param {import("./types.js").Sensitivity} sensitivity
 * @returns {Promise<void>}
 */
export async function setSensitivity(sensitivity) {
  await ask({ kind: "setSensitivity", sensitivity }, "done");
}

/**
 * @param {string} source
 * @param {string} entry
 * @returns {Promise<void>}
 */
export async function unmute(source, entry) {
  await ask({ kind: "unmute", source, entry }, "done");
}

/**
 * @param {import("./types.js").LogSettings} logs what to remember; what is switched off is erased
 * @returns {Promise<void>}
 */
export async function setLogs(logs) {
  await ask({ kind: "setLogs", logs }, "done");
}

/**
 * @param {number} [notice] without it, all
 * @returns {Promise<void>}
 */
export async function dismissNotice(notice) {
  await ask({ kind: "dismissNotice", notice: notice ?? null }, "done");
}

/** @returns {Promise<void>} */
export async function forgetEverything() {
  await ask({ kind: "forgetEverything" }, "done");
}
