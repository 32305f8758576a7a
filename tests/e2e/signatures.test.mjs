// Signatures are judged as the browser's own WebCrypto judges them, and more strictly where Ed25519 leaves room (RFC 8032, 5.1.7).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as paths from "./harness/paths.mjs";
import { siteOrigin } from "./harness/server.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const keys = 12;

inEachBrowser("signatures hold here if and only if they hold for WebCrypto", async (world, context) => {
  const page = await world.visit(`${siteOrigin}/check/`);
  const found = await page.evaluate(async (keys) => {
    const address = "/pkg/caveat.js";
    const { default: init, Publication } = await import(address);
    await init();
    const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);
    const hex = (/** @type {Bytes} */ array) => Array.from(array, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const joined = (/** @type {Bytes[]} */ ...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
    const digest = async (/** @type {Bytes[]} */ ...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
    const below = (/** @type {number} */ limit) => crypto.getRandomValues(new Uint32Array(1))[0] % limit;
    const random = (/** @type {number} */ length) => crypto.getRandomValues(new Uint8Array(length));

    /** What is signed: docs/index-format.md. @param {Bytes} key @param {Bytes} payload */
    const message = async (key, payload) => joined(bytes("caveat/v1/head\0"), await digest(bytes("caveat/v1/source\0"), key), payload);
    /** @param {Bytes} key @param {Bytes} payload @param {Bytes} signature */
    const envelope = async (key, payload, signature) => {
      const length = new Uint8Array(new Uint32Array([payload.length]).buffer);
      const id = (await digest(bytes("caveat/v1/key\0"), key)).slice(0, 8);
      return joined(bytes("CAVEAT1\0"), new Uint8Array([2, 1]), length, id, signature, payload);
    };
    /** Why the engine stops: at the signature, at the key, or only at what was signed. @param {Bytes} key @param {Bytes} payload @param {Bytes} signature */
    const ours = async (key, payload, signature) => {
      try {
        new Publication(await envelope(key, payload, signature), hex(key)).segmentNames();
        return "held";
      } catch (thrown) {
        const { code } = /** @type {{code: string}} */ (thrown);
        return code === "badHead" ? "held" : code;
      }
    };
    /** @param {Bytes} key @param {Bytes} payload @param {Bytes} signature */
    const theirs = async (key, payload, signature) => {
      try {
        const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
        return await crypto.subtle.verify("Ed25519", imported, signature, await message(key, payload));
      } catch {
        return false;
      }
    };

    /** @type {string[]} */
    const wrong = [];
    const counts = { held: 0, refused: 0, stricter: 0 };
    /** @param {string} what @param {Bytes} key @param {Bytes} payload @param {Bytes} signature */
    const compare = async (what, key, payload, signature) => {
      const [our, their] = [await ours(key, payload, signature), await theirs(key, payload, signature)];
      if (our !== (their ? "held" : "badSignature")) wrong.push(`${what}: ${our}, WebCrypto ${their}`);
      counts[their ? "held" : "refused"] += 1;
    };
    /** What anybody could have signed, or signed a second time: never here, whatever WebCrypto says. @param {string} what @param {string} code @param {Bytes} key @param {Bytes} payload @param {Bytes} signature */
    const refuse = async (what, code, key, payload, signature) => {
      const our = await ours(key, payload, signature);
      if (our !== code) wrong.push(`${what}: ${our} instead of ${code}`);
      if (await theirs(key, payload, signature)) counts.stricter += 1;
    };

    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    /** Little-endian. @param {Bytes} array */
    const number = (array) => array.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    /** @param {bigint} value */
    const encoded = (value) => new Uint8Array(Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 255n)));
    const hash = async (/** @type {Bytes[]} */ ...parts) => new Uint8Array(await crypto.subtle.digest("SHA-512", joined(...parts)));
    const identity = encoded(1n);

    for (let i = 0; i < keys; i++) {
      const pair = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]));
      const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
      const payload = random(below(600));
      const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, await message(key, payload)));
      await compare("genuine", key, payload, signature);
      for (let flip = 0; flip < 64; flip++) {
        const other = signature.slice();
        const bit = flip < 32 ? below(512) : 16 * (flip - 32) + below(16);
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await compare(`bit ${bit} of the signature`, key, payload, other);
      }
      const changed = joined(payload, random(1));
      await compare("another payload", key, changed, signature);
      await compare("no signature", key, payload, new Uint8Array(64));
      await compare("noise", key, payload, random(64));
      // The same signature with S + L: RFC 8032 wants it refused, and so do all.
      await compare("S + L", key, payload, joined(signature.slice(0, 32), encoded(number(signature.slice(32)) + order)));
      // R is the neutral element: the equation holds for who knows the secret key, and for nobody's good.
      const seed = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)).slice(-32);
      const half = (await hash(seed)).slice(0, 32);
      half[0] = (half[0] ?? 0) & 248;
      half[31] = ((half[31] ?? 0) & 127) | 64;
      const k = number(await hash(identity, key, await message(key, payload))) % order;
      await refuse("R of small order", "badSignature", key, payload, joined(identity, encoded((k * (number(half) % order)) % order)));
    }
    // Keys of small order: anybody can sign for them. Canonical and other encodings of the eight points.
    const p = 2n ** 255n - 19n;
    const [eight, other] = [
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ].map((text) => number(new Uint8Array((text.match(/../g) ?? []).map((byte) => parseInt(byte, 16)))));
    const sign = 1n << 255n;
    const weak = [0n, 1n, p - 1n, p, p + 1n, eight ?? 0n, other ?? 0n].flatMap((y) => [y, y | sign]);
    for (const y of weak)
      for (let i = 0; i < 8; i++) await refuse(`key ${y.toString(16)}`, "badKey", encoded(y), random(8 + i), joined(i % 2 ? encoded(y) : identity, new Uint8Array(32)));
    return { wrong, counts };
  }, keys);
  assert.deepEqual(found.wrong, []);
  assert.ok(found.counts.held === keys && found.counts.refused > 60 * keys, JSON.stringify(found.counts));
  context.diagnostic(`${JSON.stringify(found.counts)}; stricter: refused here, held by WebCrypto`);
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
