// The extension's own pages as a test sees them: opening them, asking the background through one, reading a tab's findings.

import { until } from "./until.mjs";

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {import('puppeteer-core').Browser} Browser */
/** @typedef {{kind: string, [key: string]: any}} Message */
/** @typedef {Message & {seen: number, pending: number, checked: number, counts: Record<string, number>,
 *   unreadable: Record<string, number>, matches: any[], frame: string}} Findings */

export class Extension {
  /** A page of the extension that stays open and carries the tests' questions. @type {Promise<Page> | null} */
  #desk = null;

  /** @param {Browser} browser @param {string} origin */
  constructor(browser, origin) {
    this.browser = browser;
    this.origin = origin;
  }

  /**
   * Opens a page of the extension. Firefox swaps the process under the page, so that a navigation there never reports
   * its end: the page itself is asked instead. One that was lost, as in a Firefox that has just been started, is made again.
   * @param {string} path
   * @param {{type?: 'tab' | 'window'}} [options]
   */
  async open(path, { type = "tab" } = {}) {
    const address = this.origin + path;
    return until(
      `${path} to load`,
      async () => {
        const page = await this.browser.newPage({ type });
        const isThere = async () => {
          const [href, state] = await page.evaluate(() => [location.href, document.readyState]);
          if (href !== address || state !== "complete") throw new Error(`${href} is ${state}`);
          return true;
        };
        try {
          const navigation = page.goto(address, { timeout: 4000 }).catch(() => null);
          if (this.origin.startsWith("chrome")) await navigation;
          await until(`${path} to load`, isThere, { timeout: 15_000 });
        } catch (error) {
          await page.close().catch(() => {});
          throw error;
        }
        return page;
      },
      { timeout: 60_000 },
    );
  }

  /** In a window of its own, so that the page under test stays the visible tab of its window. */
  desk() {
    this.#desk ??= this.open("options/options.html#desk", { type: "window" });
    return this.#desk;
  }

  /** Sends a message to the background, as popup and options do. @param {Message} message @returns {Promise<Message>} */
  async send(message) {
    const desk = await this.desk();
    return desk.evaluate((asked) => browser.runtime.sendMessage(asked), message);
  }

  /** Like `send`, and fails on an error reply. @param {Message} message */
  async ask(message) {
    const reply = await this.send(message);
    if (reply?.kind === "error" || !reply) throw new Error(`${message.kind}: ${JSON.stringify(reply)}`);
    return reply;
  }

  /** The number of a tab with one of our own pages. @param {Page} page @returns {Promise<number>} */
  ownTab(page) {
    return page.evaluate(async () => /** @type {number} */ ((await browser.tabs.getCurrent())?.id));
  }

  /** The number of a web page's tab for the extension's interfaces. @param {Page} page @returns {Promise<number>} */
  async tabOf(page) {
    const desk = await this.desk();
    const url = page.url();
    const tab = await desk.evaluate(async (wanted) => {
      const tabs = await browser.tabs.query({});
      return tabs.find((tab) => tab.url === wanted)?.id ?? null;
    }, url);
    if (tab === null) throw new Error(`no tab shows ${url}`);
    return tab;
  }

  /**
   * What every frame of the tab reports to the popup, newest report of each frame.
   * @param {number} tab
   * @returns {Promise<Findings[]>}
   */
  async findings(tab) {
    const desk = await this.desk();
    return desk.evaluate(async (id) => {
      /** @type {Map<string, any>} */
      const frames = new Map();
      const port = browser.tabs.connect(id, { name: "findings" });
      port.onMessage.addListener((/** @type {any} */ report) => frames.set(report.frame, report));
      const end = Date.now() + 1500;
      // The first answers of all frames arrive together; the port closes at once when nobody listens.
      while (frames.size === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise((resolve) => setTimeout(resolve, 60));
      port.disconnect();
      return [...frames.values()];
    }, tab);
  }

  /**
   * Records the progress of the next update in the desk page until `done`.
   * @returns {Promise<() => Promise<any[]>>} gives what was posted so far
   */
  async watchProgress() {
    const desk = await this.desk();
    await desk.evaluate(() => {
      const state = /** @type {any} */ (globalThis);
      state.posted = [];
      state.port = browser.runtime.connect({ name: "progress" });
      state.port.onMessage.addListener((/** @type {any} */ message) => state.posted.push(message));
    });
    return () => desk.evaluate(() => /** @type {any} */ (globalThis).posted);
  }

  /** Starts an update without waiting for its end. @param {string} [source] @returns {Promise<() => Promise<any>>} gives the reply, or null so far */
  async startUpdate(source) {
    const desk = await this.desk();
    await desk.evaluate((id) => {
      const state = /** @type {any} */ (globalThis);
      state.updateReply = null;
      browser.runtime.sendMessage({ kind: "updateSources", ...(id ? { source: id } : {}) }).then(
        (/** @type {any} */ reply) => {
          state.updateReply = reply ?? { kind: "nothing" };
        },
        (/** @type {any} */ error) => {
          state.updateReply = { kind: "rejected", message: String(error) };
        },
      );
    }, source);
    return () => desk.evaluate(() => /** @type {any} */ (globalThis).updateReply);
  }
}
