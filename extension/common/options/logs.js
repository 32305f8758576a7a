// What Caveat remembers of warnings and pictures: two logs with a switch each, for how long, and whether to notify.

import * as client from "../ui/client.js";
import { byId } from "../ui/dom.js";
import { failure } from "../ui/format.js";
import { plural, say, sayCount, t } from "../ui/i18n.js";
import { attempt } from "./attempt.js";
import { ask } from "./question.js";

/** @typedef {import("../ui/types.js").LogStatus} LogStatus */
/** @typedef {import("../ui/types.js").LogSettings} LogSettings */

/** @type {LogSettings} before the reader has answered */
const nothing = { shown: false, seen: false, days: 30, notify: false };
const notifications = Object.freeze({ permissions: /** @type {const} */ (["notifications"]) });

const shown = byId("log-shown", HTMLInputElement);
const seen = byId("log-seen", HTMLInputElement);
const days = byId("log-days", HTMLSelectElement);
const notify = byId("log-notify", HTMLInputElement);

/** @type {LogStatus} */
let logs = { settings: null, shown: 0, seen: 0, failure: null };

/** @param {LogStatus} status */
export async function showLogs(status) {
  const allowed = await browser.permissions.contains({ permissions: [...notifications.permissions] });
  logs = status;
  const settings = status.settings ?? nothing;
  shown.checked = settings.shown;
  seen.checked = settings.seen;
  days.value = String(settings.days);
  days.disabled = !settings.seen;
  for (const option of days.options) option.textContent = plural("remember_days_count", Number(option.value));
  notify.checked = settings.notify && allowed;
  notify.disabled = !settings.shown && !settings.seen;
  sayCount(byId("log-shown-count", HTMLElement), "remember_shown_count", status.shown);
  sayCount(byId("log-seen-count", HTMLElement), "remember_seen_count", status.seen);
  const trouble = byId("log-failure", HTMLElement);
  trouble.hidden = status.failure === null;
  if (status.failure) trouble.textContent = failure(new client.CaveatError(status.failure.code, status.failure.message));
}

/** @param {() => Promise<void>} refresh */
export function prepareLogs(refresh) {
  /** @param {() => Promise<Partial<LogSettings> | null>} choose null: nothing changes */
  const change = (choose) =>
    attempt("log-result", refresh, async () => {
      const choice = await choose();
      if (choice === null) return () => "";
      await client.setLogs({ ...(logs.settings ?? nothing), ...choice });
      return "saved";
    });
  for (const [button, log] of /** @type {const} */ ([
    [shown, "shown"],
    [seen, "seen"],
  ])) {
    button.addEventListener("change", () =>
      change(async () => (button.checked || (await mayErase(log)) ? { [log]: button.checked } : null)),
    );
  }
  days.addEventListener("change", () => change(async () => ({ days: Number(days.value) })));
  notify.addEventListener("change", () => {
    const wanted = notify.checked;
    // Before any await: Firefox asks only in the handler of a click itself.
    const asked = wanted
      ? browser.permissions.request({ permissions: [...notifications.permissions] })
      : browser.permissions.remove({ permissions: [...notifications.permissions] });
    change(async () => {
      const granted = await asked.catch(() => false);
      if (wanted && !granted) throw new client.CaveatError("notAllowed", "notifications were not allowed");
      return { notify: wanted };
    });
  });
}

/**
 * Whether the reader wants to lose what a log holds.
 * @param {"shown" | "seen"} log
 */
async function mayErase(log) {
  if (logs[log] === 0) return true;
  return ask({
    title: t(`remember_${log}_off`),
    text: `${plural(`remember_${log}_count`, logs[log])} ${t("remember_off_text")}`,
    yes: t("remember_off_confirm"),
  });
}
