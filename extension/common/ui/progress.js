// The background's news on its own initiative: how far an update is, and that
// the status changed. An idle background is stopped by the browser, which
// closes the port. It is opened again only when there is a reason to: a page
// left open must not keep waking the background.

/** @typedef {import("./types.js").Progress} Progress */

/**
 * @param {{
 *   onProgress?: (progress: Progress) => void,
 *   onChange: () => void,
 *   onClosed?: () => void,
 * }} listener
 * @returns {() => void} opens the port where it is closed
 */
export function listen({ onProgress, onChange, onClosed }) {
  let open = false;

  function connect() {
    if (open) return;
    open = true;
    const port = browser.runtime.connect({ name: "progress" });
    port.onMessage.addListener((/** @type {any} */ news) => {
      if (news?.kind === "progress") onProgress?.(news);
      if (news?.kind === "statusChanged") onChange();
    });
    port.onDisconnect.addListener(() => {
      // Reading it keeps Chrome from reporting an "unchecked" error.
      void browser.runtime.lastError;
      open = false;
      onClosed?.();
    });
  }

  connect();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || open) return;
    connect();
    onChange();
  });
  return connect;
}
