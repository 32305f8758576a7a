// How readily Caveat speaks: one of three.

import * as client from "../ui/client.js";
import { byId } from "../ui/dom.js";
import { attempt } from "./attempt.js";

/** @typedef {import("../ui/types.js").Status} Status */
/** @typedef {import("../ui/types.js").Sensitivity} Sensitivity */

const choices = /** @type {const} */ (["cautious", "balanced", "keen"]).map((value) => ({
  value,
  button: byId(`sensitivity-${value}`, HTMLInputElement),
}));

/** Choices that are not answered yet: what is stored until then must not take the mark away from them. */
let open = 0;

/** @param {Status} status */
export function showSensitivity({ sensitivity, policy }) {
  byId("sensitivity", HTMLFieldSetElement).disabled = policy?.sensitivityLocked === true;
  if (open > 0) return;
  for (const { value, button } of choices) button.checked = value === sensitivity;
}

/** @param {() => Promise<void>} refresh */
export function prepareSensitivity(refresh) {
  for (const { value, button } of choices) {
    button.addEventListener("change", () => choose(value, refresh));
  }
}

/**
 * @param {Sensitivity} value
 * @param {() => Promise<void>} refresh
 */
function choose(value, refresh) {
  return attempt("sensitivity-result", refresh, async () => {
    open += 1;
    try {
      await client.setSensitivity(value);
    } finally {
      open -= 1;
    }
    return "saved";
  });
}
