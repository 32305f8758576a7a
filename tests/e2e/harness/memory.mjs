// The memory of the process that runs the extension, from Linux's /proc.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** @typedef {import("./paths.mjs").BrowserKind} BrowserKind */
/** @typedef {{now: number, peak: number}} Memory  MB resident: now, and the most since `startPeak` */

/** @param {string} path @returns {string} empty where the process is gone */
const read = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

/** Of Chromium all renderers of extensions, of Firefox its one process of extensions. @param {BrowserKind} kind @param {number} root  the browser's process */
export function extensionProcesses(kind, root) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(all.map((pid) => [Number(pid), Number(/\(.*\) \S (\d+)/s.exec(read(`/proc/${pid}/stat`))?.[1])]));
  const isOurs = (/** @type {number} */ pid) => {
    for (let at = pid, steps = 0; at > 1 && steps < 20; at = parents.get(at) ?? 0, steps++) if (at === root) return true;
    return false;
  };
  const found = [...parents.keys()].filter(
    (pid) =>
      isOurs(pid) &&
      (kind === "chromium"
        ? read(`/proc/${pid}/cmdline`).includes("--extension-process")
        : read(`/proc/${pid}/comm`).trim() === "WebExtensions"),
  );
  if (found.length === 0) throw new Error(`${kind}: no process of extensions under ${root}`);
  return found;
}

/** @param {number[]} pids @returns {Memory} */
export function memoryOf(pids) {
  const total = { now: 0, peak: 0 };
  for (const pid of pids) {
    const status = read(`/proc/${pid}/status`);
    const megabytes = (/** @type {string} */ name) => (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024) / 1e6;
    total.now += megabytes("VmRSS");
    total.peak += megabytes("VmHWM");
  }
  return total;
}

/** Forgets the peaks so far. @param {number[]} pids */
export function startPeak(pids) {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, "5");
}
