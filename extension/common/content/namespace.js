"use strict";
// The content scripts of a frame are classic scripts that share one object in the extension's own world; each file adds one part to it.
// A page element with id "caveat" is also a global by that name, so only an own property counts as ours.
if (!Object.hasOwn(globalThis, "caveat")) {
  Object.defineProperty(globalThis, "caveat", { value: {} });
}
