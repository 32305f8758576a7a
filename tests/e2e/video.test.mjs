// Videos: their posters, and the frames that the browser lets us read.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { known, unknown } from "./harness/demo.mjs";
import { isWarned, quiet, readThrough, reading, score } from "./harness/feed.mjs";
import { notices, pictures } from "./harness/notices.mjs";
import { pictures as folder, root } from "./harness/paths.mjs";
import { shoot } from "./harness/screenshots.mjs";
import { pictureOrigin, siteOrigin } from "./harness/server.mjs";
import { stays, until } from "./harness/until.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("./harness/world.mjs").World} World */

const clip = "/feed/pictures/gunship-clip.webm";
/** A second each of seven pictures that nobody knows, and of one that is known. */
const scenes = "/test/scenes.webm";
const unknownSecond = 0.5;
const knownSecond = 7.5;
const poster = (/** @type {string} */ name) => `poster="/feed/pictures/${name}"`;

const source = readFileSync(`${root}/extension/common/content/videos.js`, "utf8");
const constant = (/** @type {string} */ name) => Number(new RegExp(`const ${name} = ([\\d_]+);`).exec(source)?.[1].replaceAll("_", ""));

/** Shows videos, and says of itself where everything was before anything could be drawn. @param {World} world @param {string} body */
async function show(world, body) {
  for (const [path, file] of [[scenes, `${root}/tests/data/scenes.webm`], ["/test/again.webm", `${root}/tests/data/scenes.webm`]]) {
    world.server.extra.set(path, { type: "video/webm", body: readFileSync(file) });
  }
  for (const [path, headers] of /** @type {[string, Record<string, string>][]} */ ([["/cors.webm", { "access-control-allow-origin": "*" }], ["/nocors.webm", {}]])) {
    world.server.extra.set(path, { type: "video/webm", body: readFileSync(`${folder}/gunship-clip.webm`), headers });
  }
  world.server.extra.set("/favicon.ico", { type: "image/png", body: "" });
  world.server.extra.set("/test/video.html", {
    type: "text/html; charset=utf-8",
    body: `<!doctype html><html lang="en"><title>Videos</title><style>video { display: block }</style>
      <main>${body}<p id="after">What comes after.</p></main><script>${boxes}; before = boxes();</script></html>`,
  });
  return world.visit(`${siteOrigin}/test/video.html`);
}

const boxes = `boxes = () => [...document.querySelectorAll("video, main, #after")].map((element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return [x + scrollX, y + scrollY, width, height].join(" ");
})`;

/** @param {Page} page */
const moved = (page) => page.evaluate("JSON.stringify(boxes()) !== JSON.stringify(before)");

/** Questions about frames, each with the time it was asked, as the background hears them. @param {World} world */
async function listen(world) {
  const desk = await world.extension.desk();
  await desk.evaluate(() => {
    const state = /** @type {any} */ (globalThis);
    state.asked = [];
    browser.runtime.onMessage.addListener((/** @type {any} */ message) => {
      if (message?.kind === "checkImage" && message.key.startsWith("frame ")) state.asked.push({ at: Date.now(), bytes: message.bytes?.length ?? 0 });
    });
  });
  return () => desk.evaluate(() => /** @type {{at: number, bytes: number}[]} */ (/** @type {any} */ (globalThis).asked));
}

/** @param {Page} page */
const warned = async (page) => (await reading(page.mainFrame())).pictures.map((picture) => isWarned(picture));

/** @param {World} world @param {Page} page */
async function counted(world, page) {
  const [{ seen, checked, counts, unreadable, matches }] = await quiet(world, page);
  return { seen, checked, counts, unreadable, matches: matches.length };
}

/** @param {Page} page @param {number} second */
const seek = (page, second) =>
  page.$eval("video", (video, time) => new Promise((done) => {
    video.addEventListener("seeked", done, { once: true });
    video.currentTime = time;
  }), second);

inEachBrowser("a poster is checked as a picture, and its notice leaves the controls free", async (world) => {
  const page = await show(
    world,
    `<video ${poster(known)} data-known="yes" preload="none" controls width="640" height="360"></video>
     <video ${poster(unknown)} data-known="none" preload="none" controls width="480" height="320"></video>`,
  );
  await readThrough(world, page);
  const read = await reading(page.mainFrame());
  assert.deepEqual(score(read).wrong, []);
  const [{ box, notices: drawn }] = read.pictures;
  const bar = box.top + box.height - 80;
  assert.ok(drawn[0].visible && drawn[0].box.top >= box.top && drawn[0].box.top + drawn[0].box.height <= bar, JSON.stringify([box, drawn[0].box]));
  assert.equal(await moved(page), false);
  assert.deepEqual(await counted(world, page), { seen: 2, checked: 2, counts: { match: 1, none: 1 }, unreadable: {}, matches: 1 });
});

inEachBrowser("the frame of a paused video is checked, wherever the browser lets it be read", async (world) => {
  const page = await show(
    world,
    `<video src="${clip}" data-known="yes" preload="auto" controls width="640" height="360"></video>
     <video src="${pictureOrigin}/cors.webm" crossorigin data-known="yes" preload="auto" width="640" height="360"></video>
     <video id="blob" data-known="yes" preload="auto" width="640" height="360"></video>
     <video src="${scenes}" data-known="none" preload="auto" width="480" height="320"></video>
     <script>fetch("${clip}").then((answer) => answer.blob()).then((blob) => { document.getElementById("blob").src = URL.createObjectURL(blob); });</script>`,
  );
  const asked = await listen(world);
  await until("the video from a blob", () => page.$eval("#blob", (video) => /** @type {HTMLVideoElement} */ (video).readyState >= 2));
  await readThrough(world, page);
  const read = await reading(page.mainFrame());
  assert.deepEqual(score(read).wrong, []);
  const [{ box, notices: drawn }] = read.pictures;
  assert.ok(drawn[0].visible && drawn[0].box.top + drawn[0].box.height <= box.top + box.height - 80, JSON.stringify([box, drawn[0].box]));
  assert.equal(await moved(page), false);
  assert.deepEqual(await counted(world, page), { seen: 4, checked: 4, counts: { match: 3, none: 1 }, unreadable: {}, matches: 3 });
  assert.ok((await asked()).every(({ bytes }) => bytes > 1000), "the frames go to the background as bytes");
  const state = await page.$$eval("video", (all) => all.map(({ paused, currentTime }) => [paused, currentTime]));
  assert.deepEqual(state, state.map(() => [true, 0]), "the videos are left as they were");
  const fetched = world.proxy.log.filter(({ path, dest }) => path.endsWith(".webm") && dest !== "video" && dest !== "empty");
  assert.deepEqual(fetched.map(({ path, dest }) => `${path} ${dest}`), [], "only the page loads a video");
});

inEachBrowser("a video that the page may not read stays unread where the browser says so, and breaks nothing", async (world) => {
  const tainted = `src="${pictureOrigin}/nocors.webm" preload="auto" width="640" height="360"`;
  const page = await show(
    world,
    `<video ${tainted} data-known="yes"></video>
     <video ${tainted} ${poster(unknown)} data-known="none"></video>
     <video ${poster(known)} data-known="yes" preload="none" width="640" height="360"></video>`,
  );
  /** @type {string[]} */
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  await readThrough(world, page);
  if (world.kind === "chromium") {
    assert.deepEqual(await warned(page), [false, false, true]);
    const expected = { seen: 3, checked: 2, counts: { unreadable: 1, none: 1, match: 1 }, unreadable: { protectedVideo: 1 }, matches: 1 };
    assert.deepEqual(await counted(world, page), expected);
  } else {
    // Firefox lets a content script with the host permission read it.
    assert.deepEqual(await warned(page), [true, true, true]);
    assert.deepEqual(await counted(world, page), { seen: 3, checked: 3, counts: { match: 3 }, unreadable: {}, matches: 3 });
  }
  assert.deepEqual(said, []);
});

inEachBrowser("a playing video is asked about now and then, and is one item", async (world, context) => {
  const every = constant("PLAYING_MS");
  assert.ok(every >= 2_000, `PLAYING_MS is ${every}`);
  const page = await show(world, `<video data-known="none" muted loop width="480" height="320"></video>`);
  const asked = await listen(world);
  await page.$eval("video", (video, src) => {
    // So that the looks do not fall on the same scenes in every round.
    video.defaultPlaybackRate = 0.8;
    video.src = src;
    return video.play();
  }, scenes);
  const questions = await until("three frames", async () => { const all = await asked(); return all.length >= 3 && all; }, { timeout: 40_000 });
  const gaps = questions.slice(1).map(({ at }, index) => at - questions[index].at);
  context.diagnostic(`a question every ${gaps.join(", ")} ms`);
  // The time between two questions, less what reading out a frame may have taken.
  for (const gap of gaps) assert.ok(gap >= every - 500, `${gaps}`);
  const { seen, counts } = await counted(world, page);
  assert.equal(seen, 1);
  assert.equal(Object.values(counts).reduce((sum, count) => sum + count), 1);
  assert.equal(await page.$eval("video", ({ paused }) => paused), false);
});

inEachBrowser("a match stays on its video, and goes with it", async (world) => {
  const page = await show(world, `<video data-known="none" muted preload="auto" width="480" height="320"></video>`);
  const asked = await listen(world);
  // As a blob, because the test server does not answer requests for a range, and without those Chromium cannot seek.
  await page.$eval("video", async (video, src) => {
    video.src = URL.createObjectURL(await (await fetch(src)).blob());
  }, scenes);
  await readThrough(world, page);
  assert.deepEqual(await warned(page), [false]);
  const before = (await asked()).length;
  await seek(page, knownSecond);
  await until("the warning", async () => (await warned(page))[0]);
  assert.equal((await asked()).length, before + 1);
  await seek(page, unknownSecond);
  assert.deepEqual(await counted(world, page), { seen: 1, checked: 1, counts: { match: 1 }, unreadable: {}, matches: 1 });
  assert.deepEqual(await warned(page), [true], "the next frame being unknown changes nothing");
  await page.$eval("video", (video) => { video.src = "/test/again.webm"; });
  await until("the warning to go with its video", async () => !(await warned(page))[0]);
});

inEachBrowser("a new index is asked about a video again", async (world) => {
  const page = await show(world, `<video src="${clip}" data-known="yes" preload="auto" width="640" height="360"></video>`);
  await readThrough(world, page);
  assert.deepEqual(await warned(page), [true]);
  const sources = (await world.extension.ask({ kind: "status" })).sources;
  const demo = sources.find((/** @type {any} */ { url }) => url?.endsWith("/feed/source/"));
  await world.extension.ask({ kind: "setSourceEnabled", source: demo.id, enabled: false });
  await until("the warning to go", async () => !(await warned(page))[0]);
  await world.extension.ask({ kind: "setSourceEnabled", source: demo.id, enabled: true });
  await until("the warning to come back", async () => (await warned(page))[0]);
});

inEachBrowser("small, sound-only and live videos are left alone", async (world) => {
  const page = await show(
    world,
    `<video src="${clip}" data-known="none" preload="auto" width="90" height="60"></video>
     <video id="sound" data-known="none" preload="auto" controls width="300" height="150"></video>
     <video id="live" data-known="none" muted autoplay width="480" height="320"></video>
     <video src="${clip}" data-known="yes" preload="auto" width="640" height="360"></video>
     <script>
       const canvas = document.createElement("canvas");
       const context = canvas.getContext("2d");
       setInterval(() => { context.fillStyle = "hsl(" + Date.now() / 20 % 360 + " 80% 50%)"; context.fillRect(0, 0, 300, 150); }, 50);
       document.getElementById("live").srcObject = canvas.captureStream(20);
       const wave = new Uint8Array(44 + 8000).fill(128);
       const view = new DataView(wave.buffer);
       [[0, 0x52494646], [8, 0x57415645], [12, 0x666d7420], [36, 0x64617461]].forEach(([at, name]) => view.setUint32(at, name));
       [[4, 8036], [16, 16], [24, 8000], [28, 8000], [40, 8000]].forEach(([at, value]) => view.setUint32(at, value, true));
       [[20, 1], [22, 1], [32, 1], [34, 8]].forEach(([at, value]) => view.setUint16(at, value, true));
       document.getElementById("sound").src = URL.createObjectURL(new Blob([wave], { type: "audio/wav" }));
     </script>`,
  );
  const asked = await listen(world);
  for (const id of ["#sound", "#live"]) await until(id, () => page.$eval(id, (video) => /** @type {HTMLVideoElement} */ (video).readyState >= 2));
  await readThrough(world, page);
  assert.deepEqual(await warned(page), [false, false, false, true]);
  assert.deepEqual(await counted(world, page), { seen: 1, checked: 1, counts: { match: 1 }, unreadable: {}, matches: 1 });
  assert.ok((await asked()).length <= 1);
});

inEachBrowser("a site that is switched off is not looked at", async (world) => {
  await world.extension.ask({ kind: "setSite", host: "127.0.0.1", enabled: false });
  const asked = await listen(world);
  const page = await show(world, `<video src="${clip}" ${poster(known)} data-known="yes" autoplay muted loop width="640" height="360"></video>`);
  await until("the video to play", () => page.$eval("video", ({ currentTime }) => currentTime > 0.5));
  await stays("nothing is asked or drawn", async () => (await asked()).length === 0 && (await notices(page.mainFrame())).length === 0);
  await world.extension.ask({ kind: "setSite", host: "127.0.0.1", enabled: true });
  await until("the warning", async () => (await warned(page))[0]);
});

inEachBrowser("the video of the demo feed, for people to look at", async (world) => {
  const page = await world.visit(`${siteOrigin}/feed/`);
  await readThrough(world, page);
  const index = (await pictures(page.mainFrame())).findIndex(({ tag, source: address }) => tag === "video" && address.endsWith(".webm"));
  assert.ok(index >= 0, "the feed shows a video");
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    await world.setScheme(page, scheme);
    await page.$eval("#p22", (post) => post.scrollIntoView({ block: "center", behavior: "instant" }));
    await page.hover("#p22 video");
    await until("the notice", async () => (await reading(page.mainFrame())).pictures[index].notices.some(({ visible }) => visible));
    await shoot(world.kind, page, `video-${scheme}`);
  }
});
