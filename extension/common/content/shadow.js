"use strict";
// Closed shadow roots for what we draw: the page's styles stay out, and clicks on our controls stay in.
{
  /**
   * An important rule for :host wins over every rule of the page, inline ones included (CSS Cascade 5, encapsulation contexts),
   * so a page cannot restyle the notice by accident. `all` leaves custom properties alone: they carry the position, as a
   * translation, because moving by left and top would count as a layout shift (Layout Instability API).
   */
  const HOST_CSS = `:host {
    all: initial !important;
    display: block !important;
    position: absolute !important;
    left: 0 !important;
    top: 0 !important;
    translate: var(--caveat-x, 0px) var(--caveat-y, 0px) !important;
    z-index: var(--caveat-z, 1) !important;
    width: max-content !important;
    height: max-content !important;
  }
  :host([hidden]) { display: none !important; }
  *, ::before, ::after { box-sizing: border-box; }
  `;

  /** @param {string} name @param {string} css */
  const make = (name, css) => {
    const host = document.createElement(name);
    const root = host.attachShadow({ mode: "closed" });
    addStyle(root, HOST_CSS + css);
    return { host, root };
  };

  /** @param {ShadowRoot} root @param {string} css */
  const addStyle = (root, css) => {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
    } catch {
      // Firefox refuses adoptedStyleSheets through an Xray wrapper (bug 1751346). Text that a content script sets on a style
      // element carries the extension's principal, which a page's CSP does not apply to.
      const style = document.createElement("style");
      style.textContent = css;
      root.append(style);
    }
  };

  const PRIVATE_EVENTS = ["click", "auxclick", "dblclick", "contextmenu", "mousedown", "mouseup", "pointerdown", "pointerup",
    "touchstart", "touchend", "keydown", "keyup", "keypress"];

  /** A click on our button must not open the post around it. @param {HTMLElement} host */
  const keepEvents = (host) => {
    for (const type of PRIVATE_EVENTS) host.addEventListener(type, (event) => event.stopPropagation(), { passive: true });
  };

  caveat.shadow = { make, keepEvents };
}
