// The background: listeners, registered synchronously (a killed background is started again by the event, and must hear it), and the
// dispatcher, sorted by trust. It decides nothing: the engine does.

import { stayAlive } from "./alive.js";
import { onEvent, settle, withEngine } from "./engine.js";
import { hearClicks, notify } from "./notify.js";
import { readPolicy } from "./policy.js";
import { rehearse } from "./rehearsal.js";
import { cdns, sites } from "./sites.js";
import { directionOf, messagesFor, resolveLanguage } from "./ui/messages.js";

/** @typedef {import("./pkg/caveat.js").Reply} Reply */
/** @typedef {import("./pkg/caveat.js").PageRequest} PageRequest */
/** @typedef {import("./pkg/caveat.js").OwnRequest} OwnRequest */

/** Texts that content scripts show. */
const CONTENT_TEXTS = ["card_", "warning_", "category_", "match_"];
const ALARM = "update";
/** How often to look whether an update is due; each source says how long to wait. */
const ALARM_MINUTES = 180;
/** Rings while a long download is under way: it keeps the background from being ended as idle, and goes on with what was. */
const GOING_ON = "goingOn";
const GOING_ON_MINUTES = 0.5;
/** Downloads of more bytes may take longer than an idle background lives. */
const LONG_DOWNLOAD = 4 * 1024 * 1024;
/** How long the logs wait to be written, so that many pictures take one writing: milliseconds. */
const QUIET = 3000;

/** Ends the signs of life that are given while a long download is watched. @type {(() => void) | undefined} */
let watching;
/** Open pages of ours that follow progress. @type {Set<chrome.runtime.Port>} */
const followers = new Set();
/** Pictures being checked, by key, so that two frames that show one picture cost one download. @type {Map<string, Promise<Reply>>} */
const checking = new Map();

browser.runtime.onMessage.addListener((/** @type {any} */ message, sender) => answer(message, sender));
browser.runtime.onConnect.addListener(follow);
browser.alarms.onAlarm.addListener(({ name }) => {
  if (name === ALARM) withEngine((engine) => engine.alarm()).catch(report);
  if (name === GOING_ON) goOn().catch(report);
});
browser.storage.onChanged.addListener((_, area) => {
  if (area === "managed") obey().catch(report);
});
browser.runtime.onStartup.addListener(() => begin());
browser.runtime.onInstalled.addListener(() => {
  begin();
  rehearse().catch(report);
});
hearClicks();
onEvent(spread);
// Alarms may be lost when the browser or the extension is switched off and on, so every start looks after ours.
keepAlarm();

/** @param {unknown} code @param {unknown} message @returns {Reply} */
const failed = (code, message) => ({ kind: "error", code: String(code), message: String(message) });

/** @param {any} message @param {chrome.runtime.MessageSender} sender @returns {Promise<any>} */
async function answer(message, sender) {
  try {
    return await dispatch(message, sender);
  } catch (error) {
    report(error);
    return failed("internal", error instanceof Error ? error.message : error);
  }
}

/** @param {any} message @param {chrome.runtime.MessageSender} sender @returns {Promise<any>} */
async function dispatch(message, sender) {
  if (typeof message?.kind !== "string") return failed("badMessage", "a message has a kind");
  // Any page's content script.
  if (message.kind === "hello") return welcome(sender);
  const hidden = isPrivate(sender);
  if (message.kind === "checkImage") return checkOnce(ofSite(message, sender), hidden);
  if (message.kind === "lookUp") return withEngine((engine) => engine.pageRequest(ofSite(message, sender), hidden));
  if (message.kind === "muteMatch") return withEngine((engine) => engine.pageRequest(message, hidden));
  // Our own pages only.
  if (!isOwnPage(sender)) return failed("badMessage", `${message.kind} is not for pages`);
  const reply = await withEngine((engine) => engine.ownRequest(message));
  if (message.kind === "setLanguage" || message.kind === "forgetEverything") {
    await withEngine(settle);
  }
  return reply;
}

/** An organisation has changed its policy. */
async function obey() {
  const policy = await readPolicy();
  await withEngine(async (engine) => {
    await engine.setPolicy(policy);
    settle(engine);
  });
}

/** @param {chrome.runtime.MessageSender} sender */
const isOwnPage = (sender) => sender.id === browser.runtime.id && sender.url?.startsWith(browser.runtime.getURL("")) === true;

/** Only what ordinary windows show may be remembered: a sender of whom we are not told counts as private. @param {chrome.runtime.MessageSender} sender */
const isPrivate = (sender) => sender.tab?.incognito !== false;

/**
 * Pictures are remembered for each site apart: what a content script reads may come from the page's service worker, so a page could
 * otherwise say what another site's picture looks like.
 * @template {{key: string}} Message
 * @param {Message} message @param {chrome.runtime.MessageSender} sender @returns {Message}
 */
const ofSite = (message, sender) => ({ ...message, key: `${hostOf(sender.url) || `tab ${sender.tab?.id}`} ${message.key}` });

/** @param {Extract<PageRequest, {kind: "checkImage"}>} message @param {boolean} hidden @returns {Promise<Reply>} */
function checkOnce(message, hidden) {
  // A private window's question must not answer for an ordinary one, nor the other way round: only one of them is noted.
  const key = `${hidden} ${message.key}`;
  const running = checking.get(key);
  // A frame that has the bytes need not share the fate of one whose picture could not be fetched.
  if (running) return message.bytes ? running.then((reply) => (fetched(reply) ? reply : checkOnce(message, hidden))) : running;
  const check = withEngine((engine) => engine.pageRequest(message, hidden))
    .then((reply) => explain(reply, message.url))
    .finally(() => checking.delete(key));
  checking.set(key, check);
  return check;
}

/**
 * A fetch that fails for want of a permission looks like an unreachable host, and only the browser can tell them apart.
 * @param {Reply} reply @param {string} url @returns {Promise<Reply>}
 */
async function explain(reply, url) {
  if (fetched(reply) || reply.kind !== "verdict" || reply.reason?.code !== "fetchFailed" || !URL.canParse(url)) return reply;
  const { protocol, hostname } = new URL(url);
  if (await browser.permissions.contains({ origins: [`${protocol}//${hostname}/*`] })) return reply;
  return { ...reply, reason: { code: "notPermitted", message: `Caveat may not read pictures of ${hostname}` } };
}

/** @param {Reply} reply */
const fetched = (reply) => reply.kind !== "verdict" || reply.verdict !== "noAccess";

/** What a content script needs to know to begin. @param {chrome.runtime.MessageSender} sender */
async function welcome(sender) {
  const page = hostOf(sender.tab?.url ?? sender.url);
  const frame = hostOf(sender.url) || page;
  const state = await withEngine((engine) => ({
    enabled: engine.checksSite(page),
    language: resolveLanguage(engine.language),
    generation: engine.generation,
  }));
  const site = sites.find(({ hosts }) => hosts.some((rule) => fits(rule, frame)));
  return {
    kind: "welcome",
    ...state,
    direction: directionOf(state.language),
    strings: await messagesFor(state.language, CONTENT_TEXTS),
    site,
    // Software that runs on any host can only be told by the document.
    detectable: site?.hosts.includes("*") ? sites.filter(({ detect }) => detect) : [],
    cdns,
  };
}

/** @param {string | undefined} url */
function hostOf(url) {
  try {
    return new URL(url ?? "").hostname;
  } catch {
    return "";
  }
}

/** @param {string} rule exact host, ".suffix" or "*" @param {string} host */
function fits(rule, host) {
  return rule === "*" || rule === host || (rule.startsWith(".") && host.endsWith(rule));
}

/** @param {chrome.runtime.Port} port */
function follow(port) {
  if (port.name !== "progress" || !port.sender || !isOwnPage(port.sender)) return port.disconnect();
  followers.add(port);
  port.onDisconnect.addListener(() => followers.delete(port));
}

/** Tells our own pages, and the tabs what concerns them; does what the engine asks for. @param {import("./pkg/caveat.js").Event} event */
function spread(event) {
  if (event.kind === "progress" && event.stage === "segments" && (event.total ?? 0) > LONG_DOWNLOAD) watchDownload();
  if (event.kind === "progress" || event.kind === "statusChanged") {
    for (const port of followers) port.postMessage(event);
    return;
  }
  if (event.kind === "logsWaiting") return void setTimeout(() => withEngine((engine) => engine.keepLogs()).catch(report), QUIET);
  if (event.kind === "news") return void notify(event.notices).catch(report);
  browser.tabs.query({}).then((tabs) => {
    for (const { id } of tabs) {
      // A tab without our content script (a browser page, one older than the extension) has nobody to hear it.
      if (id !== undefined) browser.tabs.sendMessage(id, event).catch(() => {});
    }
  }, report);
}

/** The browser, or the extension, was closed perhaps in the middle of a download: alarms need not outlive that. */
function begin() {
  keepAlarm();
  watchDownload();
}

function watchDownload() {
  if (watching) return;
  watching = stayAlive();
  browser.alarms.create(GOING_ON, { periodInMinutes: GOING_ON_MINUTES }).catch(report);
}

async function goOn() {
  watchDownload();
  if (await withEngine((engine) => engine.goOn())) return;
  watching?.();
  watching = undefined;
  await browser.alarms.clear(GOING_ON);
}

async function keepAlarm() {
  if (await browser.alarms.get(ALARM)) return;
  // Not all at the same minute: every copy of the extension waits another while.
  const delayInMinutes = 1 + Math.random() * 30;
  await browser.alarms.create(ALARM, { delayInMinutes, periodInMinutes: ALARM_MINUTES });
}

/** @param {unknown} error */
function report(error) {
  console.error("Caveat:", error);
}
