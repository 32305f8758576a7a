"use strict";
// Keeps the pictures of the frame: which are loaded, large enough and near the viewport, and which have changed or gone.
{
  /** One viewport ahead: a warning should be there when the picture scrolls in. Nested scrollers need scrollMargin for the same. */
  const NEAR = "100% 0px 100% 0px";
  const SWEEP_MS = 400;

  /** @type {SiteRules} */
  let site;
  /** @type {FinderHandlers | null} */
  let handlers = null;
  /** @type {WeakMap<Element, Picture>} */
  let byElement = new WeakMap();
  /** Pictures of connected elements; removed ones are swept out, so an endless feed leaks nothing. @type {Set<Picture>} */
  const live = new Set();
  /** Near, but hidden by the page behind a content warning for now. @type {Set<Picture>} */
  const held = new Set();
  let sweepTimer = 0;
  let sweepRemoved = false;

  const nearness = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const picture = byElement.get(entry.target);
      if (!picture) continue;
      const was = picture.near;
      picture.near = entry.isIntersecting;
      if (picture.near) consider(picture);
      else if (was) {
        held.delete(picture);
        sizes.unobserve(picture.element);
        handlers?.left(picture);
      }
    }
  }, /** @type {IntersectionObserverInit} */ ({ rootMargin: NEAR, scrollMargin: NEAR }));

  /** Waits for pictures that are near but too small to grow. */
  const sizes = new ResizeObserver((entries) => {
    for (const entry of entries) {
      const picture = byElement.get(entry.target);
      if (picture?.near && largeEnough(picture)) consider(picture);
    }
  });

  /** @param {Picture} picture */
  const largeEnough = (picture) => {
    const { width, height } = picture.element.getBoundingClientRect();
    return Math.min(width, height) >= site.minSide;
  };

  /** A video without a poster still has frames. @param {Picture} picture */
  const isSomething = ({ key, kind }) => !!key || kind === "video";

  /** By the site's own rules, as what a reader has chosen not to see. @param {Picture} picture */
  const isHidden = ({ element }) => !!site.ignore && !!element.closest(site.ignore);

  /** May be asked about at this moment. @param {Picture} picture */
  const isWanted = (picture) => picture.near && picture.element.isConnected && largeEnough(picture) && !isHidden(picture);

  /** Asks about a picture if it is one to ask about now. @param {Picture} picture */
  const consider = (picture) => {
    if (!handlers || !picture.near || !isSomething(picture) || !picture.element.isConnected) return;
    if (!largeEnough(picture)) {
      sizes.observe(picture.element);
      return;
    }
    sizes.unobserve(picture.element);
    if (isHidden(picture)) {
      held.add(picture);
      return;
    }
    held.delete(picture);
    handlers.found(picture);
  };

  /** Key of what an image is loading. @param {Picture} picture */
  const willShow = ({ element }) => {
    const source = element.getAttribute("src");
    return source && URL.canParse(source, element.baseURI) ? caveat.keys.of(new URL(source, element.baseURI).href)?.key : null;
  };

  /** Takes in what the element shows now; another picture than before drops the old one at once. @param {Picture} picture */
  const refresh = (picture) => {
    const url = caveat.picture.urlOf(picture);
    if (url === picture.url) return;
    const before = picture.key;
    const chosen = caveat.picture.chosenBy({ ...picture, url });
    if (before && picture.kind === "img" && (chosen === picture.chosenBy || (!url && willShow(picture) === before))) {
      // Another size of the same picture, or that size still loading.
      picture.url = url ?? picture.url;
      return;
    }
    const named = url ? caveat.keys.of(url) : null;
    picture.url = url;
    picture.chosenBy = chosen;
    picture.better = named?.better ?? null;
    picture.key = named?.key ?? null;
    if (before && before !== picture.key) handlers?.gone({ ...picture, key: before });
    if (before !== picture.key) consider(picture);
  };

  /** @param {Element} element @param {PictureKind} kind */
  const track = (element, kind) => {
    let picture = byElement.get(element);
    if (!picture) {
      picture = { element, kind, url: null, key: null, better: null, chosenBy: "", near: false };
      byElement.set(element, picture);
    }
    if (!live.has(picture)) {
      live.add(picture);
      nearness.observe(element);
    }
    refresh(picture);
  };

  /** @param {Picture} picture */
  const forget = (picture) => {
    live.delete(picture);
    held.delete(picture);
    byElement.delete(picture.element);
    nearness.unobserve(picture.element);
    sizes.unobserve(picture.element);
    if (isSomething(picture)) handlers?.gone(picture);
  };

  const sweep = () => {
    sweepTimer = 0;
    if (sweepRemoved) {
      for (const picture of live) {
        if (!picture.element.isConnected) forget(picture);
      }
    }
    sweepRemoved = false;
    for (const picture of held) consider(picture);
    handlers?.moved();
  };

  /** @type {ScanHandlers} */
  const scanHandlers = {
    visit(element) {
      const known = byElement.get(element);
      if (known?.kind === "background") refresh(known);
      if (known) return;
      const kind = caveat.picture.kindOf(element, site);
      if (kind) track(element, kind);
    },
    look(element) {
      const known = byElement.get(element);
      if (known || !(element instanceof HTMLElement)) return;
      if (element.offsetWidth < site.minSide || element.offsetHeight < site.minSide) return;
      if (caveat.picture.backgroundUrl(element)) track(element, "background");
    },
    changed(element) {
      const known = byElement.get(element);
      if (known) refresh(known);
      else scanHandlers.visit(element);
    },
    mutated(removedSome) {
      sweepRemoved ||= removedSome;
      if (!sweepTimer) sweepTimer = setTimeout(sweep, SWEEP_MS);
    },
  };

  /** @param {SiteRules} rules @param {FinderHandlers} given */
  const start = (rules, given) => {
    site = rules;
    handlers = given;
    caveat.scan.start(scanHandlers);
  };

  const stop = () => {
    caveat.scan.stop();
    handlers = null;
    clearTimeout(sweepTimer);
    sweepTimer = 0;
    nearness.disconnect();
    sizes.disconnect();
    live.clear();
    held.clear();
    byElement = new WeakMap();
  };

  caveat.finder = { start, stop, pictures: () => live, isWanted };
}
