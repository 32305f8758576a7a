// Nothing leaves but what must: pictures the page shows, and the addresses of sources during an update.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { demoSource, known } from "./harness/demo.mjs";
import { quiet, readThrough } from "./harness/feed.mjs";
import { pictures as folder } from "./harness/paths.mjs";
import { pictureOrigin, siteOrigin } from "./harness/server.mjs";
import { inEachBrowser } from "./harness/world.mjs";

inEachBrowser("no request leaves that a page or an update did not call for", async (world, context) => {
  const { extension, proxy, server } = world;
  const page = await world.visit(`${siteOrigin}/feed/`);
  const shown = new Set();
  page.on("framenavigated", () => {});
  await readThrough(world, page);
  for (const frame of page.frames()) {
    for (const url of await frame.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name)))
      shown.add(url);
    shown.add(frame.url());
  }
  const before = proxy.log.length;
  const strangers = proxy.log.filter(({ url, path, reachable }) => reachable && !shown.has(url) && path !== "/favicon.ico");
  assert.deepEqual(
    strangers.map(({ url }) => url),
    [],
    "every request is for something the page itself loaded",
  );
  assert.equal(server.count(/\/source\/|\/index\//), 0, "no source is asked before the reader wants it");

  server.publishUpdate();
  await extension.ask({ kind: "updateSources" });
  const during = proxy.log.slice(before).filter(({ reachable, dest }) => reachable && dest !== "image");
  // As docs/privacy.md lists them.
  const allowed = /^\/(feed\/source|index\/starter)\/(head|retractions|root\/[1-9]\d*|segments\/[0-9a-f]{64})$/;
  for (const { path, method, withCookies, origin } of during) {
    if (shown.has(siteOrigin + path)) continue;
    assert.match(path, allowed);
    assert.equal(method, "GET");
    assert.equal(withCookies, false);
    assert.ok(!/[?&]/.test(path), `${path} carries nothing`);
    assert.ok(!origin.startsWith("http"), `${origin} tells nothing of the page`);
  }
  assert.deepEqual(
    world.outsideRequests().map(({ url }) => url),
    [],
  );
  context.diagnostic(
    `kept apart as the browser's own: ${[...new Set(world.noise().map(({ host }) => host))].join(", ") || "nothing"}`,
  );
});

inEachBrowser("every request of an update is in the network log", async ({ extension, proxy, server }) => {
  const demo = demoSource((await extension.ask({ kind: "status" })).sources);
  server.publishUpdate();
  await extension.ask({ kind: "updateSources", source: demo.id });
  const made = proxy.log.filter(({ reachable }) => reachable).map(({ url }) => url);
  const { network } = await extension.ask({ kind: "status" });
  assert.ok(made.length >= 2);
  for (const url of made)
    assert.ok(
      network.some((/** @type {any} */ line) => line.url === url),
      `${url} is not in the log`,
    );
});

const shownPerHost = 6;

const hosts = { cors: "a host that lets pages read it", nocors: "a host that does not", own: "the page's own host" };

for (const [mode, host] of Object.entries(hosts)) {
  inEachBrowser(
    `a picture from ${host} is downloaded at most twice`,
    async (world, context) => {
      const { server, proxy } = world;
      // Other bytes after the end of the picture: other files, so that no answer for one spares the download of another.
      const bytes = readFileSync(`${folder}/${known}`);
      const names = Array.from({ length: shownPerHost }, (_, index) => `/counted/${mode}-${index}.jpg`);
      for (const [index, name] of names.entries()) {
        server.extra.set(name, {
          type: "image/jpeg",
          body: Buffer.concat([bytes, Buffer.from([index])]),
          headers: {
            "cache-control": "public, max-age=3600",
            "set-cookie": "seen=1",
            ...(mode === "cors" ? { "access-control-allow-origin": "*" } : {}),
          },
        });
      }
      server.extra.set("/test/counted.html", {
        type: "text/html",
        body: `<!doctype html><title>counted</title>${names.map((name) => `<p><img src="${mode === "own" ? siteOrigin : pictureOrigin}${name}" data-known="yes" width="480" height="320" alt="">`).join("")}`,
      });
      const page = await world.visit(`${siteOrigin}/test/counted.html`);
      await readThrough(world, page);
      const findings = await quiet(world, page);
      assert.equal(findings[0].counts.match, shownPerHost, JSON.stringify(findings[0].counts));
      const requests = proxy.log.filter(({ path }) => path.startsWith("/counted/"));
      const own = requests.filter(({ dest }) => dest !== "image");
      context.diagnostic(
        `${mode}: ${requests.length / shownPerHost} requests a picture, ${own.length / shownPerHost} of them not the page's`,
      );
      for (const name of names) assert.ok(requests.filter(({ path }) => path === name).length <= 2, `${name} more than twice`);
      // The extension's requests carry cookies to nobody; a page's own host knows them from the page's request.
      assert.ok(
        own.every(({ withCookies }) => !withCookies),
        "the extension sends no cookies",
      );
      if (mode === "own" || (mode === "cors" && world.kind === "chromium")) assert.equal(requests.length, shownPerHost, "the page's copy is read");
    },
  );
}
