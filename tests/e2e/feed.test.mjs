// The demonstration feed: warnings on the known pictures, and only on them.

import assert from "node:assert/strict";
import { messages } from "./harness/demo.mjs";
import { readThrough, reading, score } from "./harness/feed.mjs";
import { pictures } from "./harness/notices.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

const feed = "http://127.0.0.1:8617/feed/";

inEachBrowser("warns on the known pictures of the feed and on no other", async (world, context) => {
  const page = await world.visit(feed);
  const findings = await readThrough(world, page);
  const read = await reading(page.mainFrame());
  const total = score(read);
  context.diagnostic(`${total.warned} of ${total.known} known pictures warned, ${total.missed} expected miss`);
  context.diagnostic(
    `findings: ${JSON.stringify(findings.map(({ frame, seen, checked, counts, unreadable }) => ({ frame, seen, checked, counts, unreadable })))}`,
  );
  assert.ok(total.known > 0, "the feed shows known pictures");
  assert.ok(read.pictures.length > total.known, "the feed shows other pictures, too");
  assert.deepEqual(total.wrong, []);
});

inEachBrowser("words the warning, and repeats it by the post's text", async (world) => {
  const page = await world.visit(feed);
  await readThrough(world, page);
  const { pictures: shown, lines } = await reading(page.mainFrame());
  const words = messages("en");
  const labels = [words.warning_match, words.warning_match_claim, words.warning_possible, words.warning_debunk].map(
    ({ message }) => message,
  );
  for (const { notices } of shown) {
    for (const notice of notices) {
      assert.ok(labels.includes(notice.text), `"${notice.text}" is none of ${labels}`);
      assert.equal(notice.language, "en");
      assert.equal(notice.direction, "ltr");
      assert.ok(notice.visible || lines.length > 0, "a notice that found no room is said by the line");
    }
  }
  assert.ok(
    lines.some(({ visible }) => visible),
    "at least one post has room for its line",
  );
});

inEachBrowser("moves nothing on the page", async (world) => {
  await world.extension.ask({ kind: "setSite", host: "127.0.0.1", enabled: false });
  const page = await world.visit(feed);
  await page.evaluate(() =>
    Promise.all(
      [...document.images].map((image) => {
        image.loading = "eager";
        return image.decode().catch(() => {});
      }),
    ),
  );
  const before = (await pictures(page.mainFrame())).map(({ box }) => box);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await world.extension.ask({ kind: "setSite", host: "127.0.0.1", enabled: true });
  await until("warnings", async () => (await reading(page.mainFrame())).pictures.some(({ notices }) => notices.length > 0));
  await readThrough(world, page);
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), height);
  assert.deepEqual(
    (await pictures(page.mainFrame())).map(({ box }) => box),
    before,
  );
});
