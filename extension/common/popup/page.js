// "This page": whether its pictures are checked, and what was found on it.

import * as client from "../ui/client.js";
import { byId } from "../ui/dom.js";
import { failure } from "../ui/format.js";
import { say, t } from "../ui/i18n.js";
import { showFindings } from "./findings.js";
import { PageFindings } from "./page-findings.js";
import { currentTab, hostOf, isClosedToExtensions, originPattern } from "./tab.js";

/**
 * @typedef {"loading" | "impossible" | "noPermission" | "off" | "silent" | "answering"
 *   | "failed"} PageState
 */

/** How long a page may take to answer before we say that it does not. */
const patience = 1500;

/** The sentence below the switch, and the button where something can be done. */
const notes = Object.freeze({
  loading: { note: null, action: null },
  impossible: { note: "site_impossible", action: null },
  noPermission: { note: "site_no_permission", action: "site_allow" },
  off: { note: "site_is_off", action: null },
  silent: { note: "site_silent", action: "site_reload" },
  answering: { note: null, action: null },
  failed: { note: null, action: null },
});

export class Page {
  /** @type {chrome.tabs.Tab | null} */
  #tab = null;
  /** @type {PageState} */
  #state = "loading";
  /** An organisation has set whether this site is checked. */
  #locked = false;
  /** @type {unknown} */
  #error = null;
  /** @type {number | undefined} */
  #timer;

  #switch = byId("site-switch", HTMLInputElement);
  #label = byId("site-label", HTMLElement);
  #note = byId("site-note", HTMLElement);
  #action = byId("site-action", HTMLButtonElement);
  #box = byId("findings", HTMLElement);
  #findings = new PageFindings(() => this.#heard());

  constructor() {
    this.#switch.addEventListener("change", () => this.#set(this.#switch.checked));
    this.#action.addEventListener("click", () => this.#act());
    browser.tabs.onUpdated.addListener((id, change) => {
      if (id === this.#tab?.id && change.status === "complete") void this.start();
    });
  }

  /** Looks at the tab anew. */
  async start() {
    this.#tab = await currentTab();
    this.#locked = false;
    this.#findings.disconnect();
    const host = hostOf(this.#tab);
    if (host === null || isClosedToExtensions(this.#tab)) return this.#enter("impossible");
    try {
      const origins = [originPattern(this.#tab)];
      if (!(await browser.permissions.contains({ origins }))) return this.#enter("noPermission");
      const { enabled, locked } = await client.siteState(host);
      this.#locked = locked;
      this.#enter(enabled ? "loading" : "off");
    } catch (error) {
      this.#error = error;
      return this.#enter("failed");
    }
    if (this.#state === "loading") this.#listen();
  }

  /** Shows everything again, in the language that is spoken now. */
  render() {
    const host = hostOf(this.#tab);
    const { note, action } = notes[this.#state];
    if (host === null) say(this.#label, "site_switch");
    else say(this.#label, "site_switch_host", host);
    this.#switch.checked = ["loading", "silent", "answering"].includes(this.#state) && host !== null;
    this.#switch.disabled = this.#locked || ["impossible", "noPermission", "failed"].includes(this.#state);
    if (this.#state === "failed") this.#note.textContent = failure(this.#error);
    else if (note === null) this.#note.textContent = "";
    else say(this.#note, note);
    if (this.#locked) this.#note.textContent += ` ${t("managed_set")}`;
    this.#note.hidden = this.#note.textContent === "";
    this.#action.hidden = action === null;
    if (action !== null) say(this.#action, action);
    this.#box.hidden = this.#state !== "answering";
    if (this.#state === "answering") showFindings(this.#findings.total());
  }

  /** @param {PageState} state */
  #enter(state) {
    clearTimeout(this.#timer);
    this.#state = state;
    this.render();
  }

  #listen() {
    const id = this.#tab?.id;
    if (id === undefined) return;
    this.#timer = window.setTimeout(() => this.#enter("silent"), patience);
    this.#findings.connect(id, () => this.#enter("silent"));
  }

  #heard() {
    if (this.#state === "loading" || this.#state === "silent") this.#enter("answering");
    else if (this.#state === "answering") showFindings(this.#findings.total());
  }

  /** @param {boolean} enabled */
  async #set(enabled) {
    const host = hostOf(this.#tab);
    if (host === null) return;
    try {
      await client.setSite(host, enabled);
    } catch (error) {
      this.#error = error;
      return this.#enter("failed");
    }
    await this.start();
  }

  async #act() {
    if (this.#state === "noPermission") {
      // Before any await: Firefox asks only in the handler of a click itself.
      const origins = [originPattern(this.#tab)];
      if (await browser.permissions.request({ origins })) await this.start();
    } else if (this.#state === "silent" && this.#tab?.id !== undefined) {
      await browser.tabs.reload(this.#tab.id);
    }
  }
}
