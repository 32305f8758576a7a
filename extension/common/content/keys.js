"use strict";
// From the URL of a picture to its key: what makes two sizes of one picture one question.
{
  /** @typedef {{ matches: (host: string) => boolean, ignore: RegExp | null, key: Rewrite | null, better: Rewrite | null }} Rule */
  /** @typedef {{ pattern: RegExp, replace: string }} Rewrite */

  /** Hashing more than this much of a `data:` URL would make a task of its own; a longer one is sampled from three places. */
  const HASHED_CHARACTERS = 1 << 20;

  /** @type {Rule[]} */
  let rules = [];

  /** @param {string} host @returns {(host: string) => boolean} */
  const hostTest = (host) => {
    if (host === "*") return () => true;
    return host.startsWith(".") ? (h) => h.endsWith(host) || h === host.slice(1) : (h) => h === host;
  };

  /** @param {{ pattern: string, replace: string } | undefined} rewrite @returns {Rewrite | null} */
  const compile = (rewrite) => rewrite ? { pattern: new RegExp(rewrite.pattern), replace: rewrite.replace } : null;

  /** @param {CdnRule[]} list */
  const setRules = (list) => {
    rules = [];
    for (const rule of list) {
      try {
        rules.push({
          matches: hostTest(rule.host),
          ignore: rule.ignore ? new RegExp(rule.ignore) : null,
          key: compile(rule.key),
          better: compile(rule.better),
        });
      } catch {
        // A rule this browser cannot compile costs its own site a shared key, nothing more.
      }
    }
  };

  /**
   * Two mixed 32-bit multiplications (cyrb53): quick, and good enough to tell pictures of one page apart.
   * @param {number} length @param {(i: number) => number} at
   */
  const cheapHash = (length, at) => {
    let a = 0xdeadbeef;
    let b = 0x41c6ce57;
    /** @param {number} from @param {number} to @param {number} step */
    const mix = (from, to, step) => {
      for (let i = from; i < to; i += step) {
        const code = at(i);
        a = Math.imul(a ^ code, 2654435761);
        b = Math.imul(b ^ code, 1597334677);
      }
    };
    if (length <= HASHED_CHARACTERS) {
      mix(0, length, 1);
    } else {
      const part = HASHED_CHARACTERS >> 2;
      mix(0, part * 2, 1);
      mix(part * 2, length - part, Math.ceil((length - part * 3) / part));
      mix(length - part, length, 1);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
  };

  /**
   * The key of the picture behind a URL and, where the rules know one, a better copy; null for what is never a post's picture.
   * @param {string} url
   */
  const of = (url) => {
    if (url.startsWith("data:")) {
      // Vector drawings are page furniture, not photographs, and nothing decodes them.
      return url.startsWith("data:image/svg") ? null : { key: `data:${url.length}:${cheapHash(url.length, (i) => url.charCodeAt(i))}`, better: null };
    }
    if (url.startsWith("blob:")) return { key: url, better: null };
    let address;
    try {
      address = new URL(url);
    } catch {
      return null;
    }
    if (address.protocol !== "https:" && address.protocol !== "http:") return null;
    if (address.pathname.endsWith(".svg")) return null;
    address.hash = "";
    const plain = address.href;
    let key = plain;
    let better = null;
    for (const rule of rules) {
      if (!rule.matches(address.hostname)) continue;
      if (rule.ignore?.test(plain)) return null;
      if (key === plain && rule.key?.pattern.test(plain)) key = plain.replace(rule.key.pattern, rule.key.replace);
      if (!better && rule.better?.pattern.test(plain)) better = plain.replace(rule.better.pattern, rule.better.replace);
    }
    return { key, better };
  };

  caveat.keys = { setRules, of, hash: (bytes) => cheapHash(bytes.length, (i) => bytes[i]) };
}
