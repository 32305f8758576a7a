// What the extension costs a page that scrolls through many pictures: `node measure-scrolling.mjs [posts]`. Chromium only: it alone tells
// a page's time on the main thread, its long tasks and its layout shifts. The same feed is scrolled with the site switched off and on.

import { quiet } from "./harness/feed.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { openWorld } from "./harness/world.mjs";

const posts = Number(process.argv[2] ?? 1000);
const rowHeight = 560;

/** @typedef {{task: number, script: number, layout: number, longest: number, long: number, shift: number}} Cost  milliseconds, and the sum of shifts */

/** @param {import("./harness/world.mjs").World} world @param {boolean} enabled @returns {Promise<Cost>} */
async function scrollThrough(world, enabled) {
  await world.extension.ask({ kind: "setSite", host: "127.0.0.1", enabled });
  const page = await world.visit(`${siteOrigin}/feed/endless.html?posts=${posts}`);
  const client = await page.createCDPSession();
  await client.send("Performance.enable");
  await page.evaluate(() => {
    const state = /** @type {any} */ (globalThis);
    Object.assign(state, { longTasks: [], shift: 0 });
    new PerformanceObserver((list) => state.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: "longtask",
    });
    new PerformanceObserver((list) => {
      for (const entry of /** @type {any[]} */ (list.getEntries())) state.shift += entry.value;
    }).observe({ type: "layout-shift" });
  });
  const before = await metrics(client);
  // A person's wheel: one post in about five frames.
  for (let top = 0; top < posts * rowHeight; top += 20 * 112) {
    await page.evaluate(async (from) => {
      for (let step = 0; step < 20; step++) {
        scrollTo({ top: from + step * 112, behavior: "instant" });
        await new Promise((done) => requestAnimationFrame(done));
      }
    }, top);
  }
  if (enabled) await quiet(world, page);
  const after = await metrics(client);
  const { longTasks, shift } = await page.evaluate(() => {
    const state = /** @type {any} */ (globalThis);
    return { longTasks: /** @type {number[]} */ (state.longTasks), shift: Number(state.shift) };
  });
  await page.close();
  const spent = (/** @type {string} */ name) => ((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 1000;
  return {
    task: spent("TaskDuration"),
    script: spent("ScriptDuration"),
    layout: spent("LayoutDuration") + spent("RecalcStyleDuration"),
    longest: Math.max(0, ...longTasks),
    long: longTasks.length,
    shift,
  };
}

/** @param {import("puppeteer-core").CDPSession} client */
async function metrics(client) {
  const { metrics: list } = await client.send("Performance.getMetrics");
  return new Map(list.map(({ name, value }) => [name, value]));
}

const world = await openWorld("chromium");
try {
  await scrollThrough(world, true);
  const off = await scrollThrough(world, false);
  const on = await scrollThrough(world, true);
  for (const [name, { task, script, layout, longest, long, shift }] of /** @type {[string, Cost][]} */ ([
    ["off", off],
    ["on", on],
  ])) {
    console.log(
      `${name}: ${Math.round(task)} ms on the main thread (script ${Math.round(script)}, layout and style ${Math.round(layout)}), ` +
        `${long} tasks over 50 ms, longest ${Math.round(longest)} ms, layout shift ${shift.toFixed(4)}`,
    );
  }
  console.log(`extra: ${((on.task - off.task) / posts).toFixed(2)} ms a picture over ${posts} pictures`);
} finally {
  await world.close();
}
