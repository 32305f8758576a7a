"use strict";
// The notice itself: a real button with an icon and words, in a closed shadow root.
{
  const SVG = "http://www.w3.org/2000/svg";

  const CSS = `
    button {
      all: unset; box-sizing: border-box; display: inline-flex; align-items: center; gap: 5px;
      min-height: 26px; padding-block: 3px; padding-inline: 6px 9px; border-radius: 13px; border: 1px solid var(--edge);
      background: var(--ground); color: var(--ink); cursor: pointer; user-select: none; white-space: nowrap;
      font: 600 12.5px/1.35 system-ui, sans-serif; box-shadow: 0 1px 3px rgb(0 0 0 / .35);
    }
    svg { width: 16px; height: 16px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
    .match { --ground: #ffc53d; --ink: #221600; --edge: #7a5200; }
    .claim { --ground: #fff1c9; --ink: #2b1d00; --edge: #8a6d1a; }
    .possible, .debunk { --ground: rgb(28 30 34 / .88); --ink: #fff; --edge: rgb(255 255 255 / .55); font-weight: 500; font-size: 12px; }
    .line { box-shadow: none; min-height: 24px; }
    .compact { padding: 4px; min-width: 26px; justify-content: center; }
    .compact .label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .hint { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    button:focus-visible { outline: 2px solid #fff; outline-offset: 1px; box-shadow: 0 0 0 5px #0a58ca; }
    @media (prefers-color-scheme: dark) {
      .match { --ground: #f0b429; }
      .claim { --ground: #3b3115; --ink: #ffe9ad; --edge: #b8973f; }
    }
    @media (hover: hover) { button:hover { filter: brightness(1.07); } }
    @media (pointer: coarse) { button { min-height: 32px; border-radius: 16px; } .compact { min-width: 32px; } }
    @media (prefers-reduced-motion: no-preference) {
      button:not(.line) { animation: appear .16s ease-out; }
      @keyframes appear { from { opacity: 0; } }
    }
    @media (forced-colors: active) {
      button[class] { --ground: ButtonFace; --ink: ButtonText; --edge: ButtonText; forced-color-adjust: none; }
      button:focus-visible { outline-color: Highlight; box-shadow: none; }
    }
    @media print { button { display: none; } }
  `;

  /** A picture frame with a mark in it; the mark differs, so that nothing hangs on colour. */
  const FRAME = "M4 3.2h12a1.8 1.8 0 0 1 1.8 1.8v10a1.8 1.8 0 0 1-1.8 1.8H4A1.8 1.8 0 0 1 2.2 15V5A1.8 1.8 0 0 1 4 3.2z";
  /** @type {Record<NoticeLook, string>} */
  const MARKS = {
    match: "M10 6.2v4.6M10 13.7v.1",
    claim: "M10 6.2v4.6M10 13.7v.1",
    possible: "M7.9 7.9a2.2 2.2 0 1 1 3.2 2c-.8.4-1.1.8-1.1 1.6M10 13.9v.1",
    debunk: "M6.6 10.2l2.4 2.4 4.4-5",
  };

  /** @param {NoticeLook} look */
  const icon = (look) => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 20 20");
    svg.setAttribute("aria-hidden", "true");
    for (const d of [FRAME, MARKS[look]]) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", d);
      svg.append(path);
    }
    return svg;
  };

  /** @param {string} className */
  const span = (className) => {
    const made = document.createElement("span");
    made.className = className;
    return made;
  };

  /** @param {Words} words @param {boolean} onLine @returns {Notice} */
  const make = ({ strings, language, direction }, onLine) => {
    const { host, root } = caveat.shadow.make("caveat-notice", CSS);
    const button = document.createElement("button");
    button.type = "button";
    button.lang = language;
    button.dir = direction;
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", "false");
    const label = span("label");
    const hint = span("hint");
    hint.textContent = ` (${strings.warning_open ?? ""})`;
    root.append(button);
    caveat.shadow.keepEvents(host);
    // A notice inside a link must not follow it.
    host.addEventListener("click", (event) => event.preventDefault());

    /** @type {Notice} */
    const notice = {
      host,
      button,
      compact: false,
      setLabel(look, text) {
        label.textContent = text;
        button.className = `${look}${onLine ? " line" : ""}${notice.compact ? " compact" : ""}`;
        button.replaceChildren(icon(look), label, hint);
      },
      setCompact(compact) {
        notice.compact = compact;
        button.classList.toggle("compact", compact);
      },
    };
    return notice;
  };

  caveat.notice = { make };
}
