// A browser that can be killed like a machine that loses its power, and started again with the same profile.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killBackground } from "./background.mjs";
import { startBrowser } from "./browsers.mjs";
import { Extension } from "./extension.mjs";
import { extensionProcesses } from "./memory.mjs";
import { startProxy } from "./proxy.mjs";
import { TestServer } from "./server.mjs";
import { until } from "./until.mjs";

/** @typedef {import("./paths.mjs").BrowserKind} BrowserKind */
/** @typedef {import("./browsers.mjs").Started} Started */
/** @typedef {Awaited<ReturnType<typeof openLasting>>} Lasting */

/**
 * The servers, a profile and a first start of the browser.
 * @param {BrowserKind} kind
 * @param {{profile?: string, folder?: string, env?: Record<string, string>}} [options]  `profile` is used and left; otherwise one is made
 *   and dropped. `folder` has the extension that is installed at each start
 */
export async function openLasting(kind, { profile, folder: installed, env } = {}) {
  const folder = profile ?? mkdtempSync(join(tmpdir(), "caveat-profile-"));
  const server = await new TestServer().open();
  const proxy = await startProxy(server.routes);
  /** @type {Started | null} */
  let started = null;
  /** @type {Extension | null} */
  let extension = null;

  const running = () => {
    if (!started || !extension) throw new Error("the browser is not running");
    return { ...started, extension };
  };
  const lasting = {
    kind,
    server,
    proxy,
    profile: folder,
    get browser() {
      return running().browser;
    },
    get extension() {
      return running().extension;
    },

    /** @param {Record<string, string>} [other]  environment, in place of the one given first */
    async start(other) {
      started = await startBrowser(kind, { proxyPort: proxy.port, profile: folder, folder: installed, env: other ?? env });
      extension = new Extension(started.browser, started.origin);
    },

    killBackground: () => killBackground({ kind, ...running() }),

    /** Kills the processes that run the extension, its pages with them. */
    async killProcess() {
      const pids = extensionProcesses(kind, pidOf(running()));
      for (const pid of pids) kill(pid);
      await until("the extension's processes to be gone", () => pids.every((pid) => !isAlive(pid)), { every: 5 });
      extension = new Extension(running().browser, running().origin);
    },

    /** Kills every process of the browser at once. */
    async killBrowser() {
      const group = pidOf(running());
      kill(-group);
      await until("the browser's processes to be gone", () => !groupIsAlive(group), { every: 5 });
      // puppeteer puts Firefox's settings back as they were once it has seen the end: not while the next start writes them.
      const restored = () => ["prefs.js", "user.js"].every((name) => !existsSync(`${folder}/${name}.puppeteer`));
      await until("the profile's settings to be put back", restored, { every: 5 });
      started?.dropPackage();
      [started, extension] = [null, null];
    },

    /** Ends the browser as a person does. */
    async quit() {
      await started?.close();
      [started, extension] = [null, null];
    },

    async close() {
      if (started) await lasting.killBrowser();
      await proxy.close();
      await server.close();
      if (!profile) rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await lasting.start();
  } catch (error) {
    await lasting.close();
    throw error;
  }
  return lasting;
}

/** @param {Started} started */
function pidOf({ browser }) {
  const pid = browser.process()?.pid;
  if (!pid) throw new Error("the browser has no process of ours");
  return pid;
}

/** @param {number} pid  negative: a process group */
function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It may have ended between being found and being killed.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}

/** State and process group, or null: Linux's /proc. @param {number | string} pid */
function look(pid) {
  try {
    const [, state, group] = /\(.*\) (\S) \d+ (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return { state, group: Number(group) };
  } catch {
    return null;
  }
}

/** What has ended and was not collected yet (Z) holds no file open any more. @param {ReturnType<typeof look>} found */
const runs = (found) => found !== null && found.state !== "Z" && found.state !== "X";

/** @param {number} pid */
const isAlive = (pid) => runs(look(pid));

/** @param {number} group */
const groupIsAlive = (group) =>
  readdirSync("/proc").some((name) => {
    const found = /^\d+$/.test(name) ? look(name) : null;
    return runs(found) && found?.group === group;
  });
