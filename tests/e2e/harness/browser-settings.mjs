// How each browser is started: nothing leaves the machine, nothing is remembered, everything goes through our proxy.

import { existsSync } from "node:fs";

/** @typedef {import('./paths.mjs').BrowserKind} BrowserKind */

/** Fixes the address of the extension's pages in Firefox; Chromium derives it from the installed folder. */
export const firefoxUuid = "5ca1ab1e-0000-4000-8000-00000000cafe";

const candidates = {
  chromium: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/snap/bin/chromium"],
  firefox: ["/usr/bin/firefox-esr", "/usr/bin/firefox", "/snap/bin/firefox"],
};

/** A missing browser is an error, never a skipped test. @param {BrowserKind} kind */
export function executable(kind) {
  const variable = kind.toUpperCase();
  const named = process.env[variable];
  const found = named ? [named].find(existsSync) : candidates[kind].find(existsSync);
  if (!found) {
    throw new Error(
      named
        ? `${variable}=${named} does not exist`
        : `no ${kind} found (looked for ${candidates[kind].join(", ")}): install it or set ${variable}=/path/to/it`,
    );
  }
  return found;
}

/** @param {number} proxyPort */
export const chromiumArguments = (proxyPort) => [
  "--no-sandbox",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-domain-reliability",
  "--no-pings",
  `--proxy-server=http://127.0.0.1:${proxyPort}`,
  "--proxy-bypass-list=<-loopback>",
  // A second lock: no name is ever looked up, whatever ignores the proxy.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
  "--touch-events=enabled",
];

/**
 * @param {number} proxyPort
 * @param {string} addonId
 * @returns {Record<string, string | number | boolean>}
 */
export const firefoxPreferences = (proxyPort, addonId) => ({
  "extensions.webextensions.uuids": JSON.stringify({ [addonId]: firefoxUuid }),
  // The background is stopped by the tests, at the moment they choose.
  "extensions.background.idle.timeout": 600_000,
  // For Firefox the extension is a temporary one; what it stored shall be there when a profile is opened again.
  "extensions.webextensions.keepStorageOnUninstall": true,
  "extensions.webextensions.keepUuidOnUninstall": true,
  "network.proxy.type": 1,
  "network.proxy.http": "127.0.0.1",
  "network.proxy.http_port": proxyPort,
  "network.proxy.ssl": "127.0.0.1",
  "network.proxy.ssl_port": proxyPort,
  "network.proxy.no_proxies_on": "",
  "network.proxy.allow_hijacking_localhost": true,
  // Answering "proxy failed" would turn a dead server into a retry without the proxy.
  "network.proxy.failover_direct": false,
  // Firefox repeats a request up to ten times when a proxy hangs up; counted requests must be the ones that were meant.
  "network.http.request.max-attempts": 1,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.dns.disablePrefetch": true,
  "network.prefetch-next": false,
  "network.trr.mode": 5,
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.contentblocking.report.hide_vpn_banner": true,
  "browser.discovery.enabled": false,
  "browser.newtabpage.activity-stream.feeds.system.topsites": false,
  "browser.newtabpage.enabled": false,
  "browser.region.network.url": "",
  "browser.region.update.enabled": false,
  "browser.safebrowsing.downloads.remote.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.search.geoSpecificDefaults": false,
  "browser.search.update": false,
  "browser.topsites.contile.enabled": false,
  "datareporting.healthreport.uploadEnabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "dom.push.connection.enabled": false,
  "extensions.blocklist.enabled": false,
  "extensions.getAddons.cache.enabled": false,
  "extensions.systemAddon.update.enabled": false,
  "extensions.update.enabled": false,
  "identity.fxaccounts.enabled": false,
  "media.gmp-manager.updateEnabled": false,
  "messaging-system.rsexperimentloader.enabled": false,
  "toolkit.telemetry.enabled": false,
  "toolkit.telemetry.server": "",
  "toolkit.telemetry.unified": false,
  "trailhead.firstrun.didSeeAboutWelcome": true,
});

/**
 * Hosts the browsers themselves still try to reach with everything above switched off. They are refused by the proxy
 * and kept apart from requests of pages and of the extension. The extension never has a reason to name one of these.
 */
export const browserNoise = [
  /(^|\.)google\.com(:\d+)?$/,
  /(^|\.)googleapis\.com(:\d+)?$/,
  /(^|\.)gvt1\.com(:\d+)?$/,
  /(^|\.)gstatic\.com(:\d+)?$/,
  /(^|\.)mozilla\.(com|net|org)(:\d+)?$/,
  /(^|\.)firefox\.com(:\d+)?$/,
  /(^|\.)mozgcp\.net(:\d+)?$/,
];
