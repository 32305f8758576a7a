"use strict";
// The line by the post's text: one small label for all known pictures of a post, laid over free room so that nothing moves.
{
  /** Stays clear of the text's last words. */
  const GAP = 6;

  /** @typedef {{ notice: Notice, text: Element, place: Place, verdicts: Map<Element, Verdict>, words: Words }} Line */

  /** @type {Map<Element, Line>} */
  const lines = new Map();

  /** @param {Picture} picture @param {Place} place @param {Verdict} verdict @param {Words} words */
  const remember = (picture, place, verdict, words) => {
    if (!place.textElement) return;
    let line = lines.get(place.textElement);
    if (!line) {
      line = { notice: caveat.notice.make(words, true), text: place.textElement, place, verdicts: new Map(), words };
      lines.set(place.textElement, line);
      const made = line;
      caveat.cardLayer.attach(line.notice, () => subject(made), () => made.words);
    }
    line.words = words;
    line.verdicts.set(picture.element, verdict);
    draw(line);
  };

  /** All findings of the post, each entry once, the surest verdict first. @param {Line} line */
  const subject = ({ verdicts }) => {
    const order = ["match", "possible", "none"];
    const sorted = [...verdicts.values()].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
    /** @type {Map<string, Finding>} */
    const findings = new Map();
    for (const { verdict, matches } of sorted) {
      for (const finding of matches) {
        const name = `${finding.source}/${finding.entry}`;
        const wanted = finding.role === "debunk" || (finding.role === "known" && verdict !== "none");
        if (wanted && !findings.has(name)) findings.set(name, finding);
      }
    }
    return sorted.length > 0 ? { findings: [...findings.values()], verdict: sorted[0] } : null;
  };

  /** @param {Line} line */
  const draw = (line) => {
    const { verdicts, words: { strings, language } } = line;
    const all = [...verdicts.values()];
    const level = all.some(({ verdict }) => verdict === "match") ? "match" : all.some(({ verdict }) => verdict === "possible") ? "possible" : "none";
    // Two copies of one picture are one picture: they share the verdict object.
    const count = new Set(all.filter(({ verdict }) => verdict === level)).size;
    const look = level === "none" ? "debunk" : level;
    const stem = `warning_line_${look}`;
    const label = strings[`${stem}_${new Intl.PluralRules(language).select(count)}`] ?? strings[`${stem}_other`] ?? "";
    line.notice.setLabel(look, label.replaceAll("$1", String(count)));
    settle(line);
  };

  /** The end of the last line of text, in viewport coordinates. @param {Element} text @param {boolean} rtl */
  const endOfText = (text, rtl) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    // Lines that the page clamps away lie below the box.
    const floor = text.getBoundingClientRect().bottom + 2;
    const rects = [...range.getClientRects()].filter(({ width, height, bottom }) => width > 0 && height > 0 && bottom <= floor);
    if (rects.length === 0) return null;
    const bottom = Math.max(...rects.map((rect) => rect.bottom));
    const last = rects.filter((rect) => rect.bottom > bottom - Math.min(rect.height, 12));
    return {
      edge: rtl ? Math.min(...last.map((rect) => rect.left)) : Math.max(...last.map((rect) => rect.right)),
      top: Math.min(...last.map((rect) => rect.top)),
      bottom,
    };
  };

  /** After the last word if there is room, else in the gap below the text; else there is none, and the notice on the picture says it. @param {Line} line */
  const settle = ({ notice, text, place }) => {
    const { host } = notice;
    const { container } = place;
    const rtl = getComputedStyle(text).direction === "rtl";
    const end = endOfText(text, rtl);
    const box = text.getBoundingClientRect();
    const around = (container ?? text).getBoundingClientRect();
    if (!end || box.width === 0) {
      host.hidden = true;
      return;
    }
    host.hidden = false;
    if (!host.isConnected) caveat.place.insert(host, text, false, text, container);
    const next = text.nextElementSibling === host ? host.nextElementSibling : text.nextElementSibling;
    const floor = next ? Math.max(next.getBoundingClientRect().top, box.bottom) : around.bottom;
    for (const compact of [false, true]) {
      notice.setCompact(compact);
      const { offsetWidth: width, offsetHeight: height } = host;
      const room = rtl ? end.edge - around.left : around.right - end.edge;
      const limitRight = Math.min(around.right, innerWidth);
      if (room >= width + GAP * 2) {
        const left = rtl ? end.edge - GAP - width : Math.min(end.edge + GAP, limitRight - width);
        // Centred on the last line, and not over the picture below it.
        const top = Math.min((end.top + end.bottom - height) / 2, Math.max(floor - height, end.top - 2));
        if (isFree(host, left, top, width, height, text, container)) return caveat.place.moveTo(host, left, top);
      }
      if (floor - end.bottom >= height + 2) {
        const left = rtl ? box.right - width : box.left;
        if (isFree(host, left, end.bottom + 1, width, height, text, container)) return caveat.place.moveTo(host, left, end.bottom + 1);
      }
    }
    host.hidden = true;
  };

  /** No control there. @param {HTMLElement} host @param {number} left @param {number} top @param {number} width @param {number} height @param {Element} text @param {Element | null} container */
  const isFree = (host, left, top, width, height, text, container) => {
    const spot = new DOMRect(left, top, width, height);
    for (const control of container?.querySelectorAll('a, button, input, [role="button"]') ?? []) {
      if (control.contains(text)) continue;
      for (const rect of control.getClientRects()) {
        if (rect.left < spot.right && spot.left < rect.right && rect.top < spot.bottom && spot.top < rect.bottom) return control === host;
      }
    }
    return true;
  };

  /** @param {Picture} picture */
  const forget = ({ element }) => {
    for (const [text, line] of lines) {
      if (!line.verdicts.delete(element)) continue;
      if (line.verdicts.size > 0) draw(line);
      else discard(text, line);
    }
  };

  /** @param {Element} text @param {Line} line */
  const discard = (text, line) => {
    lines.delete(text);
    caveat.cardLayer.closeFor(line.notice.host);
    line.notice.host.remove();
  };

  caveat.line = {
    remember, forget,
    refresh() {
      for (const [text, line] of lines) {
        if (text.isConnected) settle(line);
        else discard(text, line);
      }
    },
    clear() {
      for (const [text, line] of [...lines]) discard(text, line);
    },
  };
}
