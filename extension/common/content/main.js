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
  /** Every key this page asked about, and what it is counted as: a picture is one item, and so is a video with its poster and frames. @type {Map<string, string>} */
  const seen = new Map();
  /** What the popup is told of matches, by item; the post may have scrolled out of the document since. @type {Map<string, { key: string, verdict: Verdict, postLink: string | null, text: string | null }>} */
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
    caveat.videos.start({ wanted: want, left: caveat.queue.leave, dropped: caveat.queue.drop, changed: tell });
    caveat.finder.start(site, {
      found,
      left(picture) {
        caveat.queue.leave(picture);
        if (picture.kind === "video") caveat.videos.leave(picture);
      },
      gone(picture) {
        caveat.queue.drop(picture);
        tell(picture, picture.kind === "video" ? caveat.videos.gone(picture) : null);
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
    caveat.videos.stop();
    caveat.queue.stop();
    caveat.warning.clear();
    seen.clear();
    findings.clear();
    reportSoon();
  };

  /** Large enough and near: it is asked about. @param {Picture} picture */
  const found = (picture) => {
    if (picture.kind === "video") caveat.videos.watch(picture);
    if (picture.key) want(picture, itemOf(picture) ?? picture.key);
    reportSoon();
  };

  /** @param {Picture} picture @param {string} item */
  const want = (picture, item) => {
    if (!picture.key) return;
    seen.set(picture.key, item);
    caveat.queue.want(picture);
  };

  /** @param {Picture} picture */
  const isOfVideo = ({ kind }) => kind === "video" || kind === "frame";

  /** @param {Picture} picture */
  const itemOf = (picture) => (isOfVideo(picture) ? caveat.videos.itemOf(picture) : null) ?? picture.key;

  /** @param {Picture} picture @param {Verdict} verdict */
  const answered = (picture, verdict) => {
    if (!picture.key || !picture.element.isConnected) return;
    tell(picture, isOfVideo(picture) ? caveat.videos.told(picture, verdict) : verdict);
  };

  /** Draws what is known of a picture; null when nothing is, or it is not there any more. @param {Picture} picture @param {Verdict | null} verdict */
  const tell = (picture, verdict) => {
    const item = itemOf(picture);
    if (!item || !verdict || verdict.matches.length === 0) {
      if (item && verdict) findings.delete(item);
      caveat.warning.remove(picture);
      return;
    }
    const place = caveat.attribution.of(picture.element);
    findings.set(item, { key: item, verdict, postLink: place.postLink, text: place.text });
    caveat.warning.show(picture, verdict, place);
  };

  /** All pictures at hand are asked about again; what is drawn stays until its new answer is here. */
  const askAgain = () => {
    caveat.queue.newIndex();
    const again = [...caveat.finder.pictures()]
      .filter((picture) => picture.key && seen.has(picture.key) && (picture.near || findings.has(itemOf(picture) ?? "")))
      .map((picture) => ({ picture, item: itemOf(picture) ?? "" }));
    again.push(...caveat.videos.again((item) => findings.has(item)).map(({ frame, item }) => ({ picture: frame, item })));
    // What an older index said of pictures that are gone is not known any more.
    const keys = new Set(again.map(({ picture }) => picture.key));
    const items = new Set(again.map(({ item }) => item));
    for (const key of seen.keys()) if (!keys.has(key)) seen.delete(key);
    for (const item of findings.keys()) if (!items.has(item)) findings.delete(item);
    for (const { picture, item } of again) want(picture, item);
    reportSoon();
  };

  const report = () => {
    /** @type {Record<string, number>} */
    const counts = {};
    /** @type {Record<string, number>} */
    const unreadable = {};
    let checked = 0;
    /** @type {Map<string, Verdict[]>} */
    const items = new Map();
    for (const [key, verdict] of caveat.queue.results()) {
      const item = seen.get(key) ?? key;
      items.set(item, [...(items.get(item) ?? []), verdict]);
    }
    for (const verdicts of items.values()) {
      const { verdict, reason } = /** @type {Verdict} */ (caveat.videos.best(verdicts));
      const counted = verdict === "noIndex" && reason?.code === "outOfDate" ? "outOfDate" : verdict;
      counts[counted] = (counts[counted] ?? 0) + 1;
      if (verdict === "unreadable" || verdict === "noAccess") {
        const code = reason?.code ?? "internal";
        unreadable[code] = (unreadable[code] ?? 0) + 1;
      } else if (verdict !== "noIndex") checked++;
    }
    const pending = new Set([...caveat.queue.pending().map((key) => seen.get(key) ?? key), ...caveat.videos.pending()]).size;
    const matches = [...findings.values()];
    return { kind: "findings", id: FRAME_ID, frame: location.href, seen: new Set(seen.values()).size, pending, checked, counts, unreadable, matches };
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
    if (!active) return;
    caveat.videos.pause();
    caveat.queue.pause();
  };

  /** @param {PageTransitionEvent} event */
  const onShow = ({ persisted }) => {
    if (!persisted || !active) return;
    caveat.queue.resume();
    for (const picture of caveat.finder.pictures()) if (picture.kind === "video" ? caveat.finder.isWanted(picture) : picture.near && picture.key && seen.has(picture.key)) found(picture);
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
