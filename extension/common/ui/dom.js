// A short way to build elements. Text only ever goes in as text.

import { say, sayCount } from "./i18n.js";

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | boolean | null>} [attributes] null and false leave one out
 * @param {...(Node | string | null)} children null is left out
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * An element with a text of _locales.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 * @param {string} key
 * @param {...(string | number)} values
 * @returns {HTMLElementTagNameMap[K]}
 */
export function words(tag, className, key, ...values) {
  return say(make(tag, { class: className || null }), key, ...values);
}

/**
 * As `words`, for a number.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 * @param {string} key
 * @param {number} count
 * @param {...(string | number)} values
 * @returns {HTMLElementTagNameMap[K]}
 */
export function countWords(tag, className, key, count, ...values) {
  return sayCount(make(tag, { class: className || null }), key, count, ...values);
}

/**
 * A technical value, which reads from left to right in every language. An
 * address breaks after its slashes, not within its words.
 * @param {string} text
 * @param {string} [className]
 * @returns {HTMLElement}
 */
export function code(text, className) {
  const [first, ...parts] = text.split(/(?<=\/)(?=[^/])/);
  const children = parts.flatMap((part) => [make("wbr"), part]);
  return make("code", { dir: "ltr", class: className ?? null }, first, ...children);
}

/**
 * A text that somebody else wrote, in a language we were told.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 * @param {import("./types.js").Text} text
 * @returns {HTMLElementTagNameMap[K]}
 */
export function quoted(tag, className, text) {
  return make(tag, { class: className || null, lang: text.language || null, dir: "auto" }, text.text);
}

/**
 * A link out of the extension, or null when the address is not a web address.
 * @param {string | null | undefined} address
 * @param {string} key the text of the link
 * @returns {HTMLAnchorElement | null}
 */
export function webLink(address, key) {
  const url = address ? URL.parse(address) : null;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return null;
  const link = make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" });
  return say(link, key);
}

/**
 * The element of the page with this id; the page and its script belong together.
 * @template {typeof HTMLElement} C
 * @param {string} id
 * @param {C} type
 * @returns {InstanceType<C>}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`no ${type.name} with the id "${id}"`);
  return /** @type {InstanceType<C>} */ (element);
}

/**
 * Replaces the content of a list and keeps the keyboard where it was: the
 * control with the same `data-key` gets the focus again, else `instead`.
 * @param {HTMLElement} list
 * @param {Node[]} children
 * @param {HTMLElement} [instead]
 */
export function refill(list, children, instead) {
  const focused = document.activeElement;
  const inside = focused instanceof HTMLElement && list.contains(focused);
  const key = inside ? focused.dataset.key : undefined;
  list.replaceChildren(...children);
  if (!inside) return;
  const again = [...list.querySelectorAll("[data-key]")].find(
    (element) => element instanceof HTMLElement && element.dataset.key === key,
  );
  if (again instanceof HTMLElement) again.focus();
  else instead?.focus();
}
