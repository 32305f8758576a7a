// Does the work of the check page away from its main thread: loads the sources, reads and compares pictures. Nothing is sent anywhere.
/** @typedef {import("./types.js").FromWorker} FromWorker */
/** @typedef {import("./types.js").ToWorker} ToWorker */
/** @typedef {import("./types.js").SourceLine} SourceLine */
/** @typedef {import("./types.js").LoadedSource} LoadedSource */

/** @type {import("./types.js").Pkg | undefined} */
let pkg;
/** @type {import("./types.js").Checker | undefined} */
let checker;

/** @param {FromWorker} message */
const tell = (message) => postMessage(message);

/**
 * Whatever was thrown, as a code that the messages know.
 * @param {unknown} thrown
 */
function named(thrown) {
  const { code, message } = /** @type {{code?: unknown, message?: unknown}} */ (typeof thrown === "object" && thrown !== null ? thrown : {});
  return { code: typeof code === "string" ? code : "internal", message: typeof message === "string" ? message : String(thrown) };
}

/**
 * @param {URL} url
 * @returns {Promise<Uint8Array>}
 */
async function read(url) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw { code: "offline", message: `${url.pathname} could not be fetched` };
  }
  if (response.status === 404) throw { code: "notFound", message: `${url.pathname} is not there` };
  if (!response.ok) throw { code: "httpStatus", message: `${url.pathname}: status ${response.status}` };
  return new Uint8Array(await response.arrayBuffer());
}

/** @param {URL} url @returns {Promise<Uint8Array | undefined>} */
async function readIfThere(url) {
  try {
    return await read(url);
  } catch (thrown) {
    if (named(thrown).code === "notFound") return undefined;
    throw thrown;
  }
}

/**
 * The sources of one list; a source that fails is reported and does not take the others with it.
 * @param {string} list
 * @returns {Promise<LoadedSource[]>}
 */
async function load(list) {
  const where = new URL(list, self.location.href);
  /** @type {SourceLine[]} */
  let lines;
  try {
    lines = JSON.parse(new TextDecoder().decode(await read(where)));
  } catch (thrown) {
    const error = thrown instanceof SyntaxError ? { code: "badEnvelope", message: thrown.message } : named(thrown);
    return [{ path: list, key: "", development: false, error }];
  }
  return Promise.all(lines.map(async ({ path, key, name, development }) => {
    try {
      if (!pkg || !checker) throw { code: "internal", message: "not started" };
      const folder = new URL(`${path}/`, where);
      const publication = new pkg.Publication(await read(new URL("head", folder)), key);
      for (let version; (version = publication.nextRoot()) !== undefined; )
        publication.addRoot(await read(new URL(`root/${version}`, folder)));
      const segments = await Promise.all(publication.segmentNames().map((name) => read(new URL(name, folder))));
      const retractions = publication.mayRetractApart() ? await readIfThere(new URL("retractions", folder)) : undefined;
      const fingerprint = checker.addSource(publication, segments, retractions, name);
      return { path, key: fingerprint, development, error: null };
    } catch (thrown) {
      return { path, key: "", development, error: named(thrown) };
    }
  }));
}

/**
 * A kind of file that the engine does not read itself, decoded by the browser and handed over as PNG.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<Uint8Array | null>} null when the browser cannot read it either
 */
async function convert(bytes) {
  try {
    const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  } catch {
    return null;
  }
}

/** @param {string[]} lists */
async function start(lists) {
  pkg = /** @type {import("./types.js").Pkg} */ (await import(new URL("../pkg/caveat.js", self.location.href).href));
  await pkg.default();
  checker = new pkg.Checker();
  const sources = [];
  for (const list of lists) sources.push(...await load(list));
  tell({ kind: "ready", sources });
}

/**
 * @param {number} id
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} language
 */
async function check(id, bytes, language) {
  if (!pkg || !checker) throw { code: "internal", message: "not started" };
  /** @type {Uint8Array} */
  let used = bytes;
  let verdict = checker.check(bytes, language), converted = false;
  if (verdict.verdict === "unreadable" && verdict.reason?.code === "unsupportedFormat") {
    const png = await convert(bytes);
    if (png) {
      used = png;
      verdict = checker.check(png, language);
      converted = true;
    }
  }
  let numbers = null;
  try {
    numbers = pkg.fingerprint(used);
  } catch {
    // An unreadable picture has no fingerprint; the verdict already says why.
  }
  tell({ kind: "result", id, verdict, numbers, converted });
}

// One question after another, in the order in which they came.
let queue = Promise.resolve();
addEventListener("message", (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  queue = queue
    .then(() => (data.kind === "start" ? start(data.lists) : check(data.id, data.bytes, data.language)))
    .catch((thrown) => tell({ kind: "error", id: data.kind === "check" ? data.id : null, ...named(thrown) }));
});
