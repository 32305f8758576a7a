"use strict";
// Which post a picture belongs to, and what that post says. Null is better than a guess.
{
  /** Enough to recognise the post by; the page's text is not ours to collect. */
  const TEXT_LENGTH = 500;

  /** @type {SiteRules} */
  let site;

  /** A shadow tree's parent is its host, so that pictures inside web components find their post. @param {Element} element */
  const parentOf = (element) => {
    if (element.assignedSlot) return element.parentElement;
    const root = element.parentElement ? null : element.getRootNode();
    return element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  };

  /** @param {Element} element @param {string} selector */
  const closest = (element, selector) => {
    for (let at = /** @type {Element | null} */ (element); at; at = parentOf(at)) if (at.matches(selector)) return at;
    return null;
  };

  /** @param {Element} element @param {string} name */
  const webLink = (element, name) => {
    const value = element.getAttribute(name);
    if (!value) return null;
    try {
      const url = new URL(value, element.baseURI);
      return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
    } catch {
      return null;
    }
  };

  /**
   * The permalink that encloses the picture wins: a quoted post inside a post has its own. Else the one nearest to the picture
   * inside the same container, going outwards and stopping there.
   * @param {Element} element @param {Element | null} container
   */
  const permalink = (element, container) => {
    if (!site.permalink) return null;
    for (let at = /** @type {Element | null} */ (element); at; at = parentOf(at)) {
      if (at.localName === "a" && at.matches(site.permalink)) return webLink(at, "href");
      if (at === container) break;
    }
    if (!container) return null;
    // A container may say it of itself: <shreddit-post permalink="…">.
    if (container.hasAttribute("permalink")) return webLink(container, "permalink");
    if (container.hasAttribute("data-permalink")) return webLink(container, "data-permalink");
    for (let at = /** @type {Element | null} */ (element); at; at = parentOf(at)) {
      const links = [...at.querySelectorAll(site.permalink)].filter((link) => closest(link, site.container) === container);
      const dated = links.filter((link) => link.querySelector("time"));
      const different = new Set((dated.length > 0 ? dated : links).map((link) => webLink(link, "href")));
      // Two different ones at the same distance: nobody can say which.
      if (different.size > 0) return different.size === 1 ? [...different][0] : null;
      if (at === container) break;
    }
    return null;
  };

  /** The first match that belongs to this container and not to a post inside it. @param {Element} container @param {string | undefined} selector */
  const own = (container, selector) => {
    if (!selector) return null;
    for (const found of container.querySelectorAll(selector)) {
      if (closest(found, site.container) === container) return found;
    }
    return null;
  };

  /** @param {Element | null} element */
  const plainText = (element) => {
    const text = element?.textContent?.replace(/\s+/g, " ").trim();
    return text ? text.slice(0, TEXT_LENGTH) : null;
  };

  /** @param {Element} element @returns {Place} */
  const of = (element) => {
    const container = closest(element, site.container);
    const textElement = container && own(container, site.text);
    const postTitle = container?.getAttribute("post-title");
    return {
      container,
      postLink: permalink(element, container),
      text: plainText(textElement) ?? (postTitle ? postTitle.slice(0, TEXT_LENGTH) : null),
      textElement,
      author: container && (container.getAttribute("author") ?? container.getAttribute("data-author") ?? plainText(own(container, site.author))),
    };
  };

  caveat.attribution = { setRules: (rules) => { site = rules; }, of };
}
