// The Update button, its progress bar and its result.

import * as client from "../ui/client.js";
import { byId, make } from "../ui/dom.js";
import { failure, size } from "../ui/format.js";
import { plural, say, t } from "../ui/i18n.js";
import { resultCode, sentence } from "./sources.js";

/** @typedef {import("../ui/types.js").Progress} Progress */
/** @typedef {import("../ui/types.js").Status} Status */
/** @typedef {import("../ui/types.js").UpdateResult} UpdateResult */

export class Update {
  /** @type {Map<string, UpdateResult>} of the last update that this page started */
  results = new Map();

  /** @type {Map<string, string>} */
  #names = new Map();
  /** What came of the last update, or why it could not be made. @type {UpdateResult[] | Error | null} */
  #outcome = null;
  #running = false;
  #mine = false;
  #announced = "";
  #onEnd;
  #connect;

  #start = byId("update-start", HTMLButtonElement);
  #cancel = byId("update-cancel", HTMLButtonElement);
  #note = byId("update-note", HTMLElement);
  #panel = byId("update-running", HTMLElement);
  #stage = byId("update-stage", HTMLElement);
  #bar = byId("update-bar", HTMLProgressElement);
  #result = byId("update-result", HTMLElement);
  #announce = byId("update-announce", HTMLElement);

  /**
   * @param {{onEnd: () => void, connect: () => void}} page
   */
  constructor({ onEnd, connect }) {
    this.#onEnd = onEnd;
    this.#connect = connect;
    this.#start.addEventListener("click", () => this.#run());
    this.#cancel.addEventListener("click", () => this.#stop());
  }

  /**
   * Shows an update that somebody else started, or that it ended.
   * @param {Status} status
   */
  follow(status) {
    this.#names = new Map(status.sources.map((source) => [source.id, source.name]));
    const possible = status.sources.some((source) => source.enabled && source.url !== null);
    this.#start.disabled = !possible;
    this.#note.hidden = possible || status.sources.length === 0;
    if (!this.#mine) this.#show(status.updating);
  }

  /** @param {Progress} progress */
  progress({ source, stage, received, total }) {
    if (!this.#running) this.#show(true);
    const name = this.#names.get(source) ?? t("source_unnamed");
    const known = total !== null && total > 0;
    this.#stage.textContent =
      stage === "segments" && received > 0
        ? known
          ? t("progress_bytes_of", name, size(received), size(total))
          : t("progress_bytes", name, size(received))
        : t(`progress_${stage}`, name);
    if (stage === "segments" && known) {
      this.#bar.max = total;
      this.#bar.value = Math.min(received, total);
    } else if (stage === "done") {
      this.#bar.max = 1;
      this.#bar.value = 1;
    } else {
      this.#bar.removeAttribute("value");
    }
    // Bytes are for the eye: a screen reader hears each stage once.
    const step = t(`progress_${stage}`, name);
    if (step !== this.#announced) this.#announce.textContent = this.#announced = step;
  }

  /**
   * Takes an update that would change very much at once.
   * @param {string} source
   */
  accept(source) {
    this.#run(source);
  }

  /** The background was stopped: an update that another page started may have ended. */
  lost() {
    if (!this.#running || this.#mine) return;
    this.#connect();
    this.#onEnd();
  }

  /** @param {string} [accepted] the source whose mass change is taken; without it, all are updated */
  async #run(accepted) {
    this.#mine = true;
    this.#outcome = null;
    this.render();
    this.#connect();
    this.#show(true);
    try {
      const results = await client.updateSources(accepted, accepted !== undefined);
      this.results = new Map(results.map((result) => [result.source, result]));
      this.#outcome = results;
    } catch (error) {
      this.results.clear();
      this.#outcome = error instanceof Error ? error : new Error(String(error));
    }
    this.render();
    this.#mine = false;
    this.#show(false);
    this.#onEnd();
  }

  async #stop() {
    this.#cancel.disabled = true;
    try {
      await client.cancelUpdate();
    } catch (error) {
      this.#cancel.disabled = false;
      this.#outcome = error instanceof Error ? error : new Error(String(error));
      this.render();
    }
  }

  /** What came of the last update, in the words of the page's language. */
  render() {
    if (this.#outcome === null) this.#result.replaceChildren();
    else if (this.#outcome instanceof Error) this.#say(null, [failure(this.#outcome)]);
    else this.#report(this.#outcome);
  }

  /** @param {boolean} running */
  #show(running) {
    if (running === this.#running) return;
    this.#running = running;
    const hadFocus = [this.#start, this.#cancel].some((b) => b === document.activeElement);
    this.#panel.hidden = !running;
    this.#start.hidden = running;
    this.#cancel.hidden = !running;
    this.#cancel.disabled = false;
    this.#announce.textContent = this.#announced = "";
    if (running) {
      this.#bar.removeAttribute("value");
      say(this.#stage, "progress_start");
    }
    if (hadFocus) (running ? this.#cancel : this.#start).focus();
  }

  /**
   * One line for all sources; what each one said stands in the list, and what
   * failed is said here too.
   * @param {UpdateResult[]} results
   */
  #report(results) {
    /** @param {UpdateResult["outcome"]} outcome */
    const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
    const parts = [];
    for (const outcome of /** @type {const} */ (["updated", "current", "failed", "cancelled"])) {
      if (count(outcome) > 0) parts.push(plural(`update_${outcome}`, count(outcome)));
    }
    if (parts.length === 0) parts.push(t("update_nothing"));
    const failed = results.filter((result) => result.outcome === "failed");
    const problems = failed.map((result) =>
      t(
        "update_problem",
        this.#names.get(result.source) ?? t("source_unnamed"),
        sentence(resultCode(result), result),
      ),
    );
    if (failed.length > 0 || count("cancelled") > 0) parts.push(t("update_old_index"));
    this.#say(parts.join(" "), problems);
  }

  /**
   * @param {string | null} summary
   * @param {string[]} problems
   */
  #say(summary, problems) {
    this.#result.replaceChildren(
      ...(summary === null ? [] : [make("p", {}, summary)]),
      ...problems.map((problem) => make("p", { class: "bad" }, problem)),
    );
  }
}
