"use strict";
// The warnings of the frame: which picture has one, how it is worded, and that it stays where it belongs.
{
  /** Below this a picture has room for the icon only. */
  const WORDS_FROM = 160;
  /** A page that keeps removing our node is not fought with. */
  const REINSERTS = 5;

  /** @typedef {{ picture: Picture, verdict: Verdict, place: Place, box: Element, notice: Notice, fullWidth: number, reinserts: number, inView: boolean }} Shown */

  /** @type {Words} */
  let words;
  /** @type {SiteRules} */
  let site;
  /** @type {Map<Element, Shown>} */
  const shown = new Map();

  /** How to word it; null draws nothing. @param {Verdict} verdict @returns {NoticeLook | null} */
  const lookOf = ({ verdict, matches }) => {
    const known = matches.find((finding) => finding.role === "known");
    if (verdict === "match") return known?.scope === "claim" ? "claim" : "match";
    if (verdict === "possible") return "possible";
    return verdict === "none" && matches.some((finding) => finding.role === "debunk") ? "debunk" : null;
  };

  /** What the card tells: a picture that is nearer to its original has nothing to tell. @param {Verdict} verdict */
  const findingsOf = ({ verdict, matches }) =>
    matches.filter(({ role }) => role === "debunk" || (role === "known" && verdict !== "none"));

  /** The label of a look. @param {NoticeLook} look */
  const labelOf = (look) => words.strings[look === "claim" ? "warning_match_claim" : `warning_${look}`] ?? "";

  /** Sizes changed, as when a phone is turned: also notices out of view could lie outside the page by now. */
  let allStale = false;
  const sizes = new ResizeObserver(() => {
    allStale = true;
    refreshSoon();
  });

  const inView = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const one = shown.get(target);
      if (!one) continue;
      one.inView = isIntersecting;
      // Only now can a hit test say whether something of the post lies on top.
      if (isIntersecting && caveat.place.covered(one.notice.host, one.place.container)) attach(one);
      settle(one);
    }
  }, { threshold: [0, 0.35, 0.7, 1] });

  /** A scroller that is no containing block does not carry our node along. @param {Event} event */
  const onScroll = (event) => {
    if (event.target !== document) refreshSoon();
  };

  /** Of copies of one picture that lie on each other, the sharp and real one is warned about. @param {Picture} picture */
  const rank = ({ element, kind }) => (kind === "img" ? 4 : kind === "video" || kind === "frame" ? 3 : kind === "svg" ? 2 : 1) - (/blur/.test(getComputedStyle(element).filter) ? 10 : 0);

  /**
   * One picture twice, by its key; or a video and its still, by what they are known as.
   * @param {Shown} one @param {Picture} picture @param {Verdict} verdict
   */
  const isCopy = (one, picture, verdict) => {
    if (one.picture.key && one.picture.key === picture.key) return true;
    if (![one.picture, picture].some(({ kind }) => kind === "video" || kind === "frame")) return false;
    return verdict.matches.some(({ source, entry }) => one.verdict.matches.some((other) => other.source === source && other.entry === entry));
  };

  /** @param {Picture} picture @param {Place} place @param {Verdict} verdict */
  const betterCopy = (picture, place, verdict) => {
    const rect = picture.element.getBoundingClientRect();
    for (const other of shown.values()) {
      if (other.picture.element === picture.element || !isCopy(other, picture, verdict) || other.place.container !== place.container) continue;
      const at = other.picture.element.getBoundingClientRect();
      if (at.left >= rect.right || rect.left >= at.right || at.top >= rect.bottom || rect.top >= at.bottom) continue;
      if (rank(other.picture) >= rank(picture)) return true;
      remove(other.picture);
    }
    return false;
  };

  /** @param {Picture} picture @param {Verdict} verdict @param {Place} place */
  const show = (picture, verdict, place) => {
    const look = lookOf(verdict);
    if (!look || betterCopy(picture, place, verdict)) {
      remove(picture);
      return;
    }
    let one = shown.get(picture.element);
    if (!one) {
      const box = (site.anchor && picture.element.closest(site.anchor)) || picture.element;
      const notice = caveat.notice.make(words, false);
      one = { picture, verdict, place, box, notice, fullWidth: 0, reinserts: 0, inView: false };
      if (shown.size === 0) addEventListener("scroll", onScroll, { capture: true, passive: true });
      shown.set(picture.element, one);
      const made = one;
      caveat.cardLayer.attach(notice, () => ({ findings: findingsOf(made.verdict), verdict: made.verdict }), () => words);
      notice.setLabel(look, labelOf(look));
      attach(one);
      sizes.observe(box);
      if (place.container) sizes.observe(place.container);
      inView.observe(picture.element);
    }
    Object.assign(one, { picture, verdict, place });
    one.notice.setCompact(false);
    one.notice.setLabel(look, labelOf(look));
    one.fullWidth = one.notice.host.offsetWidth;
    settle(one);
    caveat.line.remember(picture, place, verdict, words);
  };

  /** @param {Shown} one */
  const attach = ({ notice, picture, box, place }) =>
    caveat.place.insert(notice.host, picture.element, picture.kind === "background" && box === picture.element, box, place.container);

  /** Puts one warning into its corner. @param {Shown} one */
  const settle = (one) => {
    const { notice, box, picture, place } = one;
    const rect = caveat.place.visibleRect(box, place.container);
    notice.button.style.visibility = rect ? "" : "hidden";
    if (!rect || rect.width === 0 || rect.height === 0) return;
    const rtl = words.direction === "rtl";
    const obstacles = caveat.place.controlsOver(rect, picture.element, place.container);
    const { host } = notice;
    let spot = null;
    if (rect.width >= WORDS_FROM && one.fullWidth + 16 <= rect.width) {
      notice.setCompact(false);
      spot = caveat.place.freeCorner(rect, host.offsetWidth, host.offsetHeight, rtl, obstacles);
    }
    if (!spot) {
      notice.setCompact(true);
      spot = caveat.place.freeCorner(rect, host.offsetWidth, host.offsetHeight, rtl, obstacles);
    }
    // Controls everywhere: the line by the text says it.
    notice.button.style.visibility = spot || !place.textElement ? "" : "hidden";
    caveat.place.moveTo(host, spot?.left ?? rect.left + 4, spot?.top ?? rect.top + 4);
  };

  /** @param {Picture} picture */
  const remove = ({ element }) => {
    const one = shown.get(element);
    if (!one) return;
    shown.delete(element);
    if (shown.size === 0) removeEventListener("scroll", onScroll, { capture: true });
    sizes.unobserve(one.box);
    if (one.place.container && ![...shown.values()].some((other) => other.place.container === one.place.container)) {
      sizes.unobserve(one.place.container);
    }
    inView.unobserve(element);
    caveat.cardLayer.closeFor(one.notice.host);
    one.notice.host.remove();
    caveat.line.forget(one.picture);
  };

  /** The page changed: warnings follow their pictures. */
  const refresh = () => {
    for (const one of [...shown.values()]) {
      if (!one.picture.element.isConnected) {
        remove(one.picture);
        continue;
      }
      if (!one.notice.host.isConnected && one.reinserts++ < REINSERTS) attach(one);
      if (one.inView || allStale) settle(one);
    }
    allStale = false;
    caveat.line.refresh();
  };

  let frame = 0;
  const refreshSoon = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      refresh();
    });
  };

  const clear = () => {
    for (const one of [...shown.values()]) remove(one.picture);
    caveat.line.clear();
    caveat.cardLayer.close();
  };

  caveat.warning = {
    setWords: (given) => { words = given; },
    setRules: (rules) => { site = rules; },
    show, remove, refresh: refreshSoon, clear,
  };
}
