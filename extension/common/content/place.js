"use strict";
// Where a notice goes: into a node where it moves nothing and is not covered, and to a corner that covers no control.
{
  const CONTROLS = 'button, input, select, textarea, summary, a[href], [role="button"], [role="slider"], [role="menuitem"], [role="checkbox"], [role="switch"]';
  const CONTROLS_EXAMINED = 200;
  const ANCESTORS_TRIED = 4;
  /** The bar of a video's own controls: about 70 pixels in Chromium 156, 40 in Firefox 153. */
  const VIDEO_BAR = 72;

  /** @param {DOMRect} a @param {DOMRect} b */
  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  /** @param {DOMRect} rect */
  const area = (rect) => rect.width * rect.height;

  /** What would show that the page moved. @param {HTMLElement} host @param {Element} element */
  const measure = (host, element) => {
    const parent = element.parentElement;
    const around = [element, element.nextElementSibling, parent, parent?.nextElementSibling, host.parentElement, host.nextElementSibling];
    return around.filter((each) => each && each !== host).map((each) => ({ each, rect: /** @type {Element} */ (each).getBoundingClientRect() }));
  };

  /** @param {ReturnType<typeof measure>} before */
  const moved = (before) => before.some(({ each, rect }) => {
    const now = /** @type {Element} */ (each).getBoundingClientRect();
    return ["x", "y", "width", "height"].some((side) => Math.abs(/** @type {any} */ (now)[side] - /** @type {any} */ (rect)[side]) > 0.5);
  });

  /**
   * Puts the host right after the picture (or inside the box it fills). An absolutely positioned node takes no room, but a
   * page's `img + p` or `:last-child` rule may still notice it; then, and where something of the post lies on top, the next place is tried.
   * @param {HTMLElement} host @param {Element} element @param {boolean} inside @param {Element} box @param {Element | null} limit
   */
  const insert = (host, element, inside, box, limit) => {
    /** @type {[Node | null, Node | null][]} */
    const places = [];
    if (inside) places.push([element, null]);
    else if (box !== element) places.push([box, null]);
    else places.push([element.parentNode, element.nextSibling], [element.parentNode, element]);
    let ancestor = element.parentElement;
    for (let i = 0; i < ANCESTORS_TRIED && ancestor; i++, ancestor = ancestor.parentElement) {
      places.push([ancestor, null]);
      // Outside the post only one more step: what moves the post must move the notice.
      if (ancestor === limit) i = Math.max(i, ANCESTORS_TRIED - 2);
    }
    /** @type {[Node | null, Node | null] | null} */
    let still = null;
    const target = box.getBoundingClientRect();
    for (const place of places) {
      const [parent, next] = place;
      // Firefox gives no pointer events to what is inside a button, and a label would pass them on.
      if (!parent || (parent instanceof Element && parent.closest("button, summary, label"))) continue;
      host.remove();
      const before = measure(host, element);
      if (parent === element.parentNode && element.slot) host.slot = element.slot;
      else host.removeAttribute("slot");
      parent.insertBefore(host, next);
      if (host.getClientRects().length === 0 || moved(before)) continue;
      still ??= place;
      moveTo(host, target.left + 8, target.top + 8);
      if (!covered(host, limit)) return;
    }
    const [parent, next] = still ?? places[0];
    host.remove();
    parent?.insertBefore(host, next);
    // Everything of the post lies above it: then the notice rises a little, and only then, so that it stays under the page's bars.
    host.style.setProperty("--caveat-z", "10");
  };

  /** Moves by the difference to where it is now, which is right under any containing block, scroll position and scale. */
  /** @param {HTMLElement} host @param {number} left @param {number} top */
  const moveTo = (host, left, top) => {
    const now = host.getBoundingClientRect();
    const scale = now.width / host.offsetWidth || 1;
    for (const [name, delta] of /** @type {[string, number][]} */ ([["--caveat-x", left - now.left], ["--caveat-y", top - now.top]])) {
      if (Math.abs(delta) < 0.5) continue;
      const value = (parseFloat(host.style.getPropertyValue(name)) || 0) + delta / scale;
      host.style.setProperty(name, `${Math.round(value * 100) / 100}px`);
    }
  };

  /** The part of the box that its clipping ancestors let through; null when that is little, as of a slide that is scrolled out. @param {Element} box @param {Element | null} limit */
  const visibleRect = (box, limit) => {
    const whole = box.getBoundingClientRect();
    let { left, top, right, bottom } = whole;
    let ancestor = box.parentElement;
    for (let i = 0; i < 6 && ancestor && ancestor !== document.body; i++, ancestor = ancestor.parentElement) {
      if (getComputedStyle(ancestor).overflow !== "visible") {
        const clip = ancestor.getBoundingClientRect();
        left = Math.max(left, clip.left);
        top = Math.max(top, clip.top);
        right = Math.min(right, clip.right);
        bottom = Math.min(bottom, clip.bottom);
      }
      if (ancestor === limit) break;
    }
    const seen = new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
    return area(seen) * 3 > area(whole) ? seen : null;
  };

  /** @param {Element | null} found @param {Element} element @param {DOMRect} rect @param {DOMRect[]} obstacles */
  const addControl = (found, element, rect, obstacles) => {
    // What holds the picture or covers most of it is the post's link, not a control on the picture.
    if (!found || found.contains(element) || element.contains(found) && found.localName === "a" && area(found.getBoundingClientRect()) * 2 > area(rect)) return;
    const at = found.getBoundingClientRect();
    if (at.width > 0 && at.height > 0 && area(at) * 2 < area(rect) && overlap(at, rect)) obstacles.push(at);
  };

  /** Page controls that lie over the picture, also those that appear on hover only. @param {DOMRect} rect @param {Element} element @param {Element | null} limit */
  const controlsOver = (rect, element, limit) => {
    /** @type {DOMRect[]} */
    const obstacles = [];
    const around = limit ?? element.parentElement?.parentElement?.parentElement ?? element.parentElement;
    let examined = 0;
    for (const control of around?.querySelectorAll(CONTROLS) ?? []) {
      if (examined++ > CONTROLS_EXAMINED) break;
      addControl(control, element, rect, obstacles);
    }
    // What the selector cannot reach lies in shadow trees; a hit test sees at least their hosts.
    const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
    for (const x of [rect.left + 20, rect.right - 20]) {
      for (const y of [rect.top + 20, rect.bottom - 20]) {
        for (const hit of root.elementsFromPoint?.(x, y) ?? []) {
          if (hit === element) break;
          if (!hit.localName.startsWith("caveat-")) addControl(hit.closest(CONTROLS), element, rect, obstacles);
        }
      }
    }
    if (element instanceof HTMLVideoElement && element.controls) obstacles.push(new DOMRect(rect.left, rect.bottom - VIDEO_BAR, rect.width, VIDEO_BAR));
    return obstacles;
  };

  /** @param {DOMRect} rect @param {number} width @param {number} height @param {boolean} rtl @param {DOMRect[]} obstacles */
  const freeCorner = (rect, width, height, rtl, obstacles) => {
    const inset = Math.min(rect.width, rect.height) < 160 ? 4 : 8;
    const left = rect.left + inset;
    const right = rect.right - inset - width;
    const [start, end] = rtl ? [right, left] : [left, right];
    const [top, bottom] = [rect.top + inset, rect.bottom - inset - height];
    const [centre, middle] = [(left + right) / 2, (top + bottom) / 2];
    for (const [x, y] of [[start, top], [end, top], [start, bottom], [end, bottom], [centre, top], [start, middle], [end, middle], [centre, middle]]) {
      const spot = new DOMRect(x - 2, y - 2, width + 4, height + 4);
      if (x >= rect.left && !obstacles.some((obstacle) => overlap(obstacle, spot))) return { left: x, top: y };
    }
    return null;
  };

  /** Does something of the same post lie on top of the host? Only the viewport can be hit-tested. @param {HTMLElement} host @param {Element | null} limit */
  const covered = (host, limit) => {
    const { left, top, width, height } = host.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
    const hit = /** @type {Document | ShadowRoot} */ (host.getRootNode()).elementFromPoint(x, y);
    return !!hit && hit !== host && (!limit || limit.contains(hit)) && !hit.localName.startsWith("caveat-");
  };

  caveat.place = { insert, moveTo, visibleRect, freeCorner, controlsOver, covered };
}
