// The check page: takes a picture, has the worker compare it, shows what is known. The picture never leaves the page.
import { choose, messages, pageStrings } from "./strings.js";
import { byId, sentence, showSources, showVerdict } from "./view.js";
/** @typedef {import("./types.js").FromWorker} FromWorker */
/** @typedef {import("./types.js").ToWorker} ToWorker */

const asked = new URLSearchParams(location.search);
const demo = asked.has("demo");
const language = choose([asked.get("lang") ?? "", ...navigator.languages]);
const direction = language === "ar" ? "rtl" : "ltr";
const words = pageStrings(language);
/** @type {import("./view.js").Setting} */
const setting = { words, texts: {}, language, direction };

/** Pictures of the demonstration feed that show what the comparison can do. */
const samples = ["flood-letterbox.jpg", "wave-mirrored.jpg", "gunship-repost.jpg", "city-original.jpg", "harbour-debunk.jpg", "cat.jpg", "flat.png"];

function translate() {
  document.documentElement.lang = language;
  document.documentElement.dir = direction;
  document.title = words.title;
  for (const place of document.querySelectorAll("[data-text]")) {
    place.textContent = words[/** @type {keyof typeof words} */ (/** @type {HTMLElement} */ (place).dataset.text)];
  }
  document.querySelector("[data-label]")?.setAttribute("aria-label", words.nav);
  const mode = /** @type {HTMLAnchorElement} */ (byId("mode")), next = new URLSearchParams(location.search);
  if (demo) next.delete("demo");
  else next.set("demo", "");
  mode.href = `?${next}`.replace(/=(?=&|$)/g, "") || "?";
  mode.textContent = demo ? words.withoutDemo : words.withDemo;
}

/** @param {string} text @param {boolean} [trouble] */
function say(text, trouble = false) {
  byId("status").textContent = text;
  byId("status").classList.toggle("trouble", trouble);
}

const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
/** @param {ToWorker} message @param {Transferable[]} [transfer] */
const ask = (message, transfer = []) => worker.postMessage(message, transfer);

let current = 0, ready = false, broken = false, shown = "";

/** @param {FromWorker} message */
function hear(message) {
  switch (message.kind) {
    case "ready":
      ready = true;
      showSources(setting, message.sources);
      if (current === 0) say(words.ready);
      document.documentElement.dataset.state = "ready";
      break;
    case "result":
      if (message.id !== current) return;
      say("");
      showVerdict(setting, message.verdict, message.numbers, message.converted);
      byId("verdict").focus({ preventScroll: true });
      byId("result").scrollIntoView({ block: "nearest" });
      document.documentElement.dataset.checked = String(message.id);
      break;
    case "error":
      if (message.id === null) fail();
      else if (message.id === current) {
        say(sentence(setting, "error", message), true);
        document.documentElement.dataset.checked = String(message.id);
      }
  }
}

/** The engine is not there: nothing on this page can work, and it says so. */
function fail() {
  broken = true;
  say(words.noEngine, true);
  document.documentElement.dataset.state = "failed";
}

/** @param {Blob | null | undefined} file */
async function check(file) {
  if (broken) return;
  if (!file) {
    say(words.notPicture, true);
    return;
  }
  current += 1;
  const id = current;
  byId("result").hidden = true;
  say(ready ? words.checking : words.loading);
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    say(sentence(setting, "reason", { code: "corruptImage", message: "" }), true);
    return;
  }
  if (id !== current) return;
  if (shown) URL.revokeObjectURL(shown);
  shown = URL.createObjectURL(file);
  const preview = /** @type {HTMLImageElement} */ (byId("preview"));
  preview.hidden = false;
  preview.onerror = () => {
    preview.hidden = true;
  };
  preview.alt = words.preview;
  preview.src = shown;
  ask({ kind: "check", id, bytes, language }, [bytes.buffer]);
}

/** @param {DataTransfer | null} data */
const firstFile = (data) => [...(data?.files ?? [])].find(({ type }) => type.startsWith("image/")) ?? data?.files[0];

function listen() {
  const drop = byId("drop"), input = /** @type {HTMLInputElement} */ (byId("file"));
  byId("choose").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files?.[0]) check(input.files[0]);
    // The same file may be chosen again.
    input.value = "";
  });
  // The whole page takes the drop: a picture that misses the box must not replace the page.
  addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    check(firstFile(event.dataTransfer));
  });
  addEventListener("paste", (event) => check(firstFile(event.clipboardData)));
}

function offerSamples() {
  if (!demo) return;
  byId("samples").hidden = false;
  byId("sample-row").replaceChildren(...samples.map((name, at) => {
    const button = document.createElement("button"), img = document.createElement("img");
    button.type = "button";
    button.className = "sample";
    button.dataset.sample = name;
    img.src = `../feed/pictures/${name}`;
    img.alt = words.sample.replace("$1", String(at + 1));
    button.append(img);
    button.addEventListener("click", async () => {
      try {
        const response = await fetch(img.src);
        await check(response.ok ? await response.blob() : null);
      } catch {
        say(sentence(setting, "error", { code: "offline", message: "" }), true);
      }
    });
    return button;
  }));
}

translate();
say(words.loading);
const texts = messages(language);
worker.addEventListener("message", async (/** @type {MessageEvent<FromWorker>} */ { data }) => {
  setting.texts = await texts;
  hear(data);
});
worker.addEventListener("error", fail);
// The worker answers in order, so a picture chosen early waits for the sources.
ask({ kind: "start", lists: ["../index/sources.json", ...(demo ? ["../feed/source/sources.json"] : [])], language });
listen();
offerSamples();
