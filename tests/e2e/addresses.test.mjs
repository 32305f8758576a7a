// Addresses of sources are read as the browser reads them: the host that people are shown before they trust a source is the one that
// is asked. What the two would read differently is refused.

import assert from "node:assert/strict";
import { makeSource, unknown } from "./harness/demo.mjs";
import { inEachBrowser } from "./harness/world.mjs";

/** Names, and what is none. */
const names = [
  "example.org", "EXAMPLE.Org", "a_b.example.org", "single", "head", "xn--e1afmkfd.xn--p1ai", "localhost", "LocalHost", "",
  ".", "..", ".example.org", "example..org", "example.org.", "example.org..", "localhost.", "*.example.org",
  "user@example.org", "user:word@example.org", "@example.org", ":@example.org", "example.org@example.com", "example.org:1@example.com",
  "ex%61mple.org", "example%2eorg", "example.org%2f.example.com", "example.org%00.example.com", "%31%32%37.0.0.1",
  "example.org\\example.com", "example.org\\@example.com", "\\example.org", "ex\tample.org", "ex\nample.org", "ex\rample.org", "exa mple.org",
  "ex\u{ad}ample.org", "example\u{3002}org", "\u{ff45}xample.org", "fa\u{df}.example", "\u{fb01}sh.example", "\u{43f}\u{440}.example",
];
/** Numbers: every way in which an IPv4 address may be written, and some that only look so. */
const numbers = [
  "127.0.0.1", "192.0.2.7", "127.1", "127.0.1", "1.2.3", "1.2.3.4.5", "2130706433", "4294967296", "0", "08", "0x", "0X", "256.0.0.1",
  "0177.0.0.1", "127.0.0.01", "0x7f.1", "0X7F.1", "0x7f000001", "0x7f.0x0.0x0.0x1", "1.2.3.0x4", "127.0.0.1.", "127.1.", "0x7f.1.", "1..2",
  "\u{ff11}27.0.0.1", "127\u{3002}1", "example.1", "example.08", "example.0x", "example.0xfe", "example.99999999999",
  "example.0x7g", "example.1a", "0x7f.example.org", "127.1.example", "127_1", "0x_7f",
];
const sixes = [
  "[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]", "[::FFFF:127.0.0.1]", "[::ffff:7f00:1]", "[2001:DB8::1]", "[::1", "::1", "[]", "[::1%25lo]",
];
const ports = [
  ":", ":0", ":80", ":080", ":443", ":0443", ":00443", ":8443", ":08443", ":65535", ":65536", ":4294967739", ":+8443", ":-1", ":8443:1",
  ":0x1bb", ":84 43", ":84\t43", ":\u{664}\u{664}\u{663}", ":443.", ":8443]",
];
const paths = [
  "", "/", "//", "/head", "/a/b/head", "/a//b/", "/.../", "/a/../b/", "/a/..", "/./a/", "/%2e%2e/a/", "/.%2E/a/", "/a%20b/", "/a b/", "/a\tb/",
  "/a\\b/", "/a\"b/", "/<a>/", "/`a`/", "/{a}/", "/^/", "/\u{fc}/", "/?a", "/#a", "?a", "#a", "/a@b/", "/~a/(b)/", "/\u{7f}/",
];
const schemes = [
  "HTTPS://", "Https://", "https:/", "https:", "https:///", "https:\\\\", "//", "", "ht\ttps://", " https://", "\thttps://", "\u{1}https://", "http://",
];

const addresses = [
  ...[...names, ...numbers, ...sixes].flatMap((host) => [`https://${host}/i/`, `https://${host}:8443`]),
  ...["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "127.1", "0x7f.1", "[::0001]", "localhost."].map((host) => `http://${host}/i/`),
  ...ports.flatMap((port) => [`https://example.org${port}/`, `http://127.0.0.1${port}/`, `http://[::1]${port}/`]),
  ...paths.map((path) => `https://example.org${path}`),
  ...schemes.map((scheme) => `${scheme}example.org/`),
];

inEachBrowser("an address is read as the browser reads it, or refused", async ({ extension }, context) => {
  const desk = await extension.desk();
  // Without a key nobody is asked, whatever the address is.
  const found = await desk.evaluate(async (addresses) => {
    const answers = [];
    for (const address of addresses) {
      const { kind, code } = await browser.runtime.sendMessage({ kind: "previewSource", url: address, key: "none" });
      // What is around an address is no part of it.
      const url = URL.parse(address.trim());
      answers.push({ address, answer: `${kind} ${code}`, url: url && { host: url.host, href: url.href } });
    }
    return answers;
  }, addresses);
  const accepted = found.filter(({ answer }) => answer === "error badKey");
  const refused = found.filter(({ answer }) => answer === "error badUrl");
  assert.deepEqual(found.filter((one) => !accepted.includes(one) && !refused.includes(one)), []);
  const wrong = accepted.filter(({ address, url }) => {
    const [, scheme = "", host = "", path = ""] = /^(https?:\/\/)([^/]*)(.*)$/s.exec(address.trim()) ?? [];
    // A port that goes without saying is left out.
    const shown = host.toLowerCase().replace(scheme === "https://" ? /:443$/ : /:80$/, "");
    return url?.host !== shown || url.href !== `${scheme}${shown}${path || "/"}`;
  });
  assert.deepEqual(wrong, []);
  context.diagnostic(`${addresses.length} addresses: ${accepted.length} accepted, ${refused.length} refused`);
  assert.ok(accepted.length >= 40 && refused.length >= 180, `${accepted.length} accepted, ${refused.length} refused`);
});

inEachBrowser("the host that is shown is the one that is asked", async ({ extension, server }) => {
  const made = makeSource([unknown]);
  try {
    server.mounts.set("/shown/", `${made.folder}/`);
    for (const url of ["http://127.0.0.1:8617/shown/", "http://localhost:8617/shown", " http://LocalHost:8617/shown/head\n"]) {
      const before = server.count("/shown/head");
      const preview = await extension.ask({ kind: "previewSource", url, key: made.key });
      const { host, origin } = new URL(url);
      assert.deepEqual([preview.host, preview.url], [host, `${origin}/shown/`], url);
      assert.equal(server.count("/shown/head"), before + 1, url);
    }
  } finally {
    made.drop();
  }
});
