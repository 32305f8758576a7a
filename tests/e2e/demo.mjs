// The demonstration: `node demo.mjs [--browser chromium|firefox]`. With a display it opens a visible browser and stays until that is closed;
// without one it shows the feed to itself, takes pictures and says how many known pictures it warned about.

import { existsSync } from "node:fs";
import { cardOfWarning, followed, readThrough, reading, score, warningInView } from "./harness/feed.mjs";
import * as paths from "./harness/paths.mjs";
import { shoot } from "./harness/screenshots.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { openWorld } from "./harness/world.mjs";

/** @typedef {import("./harness/world.mjs").World} World */

const feed = `${siteOrigin}/feed/`;

/** @returns {import("./harness/paths.mjs").BrowserKind} */
function chosenBrowser() {
  const at = process.argv.indexOf("--browser");
  const named = at < 0 ? (process.env.CAVEAT_BROWSER ?? "chromium") : process.argv[at + 1];
  if (named !== "chromium" && named !== "firefox") throw new Error(`--browser ${named}: use chromium or firefox`);
  return named;
}

/** Opens the feed and waits until the window is closed. @param {World} world */
async function showToPeople(world) {
  world.server.publishUpdate();
  const page = (await world.browser.pages())[0] ?? (await world.browser.newPage());
  await page.goto(feed);
  console.log(`${feed} is open. Point at a warning; press Update in the popup of Caveat and look at the feed again.`);
  console.log("Close the browser to end the demonstration.");
  await new Promise((resolve) => world.browser.once("disconnected", resolve));
}

/** @param {World} world @returns {Promise<boolean>} whether all is as the feed says */
async function showToItself(world) {
  const { extension, kind } = world;
  const page = await world.visit(feed);
  /** @type {string[]} */
  const made = [];
  await readThrough(world, page);
  const before = score(await reading(page.mainFrame()));

  await warningInView(page);
  made.push(await shoot(kind, page, "demo-feed"));
  await cardOfWarning(page);
  made.push(await shoot(kind, page, "demo-card"));

  const popup = await extension.open(`popup/popup.html?tab=${await extension.tabOf(page)}`, { type: "window" });
  await popup.setViewport({ width: 400, height: 600 });
  await popup.waitForSelector("#findings-list > li");
  made.push(await shoot(kind, popup, "demo-popup", { fullPage: true }));
  world.server.publishUpdate();
  await popup.waitForSelector("#update-start:not(:disabled)");
  await popup.click("#update-start");
  await until("the update", () => popup.$eval("#update-result", (element) => element.textContent));
  made.push(await shoot(kind, popup, "demo-popup-after-update", { fullPage: true }));

  const after = await followed(page.mainFrame()).catch(async () => score(await reading(page.mainFrame()), { updated: true }));
  await page.bringToFront();
  made.push(await shoot(kind, page, "demo-feed-after-update"));

  for (const path of made) console.log(path);
  for (const [when, total] of /** @type {const} */ ([
    ["", before],
    ["after the update: ", after],
  ])) {
    console.log(`${when}${summary(total)}`);
    for (const line of total.wrong) console.error(`  ${line}`);
  }
  return before.wrong.length === 0 && after.wrong.length === 0 && before.known > 0 && after.known > before.known;
}

/** @param {import("./harness/feed.mjs").Score} total */
const summary = ({ known, warned, missed, others }) =>
  `${warned} of ${known} known pictures warned, ${others} others; ${missed} expected miss${missed === 1 ? "" : "es"}`;

paths.need(`${paths.www}/feed/index.html`);
const kind = chosenBrowser();
const visible = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
if (!existsSync(paths.updatedSource))
  console.error("there is no second edition of the demo source: the update will find nothing");
const world = await openWorld(kind, { visible, reachable: true });
try {
  if (visible) await showToPeople(world);
  else process.exitCode = (await showToItself(world)) ? 0 : 1;
} finally {
  await world.close();
}
