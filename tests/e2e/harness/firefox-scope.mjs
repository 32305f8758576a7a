// Runs a script in Firefox's own scope, where extensions and preferences can be reached. Needs --remote-allow-system-access.

/** @typedef {import('puppeteer-core').Browser} Browser */

/**
 * @param {Browser} browser
 * @param {string} expression
 * @returns {Promise<unknown>} a string, number, boolean or null
 */
export async function inFirefoxScope(browser, expression) {
  // puppeteer has no public way to send a WebDriver BiDi command of its own.
  const { connection } = /** @type {any} */ (browser);
  const tree = await connection.send("browsingContext.getTree", { "moz:scope": "chrome" });
  const { context } = tree.result.contexts[0];
  const { result } = await connection.send("script.evaluate", { expression, target: { context }, awaitPromise: true });
  if (result.type === "exception") throw new Error(`${expression}: ${result.exceptionDetails.text}`);
  return result.result.value ?? null;
}
