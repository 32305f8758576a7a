// What a disk does to what the extension has stored: damage by one of its own pages, past the engine.

import { inDatabase } from "./stored.mjs";

/** @typedef {import("./extension.mjs").Extension} Extension */
/** @typedef {"flip" | "delete"} Damage  the last byte becomes another one, or the file is gone */

/** @param {Extension} extension @param {string} name  of a stored file @param {Damage} damage */
export async function rot(extension, name, damage) {
  const run = async (/** @type {IDBDatabase} */ database, /** @type {import("./stored.mjs").Done} */ done, /** @type {string} */ file, /** @type {Damage} */ how) => {
    const whole = await done(database.transaction(["files"], "readonly").objectStore("files").get(file));
    if (!(whole instanceof Blob) || whole.size === 0) throw new Error(`${file} is not stored`);
    const bytes = new Uint8Array(await whole.arrayBuffer());
    bytes.set([(bytes.at(-1) ?? 0) ^ 1], bytes.length - 1);
    const transaction = database.transaction(["files"], "readwrite");
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const files = transaction.objectStore("files");
    if (how === "flip") files.put(new Blob([bytes]), file);
    else files.delete(file);
    await ended;
    return true;
  };
  if (!(await inDatabase(extension, run, name, damage))) throw new Error("nothing is stored");
}

/** Stored files that are not what their names say: names end in the SHA-256 of what is in them. @param {Extension} extension @returns {Promise<string[]>} */
export async function rotten(extension) {
  const found = await inDatabase(extension, async (database, done) => {
    const files = database.transaction(["files"], "readonly").objectStore("files");
    const [names, blobs] = await Promise.all([done(files.getAllKeys()), done(files.getAll())]);
    /** @type {string[]} */
    const rotten = [];
    for (const [index, name] of names.entries()) {
      const said = /^(?:head|segment|root|retractions)-([0-9a-f]{64})$/.exec(name)?.[1];
      if (!said) continue;
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blobs[index].arrayBuffer()));
      if (Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") !== said) rotten.push(name);
    }
    return rotten;
  });
  if (found === null) throw new Error("nothing is stored");
  return found;
}
