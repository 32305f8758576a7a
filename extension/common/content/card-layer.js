"use strict";
// Shows the card over the page, in the browser's top layer: on hover, focus, tap and Enter.
{
  const OPEN_MS = 250;
  const CLOSE_MS = 300;
  const MARGIN = 8;

  const CSS = `
    :host { position: fixed !important; }
    .layer {
      all: initial; position: fixed; inset: auto; margin: 0; padding: 0; border: 0; background: none; display: none;
      overflow: hidden; border-radius: 12px; box-shadow: 0 6px 28px rgb(0 0 0 / .35);
      left: var(--x, 8px); top: var(--y, 8px); width: min(400px, calc(100vw - 16px)); max-height: calc(100dvh - 16px);
    }
    .layer:popover-open { display: block; }
    .layer .caveat-card { max-height: min(560px, calc(100dvh - 16px)); overflow: auto; overscroll-behavior: contain; }
    .layer .caveat-card:focus-visible { outline-offset: -3px; }
    @media (prefers-reduced-motion: no-preference) {
      .layer:popover-open { animation: rise .14s ease-out; }
      @keyframes rise { from { opacity: 0; transform: translateY(4px); } }
    }
  `;

  /** @typedef {{ notice: Notice, host: HTMLElement, root: ShadowRoot, layer: HTMLElement, card: HTMLElement, pinned: boolean }} Open */

  /** @type {Open | null} */
  let open = null;
  let timer = 0;

  /** @param {() => void} action @param {number} delay */
  const soon = (action, delay) => {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  };

  /** @param {Notice} notice @param {{ findings: Finding[], verdict: Verdict }} subject @param {Words} words @param {boolean} pinned */
  const show = (notice, { findings, verdict }, { strings, language, direction }, pinned) => {
    clearTimeout(timer);
    if (open?.notice === notice) {
      open.pinned ||= pinned;
      if (pinned) open.card.focus({ preventScroll: true });
      return;
    }
    close();
    const { host, root } = caveat.shadow.make("caveat-card-layer", CSS + caveat.card.css);
    const layer = document.createElement("div");
    layer.className = "layer";
    layer.popover = "manual";
    const card = caveat.card.build(findings, verdict, strings, { language, direction, onMute: caveat.cardLayer.onMute, onClose: () => closeAndReturn() });
    layer.append(card);
    root.append(layer);
    caveat.shadow.keepEvents(host);
    // Everything outside a modal dialog is inert, top layer or not.
    (notice.host.closest("dialog:modal") ?? document.documentElement).append(host);
    layer.showPopover();
    open = { notice, host, root, layer, card, pinned };
    notice.button.setAttribute("aria-expanded", "true");
    layer.addEventListener("pointerenter", () => clearTimeout(timer));
    layer.addEventListener("pointerleave", () => leave());
    root.addEventListener("focusin", () => { if (open) open.pinned = true; });
    root.addEventListener("keydown", (event) => onCardKey(/** @type {KeyboardEvent} */ (event)));
    sizes.observe(card);
    addEventListener("scroll", onScroll, { capture: true, passive: true });
    addEventListener("resize", position, { passive: true });
    addEventListener("pointerdown", onPointer, true);
    addEventListener("keydown", onKey, true);
    position();
    if (pinned) card.focus({ preventScroll: true });
  };

  const close = () => {
    clearTimeout(timer);
    if (!open) return;
    const { notice, host } = open;
    open = null;
    sizes.disconnect();
    removeEventListener("scroll", onScroll, { capture: true });
    removeEventListener("resize", position);
    removeEventListener("pointerdown", onPointer, true);
    removeEventListener("keydown", onKey, true);
    notice.button.setAttribute("aria-expanded", "false");
    host.remove();
  };

  /** Closes, and gives the focus back to where it came from. */
  const closeAndReturn = () => {
    const button = open?.notice.button;
    const had = !!open?.root.activeElement;
    close();
    if (had && button) {
      returning = true;
      button.focus({ preventScroll: true });
      returning = false;
    }
  };
  let returning = false;

  const leave = () => {
    if (open && !open.pinned) soon(close, CLOSE_MS);
  };

  /** Below the notice, else above it, else as near as the viewport allows. */
  const position = () => {
    if (!open) return;
    const { notice, layer, card } = open;
    const at = notice.button.getBoundingClientRect();
    const { width, height } = card.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const [viewWidth, viewHeight] = [Math.min(clientWidth || innerWidth, innerWidth), innerHeight || clientHeight];
    const rtl = notice.button.dir === "rtl";
    let left = rtl ? at.right - width : at.left;
    let top = at.bottom + 6;
    if (top + height > viewHeight - MARGIN) {
      const beside = rtl ? at.left - width - 6 : at.right + 6;
      if (at.top - height - 6 >= MARGIN) top = at.top - height - 6;
      else if (beside >= MARGIN && beside + width <= viewWidth - MARGIN) [left, top] = [beside, at.top];
    }
    left = Math.max(MARGIN, Math.min(left, viewWidth - width - MARGIN));
    top = Math.max(MARGIN, Math.min(top, viewHeight - height - MARGIN));
    layer.style.setProperty("--x", `${Math.round(left)}px`);
    layer.style.setProperty("--y", `${Math.round(top)}px`);
  };

  const sizes = new ResizeObserver(position);

  /** @param {Event} event */
  const onScroll = (event) => {
    if (!open || event.composedPath().includes(open.host)) return;
    const at = open.notice.button.getBoundingClientRect();
    // The card goes with its picture, and goes away with it.
    if (at.bottom < 0 || at.top > innerHeight || at.width === 0) close();
    else position();
  };

  /** @param {PointerEvent} event */
  const onPointer = (event) => {
    const path = event.composedPath();
    if (open && !path.includes(open.host) && !path.includes(open.notice.host)) closeAndReturn();
  };

  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key !== "Escape" || !open) return;
    // The page's own Escape (closing its lightbox) waits for the next press.
    event.stopPropagation();
    event.preventDefault();
    closeAndReturn();
  };

  /** The card lies at the end of the document: leaving it by Tab leads back to the notice. @param {KeyboardEvent} event */
  const onCardKey = (event) => {
    if (event.key !== "Tab" || !open) return;
    const stops = [...open.card.querySelectorAll("a[href], button:not(:disabled), summary")].filter((stop) => stop.checkVisibility());
    const active = open.root.activeElement;
    const leaving = event.shiftKey ? active === stops[0] || active === open.card : active === stops.at(-1);
    if (!leaving) return;
    event.preventDefault();
    closeAndReturn();
  };

  /** @param {Notice} notice @param {() => { findings: Finding[], verdict: Verdict } | null} subject @param {() => Words} words */
  const attach = (notice, subject, words) => {
    const { button } = notice;
    /** @param {boolean} pinned */
    const begin = (pinned) => {
      const about = subject();
      if (about && about.findings.length > 0) show(notice, about, words(), pinned);
    };
    button.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse" && open?.notice !== notice) soon(() => begin(false), OPEN_MS);
      else clearTimeout(timer);
    });
    button.addEventListener("pointerleave", () => {
      if (open?.notice === notice) leave();
      else clearTimeout(timer);
    });
    button.addEventListener("focus", () => {
      if (!returning && button.matches(":focus-visible")) begin(false);
    });
    button.addEventListener("blur", () => leave());
    button.addEventListener("click", () => {
      if (open?.notice === notice && open.pinned) closeAndReturn();
      else begin(true);
    });
  };

  caveat.cardLayer = {
    attach, close,
    closeFor(host) {
      if (open?.notice.host === host) close();
    },
    onMute: async () => {},
  };
}
