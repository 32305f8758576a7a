// Reaches into closed shadow roots, where the extension draws: a page cannot, the debugging protocols can.

/** @typedef {import('puppeteer-core').Frame} Frame */
/** @typedef {import('puppeteer-core').JSHandle<ShadowRoot>} RootHandle */

/**
 * Handles to every closed shadow root of one frame, in document order. Local test pages make none of their own.
 * @param {Frame} frame
 * @returns {Promise<RootHandle[]>}
 */
export const closedRoots = (frame) => ("realm" in realmOf(frame) ? firefoxRoots(frame) : chromiumRoots(frame));

/** puppeteer's main world of a frame, which is not in its public types; `realm` is that of WebDriver BiDi. @param {Frame} frame @returns {any} */
const realmOf = (frame) => /** @type {any} */ (frame).mainRealm();

/**
 * The DOM domain of CDP shows closed roots when asked to pierce.
 * @param {Frame} frame
 * @returns {Promise<RootHandle[]>}
 */
async function chromiumRoots(frame) {
  const { client } = /** @type {any} */ (frame);
  const top = await frame.evaluateHandle(() => document.documentElement);
  const { node } = await client.send("DOM.describeNode", { objectId: top.remoteObject().objectId, depth: -1, pierce: true });
  await top.dispose();
  /** @type {number[]} */
  const found = [];
  /** Child frames are looked through on their own, so contentDocument is left alone. @param {any} at */
  const walk = (at) => {
    for (const root of at.shadowRoots ?? []) {
      if (root.shadowRootType === "closed") found.push(root.backendNodeId);
      walk(root);
    }
    for (const child of at.children ?? []) walk(child);
  };
  walk(node);
  return Promise.all(found.map((id) => realmOf(frame).adoptBackendNode(id)));
}

/**
 * WebDriver BiDi serialises closed roots when asked for includeShadowTree "all".
 * @param {Frame} frame
 * @returns {Promise<RootHandle[]>}
 */
async function firefoxRoots(frame) {
  const realm = realmOf(frame);
  const answer = await realm.realm.callFunction("() => document.documentElement", true, {
    resultOwnership: "none",
    serializationOptions: { maxDomDepth: null, includeShadowTree: "all" },
  });
  /** @type {any[]} */
  const found = [];
  /** @param {any} at */
  const walk = (at) => {
    const root = at.value?.shadowRoot;
    if (root) {
      if (root.value?.mode === "closed") found.push(root);
      walk(root);
    }
    for (const child of at.value?.children ?? []) walk(child);
  };
  walk(answer.result);
  return found.map((root) => realm.createHandle(root));
}
