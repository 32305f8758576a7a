// What the extension has stored, read by one of its own pages past the engine.

/** @typedef {import("./extension.mjs").Extension} Extension */
/** @typedef {{state: any, files: string[]}} Stored  the state and the names of all files, both of one moment */

/** Nothing is made by looking: without a database there is no state and no file. @param {Extension} extension @returns {Promise<Stored>} */
export async function stored(extension) {
  const desk = await extension.desk();
  return desk.evaluate(async () => {
    const done = (/** @type {IDBRequest} */ request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    if (!(await indexedDB.databases()).some(({ name }) => name === "caveat")) return { state: null, files: [] };
    const database = await done(indexedDB.open("caveat"));
    try {
      const transaction = database.transaction(["files", "state"], "readonly");
      const [state, files] = await Promise.all([
        done(transaction.objectStore("state").get("state")),
        done(transaction.objectStore("files").getAllKeys()),
      ]);
      return { state: state ? JSON.parse(new TextDecoder().decode(state)) : null, files };
    } finally {
      database.close();
    }
  });
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
