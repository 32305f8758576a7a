// The second edition of the demo source, brought in by hand.

import assert from "node:assert/strict";
import { drip, onSegments } from "./harness/chaos.mjs";
import { demoSource } from "./harness/demo.mjs";
import { followed, quiet, readThrough, reading, score } from "./harness/feed.mjs";
import { updatedSource } from "./harness/paths.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

const feed = "http://127.0.0.1:8617/feed/";
const order = ["head", "segments", "verify", "store", "done"];

inEachBrowser("an update reports its progress and reaches the pages that are open", async (world, context) => {
  const { extension, server } = world;
  const page = await world.visit(feed);
  await readThrough(world, page);
  const before = score(await reading(page.mainFrame()));
  const old = demoSource((await extension.ask({ kind: "status" })).sources);

  server.publishUpdate();
  const progress = await extension.watchProgress();
  const { results } = await extension.ask({ kind: "updateSources", source: old.id });
  assert.equal(results.length, 1);
  assert.equal(results[0].source, old.id);
  assert.equal(results[0].outcome, "updated", JSON.stringify(results[0]));
  assert.ok(results[0].added > 0);

  const posted = (await progress()).filter(({ kind }) => kind === "progress");
  context.diagnostic(`progress: ${posted.map(({ stage, received, total }) => `${stage} ${received}/${total}`).join(", ")}`);
  for (const { source, stage, received } of posted) {
    assert.equal(source, old.id);
    assert.ok(order.includes(stage), stage);
    assert.ok(received >= 0);
  }
  const stages = posted.map(({ stage }) => order.indexOf(stage));
  assert.deepEqual(
    stages,
    stages.toSorted((a, b) => a - b),
    "the stages come in order",
  );
  assert.equal(posted.at(-1)?.stage, "done");

  const now = demoSource((await extension.ask({ kind: "status" })).sources);
  assert.ok(now.sequence > old.sequence);
  assert.ok(now.entries > old.entries);
  const after = await followed(page.mainFrame());
  assert.ok(after.warned > before.warned, "a picture is known that was not before");
});

inEachBrowser("a source without news is current", async ({ extension, server }) => {
  const old = demoSource((await extension.ask({ kind: "status" })).sources);
  const { results } = await extension.ask({ kind: "updateSources", source: old.id });
  assert.equal(results[0].outcome, "current", JSON.stringify(results[0]));
  assert.equal(server.count("/feed/source/head"), 1);
  assert.equal(server.count(/^\/feed\/source\/segments\//), 0, "nothing is downloaded that is here already");
  const status = await extension.ask({ kind: "status" });
  assert.equal(demoSource(status.sources).lastResult?.code, "current");
  assert.ok(demoSource(status.sources).lastCheck > 0);
  assert.equal(status.network[0].url, "http://127.0.0.1:8617/feed/source/head");
});

inEachBrowser("an update can be cancelled", async (world) => {
  const { extension, server } = world;
  const old = demoSource((await extension.ask({ kind: "status" })).sources);
  server.fault = onSegments(updatedSource, drip({ pieces: 200, every: 200 }));
  const reply = await extension.startUpdate(old.id);
  await until("the download to begin", () => server.count(/\/segments\//) > 0);
  await extension.ask({ kind: "cancelUpdate" });
  const { results } = await until("the update to end", reply);
  assert.equal(results[0].outcome, "cancelled", JSON.stringify(results[0]));
  assert.equal(demoSource((await extension.ask({ kind: "status" })).sources).sequence, old.sequence);
  server.publishUpdate();
  const again = await extension.ask({ kind: "updateSources", source: old.id });
  assert.equal(again.results[0].outcome, "updated");
});

inEachBrowser("an update in the middle of scrolling disturbs nothing", async (world) => {
  const { extension, server } = world;
  const page = await world.visit("http://127.0.0.1:8617/feed/endless.html?posts=40");
  const scroll = (/** @type {number} */ top) => page.evaluate((to) => scrollTo({ top: to, behavior: "instant" }), top);
  const old = demoSource((await extension.ask({ kind: "status" })).sources);
  server.fault = onSegments(updatedSource, drip({ pieces: 6, every: 150 }));
  const reply = await extension.startUpdate(old.id);
  let warned = 0;
  for (let top = 0; top < 40 * 560; top += 1600) {
    await scroll(top);
    await quiet(world, page);
    const read = await reading(page.mainFrame());
    const inWindow = read.pictures.filter(({ box, ignored }) => !ignored && box.top + box.height > 0 && box.top < 800);
    const total = score({ ...read, pictures: inWindow });
    assert.deepEqual(total.wrong, [], `at ${top}`);
    warned += total.warned;
  }
  const { results } = await until("the update to end", reply);
  assert.equal(results[0].outcome, "updated", JSON.stringify(results[0]));
  assert.ok(warned > 0);
});
