// The two local web servers of the tests: the built site, and a second origin for pictures. Their addresses are fixed, because the demo
// source's is part of the extension; their ports are not, so that both browsers can be tested at the same time: the proxy knows the way.

import http from "node:http";
import { readFile } from "node:fs/promises";
import { otherFolder } from "./chaos.mjs";
import { contentType } from "./mime.mjs";
import * as paths from "./paths.mjs";

export const siteOrigin = "http://127.0.0.1:8617";
export const pictureOrigin = "http://localhost:8618";
/** Hosts with port, as the browser names them, of the site and of the pictures. */
const hosts = /** @type {const} */ ([["127.0.0.1:8617", "localhost:8617"], ["localhost:8618", "127.0.0.1:8618"]]);
const demoPath = "/feed/source/";
const starterPath = "/index/starter/";

/** @typedef {{at: number, host: string, path: string, range: string, status: number, bytes: number}} Served */
/** @typedef {{type?: string, body: string | Buffer, headers?: Record<string, string>, status?: number}} Extra */

export class TestServer {
  /** @type {Served[]} */
  log = [];
  /** Pages and files a test adds by path. @type {Map<string, Extra>} */
  extra = new Map();
  /** Folders served under a path prefix that ends in a slash. @type {Map<string, string>} */
  mounts = new Map();
  /** Paths of which no part is served that begins at so many bytes or later: the connection breaks. @type {Map<string, number>} */
  broken = new Map();
  /** The same, but there the server says nothing. @type {Map<string, number>} */
  silent = new Map();
  /** Content-Security-Policy by path prefix. @type {Map<string, string>} */
  policies = new Map();
  /** How the demo source answers; null is normal. @type {import('./chaos.mjs').Fault | null} */
  fault = null;
  /** How the starter index answers. @type {import("./chaos.mjs").Fault | null} */
  starterFault = null;
  /** @type {http.Server[]} */
  #servers = [];
  /** Where each host is listened for, for the proxy; null while nobody listens. @type {Map<string, number | null>} */
  routes = new Map(hosts.flat().map((host) => [host, null]));

  /** @param {string} [root]  folder of the site @param {boolean} [reachable]  without the proxy, too: at the ports of the addresses */
  constructor(root = paths.www, reachable = false) {
    this.root = root;
    this.reachable = reachable;
  }

  async open() {
    const [site, pictures] = this.reachable ? [8617, 8618] : [0, 0];
    this.#servers = [
      await listen(site, (request, response) => this.#site(request, response)),
      await listen(pictures, (request, response) => this.#pictures(request, response)),
    ];
    for (const [index, server] of this.#servers.entries()) {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      for (const host of hosts[index] ?? []) this.routes.set(host, port);
    }
    return this;
  }

  /** Stops listening and cuts every open connection: the server is gone. */
  async close() {
    for (const host of this.routes.keys()) this.routes.set(host, null);
    const servers = this.#servers.splice(0);
    await Promise.all(
      servers.map(
        (server) =>
          new Promise((resolve) => {
            server.close(resolve);
            server.closeAllConnections();
          }),
      ),
    );
  }

  /** Publishes the second edition of the demo source. */
  publishUpdate() {
    this.fault = otherFolder(paths.need(paths.updatedSource));
  }

  /** How often a path was asked for. @param {string | RegExp} path */
  count(path) {
    return this.log.filter((entry) => (typeof path === "string" ? entry.path === path : path.test(entry.path))).length;
  }

  /**
   * @param {http.IncomingMessage} request
   * @param {http.ServerResponse} response
   */
  async #site(request, response) {
    const path = pathOf(request);
    this.#record("127.0.0.1:8617", path, response);
    const { start } = partOf(response.req.headers.range);
    if (start >= (this.silent.get(path) ?? Infinity)) return;
    if (start >= (this.broken.get(path) ?? Infinity)) return void response.destroy();
    const extra = this.extra.get(path);
    if (extra) return void this.#send(response, path, Buffer.from(extra.body), extra);
    const faults = /** @type {const} */ ([
      [demoPath, this.fault],
      [starterPath, this.starterFault],
    ]);
    for (const [folder, fault] of faults) {
      if (fault && path.startsWith(folder))
        return void (await fault({ name: path.slice(folder.length), folder: this.root + folder, response }));
    }
    const mount = [...this.mounts].find(([prefix]) => path.startsWith(prefix));
    await this.#file(response, path, mount ? `${mount[1]}/${path.slice(mount[0].length)}` : this.root + path, {});
  }

  /**
   * `/cors/…` and `/nocors/…` serve the pictures of the feed with and without permission to read them; `/slow/…` waits.
   * @param {http.IncomingMessage} request
   * @param {http.ServerResponse} response
   */
  async #pictures(request, response) {
    const path = pathOf(request);
    this.#record("localhost:8618", path, response);
    const extra = this.extra.get(path);
    if (extra) return void this.#send(response, path, Buffer.from(extra.body), extra);
    const [, mode, name] = /^\/(cors|nocors)\/([\w.-]+)$/.exec(path) ?? [];
    if (!mode || !name) return void response.writeHead(404).end();
    await this.#file(response, path, `${this.root}/feed/pictures/${name}`, {
      "cache-control": "public, max-age=3600",
      ...(mode === "cors" ? { "access-control-allow-origin": "*" } : {}),
    });
  }

  /**
   * @param {http.ServerResponse} response
   * @param {string} path
   * @param {string} file
   * @param {Record<string, string>} headers
   */
  async #file(response, path, file, headers) {
    const name = file.endsWith("/") ? `${file}index.html` : file;
    try {
      this.#send(response, path, await readFile(name), { type: contentType(name), headers });
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found");
    }
  }

  /**
   * @param {http.ServerResponse} response
   * @param {string} path
   * @param {Buffer} body
   * @param {Omit<Extra, 'body'>} how
   */
  #send(response, path, body, { type = contentType(path), headers = {}, status = 200 }) {
    const policy = [...this.policies].find(([prefix]) => path.startsWith(prefix))?.[1];
    const { start, end } = partOf(response.req.headers.range);
    // As hosts do: a part of a file that is there, where one is asked for.
    if (end && status === 200 && start < body.length) {
      headers = { ...headers, "content-range": `bytes ${start}-${Math.min(end, body.length) - 1}/${body.length}` };
      [status, body] = [206, body.subarray(start, end)];
    }
    const caching = path.startsWith("/feed/pictures/") ? "public, max-age=3600" : "no-cache";
    response.writeHead(status, {
      "content-type": type,
      "content-length": body.length,
      "x-content-type-options": "nosniff",
      "cache-control": caching,
      ...(policy ? { "content-security-policy": policy } : {}),
      ...headers,
    });
    response.end(body);
  }

  /**
   * @param {string} host
   * @param {string} path
   * @param {http.ServerResponse} response
   */
  #record(host, path, response) {
    const entry = { at: Date.now(), host, path, range: response.req.headers.range ?? "", status: 0, bytes: 0 };
    this.log.push(entry);
    response.on("close", () => {
      entry.status = response.statusCode;
      entry.bytes = response.socket?.bytesWritten ?? 0;
    });
  }
}

/** The part that is asked for, from one byte to another; the end is 0 where the whole is. @param {string} [range] */
function partOf(range = "") {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  return first && last ? { start: Number(first), end: Number(last) + 1 } : { start: 0, end: 0 };
}

/** Dots are resolved and escapes undone, so a request cannot leave the folder. @param {http.IncomingMessage} request */
function pathOf(request) {
  try {
    return decodeURIComponent(new URL(request.url ?? "/", siteOrigin).pathname).replaceAll("..", "");
  } catch {
    return "/bad-address";
  }
}

/**
 * @param {number} port
 * @param {(request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>} answer
 * @returns {Promise<http.Server>}
 */
function listen(port, answer) {
  const server = http.createServer((request, response) => {
    answer(request, response).catch((error) => {
      console.error(`test server: ${request.url}: ${error}`);
      response.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(new Error(`port ${port} is needed by the tests: ${error.message}`)));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
