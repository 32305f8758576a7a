// The extension installs, its background starts, and it keeps quiet.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoSource, embeddedSources } from "./harness/demo.mjs";
import { firstWarning } from "./harness/feed.mjs";
import { openLasting } from "./harness/lasting.mjs";
import { extensionFolder, need, packed } from "./harness/paths.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser, withEachBrowser } from "./harness/world.mjs";

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

withEachBrowser(
  "a later version of the extension goes on where the earlier one was, and takes no older head",
  async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), "caveat-version-"));
    cpSync(need(extensionFolder(kind)), folder, { recursive: true });
    const lasting = await openLasting(kind, { folder });
    try {
      const { server } = lasting;
      const status = () => lasting.extension.ask({ kind: "status" });
      const update = async () => (await lasting.extension.ask({ kind: "updateSources", source: id })).results[0];
      const { id, sequence } = demoSource((await status()).sources);
      server.publishUpdate();
      assert.equal((await update()).outcome, "updated");
      await lasting.extension.ask({ kind: "setLanguage", language: "ru" });
      await lasting.quit();

      const manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8"));
      writeFileSync(`${folder}/manifest.json`, JSON.stringify({ ...manifest, version: "99.1" }));
      await lasting.start();
      const page = await lasting.extension.open("popup/popup.html");
      assert.equal(await page.evaluate(() => browser.runtime.getManifest().version), "99.1");
      const { sources, language } = await status();
      const { state, sequence: held } = demoSource(sources);
      assert.deepEqual([state, held, language], ["ready", sequence + 1, "ru"], "what came with it is older than what was downloaded");
      server.fault = null;
      const { outcome, code } = await update();
      assert.deepEqual([outcome, code], ["failed", "rollback"]);
    } finally {
      await lasting.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
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
