// Signatures are judged as the browser's own WebCrypto judges them, and more strictly where Ed25519 leaves room (RFC 8032, 5.1.7).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { BASE, L, NEUTRAL, decode, encode, isSmall, same, smallEncodings, smallPoints, times } from "./harness/edwards.mjs";
import * as paths from "./harness/paths.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { envelopeOf, messageOf, plainCases, roomyCases, signerOf } from "./harness/signature-cases.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {import("./harness/signature-cases.mjs").Case} Case */
/** @typedef {Case & {our: string, their: boolean}} Judged  what Caveat said, and whether it holds for WebCrypto */
/** @typedef {import("puppeteer-core").Page} Page */

/** Keys that follow from a number, and those that a browser makes. */
const [keys, theirKeys] = [48, 12];
/** Cases that a page judges at once: fewer than it can in the time that a question may take. */
const AT_ONCE = 200;

const hex = (/** @type {Buffer} */ bytes) => bytes.toString("hex");

/** @param {Page} page  of the site @param {Case[]} cases @returns {Promise<Judged[]>} */
async function judge(page, cases) {
  /** @type {Judged[]} */
  const judged = [];
  for (let start = 0; start < cases.length; start += AT_ONCE) {
    const some = cases.slice(start, start + AT_ONCE);
    const asked = some.map((one) => [one.key, one.signature, messageOf(one.key, one.payload), envelopeOf(one)].map(hex));
    const answers = await page.evaluate(async (text) => {
      const address = "/pkg/caveat.js";
      const { default: init, Publication } = await import(address);
      await init();
      const bytes = (/** @type {string} */ hex) => new Uint8Array((hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16)));
      // Why the engine stops: at the signature, at the key, or only at what was signed.
      const ours = (/** @type {string} */ key, /** @type {string} */ file) => {
        try {
          new Publication(bytes(file), key).segmentNames();
          return "held";
        } catch (thrown) {
          const { code } = /** @type {{code: string}} */ (thrown);
          return code === "badHead" ? "held" : code;
        }
      };
      const theirs = async (/** @type {string} */ key, /** @type {string} */ signature, /** @type {string} */ message) => {
        try {
          const imported = await crypto.subtle.importKey("raw", bytes(key), "Ed25519", false, ["verify"]);
          return await crypto.subtle.verify("Ed25519", imported, bytes(signature), bytes(message));
        } catch {
          return false;
        }
      };
      const all = /** @type {[string, string, string, string][]} */ (JSON.parse(text));
      const both = all.map(async ([key, signature, message, file]) => ({ our: ours(key, file), their: await theirs(key, signature, message) }));
      return Promise.all(both);
    }, JSON.stringify(asked));
    judged.push(...some.map((one, at) => ({ ...one, .../** @type {{our: string, their: boolean}} */ (answers[at]) })));
  }
  return judged;
}

/** Genuine signatures that WebCrypto makes, of keys that it makes. @param {Page} page @returns {Promise<Case[]>} */
async function theirCases(page) {
  const made = await page.evaluate(async (count) => {
    const asked = Array.from({ length: count }, () => crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]));
    const pairs = /** @type {CryptoKeyPair[]} */ (await Promise.all(asked));
    /** @type {any} */ (globalThis).pairs = pairs;
    const raw = await Promise.all(pairs.map(({ publicKey }) => crypto.subtle.exportKey("raw", publicKey)));
    return raw.map((key) => [...new Uint8Array(key)]);
  }, theirKeys);
  const payload = Buffer.from("signed by WebCrypto");
  const signed = await page.evaluate(async (messages) => {
    const pairs = /** @type {CryptoKeyPair[]} */ (/** @type {any} */ (globalThis).pairs);
    const signatures = pairs.map(({ privateKey }, at) => crypto.subtle.sign("Ed25519", privateKey, new Uint8Array(messages[at] ?? [])));
    return (await Promise.all(signatures)).map((signature) => [...new Uint8Array(signature)]);
  }, made.map((key) => [...messageOf(Buffer.from(key), payload)]));
  return made.map((key, at) => ({
    what: `made by WebCrypto: ${hex(Buffer.from(key))}`,
    key: Buffer.from(key),
    payload,
    signature: Buffer.from(signed[at] ?? []),
    ours: "held",
    room: null,
  }));
}

/** The rule: Caveat says what it must; what holds here holds for WebCrypto; what holds for WebCrypto alone is where Ed25519 leaves room. */
/** @param {Judged[]} judged */
function assertRule(judged) {
  const breaks = judged.filter(({ our, ours, their, room }) => our !== ours || (our === "held" ? !their : their && room === null));
  assert.deepEqual(breaks.map(({ what, our, ours, their }) => `${what}: ${our}, must be ${ours}; WebCrypto ${their}`), []);
}

test("eight points are of small order, and they have fourteen encodings, of which signers write eight", () => {
  const written = smallPoints().map((point) => hex(encode(point)));
  assert.ok(smallPoints().every((point) => same(times(8n, point), NEUTRAL)));
  assert.equal(new Set(written).size, 8);
  const all = smallEncodings().map(hex);
  assert.equal(new Set(all).size, 14);
  assert.ok(written.every((one) => all.includes(one)));
  for (const bytes of smallEncodings()) {
    const point = decode(bytes);
    assert.ok(point && isSmall(point), hex(bytes));
  }
  // The arithmetic is right: it gives the neutral element for the base point's order, and the public keys that OpenSSL gives.
  assert.ok(same(times(L, BASE), NEUTRAL) && !isSmall(BASE));
  for (const name of ["a", "b", "c"]) {
    const { key, scalar } = signerOf(name);
    assert.deepEqual(encode(times(scalar, BASE)), key);
  }
});

inEachBrowser("signatures hold here if and only if they hold for WebCrypto", async (world, context) => {
  const page = await world.visit(`${siteOrigin}/check/`);
  const judged = await judge(page, [...plainCases(keys), ...(await theirCases(page))]);
  assertRule(judged);
  const held = judged.filter(({ their }) => their).length;
  assert.equal(held, keys + theirKeys);
  context.diagnostic(`${held} held, ${judged.length - held} refused`);
});

inEachBrowser("where Ed25519 leaves room nothing holds here that WebCrypto refuses", async (world, context) => {
  const judged = await judge(await world.visit(`${siteOrigin}/check/`), roomyCases());
  assertRule(judged);
  for (const room of ["key of small order", "R of small order", "only times eight", null]) {
    const of = judged.filter((one) => one.room === room);
    assert.ok(of.length > 0, `cases of ${room}`);
    const [here, there] = [of.filter(({ our }) => our === "held"), of.filter(({ their }) => their)];
    context.diagnostic(`${room ?? "no room"}: of ${of.length} ${here.length} hold here and ${there.length} for WebCrypto`);
  }
});

inEachBrowser("what caveat build signs holds for WebCrypto", async (world) => {
  const head = readFileSync(`${paths.need(paths.target)}/www/feed/source/head`);
  const [line] = JSON.parse(readFileSync(`${paths.target}/www/feed/source/sources.json`, "utf8"));
  const page = await world.visit(`${siteOrigin}/check/`);
  const held = await page.evaluate(
    async (head, key) => {
      const raw = new Uint8Array((key.match(/../g) ?? []).map((/** @type {string} */ byte) => parseInt(byte, 16)));
      const bytes = new Uint8Array(head);
      const [signature, payload] = [bytes.slice(22, 86), bytes.slice(86)];
      const source = await crypto.subtle.digest("SHA-256", new Uint8Array([...new TextEncoder().encode("caveat/v1/source\0"), ...raw]));
      const message = new Uint8Array([...new TextEncoder().encode("caveat/v1/head\0"), ...new Uint8Array(source), ...payload]);
      const imported = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
      const verify = () => crypto.subtle.verify("Ed25519", imported, signature, message);
      const genuine = await verify();
      message[message.length - 1] = (message[message.length - 1] ?? 0) ^ 1;
      return [genuine, await verify()];
    },
    [...head],
    line.key,
  );
  assert.deepEqual(held, [true, false]);
});
