// Signs of life: a background that asks the browser for nothing is ended as idle after half a minute.

/** How often the browser is asked something, which it takes for a sign of life: milliseconds. */
const EVERY = 20_000;

/** Gives signs of life until what it returns is called. @returns {() => void} */
export function stayAlive() {
  // One that is not answered changes nothing: the next one may be.
  const timer = setInterval(() => void browser.runtime.getPlatformInfo().catch(() => {}), EVERY);
  return () => clearInterval(timer);
}
