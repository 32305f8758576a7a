"use strict";
// Wires the parts of one frame: greets the background, finds, asks, draws, and reports to the popup.
{
  const RETRY_MS = [2_000, 10_000, 30_000];
  const REPORT_MS = 500;
  const SMALLEST_FRAME = 96;
  /** Tells frames apart in the popup: two may have one address, and one may change its address. */
  const FRAME_ID = Math.random();

  /** @type {Welcome | null} */
  let welcome = null;
  /** Every picture this page asked about, by key. @type {Set<string>} */
  const seen = new Set();
  /** What the popup is told of matches; the post may have scrolled out of the document since. @type {Map<string, { key: string, verdict: Verdict, postLink: string | null, text: string | null }>} */
  const findings = new Map();
  /** @type {Set<any>} */
  const ports = new Set();
  let active = false;
  let reportTimer = 0;
  let helloTimer = 0;

  /** @param {number} [attempt] */
  const hello = async (attempt = 0) => {
    clearTimeout(helloTimer);
    let reply;
    try {
      reply = await browser.runtime.sendMessage({ kind: "hello" });
    } catch {
      if (!isAlive()) return die();
    }
    if (reply?.kind !== "welcome") {
      // The background may be starting; after that, its own messages bring us back.
      if (attempt < RETRY_MS.length) helloTimer = setTimeout(hello, RETRY_MS[attempt], attempt + 1);
      return;
    }
    stop();
    welcome = reply;
    if (reply.enabled) start(reply);
  };

  /** @param {Welcome} welcome */
  const start = ({ strings, language, direction, site: given, cdns, detectable }) => {
    active = true;
    const site = detectable?.find(({ detect }) => detect && document.querySelector(detect)) ?? given;
    caveat.keys.setRules(cdns);
    caveat.attribution.setRules(site);
    caveat.warning.setRules(site);
    caveat.warning.setWords({ strings, language, direction });
    caveat.queue.start({ answered, changed: reportSoon, dead: die });
    caveat.finder.start(site, {
      found(picture) {
        seen.add(/** @type {string} */ (picture.key));
        caveat.queue.want(picture);
        reportSoon();
      },
      left: caveat.queue.leave,
      gone(picture) {
        caveat.queue.drop(picture);
        caveat.warning.remove(picture);
      },
      moved() {
        if (isAlive()) caveat.warning.refresh();
        else die();
      },
    });
  };

  const stop = () => {
    if (!active) return;
    active = false;
    caveat.finder.stop();
    caveat.queue.stop();
    caveat.warning.clear();
    seen.clear();
    findings.clear();
    reportSoon();
  };

  /** @param {Picture} picture @param {Verdict} verdict */
  const answered = (picture, verdict) => {
    const key = picture.key;
    if (!key || !picture.element.isConnected) return;
    if (verdict.matches.length === 0) {
      findings.delete(key);
      caveat.warning.remove(picture);
      return;
    }
    const place = caveat.attribution.of(picture.element);
    findings.set(key, { key, verdict, postLink: place.postLink, text: place.text });
    caveat.warning.show(picture, verdict, place);
  };

  /** All pictures at hand are asked about again; what is drawn stays until its new answer is here. */
  const askAgain = () => {
    caveat.queue.newIndex();
    const again = [...caveat.finder.pictures()].filter(({ key, near }) => key && seen.has(key) && (near || findings.has(key)));
    // What an older index said of pictures that are gone is not known any more.
    const keys = new Set(again.map(({ key }) => key));
    for (const key of seen) if (!keys.has(key)) seen.delete(key);
    for (const key of findings.keys()) if (!keys.has(key)) findings.delete(key);
    again.forEach(caveat.queue.want);
    reportSoon();
  };

  const report = () => {
    /** @type {Record<string, number>} */
    const counts = {};
    /** @type {Record<string, number>} */
    const unreadable = {};
    let checked = 0;
    for (const { verdict, reason } of caveat.queue.results().values()) {
      counts[verdict] = (counts[verdict] ?? 0) + 1;
      if (verdict === "unreadable" || verdict === "noAccess") {
        const code = reason?.code ?? "internal";
        unreadable[code] = (unreadable[code] ?? 0) + 1;
      } else if (verdict !== "noIndex") checked++;
    }
    const matches = [...findings.values()];
    return { kind: "findings", id: FRAME_ID, frame: location.href, seen: seen.size, pending: caveat.queue.pending(), checked, counts, unreadable, matches };
  };

  const reportSoon = () => {
    if (ports.size === 0 || reportTimer) return;
    reportTimer = setTimeout(() => {
      reportTimer = 0;
      for (const port of ports) {
        try {
          port.postMessage(report());
        } catch {
          ports.delete(port);
        }
      }
    }, REPORT_MS);
  };

  const isAlive = () => {
    try {
      return !!browser.runtime?.id;
    } catch {
      return false;
    }
  };

  const onGrown = () => {
    if (innerWidth < SMALLEST_FRAME || innerHeight < SMALLEST_FRAME) return;
    removeEventListener("resize", onGrown);
    void hello();
  };

  /** The extension was updated, removed or disabled while the page stayed open: leave quietly. */
  const die = () => {
    stop();
    clearTimeout(helloTimer);
    removeEventListener("pagehide", onHide);
    removeEventListener("pageshow", onShow);
    removeEventListener("resize", onGrown);
  };

  const onHide = () => {
    if (active) caveat.queue.pause();
  };

  /** @param {PageTransitionEvent} event */
  const onShow = ({ persisted }) => {
    if (!persisted || !active) return;
    caveat.queue.resume();
    for (const picture of caveat.finder.pictures()) if (picture.near && picture.key && seen.has(picture.key)) caveat.queue.want(picture);
  };

  // Injected twice into one world (an update of the extension, a test): the first one stays.
  // There is nothing to draw in a document that is not HTML, such as a lone SVG drawing.
  if (!caveat.started && document.documentElement instanceof HTMLElement) {
    caveat.started = true;
    // Left over from a world whose extension is gone.
    for (const old of document.querySelectorAll("caveat-notice, caveat-card-layer")) old.remove();

    caveat.cardLayer.onMute = async (source, entry) => {
      const reply = await browser.runtime.sendMessage({ kind: "muteMatch", source, entry });
      if (reply?.kind !== "done") throw new Error("not muted");
      setTimeout(askAgain, 1_500);
    };

    browser.runtime.onMessage.addListener((/** @type {any} */ message) => {
      if (message?.kind === "indexChanged" && active) askAgain();
      else if (message?.kind === "settingsChanged" || (message?.kind === "indexChanged" && !welcome)) void hello();
    });

    browser.runtime.onConnect.addListener((/** @type {any} */ port) => {
      if (port.name !== "findings") return;
      ports.add(port);
      port.onDisconnect.addListener(() => ports.delete(port));
      port.postMessage(report());
    });

    addEventListener("pagehide", onHide);
    addEventListener("pageshow", onShow);
    // Pages are full of frames too small for any picture; they need not wake the background.
    if (self === top || (innerWidth >= SMALLEST_FRAME && innerHeight >= SMALLEST_FRAME)) void hello();
    else addEventListener("resize", onGrown);
  }
}
