"use strict";
// What one element shows: which kind of picture it is, and the URL of it at this moment.
{
  /** Placeholders of lazy loaders are a few pixels wide and stretched. */
  const PLACEHOLDER_SIDE = 24;

  /** @param {Element} element @param {SiteRules} site @returns {PictureKind | null} */
  const kindOf = (element, site) => {
    switch (element.localName) {
      case "img": return "img";
      case "video": return "video";
      case "image": return element instanceof SVGImageElement ? "svg" : null;
    }
    // The wallpaper of a page is nobody's post.
    if (element === document.body) return null;
    if (element.getAttribute("style")?.includes("url(") && /** @type {HTMLElement} */ (element).style?.backgroundImage.includes("url(")) return "background";
    return site.backgrounds && element.matches(site.backgrounds) ? "background" : null;
  };

  /** The first picture among the layers of the computed background. @param {Element} element */
  const backgroundUrl = (element) => {
    const value = getComputedStyle(element).backgroundImage;
    if (!value.includes("url(")) return null;
    // Computed values are serialised with absolute URLs in double quotes.
    const found = /url\((?:"((?:[^"\\]|\\.)*)"|([^")]*))\)/.exec(value);
    return found ? (found[1] ?? found[2]).replace(/\\(.)/g, "$1") : null;
  };

  /** @param {string | null} url @param {Element} element */
  const absolute = (url, element) => {
    if (!url) return null;
    try {
      return new URL(url, element.baseURI).href;
    } catch {
      return null;
    }
  };

  /** @param {Picture} picture @returns {string | null} */
  const urlOf = ({ element, kind }) => {
    if (kind === "img") {
      const img = /** @type {HTMLImageElement} */ (element);
      // Before the page has loaded it there is nothing to see, and asking would download it twice.
      if (!img.complete || Math.min(img.naturalWidth, img.naturalHeight) < PLACEHOLDER_SIDE) return null;
      return img.currentSrc || absolute(img.getAttribute("src"), img);
    }
    if (kind === "video") return absolute(element.getAttribute("poster"), element);
    if (kind === "svg") return absolute(/** @type {SVGImageElement} */ (element).href.baseVal, element);
    return backgroundUrl(element);
  };

  /**
   * The attributes that chose the URL. While they stay the same, a new `currentSrc` is another size of the same picture.
   * @param {Picture} picture
   */
  const chosenBy = ({ element, kind, url }) => {
    if (kind !== "img") return url ?? "";
    const parts = [element.getAttribute("src") ?? "", element.getAttribute("srcset") ?? ""];
    if (element.parentElement?.localName === "picture") {
      for (const source of element.parentElement.children) parts.push(source.getAttribute("srcset") ?? "");
    }
    return parts.join("\n");
  };

  caveat.picture = { kindOf, urlOf, chosenBy, backgroundUrl };
}
