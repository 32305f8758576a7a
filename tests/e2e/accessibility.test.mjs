// No serious accessibility fault in anything we show.

import { assertAccessible } from "./harness/axe.mjs";
import { firstWarning, readThrough } from "./harness/feed.mjs";
import { middle } from "./harness/feed.mjs";
import { card } from "./harness/notices.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {"light" | "dark"} Scheme */
const schemes = /** @type {Scheme[]} */ (["light", "dark"]);

for (const path of ["/", "/check/", "/feed/", "/feed/article.html"]) {
  inEachBrowser(`the page ${path} is accessible`, async (world) => {
    const page = await world.visit(siteOrigin + path);
    for (const scheme of schemes) {
      await world.setScheme(page, scheme);
      await assertAccessible(page);
    }
  });
}

inEachBrowser("the options page is accessible", async ({ extension, setScheme }) => {
  const page = await extension.open("options/options.html");
  await page.waitForSelector("#sources > li");
  for (const scheme of schemes) {
    await setScheme(page, scheme);
    await assertAccessible(page);
  }
});

inEachBrowser("the popup is accessible, with findings and without", async (world) => {
  const feed = await world.visit(`${siteOrigin}/feed/`);
  await readThrough(world, feed);
  const tab = await world.extension.tabOf(feed);
  for (const path of ["popup/popup.html", `popup/popup.html?tab=${tab}`]) {
    const popup = await world.extension.open(path);
    await popup.waitForSelector("#sources > li");
    if (path.includes("?")) await popup.waitForSelector("#findings-list > li");
    for (const scheme of schemes) {
      await world.setScheme(popup, scheme);
      await assertAccessible(popup);
    }
    await popup.close();
  }
});

inEachBrowser("the feed stays accessible with warnings and a card on it", async (world) => {
  const page = await world.visit(`${siteOrigin}/feed/`);
  const warning = await firstWarning(page.mainFrame());
  await page.mouse.click(...middle(warning.box));
  await until("the card", () => card(page.mainFrame()));
  // axe cannot look into closed roots; the check page shows the same card in the open.
  await assertAccessible(page);
});
