// What a hostile publisher writes, in a real page: it is text and nothing else, turns nothing around, covers nothing and leads nowhere.

import assert from "node:assert/strict";
import { pageOf, sourceOf, unknown } from "./harness/demo.mjs";
import { firstWarning, middle } from "./harness/feed.mjs";
import { card } from "./harness/notices.mjs";
import * as paths from "./harness/paths.mjs";
import { shoot } from "./harness/screenshots.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { closedRoots } from "./harness/shadow.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

const stolen = `${siteOrigin}/stolen/`;
const markup = `<img src="${stolen}image" onerror="fetch('${stolen}error')"><script>fetch('${stolen}script')</script>`;
const style = `</bdi></p><style>* { display: none !important }</style>`;
const frame = `<iframe src="${stolen}frame"></iframe>`;
const anchor = `<a href="javascript:fetch('${stolen}link')">Desk</a>`;
const drawing = `"><svg onload="fetch('${stolen}drawing')">`;
const name = "<b>Desk</b>";
const word = "W".repeat(2000);
const heap = `Z${"\u0301\u0489".repeat(100)}`;
const turned = "\u202Egpj.exe\u202C \u2066left\u2069 \u0007\u{E0041}";

const entry = {
  id: "hostile",
  rev: 1,
  scope: "always",
  claim: { en: `${markup}${turned}` },
  truth: { en: `${style}${heap} ${word}` },
  original: { date: "2015", place: frame, creator: `${turned}${heap}`, url: "https://example.org/original" },
  reviews: [{ publisher: anchor, url: "https://example.org/review", title: drawing, rating: `${markup}${turned}`, language: "en" }],
  media: [{ file: `${paths.pictures}/${unknown}`, role: "known" }],
};

inEachBrowser("what a hostile publisher writes is shown as text, and stays in its place", async (world) => {
  const { extension, server } = world;
  const made = sourceOf([entry], name);
  try {
    server.mounts.set("/hostile/", `${made.folder}/`);
    server.extra.set("/test/hostile.html", pageOf([{ src: `/feed/pictures/${unknown}`, known: "yes" }]));
    await extension.ask({ kind: "addSource", url: `${siteOrigin}/hostile/`, key: made.key });
    const page = await world.visit(`${siteOrigin}/test/hostile.html`);
    await page.mouse.click(...middle((await firstWarning(page.mainFrame())).box));
    const shown = await until("the card", () => card(page.mainFrame()));
    await shoot(world.kind, page, "hostile-texts");

    for (const said of [markup, style, frame, anchor, drawing, name]) assert.ok(shown.text.includes(said), `${said} in ${shown.text}`);
    assert.doesNotMatch(shown.text, /[\u0000-\u0009\u000b-\u001f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u);
    assert.doesNotMatch(shown.text, /\p{M}{5}/u, "no heap of marks");
    assert.deepEqual(shown.links.map(({ href }) => new URL(href).host), shown.links.map(() => "example.org"));
    assert.ok(shown.links.length >= 2, "the links that are none of an attack are there");

    const roots = await closedRoots(page.mainFrame());
    const looks = await Promise.all(
      roots.map((root) =>
        root.evaluate((inside) => {
          const dialog = inside.querySelector('[role="dialog"]');
          const all = [...(dialog?.querySelectorAll("*") ?? [])];
          const whole = dialog?.getBoundingClientRect();
          const isAstray = (/** @type {Element} */ each) => {
            const { left, right, width } = each.getBoundingClientRect();
            return !!whole && width > 0 && (left < whole.left - 0.5 || right > whole.right + 0.5);
          };
          return {
            strange: all.filter((each) => each.matches("img, script, style, iframe, b, object, embed, link, form, base, meta")).map((each) => each.localName),
            handlers: all.flatMap((each) => each.getAttributeNames()).filter((attribute) => attribute.startsWith("on")),
            astray: all.filter(isAstray).map((each) => `${each.localName} ${each.textContent?.slice(0, 40)}`),
            inWindow: !whole || (whole.left >= 0 && whole.right <= innerWidth),
          };
        }),
      ),
    );
    for (const look of looks) assert.deepEqual(look, { strange: [], handlers: [], astray: [], inWindow: true });

    for (const own of ["popup/popup.html", "options/options.html"]) {
      const opened = await extension.open(own, { type: "window" });
      await opened.waitForSelector("#sources > li");
      const list = await opened.$eval("#sources", (element) => [/** @type {HTMLElement} */ (element).innerText, element.querySelectorAll("b, script, img").length]);
      assert.ok(String(list[0]).includes(name), `${name} in ${list[0]}`);
      assert.equal(list[1], 0, own);
    }
    assert.equal(server.count(/^\/stolen\//), 0, "nothing was asked for");
  } finally {
    made.drop();
  }
});
