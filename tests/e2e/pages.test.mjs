// Kinds of pages: strict policy, frames, endless feeds, pictures that change in place.

import assert from "node:assert/strict";
import { alsoKnown, known, pageOf, unknown } from "./harness/demo.mjs";
import { firstWarning, isWarned, quiet, readThrough, reading, score } from "./harness/feed.mjs";
import { card, notices, pictures } from "./harness/notices.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

const path = (/** @type {string} */ file) => `/feed/pictures/${file}`;

inEachBrowser("works under a strict content security policy", async (world) => {
  const { server } = world;
  server.extra.set("/test/strict.html", pageOf([{ src: path(known), known: "yes" }, { src: path(unknown) }]));
  server.policies.set(
    "/test/",
    "default-src 'none'; img-src 'self'; connect-src 'none'; style-src 'none'; script-src 'none'; require-trusted-types-for 'script'",
  );
  const page = await world.visit(`${siteOrigin}/test/strict.html`);
  await readThrough(world, page);
  assert.deepEqual(score(await reading(page.mainFrame())).wrong, []);
  const [notice] = await notices(page.mainFrame());
  await page.mouse.move(notice.box.left + 5, notice.box.top + 5);
  const shown = await until("the card", () => card(page.mainFrame()));
  assert.ok(shown.box.width <= 400 && shown.box.height <= 600, `the card is styled: ${JSON.stringify(shown.box)}`);
});

inEachBrowser("warns inside a frame", async (world) => {
  const page = await world.visit(`${siteOrigin}/feed/article.html`);
  await readThrough(world, page);
  assert.ok(page.frames().length > 1, "the article has a frame");
  let inFrames = 0;
  for (const frame of page.frames()) {
    const total = score(await reading(frame));
    assert.deepEqual(total.wrong, [], frame.url());
    if (frame !== page.mainFrame()) inFrames += total.warned;
  }
  assert.ok(inFrames > 0, "a known picture is inside a frame");
});

inEachBrowser("warns inside a frame of another origin, by that frame's own pictures", async (world) => {
  const { server } = world;
  server.extra.set("/test/outer.html", {
    type: "text/html",
    body: "<!doctype html><title>outer</title><iframe src='http://localhost:8618/inner.html' width=700 height=700></iframe>",
  });
  server.extra.set("/inner.html", pageOf([{ src: `/nocors/${known}`, known: "yes" }, { src: `/nocors/${unknown}` }]));
  const page = await world.visit(`${siteOrigin}/test/outer.html`);
  const inner = await until("the inner frame", () => page.frames().find((frame) => frame.url().endsWith("/inner.html")));
  await firstWarning(inner);
  await readThrough(world, page);
  assert.deepEqual(score(await reading(inner)).wrong, []);
});

inEachBrowser("warns in the feed that forbids itself everything, with pictures from another host", async (world) => {
  for (const from of ["", "?pictures=http://localhost:8618/nocors/"]) {
    const page = await world.visit(`${siteOrigin}/feed/strict-csp.html${from}`);
    await readThrough(world, page);
    const total = score(await reading(page.mainFrame()));
    assert.ok(total.known > 0);
    assert.deepEqual(total.wrong, [], from);
    await page.close();
  }
});

inEachBrowser("warns on posts that are added later", async (world) => {
  const page = await world.visit(`${siteOrigin}/feed/`);
  const before = (await pictures(page.mainFrame())).length;
  await page.click('[data-action="more"]');
  await until("the posts", async () => (await pictures(page.mainFrame())).length > before);
  await readThrough(world, page);
  assert.deepEqual(score(await reading(page.mainFrame())).wrong, []);
});

inEachBrowser(
  "follows an endless feed that reuses its elements",
  async (world) => {
    const page = await world.visit(`${siteOrigin}/feed/endless.html?posts=60`);
    const frame = page.mainFrame();
    let warned = 0;
    for (let top = 0; top < 60 * 560; top += 2000) {
      await page.evaluate((to) => scrollTo({ top: to, behavior: "instant" }), top);
      await quiet(world, page);
      const read = await reading(frame);
      const inWindow = read.pictures.filter(({ box, ignored }) => !ignored && box.top + box.height > 0 && box.top < 800);
      assert.ok(inWindow.length > 0, `pictures at ${top}`);
      const total = score({ ...read, pictures: inWindow });
      assert.deepEqual(total.wrong, [], `at ${top}`);
      warned += total.warned;
    }
    assert.ok(warned > 0, "the feed shows known pictures");
    const left = await page.evaluate(() => document.querySelectorAll("caveat-notice").length);
    assert.ok(left <= 24, `no notices are left of posts that are gone: ${left}`);
  },
  { timeout: 180_000 },
);

inEachBrowser("a picture swapped in place loses and gains its warning", async (world) => {
  const { server } = world;
  server.extra.set("/test/swap.html", pageOf([{ src: path(known), known: "yes" }]));
  const page = await world.visit(`${siteOrigin}/test/swap.html`);
  const frame = page.mainFrame();
  await firstWarning(frame);
  const swap = (/** @type {string} */ src) =>
    page.evaluate((to) => {
      document.images[0].src = to;
    }, src);
  await swap(path(unknown));
  await until("the warning to go", async () => (await notices(frame)).length === 0);
  await quiet(world, page);
  assert.equal((await notices(frame)).length, 0);
  await swap(path(alsoKnown));
  await firstWarning(frame, "the warning to come back");
});

inEachBrowser("finds pictures in backgrounds and shadow trees, and leaves small ones alone", async (world) => {
  const { server } = world;
  server.extra.set("/test/shapes.html", {
    type: "text/html; charset=utf-8",
    body: `<!doctype html><title>shapes</title><main>
      <p><img src="${path(known)}?small" data-known="none" width="64" height="48" alt=""></p>
      <div data-known="yes" style="width: 480px; height: 320px; background: url('${path(alsoKnown)}?background') center / cover"></div>
      <div id="host"></div></main>
      <script>
        const root = document.getElementById("host").attachShadow({ mode: "open" });
        const picture = new Image(480, 320);
        picture.dataset.known = "yes";
        picture.src = "${path(known)}?shadow";
        root.append(picture);
      </script>`,
  });
  const page = await world.visit(`${siteOrigin}/test/shapes.html`);
  await until("both warnings", async () => (await reading(page.mainFrame())).pictures.filter(isWarned).length === 2);
  await readThrough(world, page);
  assert.equal((await pictures(page.mainFrame())).length, 3);
  assert.deepEqual(score(await reading(page.mainFrame())).wrong, []);
});
