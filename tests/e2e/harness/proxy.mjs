// A counting HTTP proxy. The browser under test sends everything through it, so the log holds every request by pages,
// by the extension and by the browser itself. Only the two local test servers can be reached.

import http from "node:http";

/**
 * @typedef {object} ProxiedRequest
 * @property {number} at        milliseconds since the epoch
 * @property {string} method
 * @property {string} host      with port
 * @property {string} path      with query; empty for CONNECT
 * @property {string} url
 * @property {string} dest      Sec-Fetch-Dest: "image" for a page's picture, "empty" for fetch()
 * @property {string} site      Sec-Fetch-Site
 * @property {string} origin
 * @property {string} agent
 * @property {boolean} reachable  one of the local test servers
 * @property {boolean} withCookies
 */

/**
 * @typedef {object} Proxy
 * @property {number} port
 * @property {ProxiedRequest[]} log
 * @property {() => Promise<void>} close
 */

/**
 * @param {Map<string, number | null>} routes  hosts with port that are passed on, and to which port of 127.0.0.1; null: nobody listens now
 * @returns {Promise<Proxy>}
 */
export async function startProxy(routes) {
  /** @type {ProxiedRequest[]} */
  const log = [];
  const agent = new http.Agent({ keepAlive: false });

  const server = http.createServer((request, response) => {
    const url = URL.canParse(request.url ?? "") ? new URL(/** @type {string} */ (request.url)) : null;
    const port = routes.get(url?.host ?? "");
    const passed = port !== undefined;
    log.push(record(request, url?.host ?? "", url ? url.pathname + url.search : "", passed));
    if (!url || !passed) return void response.writeHead(502).end();
    // A missing server is a network error, and not a 502.
    if (port === null) return void request.socket.destroy();
    const upstream = http.request({
      host: "127.0.0.1",
      port,
      method: request.method,
      path: url.pathname + url.search,
      headers: { ...request.headers, host: url.host },
      agent,
    });
    upstream.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
      // A cut upstream body must arrive as a cut body.
      answer.on("error", () => response.destroy());
      answer.on("aborted", () => response.destroy());
      answer.pipe(response);
    });
    upstream.on("error", () => request.socket.destroy());
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
  });
  // Never the first to hang up on an idle connection: the browser would have to repeat a request.
  server.keepAliveTimeout = 600_000;
  server.on("connect", (request, socket) => {
    log.push(record(request, request.url ?? "", "", false));
    socket.on("error", () => {});
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  server.on("clientError", (_, socket) => socket.destroy());

  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", () => resolve(null)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port: address.port,
    log,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {http.IncomingMessage} request
 * @param {string} host
 * @param {string} path
 * @param {boolean} reachable
 * @returns {ProxiedRequest}
 */
function record(request, host, path, reachable) {
  const header = (/** @type {string} */ name) => String(request.headers[name] ?? "");
  return {
    at: Date.now(),
    method: request.method ?? "",
    host,
    path,
    url: request.url ?? "",
    reachable,
    dest: header("sec-fetch-dest"),
    site: header("sec-fetch-site"),
    origin: header("origin"),
    agent: header("user-agent"),
    withCookies: "cookie" in request.headers,
  };
}
