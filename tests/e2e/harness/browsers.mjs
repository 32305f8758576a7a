// Starts a fresh browser with the built extension in it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { chromiumArguments, executable, firefoxPreferences, firefoxUuid } from "./browser-settings.mjs";
import * as paths from "./paths.mjs";

/** @typedef {import('./paths.mjs').BrowserKind} BrowserKind */
/** @typedef {import('puppeteer-core').Browser} Browser */

/**
 * @typedef {object} LaunchOptions
 * @property {number} proxyPort
 * @property {string} [zip]       install this package instead of the built folder
 * @property {string} [folder]    install this folder
 * @property {boolean} [visible]
 * @property {string} [profile]   use this folder and leave it, with what the extension stored; otherwise a new one is made and dropped
 * @property {Record<string, string>} [env]  set for the browser besides our own environment
 */

/**
 * @typedef {object} Started
 * @property {Browser} browser
 * @property {string} extensionId
 * @property {string} origin    of the extension's own pages, with a slash at the end
 * @property {() => Promise<void>} close
 * @property {() => void} dropPackage  what of it is left where the browser ended otherwise
 */

/**
 * @param {BrowserKind} kind
 * @param {LaunchOptions} options
 * @returns {Promise<Started>}
 */
export async function startBrowser(kind, { proxyPort, zip, folder, visible = false, profile, env = {} }) {
  const scratch = mkdtempSync(join(tmpdir(), "caveat-e2e-"));
  const drop = () => rmSync(scratch, { recursive: true, force: true });
  try {
    const unpacked = zip ? unpack(paths.need(zip), scratch) : (folder ?? paths.extensionFolder(kind));
    const manifest = JSON.parse(readFileSync(paths.need(`${unpacked}/manifest.json`), "utf8"));
    const own = { ...(profile ? { userDataDir: profile } : {}), env: { ...process.env, ...env } };
    const browser =
      kind === "firefox"
        ? await launchFirefox(proxyPort, manifest.browser_specific_settings.gecko.id, visible, own)
        : await launchChromium(proxyPort, visible, own);
    const close = async () => {
      await browser.close();
      drop();
    };
    try {
      const extensionId = await browser.installExtension(unpacked);
      const origin = kind === "firefox" ? `moz-extension://${firefoxUuid}/` : `chrome-extension://${extensionId}/`;
      return { browser, extensionId, origin, close, dropPackage: drop };
    } catch (error) {
      await close();
      throw new Error(`${kind} refused the extension in ${unpacked}: ${error}`);
    }
  } catch (error) {
    drop();
    throw error;
  }
}

/** @typedef {import("puppeteer-core").LaunchOptions} Launch */

/** @param {number} proxyPort @param {boolean} visible @param {Launch} own */
const launchChromium = (proxyPort, visible, own) =>
  puppeteer.launch({
    ...own,
    executablePath: executable("chromium"),
    headless: !visible,
    // installExtension needs the pipe: without it Chromium does not offer Extensions.loadUnpacked.
    pipe: true,
    enableExtensions: true,
    networkEnabled: false,
    protocolTimeout: 30_000,
    defaultViewport: visible ? null : { width: 1000, height: 800 },
    args: chromiumArguments(proxyPort),
  });

/** @param {number} proxyPort @param {string} addonId @param {boolean} visible @param {Launch} own */
const launchFirefox = (proxyPort, addonId, visible, own) =>
  puppeteer.launch({
    ...own,
    browser: "firefox",
    executablePath: executable("firefox"),
    headless: !visible,
    networkEnabled: false,
    protocolTimeout: 30_000,
    defaultViewport: visible ? null : { width: 1000, height: 800 },
    // Without system access Firefox refuses to open moz-extension: pages and to run scripts in its own scope.
    args: ["--remote-allow-system-access"],
    extraPrefsFirefox: firefoxPreferences(proxyPort, addonId),
  });

/** @param {string} zip @param {string} scratch */
function unpack(zip, scratch) {
  execFileSync("python3", ["-m", "zipfile", "-e", zip, scratch]);
  return scratch;
}
