// Renders the demonstration pictures: `node make.mjs [--out DIR] [name,name]`. Needs Node 20 and Chromium (CHROMIUM names its binary).
// The renderings are committed, so this is run by hand when a scene changes; nothing in the build depends on it.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gif, png, quantise } from "./indexed.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const args = process.argv.slice(2);
const outAt = args.indexOf("--out");
const out = outAt >= 0 ? args.splice(outAt, 2)[1] : join(here, "..");
const types = /** @type {Record<string, string>} */ ({ ".html": "text/html", ".js": "text/javascript", ".glsl": "text/plain" });

/**
 * Puts an EXIF block that holds nothing but an orientation right after the start of a JPEG.
 * @param {Buffer} jpeg
 * @param {number} orientation
 */
function withOrientation(jpeg, orientation) {
  const tiff = Buffer.from([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const marker = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 255]);
  return Buffer.concat([jpeg.subarray(0, 2), marker, body, jpeg.subarray(2)]);
}

/**
 * The bytes of one finished file.
 * @param {string} file
 * @param {Buffer} body
 * @param {import("node:http").IncomingHttpHeaders} headers
 */
function finish(file, body, headers) {
  if (headers["x-turned"]) return withOrientation(body, Number(headers["x-turned"]));
  if (file.endsWith(".jpg") || file.endsWith(".webp")) return body;
  const [width, height] = String(headers["x-size"]).split("x").map(Number);
  const { palette, indices } = quantise(body, Number(headers["x-colours"]) || 256);
  return file.endsWith(".png") ? png(width, height, palette, indices) : gif(width, height, palette, indices);
}

const profile = await mkdtemp(join(tmpdir(), "caveat-studio-"));
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (request.url === "/put") {
    const file = String(request.headers["x-file"]);
    const bytes = finish(file, body, request.headers);
    await writeFile(join(out, file), bytes);
    console.log(`${file} ${request.headers["x-size"]} ${bytes.length}`);
    response.end();
  } else if (request.url === "/fail") {
    console.error(body.toString());
    process.exitCode = 1;
    response.end();
  } else if (request.url === "/done") {
    response.end();
    browser.kill();
  } else {
    const path = normalize(new URL(request.url ?? "/", "http://x").pathname);
    try {
      const found = await readFile(join(here, path));
      response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
      response.end(found);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
const address = /** @type {import("node:net").AddressInfo} */ (server.address());
const browser = spawn(process.env.CHROMIUM ?? "chromium", [
  "--headless", "--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--use-angle=swiftshader", "--enable-unsafe-swiftshader", `--user-data-dir=${profile}`, "--remote-debugging-port=0",
  `http://127.0.0.1:${address.port}/studio.html${args[0] ? `?only=${args[0]}` : ""}`,
], { stdio: "ignore" });
browser.on("exit", async () => {
  server.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});
