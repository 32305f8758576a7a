"use strict";
// The card that explains a warning, built from a verdict: pure DOM, no browser API, no network, so that any page of ours can show it.
if (!Object.hasOwn(globalThis, "caveat")) Object.defineProperty(globalThis, "caveat", { value: {} });
{
  /** @typedef {{ strings: Record<string, string>, language: string, onMute?: CardOptions["onMute"] }} Context */
  /** @typedef {Node | string | null | undefined | false} Child */

  /** @template {keyof HTMLElementTagNameMap} K @param {K} name @param {string} className @param {...Child} children */
  const el = (name, className, ...children) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    for (const child of children) if (child) made.append(child);
    return made;
  };

  /** Text from elsewhere keeps its own direction and says its language. @param {string} text @param {string} [language] */
  const foreign = (text, language) => {
    const made = el("bdi", "", text);
    made.dir = "auto";
    if (language) made.lang = language;
    return made;
  };

  /** A message with each `$n` replaced; what is put in cannot reorder the sentence. @param {Context} context @param {string} key @param {...(string | number)} values */
  const say = ({ strings }, key, ...values) => {
    const made = document.createDocumentFragment();
    for (const part of (strings[key] ?? key).split(/(\$\d)/)) {
      const value = /^\$\d$/.test(part) ? values[Number(part[1]) - 1] : undefined;
      made.append(value === undefined ? part : foreign(String(value)));
    }
    return made;
  };

  /** @param {Context} context @param {string} stem @param {number} count @param {...string} values */
  const sayCount = (context, stem, count, ...values) => {
    const form = `${stem}_${new Intl.PluralRules(context.language).select(count)}`;
    return say(context, form in context.strings ? form : `${stem}_other`, new Intl.NumberFormat(context.language).format(count), ...values);
  };

  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD` in the reader's language, no more exact than it was given. @param {Context} context @param {string} date */
  const sayDate = ({ language }, date) => {
    const parts = /^(\d{4})(-\d\d)?(-\d\d)?$/.exec(date);
    const time = Date.parse(date);
    if (!parts || Number.isNaN(time)) return date;
    return new Intl.DateTimeFormat(language, {
      timeZone: "UTC", year: "numeric", ...(parts[2] && { month: "long" }), ...(parts[3] && { day: "numeric" }),
    }).format(time);
  };

  /** Only web addresses become links, whoever sent them; the host is shown, and a port of its own, so that nobody has to trust the label. */
  /** @param {Context} context @param {string | null} address @param {string | null} label @param {string | null} [language] */
  const link = (context, address, label, language) => {
    const url = address && URL.canParse(address) ? new URL(address) : null;
    if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return label ? foreign(label, language ?? undefined) : null;
    const host = url.host.replace(/^www\./, "");
    const made = el("a", "", foreign(label || host, language ?? undefined), el("span", "heard", " ", say(context, "card_new_tab")));
    made.href = url.href;
    made.target = "_blank";
    made.rel = "noopener noreferrer";
    return label ? el("span", "", made, " ", el("span", "note", "(", foreign(host), ")")) : made;
  };

  /** A text of the source; its language is named where it is not the reader's. @param {Context} context @param {string} className @param {LocalText} text */
  const passage = (context, className, { text, language }) => {
    const other = language && language.split("-")[0] !== context.language.split("-")[0];
    return el("p", className, foreign(text, language), other && " ", other && el("span", "note", "(", say(context, "card_in_language", languageName(context, language)), ")"));
  };

  /** @param {Context} context @param {string} code */
  const languageName = ({ language }, code) => {
    try {
      return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
    } catch {
      return code;
    }
  };

  /** @param {Context} context @param {Finding} finding */
  const facts = (context, { original, category }) => {
    const list = el("dl", "");
    /** @param {string} key @param {Child} value */
    const row = (key, value) => value && list.append(el("dt", "", say(context, key)), el("dd", "", value));
    row("card_when", original?.date && sayDate(context, original.date));
    row("card_where", original?.place && foreign(original.place));
    row("card_by", original?.creator && foreign(original.creator));
    row("card_original", link(context, original?.url ?? null, null));
    row("card_category", category.map((name) => context.strings[`category_${name}`] ?? name).join(" · "));
    return list.childElementCount > 0 ? list : null;
  };

  /** @param {Context} context @param {Review} review */
  const review = (context, { publisher, url, title, date, language, rating }) => el("li", "",
    publisher && el("strong", "", foreign(publisher)), publisher && el("br", ""),
    link(context, url, title, language), date && el("span", "note", " · ", sayDate(context, date)),
    rating && el("div", "note", say(context, "card_rating", rating)));

  /** How much of which picture matches, as a message. @param {Finding} finding @param {Relation | null} relation */
  const extent = ({ via, region, knownRegion }, relation) => {
    const { inside, cropped } = relation ?? { inside: !!region, cropped: !!knownRegion };
    if (inside) return cropped ? "match_overlap" : "match_inside";
    if (cropped) return "match_crop";
    if (via === "region") return "match_borders";
    return via === "keypoints" && !relation ? null : "match_whole";
  };

  /** A turn to either side: the drawing shows to which. @param {number} degrees */
  const either = (degrees) => Math.min(degrees, 360 - degrees);

  /** @param {Context} context @param {Finding} finding */
  const howMatched = (context, finding) => {
    const { level, distance, inliers, mirrored, rotated } = finding;
    const relation = caveat.relation.of(finding.outline);
    const much = extent(finding, relation);
    const tilt = relation?.tilted && Math.round(relation.turned);
    const sentences = [
      much && say(context, much),
      mirrored && say(context, "match_mirrored"),
      tilt ? say(context, "match_tilted", either(tilt)) : rotated && say(context, "match_rotated", either(rotated)),
      say(context, `match_level_${level}`),
      inliers !== null && sayCount(context, "match_points", inliers),
      distance !== null && sayCount(context, "match_bits", distance),
    ].filter((each) => !!each);
    return el("div", "", el("h4", "", say(context, "card_match")), caveat.outline.draw(finding, relation, context.strings),
      el("p", "", ...sentences.flatMap((each) => [each, " "])));
  };

  /** @param {Context} context @param {Finding} finding */
  const notThis = (context, { source, entry, rev, sourceName }) => {
    const { onMute } = context;
    if (!onMute) return null;
    const line = el("code", "", foreign(sourceName), `: ${entry} (${rev})`);
    line.dir = "ltr";
    const button = el("button", "", say(context, "card_mute"));
    button.type = "button";
    const outcome = el("p", "note");
    outcome.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        await onMute(source, entry);
        outcome.replaceChildren(say(context, "card_muted"));
      } catch {
        button.disabled = false;
        outcome.replaceChildren(say(context, "card_mute_failed"));
      }
    });
    return el("details", "", el("summary", "", say(context, "card_not_this")), el("p", "", say(context, "card_not_this_text")), button, outcome,
      el("p", "note", say(context, "card_report")), line);
  };

  /** What a finding says, in one word. @param {Finding} finding */
  const lookOf = ({ role, level, scope }) => (role !== "known" ? role : level === "possible" ? "possible" : scope === "claim" ? "claim" : "match");

  /**
   * How many sources say what, the strongest first. Each source counts once, with its strongest finding; their words stay apart.
   * @param {Context} context @param {Finding[][]} bySource
   */
  const tally = (context, bySource) => {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const [strongest] of bySource) if (strongest) counts.set(lookOf(strongest), (counts.get(lookOf(strongest)) ?? 0) + 1);
    return el("ul", "tally", ...[...counts].map(([look, count]) =>
      el("li", "from", sayCount(context, "card_sources_say", count, context.strings[`card_says_${look}`] ?? look))));
  };

  /** @param {Context} context @param {Finding} finding @param {boolean} named */
  const section = (context, finding, named) => {
    const { claim, truth, correction, status, reviews, claimDate, sourceName, keyFingerprint, selfDeclared, mixedScripts, development, ageDays } = finding;
    const reviewed = reviews.length > 0;
    return el("article", "",
      named && el("h3", "from", foreign(sourceName), selfDeclared && el("span", "note", " (", say(context, "card_self_declared"), ")")),
      named && el("p", "note", say(context, `card_says_${lookOf(finding)}`)),
      claim && el("h4", "", say(context, "card_claim")), claim && passage(context, "claim", claim),
      claimDate && el("p", "note", say(context, "card_claim_date", sayDate(context, claimDate))),
      truth && el("h4", "", say(context, "card_truth")), truth && passage(context, "truth", truth),
      status === "corrected" && el("div", "corrected",
        el("h4", "", correction?.date ? say(context, "card_corrected_on", sayDate(context, correction.date)) : say(context, "card_corrected")),
        correction && passage(context, "", correction)),
      facts(context, finding),
      el("h4", "", say(context, "card_checked")),
      reviewed ? el("ul", "", ...reviews.map((each) => review(context, each))) : el("p", "note", say(context, "card_no_review")),
      howMatched(context, finding),
      el("footer", "note",
        el("div", "", say(context, selfDeclared ? "card_source_self" : "card_source", sourceName), " · ",
          ageDays >= 1 ? sayCount(context, "card_age", Math.floor(ageDays)) : say(context, "card_age_today")),
        el("div", "", say(context, "card_key", keyFingerprint)),
        mixedScripts && el("div", "development", say(context, "card_name_mixed")),
        development && el("div", "development", say(context, "card_development"))),
      notThis(context, finding));
  };

  /** @param {Context} context @param {() => void} onClose */
  const closeButton = ({ strings }, onClose) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const cross = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of [["viewBox", "0 0 16 16"], ["width", "16"], ["height", "16"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
    cross.setAttribute("d", "M3 3l10 10M13 3L3 13");
    svg.append(cross);
    const button = el("button", "close", svg);
    button.type = "button";
    button.setAttribute("aria-label", strings.card_close ?? "");
    button.addEventListener("click", onClose);
    return button;
  };

  /**
   * Sources are never merged: each has its own section, in its own words.
   * @param {Finding[]} findings @param {Verdict} verdict @param {Record<string, string>} strings @param {CardOptions} options
   */
  const build = (findings, verdict, strings, { language, direction, onMute, onClose }) => {
    const context = { strings, language, onMute };
    const first = findings[0];
    const bySource = [...Map.groupBy(findings, ({ source }) => source).values()];
    const several = bySource.length > 1;
    const look = verdict.verdict === "possible" ? "possible" : verdict.verdict === "match" ? (first?.scope === "claim" ? "claim" : "match") : first?.role === "original" ? "original" : "debunk";
    const card = el("section", "caveat-card",
      onClose && closeButton(context, onClose),
      el("h2", "", say(context, `card_title_${look}`)),
      el("p", "intro", say(context, `card_intro_${look}`)),
      several && tally(context, bySource),
      ...bySource.flat().map((finding) => section(context, finding, several)));
    card.dataset.look = look;
    card.lang = language;
    card.dir = direction;
    card.tabIndex = -1;
    card.setAttribute("role", onClose ? "dialog" : "region");
    card.setAttribute("aria-label", strings.card_label ?? "");
    return card;
  };

  /** How the card looks, on a page and on the check page alike: no font, picture or colour comes from elsewhere. */
  const css = `
  .caveat-card {
    color-scheme: light dark;
    --ground: light-dark(#fff, #1f2023); --ink: light-dark(#1b1c1f, #ececef); --soft: light-dark(#5a5d66, #a9adb8);
    --edge: light-dark(#c9ccd4, #45484f); --tint: light-dark(#f4f5f7, #292b2f); --link: light-dark(#0b57d0, #8ab4ff);
    --mark: light-dark(#b26a00, #ffc53d);
    box-sizing: border-box; position: relative; inline-size: 100%; max-inline-size: 400px; padding: 14px 16px; text-align: start;
    background: var(--ground); color: var(--ink); border: 1px solid var(--edge); border-radius: 12px;
    font: 400 14px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; cursor: auto;
    /* Firefox would draw a white bar on a dark card. */
    scrollbar-color: var(--soft) var(--ground);
  }
  .caveat-card *, .caveat-card *::before { box-sizing: border-box; }
  .caveat-card :is(h2, h3, h4, p, ul, dl, dd, dt) { margin: 0; padding: 0; font: inherit; }
  .caveat-card h2 { font-weight: 700; font-size: 16px; line-height: 1.3; padding-inline-end: 30px; }
  .caveat-card[data-look="match"] h2 { border-inline-start: 4px solid var(--mark); padding-inline-start: 8px; }
  .caveat-card .intro { margin-block: 4px 10px; color: var(--soft); }
  .caveat-card .from { font-weight: 600; margin-block-end: 6px; }
  .caveat-card article + article { border-block-start: 2px solid var(--edge); margin-block-start: 14px; padding-block-start: 12px; }
  .caveat-card h4 { color: var(--soft); font-size: 12px; font-weight: 600; margin-block: 10px 2px; }
  .caveat-card .claim { padding-inline-start: 10px; border-inline-start: 2px solid var(--edge); font-style: italic; }
  .caveat-card .truth { font-weight: 500; }
  .caveat-card :is(.corrected, .development) { margin-block-start: 8px; padding: 6px 8px; border: 1px dashed var(--mark); border-radius: 6px; }
  .caveat-card .corrected h4 { margin-block-start: 0; }
  .caveat-card dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 10px; margin-block-start: 10px; }
  .caveat-card dt { color: var(--soft); }
  .caveat-card .tally { margin-block-end: 10px; padding: 6px 8px; background: var(--tint); border-radius: 6px; gap: 2px; }
  .caveat-card .tally .from { margin: 0; }
  .caveat-card ul { list-style: none; display: grid; gap: 6px; }
  .caveat-card .note { color: var(--soft); font-size: 12.5px; }
  .caveat-card a { color: var(--link); text-underline-offset: 2px; }
  .caveat-card a:focus-visible, .caveat-card button:focus-visible, .caveat-card summary:focus-visible, .caveat-card:focus-visible {
    outline: 2px solid var(--link); outline-offset: 2px; }
  .caveat-card footer { margin-block-start: 12px; padding-block-start: 8px; border-block-start: 1px solid var(--edge); }
  .caveat-card code { font: 12px/1.4 ui-monospace, monospace; user-select: all; }
  .caveat-card details { margin-block-start: 8px; }
  .caveat-card summary { cursor: pointer; color: var(--link); inline-size: fit-content; }
  .caveat-card details > * + * { margin-block-start: 6px; }
  .caveat-card button { font: inherit; color: inherit; background: var(--tint); border: 1px solid var(--edge); border-radius: 8px;
    padding: 4px 12px; min-block-size: 30px; cursor: pointer; }
  .caveat-card .close { position: absolute; inset-block-start: 8px; inset-inline-end: 8px; inline-size: 30px; padding: 0; border-color: transparent; background: none; }
  .caveat-card .close svg { display: block; margin: auto; stroke: currentColor; stroke-width: 2; stroke-linecap: round; }
  .caveat-card .heard { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

  caveat.card = { build, css: css + caveat.outline.css };
}
