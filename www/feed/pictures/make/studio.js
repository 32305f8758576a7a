// Draws the pictures named in ?only=a,b (or all) and posts each rendering, as PNG, to the server in make.mjs.
import { pictures } from "./list.js";

/** @param {string} path */
const text = async (path) => (await fetch(path)).text();

/**
 * @param {WebGL2RenderingContext} gl
 * @param {number} type
 * @param {string} source
 */
function compile(gl, type, source) {
  const shader = /** @type {WebGLShader} */ (gl.createShader(type));
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? "shader");
  return shader;
}

/**
 * Renders a fragment shader in strips, so that a software renderer is never busy for long in one call.
 * @param {string} name
 * @param {number} width
 * @param {number} height
 * @param {number} variant
 */
async function renderShader(name, width, height, variant) {
  const canvas = new OffscreenCanvas(width, height);
  const gl = /** @type {WebGL2RenderingContext} */ (canvas.getContext("webgl2", { preserveDrawingBuffer: true, antialias: false }));
  const program = /** @type {WebGLProgram} */ (gl.createProgram());
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, "#version 300 es\nin vec2 at; void main() { gl_Position = vec4(at, 0, 1); }"));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, (await text("lib.glsl")) + (await text(`scenes/${name}.glsl`))));
  gl.linkProgram(program);
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
  const at = gl.getAttribLocation(program, "at");
  gl.enableVertexAttribArray(at);
  gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 0);
  gl.viewport(0, 0, width, height);
  gl.uniform2f(gl.getUniformLocation(program, "size"), width, height);
  gl.uniform1f(gl.getUniformLocation(program, "variant"), variant);
  gl.enable(gl.SCISSOR_TEST);
  const probe = new Uint8Array(4);
  for (let y = 0; y < height; y += 40) {
    gl.scissor(0, y, width, 40);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.readPixels(0, y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, probe);
  }
  return canvas;
}

/** @param {import("./list.js").Picture} picture */
async function draw(picture) {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  if (picture.shader) context.drawImage(await renderShader(picture.shader, picture.width, picture.height, picture.variant ?? 0), 0, 0);
  if (picture.draw) await picture.draw(context, picture.width, picture.height);
  return canvas;
}

/**
 * Every file asked of one rendering, at its own size and quality.
 * @param {OffscreenCanvas} canvas
 * @param {import("./list.js").Output} output
 */
async function encode(canvas, output) {
  const [x, y, w, h] = output.crop ?? [0, 0, 1, 1];
  const border = output.border ?? { x: 0, y: 0, colour: "#000" };
  const scale = output.width / (canvas.width * w);
  const width = Math.round(canvas.width * w * scale), height = Math.round(canvas.height * h * scale);
  const page = new OffscreenCanvas(width + 2 * border.x, height + 2 * border.y);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (page.getContext("2d"));
  context.fillStyle = border.colour;
  context.fillRect(0, 0, page.width, page.height);
  context.imageSmoothingQuality = "high";
  context.translate(border.x, border.y);
  if (output.mirror) {
    context.translate(width, 0);
    context.scale(-1, 1);
  }
  context.drawImage(canvas, canvas.width * x, canvas.height * y, canvas.width * w, canvas.height * h, 0, 0, width, height);
  if (output.over) output.over(context, width, height);
  if (output.turned) {
    // Stored a quarter turn to the left; EXIF orientation 6 turns it upright again.
    const side = new OffscreenCanvas(page.height, page.width);
    const turn = /** @type {OffscreenCanvasRenderingContext2D} */ (side.getContext("2d"));
    turn.translate(0, page.width);
    turn.rotate(-Math.PI / 2);
    turn.drawImage(page, 0, 0);
    return side;
  }
  return page;
}

const only = new URLSearchParams(location.search).get("only");
for (const picture of pictures) {
  if (only && !only.split(",").includes(picture.name)) continue;
  try {
    const canvas = await draw(picture);
    for (const output of picture.outputs) {
      const page = await encode(canvas, output);
      const kind = output.file.slice(output.file.lastIndexOf(".") + 1);
      const headers = { "x-file": output.file, "x-size": `${page.width}x${page.height}`, "x-turned": output.turned ? "6" : "", "x-colours": String(output.colours ?? 0) };
      if (kind === "jpg" || kind === "webp") {
        const blob = await page.convertToBlob({ type: kind === "jpg" ? "image/jpeg" : "image/webp", quality: output.quality ?? 0.8 });
        await fetch("/put", { method: "POST", headers, body: blob });
      } else {
        const context = /** @type {OffscreenCanvasRenderingContext2D} */ (page.getContext("2d"));
        await fetch("/put", { method: "POST", headers, body: context.getImageData(0, 0, page.width, page.height).data });
      }
    }
  } catch (error) {
    await fetch("/fail", { method: "POST", body: `${picture.name}: ${error}` });
  }
}
await fetch("/done", { method: "POST" });
