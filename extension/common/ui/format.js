// Numbers, sizes and moments in the words of the page's language.

import { has, language, plural, t } from "./i18n.js";

/**
 * @param {number} value
 * @returns {string}
 */
export function number(value) {
  return new Intl.NumberFormat(language()).format(value);
}

/**
 * A size of a download: "812 bytes", "1.2 kB", "3.4 MB".
 * @param {number} bytes
 * @returns {string}
 */
export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(language(), {
    style: "unit",
    unit: units[unit],
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: unit > 0 && value < 10 ? 1 : 0,
  }).format(value);
}

/**
 * @param {number} when milliseconds since the epoch
 * @returns {string}
 */
export function day(when) {
  return unbroken(new Intl.DateTimeFormat(language(), { dateStyle: "medium" }).format(when));
}

/**
 * A day of the calendar, wherever the reader is: "14 November 2017".
 * @param {number} count days since 1970
 * @param {string} [tongue]
 * @returns {string}
 */
export function calendarDay(count, tongue = language()) {
  return new Intl.DateTimeFormat(tongue, { dateStyle: "long", timeZone: "UTC" }).format(count * 86_400_000);
}

/**
 * @param {number} when milliseconds since the epoch
 * @returns {string}
 */
export function moment(when) {
  return new Intl.DateTimeFormat(language(), { dateStyle: "short", timeStyle: "short" }).format(
    when,
  );
}

/**
 * How old an index is: "today", "3 days old".
 * @param {number} days
 * @returns {string}
 */
export function age(days) {
  const whole = Math.max(0, Math.floor(days));
  return unbroken(whole === 0 ? t("age_today") : plural("age_days", whole));
}

/**
 * A few words that a line does not end in: "Nov 22," and "2026" stay together.
 * @param {string} text
 * @returns {string}
 */
function unbroken(text) {
  return text.replaceAll(" ", "\u00a0");
}

/**
 * One plain sentence for a named result or failure of a source.
 * @param {string} code
 * @returns {string}
 */
export function outcome(code) {
  for (const key of [`result_${code}`, `error_${code}`]) if (has(key)) return t(key);
  return t("error_unknown", code);
}

/**
 * One plain sentence for a failure that was thrown.
 * @param {unknown} error
 * @returns {string}
 */
export function failure(error) {
  const code = error instanceof Error && "code" in error ? String(error.code) : "internal";
  return has(`error_${code}`) ? t(`error_${code}`) : t("error_unknown", code);
}

/**
 * Why a picture could not be read, in one plain sentence.
 * @param {string} code
 * @returns {string}
 */
export function reason(code) {
  return has(`reason_${code}`) ? t(`reason_${code}`) : t("reason_unknown", code);
}
