// The keys of a source with root files, which are replaced again and again.

/** Runs the publisher's command line where the keys lie, and gives what it prints. @typedef {(...line: string[]) => string} Run */

export class RootKeys {
  /** What readers trust: the first root file. */
  anchor = "";
  /** The newest root file. */
  version = 0;
  /** The keys in force. */
  head = "";
  root = "";

  /** @param {Run} run @param {string} folder  of the source */
  constructor(run, folder) {
    this.run = run;
    this.folder = folder;
  }

  /** Publishes the next root file: each names another head key, every other one another root key as well. @param {number} issued */
  renew(issued) {
    const before = this.root;
    this.version += 1;
    this.head = this.#made("head");
    const isReplaced = this.version % 2 === 1;
    if (isReplaced) this.root = this.#made("root");
    const keys = ["--head-key", `${this.head}.pub`, ...(isReplaced ? ["--root-key", `${this.root}.pub`] : [])];
    this.run("root", "--out", this.folder, ...keys, "--issued", String(issued), "--expires-after", "36500");
    // Those before, who must agree, and those that it names.
    const signers = [...new Set([before, this.root])].filter((key) => key !== "");
    const said = signers.map((key) => this.run("sign", this.folder, "--key", key)).join("");
    if (!said.includes(`published as root/${this.version};`)) throw new Error(`caveat sign did not publish root/${this.version}: ${said}`);
    this.anchor ||= /\broot:[0-9a-f]{64}\b/.exec(said)?.[0] ?? "";
    if (!this.anchor) throw new Error(`caveat sign printed no anchor: ${said}`);
  }

  /** @param {string} what */
  #made(what) {
    const name = `${what}-${this.version}`;
    this.run("keygen", "--out", name);
    return name;
  }
}
