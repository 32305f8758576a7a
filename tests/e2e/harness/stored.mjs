// What the extension has stored, read by one of its own pages past the engine.

/** @typedef {import("./extension.mjs").Extension} Extension */
/** @typedef {{state: any, files: string[]}} Stored  the state and the names of all files, both of one moment */

/** The promise of what a request gives. @typedef {(request: IDBRequest) => Promise<any>} Done */

/**
 * Runs a function in one of the extension's own pages on its database; null where there is none, since nothing is made by looking.
 * @template {any[]} Values
 * @template Found
 * @param {Extension} extension
 * @param {(database: IDBDatabase, done: Done, ...values: Values) => Promise<Found>} run  on nothing but what it is given
 * @param {Values} values
 * @returns {Promise<Found | null>}
 */
export async function inDatabase(extension, run, ...values) {
  const desk = await extension.desk();
  const opened = async (/** @type {typeof run} */ inside, /** @type {Values} */ given) => {
    const done = (/** @type {IDBRequest} */ request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    if (!(await indexedDB.databases()).some(({ name }) => name === "caveat")) return null;
    const database = await done(indexedDB.open("caveat"));
    try {
      return await inside(database, done, ...given);
    } finally {
      database.close();
    }
  };
  return /** @type {Promise<Found | null>} */ (desk.evaluate(`(${opened})(${run}, ${JSON.stringify(values)})`));
}

/** @param {Extension} extension @returns {Promise<Stored>} */
export async function stored(extension) {
  const found = await inDatabase(extension, async (database, done) => {
    const transaction = database.transaction(["files", "state"], "readonly");
    const [state, files] = await Promise.all([
      done(transaction.objectStore("state").get("state")),
      done(transaction.objectStore("files").getAllKeys()),
    ]);
    return { state: state ? JSON.parse(new TextDecoder().decode(state)) : null, files };
  });
  return found ?? { state: null, files: [] };
}

/**
 * What is wrong with what is stored: files that nothing names are never deleted any more, names without a file are a damaged index.
 * @param {Stored} found @returns {string[]}
 */
export function straysOf({ state, files }) {
  const text = JSON.stringify(state);
  const named = new Set(text.match(/\b(?:(?:head|segment|root|retractions)-[0-9a-f]{64}|part-[0-9a-f]{64}-\d+)\b/g) ?? []);
  return [
    ...files.filter((name) => !text.includes(`"${name}"`)).map((name) => `${name} is stored and nothing names it`),
    ...[...named].filter((name) => !files.includes(name)).map((name) => `${name} is named and not stored`),
  ];
}
