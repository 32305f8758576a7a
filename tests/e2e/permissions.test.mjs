// The reader takes the permission for sites back while a page is open.

import assert from "node:assert/strict";
import { known, pageOf, unknown } from "./harness/demo.mjs";
import { firstWarning, quiet } from "./harness/feed.mjs";
import { notices } from "./harness/notices.mjs";
import { giveSites, takeSites } from "./harness/permissions.mjs";
import { pictureOrigin, siteOrigin } from "./harness/server.mjs";
import { until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

/** @param {Page} page @param {string} src */
const add = (page, src) =>
  page.evaluate((from) => {
    const picture = new Image(480, 320);
    picture.dataset.known = "yes";
    picture.src = from;
    document.querySelector("main")?.prepend(picture);
  }, src);

inEachBrowser("without the permission it says so instead of nothing, and goes on once it is back", async (world) => {
  const { extension, server } = world;
  server.extra.set("/test/permission.html", pageOf([{ src: `/feed/pictures/${unknown}` }]));
  const page = await world.visit(`${siteOrigin}/test/permission.html`);
  await quiet(world, page);
  await takeSites(world);
  const desk = await extension.desk();
  const granted = () => desk.evaluate(() => browser.permissions.contains({ origins: ["http://localhost/*"] }));
  await until("the permission to be gone", async () => !(await granted()));

  const url = `${pictureOrigin}/nocors/${known}`;
  const reply = await extension.send({ kind: "checkImage", key: url, url, bytes: null });
  assert.equal(reply.verdict, "noAccess", JSON.stringify(reply));
  assert.equal(reply.reason.code, "notPermitted", JSON.stringify(reply));
  assert.deepEqual(await notices(page.mainFrame()), []);

  await giveSites(world);
  await until("the permission to be back", granted);
  await page.reload();
  await add(page, `${url}?again`);
  await firstWarning(page.mainFrame());
});
