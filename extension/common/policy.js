// What an organisation has set, as the browser's managed storage has it. The engine holds it against the rules.

/** @returns {Promise<string | undefined>} JSON; nothing where nothing is set */
export async function readPolicy() {
  try {
    const set = await browser.storage.managed.get(null);
    return Object.keys(set).length > 0 ? JSON.stringify(set) : undefined;
  } catch {
    // Firefox refuses to answer where no organisation has set anything.
    return undefined;
  }
}
