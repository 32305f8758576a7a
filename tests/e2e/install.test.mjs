// The extension installs, its background starts, and it keeps quiet.

import assert from "node:assert/strict";
import { embeddedSources } from "./harness/demo.mjs";
import { firstWarning } from "./harness/feed.mjs";
import { packed } from "./harness/paths.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

inEachBrowser("installs and answers with its embedded sources", async ({ extension, proxy, outsideRequests }) => {
  const status = await extension.ask({ kind: "status" });
  assert.equal(status.sources.length, embeddedSources().length);
  for (const source of status.sources) {
    assert.match(source.id, /^[0-9a-f]{64}$/);
    assert.match(source.keyFingerprint, /^[0-9a-f]{4}( [0-9a-f]{4})+$/);
    assert.equal(source.origin, "embedded");
    assert.equal(source.enabled, true);
    assert.ok(source.issued > 0 && source.ageDays >= 0);
  }
  assert.equal(status.updating, false);
  assert.deepEqual(status.network, []);
  assert.deepEqual(outsideRequests(), [], "a fresh install asks nobody for anything");
  assert.deepEqual(
    proxy.log.filter(({ reachable }) => reachable),
    [],
  );
});

inEachBrowser(
  "the packed archive installs and warns",
  async (world) => {
    const page = await world.visit("http://127.0.0.1:8617/feed/");
    await firstWarning(page.mainFrame());
  },
  { zip: packed },
);

inEachBrowser("loads every embedded source when the first picture appears", async ({ extension, visit }) => {
  await visit("http://127.0.0.1:8617/feed/");
  const sources = await until("the sources to be ready", async () => {
    const status = await extension.ask({ kind: "status" });
    return status.sources.every((/** @type {any} */ { state }) => state === "ready") && status.sources;
  });
  for (const source of sources) assert.ok(source.entries > 0 && source.fingerprints > 0, JSON.stringify(source));
});

inEachBrowser("refuses messages it does not know", async ({ extension }) => {
  const reply = await extension.send({ kind: "noSuchThing" });
  assert.equal(reply.kind, "error");
  assert.equal(reply.code, "badMessage");
});
