// One test's world: server, proxy and a fresh browser with the extension, and the same test body for both browsers.

import { mkdirSync } from "node:fs";
import { test } from "node:test";
import { inWorker, isBackgroundRunning, killBackground } from "./background.mjs";
import { browserNoise } from "./browser-settings.mjs";
import { startBrowser } from "./browsers.mjs";
import { Extension } from "./extension.mjs";
import { inFirefoxScope } from "./firefox-scope.mjs";
import { setManaged } from "./managed.mjs";
import * as paths from "./paths.mjs";
import { startProxy } from "./proxy.mjs";
import { TestServer } from "./server.mjs";

/** @typedef {import('./paths.mjs').BrowserKind} BrowserKind */
/** @typedef {Awaited<ReturnType<typeof openWorld>>} World */
/** @typedef {{zip?: (kind: BrowserKind) => string, folder?: (kind: BrowserKind) => string, visible?: boolean, root?: string, managed?: object, reachable?: boolean}} WorldOptions */

/** @returns {BrowserKind[]} */
export function kinds() {
  const named = process.env.CAVEAT_BROWSER;
  if (!named) return ["chromium", "firefox"];
  if (named !== "chromium" && named !== "firefox") throw new Error(`CAVEAT_BROWSER=${named}: use chromium or firefox`);
  return [named];
}

/**
 * Registers one test per browser, which starts it in its own way.
 * @param {string} name
 * @param {(kind: BrowserKind, context: import('node:test').TestContext) => Promise<void>} body
 * @param {number} timeout  milliseconds
 */
export function withEachBrowser(name, body, timeout) {
  for (const kind of kinds()) test(`${kind}: ${name}`, { timeout }, (context) => body(kind, context));
}

/**
 * Registers one test per browser, which has it open.
 * @param {string} name
 * @param {(world: World, context: import('node:test').TestContext) => Promise<void>} body
 * @param {WorldOptions & {timeout?: number}} [options]
 */
export function inEachBrowser(name, body, { timeout = 120_000, ...options } = {}) {
  for (const kind of kinds()) {
    test(`${kind}: ${name}`, { timeout }, async (context) => {
      const world = await openWorld(kind, options);
      try {
        await body(world, context);
      } catch (error) {
        await world.describeFailure(context);
        throw error;
      } finally {
        await world.close();
      }
    });
  }
}

/** @param {BrowserKind} kind @param {WorldOptions} [options] */
export async function openWorld(kind, { zip, folder, visible, root, managed, reachable } = {}) {
  const from = { zip: zip?.(kind), folder: folder?.(kind) };
  const release = managed ? setManaged(kind, managed) : () => {};
  const server = await new TestServer(root, reachable).open();
  const proxy = await startProxy(server.routes);
  const stop = async () => {
    release();
    await proxy.close();
    await server.close();
  };
  const started = await startBrowser(kind, {
    proxyPort: proxy.port,
    ...from,
    visible,
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  const { browser, extensionId, origin } = started;
  const extension = new Extension(browser, origin);

  return {
    kind,
    browser,
    extensionId,
    origin,
    server,
    proxy,
    extension,
    killBackground: () => killBackground({ kind, browser, extensionId }),
    isBackgroundRunning: () => isBackgroundRunning({ kind, browser, extensionId }),
    /** In Chromium's background. @template T @param {() => T} run */
    inWorker: (run) => inWorker({ browser, extensionId }, run),

    /** @param {string} url */
    async visit(url) {
      const page = await browser.newPage();
      await page.goto(url);
      return page;
    },

    /** Requests that are neither to the local servers nor the browser's own. */
    outsideRequests: () =>
      proxy.log.filter((entry) => !entry.reachable && !browserNoise.some((pattern) => pattern.test(entry.host))),
    noise: () => proxy.log.filter((entry) => !entry.reachable && browserNoise.some((pattern) => pattern.test(entry.host))),

    /** @param {import('puppeteer-core').Page} page @param {'light' | 'dark'} scheme */
    async setScheme(page, scheme) {
      if (kind === "chromium") await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      else
        await inFirefoxScope(
          browser,
          `Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", ${scheme === "dark" ? 0 : 1})`,
        );
    },

    /** Leaves a picture of every open page and the last requests for whoever reads the failure. @param {import('node:test').TestContext} context */
    async describeFailure(context) {
      const folder = `${paths.target}/test-failures`;
      mkdirSync(folder, { recursive: true });
      const name = context.name.replace(/[^a-z0-9]+/gi, "-");
      for (const [index, page] of (await browser.pages().catch(() => [])).entries()) {
        const path = /** @type {`${string}.png`} */ (`${folder}/${name}-${index}.png`);
        await Promise.race([page.screenshot({ path }), new Promise((done) => setTimeout(done, 3000))]).catch(() => {});
      }
      context.diagnostic(`pictures of the open pages: ${folder}/${name}-*.png`);
      for (const entry of proxy.log.slice(-15)) context.diagnostic(`${entry.method} ${entry.url} ${entry.dest}`);
    },

    async close() {
      await started.close();
      await stop();
    },
  };
}
