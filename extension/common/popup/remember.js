// The one question before anything is remembered: whether to tell the reader later of pictures they saw.

import * as client from "../ui/client.js";
import { byId } from "../ui/dom.js";
import { failure } from "../ui/format.js";
import { say } from "../ui/i18n.js";

/** @typedef {import("../ui/types.js").LogStatus} LogStatus */

/** What is remembered after a yes, until the reader chooses otherwise in the options. */
const days = 30;

const answers = byId("remember-answers", HTMLElement);
const result = byId("remember-result", HTMLElement);

/** @param {LogStatus} logs */
export function showQuestion({ settings }) {
  // The answer to the answer stays until the popup closes.
  byId("remember", HTMLElement).hidden = settings !== null && result.textContent === "";
  answers.hidden = settings !== null;
}

/** @param {() => Promise<void>} refresh */
export function prepareQuestion(refresh) {
  byId("remember-yes", HTMLButtonElement).addEventListener("click", () => answer(true, refresh));
  byId("remember-no", HTMLButtonElement).addEventListener("click", () => answer(false, refresh));
}

/**
 * @param {boolean} yes
 * @param {() => Promise<void>} refresh
 */
async function answer(yes, refresh) {
  try {
    await client.setLogs({ shown: yes, seen: yes, days, notify: false });
    result.classList.remove("bad");
    say(result, yes ? "remember_said_yes" : "remember_said_no");
  } catch (error) {
    result.classList.add("bad");
    result.textContent = failure(error);
  }
  await refresh();
  // The buttons are gone: the keyboard goes on from here.
  result.focus();
}
