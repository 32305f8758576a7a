// Content types by file name.

/** @type {Record<string, string>} */
const types = {
  avif: "image/avif",
  css: "text/css; charset=utf-8",
  gif: "image/gif",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  mjs: "text/javascript; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webm: "video/webm",
  webp: "image/webp",
};

/** Signed heads and segments have no extension. @param {string} path */
export const contentType = (path) => types[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream";
