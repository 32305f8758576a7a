// Accessibility rules of axe-core on a page.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {{id: string, impact: string, help: string, nodes: {target: unknown, html: string, failureSummary?: string}[]}} Violation */

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Fails on a serious or critical violation. Evaluated by the debugging protocol, so the page's own policy does not apply.
 * @param {Page} page
 */
export async function assertAccessible(page) {
  await page.evaluate(source);
  // Colours on their way from one scheme to the other are nobody's fault.
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const moving = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.all(moving.map(({ finished }) => finished.catch(() => {})));
  });
  const violations = await page.evaluate(async () => {
    const results = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] });
    return /** @type {Violation[]} */ (results.violations);
  });
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  if (bad.length === 0) return;
  const lines = bad.flatMap(({ id, impact, help, nodes }) =>
    nodes.map((node) => `${impact} ${id}: ${help}\n    ${node.html.slice(0, 200)}\n    ${node.failureSummary ?? ""}`),
  );
  const first = lines.slice(0, 8).join("\n  ");
  throw new Error(`${page.url()} has ${lines.length} accessibility faults, the first of them:\n  ${first}`);
}
