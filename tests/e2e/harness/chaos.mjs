// What a source's server can do wrong. Each fault is a function that answers one request for a file of the source.

import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

/**
 * @typedef {object} SourceRequest
 * @property {string} name   path inside the source: "head" or "segments/<sha256>"
 * @property {string} folder the source that would have been served
 * @property {import('node:http').ServerResponse} response
 */
/** @typedef {(request: SourceRequest) => void | Promise<void>} Fault */

const binary = { "content-type": "application/octet-stream", "cache-control": "no-cache" };

/** @param {SourceRequest} request */
const bytesOf = ({ folder, name }) => readFile(`${folder}/${name}`);

/** A complete answer. @param {import('node:http').ServerResponse} response @param {Buffer} body */
export const whole = (response, body) => void response.writeHead(200, { ...binary, "content-length": body.length }).end(body);

/** Serves another folder. @param {string} folder @returns {Fault} */
export const otherFolder = (folder) => async (request) => {
  const body = await bytesOf({ ...request, folder }).catch(() => null);
  if (!body) return void request.response.writeHead(404).end();
  whole(request.response, body);
};

/**
 * Announces the whole length, sends part of it and cuts the connection.
 * @param {number} share  of the file, 0 to 1
 * @param {string} [folder]
 * @returns {Fault}
 */
export const cutShort = (share, folder) => async (request) => {
  const body = await bytesOf({ ...request, folder: folder ?? request.folder });
  const { response } = request;
  response.writeHead(200, { ...binary, "content-length": body.length });
  response.write(body.subarray(0, Math.floor(body.length * share)), () => response.destroy());
};

/** A complete answer that holds only part of the file. @param {number} share @param {string} [folder] @returns {Fault} */
export const partOnly = (share, folder) => async (request) => {
  const body = await bytesOf({ ...request, folder: folder ?? request.folder });
  whole(request.response, body.subarray(0, Math.floor(body.length * share)));
};

/** @param {number} code @returns {Fault} */
export const status =
  (code) =>
  ({ response }) => {
    response.writeHead(code, { "content-type": "text/plain", "retry-after": "120" }).end("no");
  };

/** Asks to be left alone. @param {string | null} until  the header Retry-After @returns {Fault} */
export const busy =
  (until) =>
  ({ response }) => {
    response.writeHead(503, { "content-type": "text/plain", ...(until === null ? {} : { "retry-after": until }) }).end("no");
  };

/** Little that unpacks to very much, in the encoding that browsers undo themselves. @param {number} megabytes @returns {Fault} */
export const packedBomb = (megabytes) => {
  const body = gzipSync(Buffer.alloc(megabytes << 20));
  return ({ response }) => {
    response.writeHead(200, { ...binary, "content-encoding": "gzip", "content-length": body.length }).end(body);
  };
};

/** The page a hotel's network answers with, whatever was asked. @type {Fault} */
export const captivePortal = ({ response }) => {
  response
    .writeHead(200, { "content-type": "text/html; charset=utf-8" })
    .end("<!doctype html><title>Welcome</title><form><button>Accept and connect</button></form>");
};

/** @param {string} location @returns {Fault} */
export const redirect =
  (location) =>
  ({ name, response }) => {
    response.writeHead(302, { location: `${location}${name}` }).end();
  };

/**
 * Sends the right bytes slowly.
 * @param {{pieces: number, every: number, folder?: string, from?: (name: string) => boolean}} how
 * @returns {Fault}
 */
export const drip =
  ({ pieces, every, folder, from = () => true }) =>
  async (request) => {
    const { response, name } = request;
    const body = await bytesOf({ ...request, folder: folder ?? request.folder });
    response.writeHead(200, { ...binary, "content-length": body.length });
    if (!from(name)) return void response.end(body);
    const size = Math.ceil(body.length / pieces);
    for (let at = 0; at < body.length && !response.destroyed; at += size) {
      response.write(body.subarray(at, at + size));
      await new Promise((resolve) => setTimeout(resolve, every));
    }
    response.end();
  };

/** Never stops sending. @type {Fault} */
export const endless = ({ response }) => {
  response.writeHead(200, binary);
  const block = Buffer.alloc(64 * 1024, 7);
  const more = () => {
    if (response.destroyed) return;
    if (response.write(block)) setTimeout(more, 1);
    else response.once("drain", more);
  };
  more();
};

/** A good head of another folder, and the fault where its segments are. @param {string} folder @param {Fault} fault @returns {Fault} */
export const onSegments = (folder, fault) => (request) =>
  request.name === "head" ? otherFolder(folder)(request) : fault({ ...request, folder });

/** Announces the whole length, sends part of it and then nothing more. @param {number} share @returns {Fault} */
export const stall = (share) => async (request) => {
  const body = await bytesOf(request);
  request.response.writeHead(200, { ...binary, "content-length": body.length });
  request.response.write(body.subarray(0, Math.ceil(body.length * share)));
};

/** Accepts the request and says nothing. @type {Fault} */
export const silent = () => {};
