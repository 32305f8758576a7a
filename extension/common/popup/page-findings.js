// What the content scripts of all frames of a tab have seen, added up.

/** @typedef {import("../ui/types.js").FrameFindings} FrameFindings */
/** @typedef {import("../ui/types.js").PageMatch} PageMatch */
/** @typedef {import("../ui/types.js").VerdictKind} VerdictKind */
/** @typedef {import("../ui/types.js").Finding} Finding */

/**
 * @typedef {object} Total
 * @property {number} seen
 * @property {number} pending
 * @property {number} checked
 * @property {Partial<Record<VerdictKind | "outOfDate", number>>} counts
 * @property {Record<string, number>} unreadable
 * @property {PageMatch[]} matches
 */

export class PageFindings {
  /** @type {Map<string, FrameFindings>} */
  #frames = new Map();
  /** @type {chrome.runtime.Port | null} */
  #port = null;
  #onChange;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /**
   * One port reaches every frame of the tab, and every frame answers on it.
   * @param {number} tab
   * @param {() => void} onClosed nobody listens in this tab, or not any more
   */
  connect(tab, onClosed) {
    this.disconnect();
    const port = browser.tabs.connect(tab, { name: "findings" });
    this.#port = port;
    port.onMessage.addListener((/** @type {any} */ news) => {
      if (news?.kind !== "findings" || port !== this.#port) return;
      this.#frames.set(String(news.id ?? news.frame), news);
      this.#onChange();
    });
    port.onDisconnect.addListener(() => {
      // Reading it keeps Chrome from reporting an "unchecked" error.
      void browser.runtime.lastError;
      if (port !== this.#port) return;
      this.#port = null;
      onClosed();
    });
  }

  disconnect() {
    const port = this.#port;
    this.#port = null;
    this.#frames.clear();
    port?.disconnect();
  }

  /** @returns {Total} */
  total() {
    /** @type {Total} */
    const total = { seen: 0, pending: 0, checked: 0, counts: {}, unreadable: {}, matches: [] };
    /** @type {Set<string>} */
    const listed = new Set();
    for (const frame of this.#frames.values()) {
      total.seen += frame.seen;
      total.pending += frame.pending;
      total.checked += frame.checked;
      add(total.counts, frame.counts);
      add(total.unreadable, frame.unreadable);
      for (const match of frame.matches) {
        const finding = notable(match.verdict);
        if (finding === undefined) continue;
        const name = JSON.stringify([match.key, match.postLink, finding.source, finding.entry]);
        if (listed.has(name)) continue;
        listed.add(name);
        total.matches.push(match);
      }
    }
    return total;
  }
}

/**
 * @param {Record<string, number>} sum
 * @param {Record<string, number>} more
 */
function add(sum, more) {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
}

/**
 * The finding to tell of. The unedited original of a known picture is none: it
 * is not warned about.
 * @param {PageMatch["verdict"]} verdict
 * @returns {Finding | undefined}
 */
export function notable({ verdict, matches }) {
  if (verdict === "match" || verdict === "possible") return matches[0];
  return matches.find((finding) => finding.role === "debunk");
}
