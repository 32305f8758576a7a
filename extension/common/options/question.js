// A question inside the page, before something that cannot be undone.

import { byId } from "../ui/dom.js";

/**
 * @param {{title: string, text: string, yes: string}} question
 * @returns {Promise<boolean>} whether the answer was yes; Escape is no
 */
export function ask({ title, text, yes }) {
  const dialog = byId("question", HTMLDialogElement);
  const yesButton = byId("question-yes", HTMLButtonElement);
  const noButton = byId("question-no", HTMLButtonElement);
  byId("question-title", HTMLElement).textContent = title;
  byId("question-text", HTMLElement).textContent = text;
  yesButton.textContent = yes;
  yesButton.onclick = () => dialog.close("yes");
  noButton.onclick = () => dialog.close("no");
  dialog.returnValue = "no";
  dialog.showModal();
  // The answer that changes nothing is the one under the Enter key.
  noButton.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
