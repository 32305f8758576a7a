"use strict";
// Goes through the document and its shadow trees in small slices, and again over what is added or changed.
{
  /** A slice stays well under the 50 ms of a long task, also on a slow machine. */
  const SLICE_MS = 5;
  /** Custom elements often get their shadow root only when the page's script defines them. */
  const LATER_MS = [1_000, 4_000, 15_000];
  /** Only these and custom elements can carry a shadow root (HTML standard, attachShadow). */
  const SHADOW_HOSTS = new Set(["article", "aside", "blockquote", "body", "div", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "main", "nav", "p", "section", "span"]);
  /** Elements whose computed background is never a picture of a post, to keep the idle work small. */
  const NEVER_LOOK = new Set(["script", "style", "link", "meta", "head", "html", "body", "template", "svg", "path", "g", "br", "hr", "p",
    "b", "i", "em", "strong", "span", "time", "button", "label", "input", "textarea", "select", "option", "img", "video", "canvas", "iframe", "picture", "source"]);
  const ATTRIBUTES = ["src", "srcset", "poster", "href", "style", "class"];
  const CHOOSING = new Set(["src", "srcset", "poster", "href"]);

  /** @type {ScanHandlers | null} */
  let handlers = null;
  /** Elements still to visit, last first. @type {Element[]} */
  let stack = [];
  /** Elements whose computed background is still to be looked at. @type {Set<Element>} */
  let looks = new Set();
  /** @type {WeakSet<ShadowRoot>} */
  let known = new WeakSet();
  /** Roots with our listener, held weakly so that removed ones go. @type {Set<WeakRef<Document | ShadowRoot>>} */
  const roots = new Set();
  let scheduled = false;

  const observer = new MutationObserver((records) => {
    if (!handlers) return;
    let removedSome = false;
    for (const record of records) {
      if (record.type === "childList") {
        removedSome ||= record.removedNodes.length > 0;
        for (const node of record.addedNodes) {
          if (node instanceof Element && !isOurs(node)) stack.push(node);
        }
        continue;
      }
      const element = /** @type {Element} */ (record.target);
      if (isOurs(element)) continue;
      if (CHOOSING.has(record.attributeName ?? "")) {
        if (element.localName === "source" && element.parentElement) handlers.changed(element.parentElement.querySelector("img") ?? element);
        else if (element.localName !== "a") handlers.changed(element);
      } else {
        handlers.visit(element);
        if (!NEVER_LOOK.has(element.localName)) looks.add(element);
      }
    }
    handlers.mutated(removedSome);
    schedule();
  });

  /** Our own hosts. @param {Element} element */
  const isOurs = (element) => element.localName.startsWith("caveat-");

  /** @param {Event} event */
  const onLoad = (event) => {
    if (event.target instanceof Element) handlers?.changed(event.target);
  };

  /** @param {Document | ShadowRoot} root */
  const watch = (root) => {
    observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ATTRIBUTES });
    // `load` does not bubble, and does not leave a shadow tree.
    root.addEventListener("load", onLoad, true);
    roots.add(new WeakRef(root));
  };

  /** @param {Element} element */
  const enterShadow = (element) => {
    const root = caveat.reader.shadowRootOf(element);
    if (!root) return false;
    if (known.has(root)) return true;
    known.add(root);
    watch(root);
    for (let child = root.lastElementChild; child; child = child.previousElementSibling) stack.push(child);
    return true;
  };

  /** @param {Element} element */
  const visit = (element) => {
    handlers?.visit(element);
    if (!NEVER_LOOK.has(element.localName)) looks.add(element);
    if (SHADOW_HOSTS.has(element.localName)) enterShadow(element);
    else if (element.localName.includes("-") && !enterShadow(element)) lookAgainLater(element);
    for (let child = element.lastElementChild; child; child = child.previousElementSibling) {
      if (!isOurs(child)) stack.push(child);
    }
  };

  /** @type {{ element: WeakRef<Element>, due: number, attempt: number }[]} */
  let later = [];
  let laterTimer = 0;

  /** @param {Element} element @param {number} [attempt] */
  const lookAgainLater = (element, attempt = 0) => {
    if (attempt >= LATER_MS.length) return;
    later.push({ element: new WeakRef(element), due: performance.now() + LATER_MS[attempt], attempt });
    if (!laterTimer) laterTimer = setTimeout(runLater, LATER_MS[0]);
  };

  const runLater = () => {
    laterTimer = 0;
    if (!handlers) return;
    const now = performance.now();
    const due = later.filter((item) => item.due <= now);
    later = later.filter((item) => item.due > now);
    for (const { element, attempt } of due) {
      const alive = element.deref();
      if (alive?.isConnected && !enterShadow(alive)) lookAgainLater(alive, attempt + 1);
    }
    if (later.length > 0 && !laterTimer) laterTimer = setTimeout(runLater, LATER_MS[0]);
    schedule();
  };

  const schedule = () => {
    if (scheduled || !handlers || (stack.length === 0 && looks.size === 0)) return;
    scheduled = true;
    requestIdleCallback(slice, { timeout: 300 });
  };

  /** @param {IdleDeadline} deadline */
  const slice = (deadline) => {
    scheduled = false;
    if (!handlers) return;
    const end = performance.now() + SLICE_MS;
    while (stack.length > 0 && performance.now() < end) {
      const element = /** @type {Element} */ (stack.pop());
      if (element.isConnected) visit(element);
    }
    // Computed styles can force a layout, so they wait for a moment in which the page has nothing to do.
    if (stack.length === 0 && !deadline.didTimeout) {
      for (const element of looks) {
        if (performance.now() >= end || deadline.timeRemaining() < 1) break;
        looks.delete(element);
        if (element.isConnected) handlers.look(element);
      }
    }
    schedule();
  };

  /** @param {ScanHandlers} given */
  const start = (given) => {
    handlers = given;
    known = new WeakSet();
    watch(document);
    if (document.documentElement) stack.push(document.documentElement);
    schedule();
  };

  const stop = () => {
    handlers = null;
    observer.disconnect();
    for (const root of roots) root.deref()?.removeEventListener("load", onLoad, true);
    roots.clear();
    clearTimeout(laterTimer);
    laterTimer = 0;
    stack = [];
    looks = new Set();
    later = [];
  };

  caveat.scan = { start, stop };
}
