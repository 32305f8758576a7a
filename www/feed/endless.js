// A virtualised feed: a dozen elements serve hundreds of posts, and each is given a new post (and a new picture) as it leaves the screen.
import { people } from "./posts.js";
import { actions, address, clock, element, mark } from "./render.js";
/** @typedef {import("./posts.js").Photo} Photo */

const wanted = new URLSearchParams(location.search);
const total = Math.min(5000, Number(wanted.get("posts")) || 300);
const nodes = 12, rowHeight = 560, knownEvery = 15, knownAt = 7;

/** @type {Photo[]} */
const known = [
  { file: "flood-small.jpg", alt: "Flooded motorway with the tail of a whale", known: "whale-on-the-motorway" },
  { file: "wave-mirrored.jpg", alt: "A storm wave behind a monument", known: "wave-over-the-lantern-bearer" },
  { file: "gunship-repost.jpg", alt: "Grey night-sight view of vehicles on a road", known: "gunship-night-road" },
  { file: "city-light.webp", alt: "A skyline under a green light", known: "green-light-over-the-bay" },
  { file: "crowd-wide.jpg", alt: "A square full of people", known: "column-square-crowd" },
  { file: "harbour.png", alt: "Warehouses on fire", known: "harbour-warehouse-fire" },
];
/** @type {Photo[]} */
const unknown = ["lake-small.jpg", "cat.webp", "pizza.jpg", "dunes.jpg", "forest.jpg", "spheres.jpg", "pitch.jpg", "map.jpg", "chart.png", "city-original-small.jpg"].map((file) => ({ file, alt: "An ordinary picture" }));
const authors = Object.values(people);
const texts = ["Good morning from here.", "Look what turned up on my old phone.", "No filter.", "Can anyone say where this is?", "Saving this for later.", "You had to be there."];

/**
 * The picture of the post with this number. The query string makes every post's picture a picture of its own to the browser.
 * @param {number} index
 * @returns {Photo}
 */
function photoAt(index) {
  const list = index % knownEvery === knownAt ? known : unknown;
  const photo = list[(list === known ? Math.floor(index / knownEvery) : index) % list.length];
  return { ...photo, file: `${photo.file}?post=${index}` };
}

/** One recyclable element. */
function makeRow() {
  const article = element("article", "post row");
  const head = element("header", "post-head"), names = element("div", "post-names"), link = element("a", "post-link");
  const avatar = element("img", "avatar"), author = element("span", "post-author"), handle = element("span", "post-handle"), time = element("time", "post-time");
  const text = element("p", "post-text"), img = element("img", "photo"), box = element("div", "photo-box");
  avatar.alt = "";
  avatar.dataset.known = "none";
  avatar.dataset.ignored = "";
  link.append(time);
  names.append(author, handle, link);
  head.append(avatar, names);
  box.append(img);
  article.append(head, text, box, actions());
  let shown = -1;
  return {
    article,
    /** @param {number} index */
    show(index) {
      if (index === shown) return;
      shown = index;
      const person = authors[index % authors.length], photo = photoAt(index), when = new Date(Date.UTC(2026, 2, 4, 12, 0) - index * 7 * 60000).toISOString();
      article.dataset.post = `e${index}`;
      article.id = `e${index}`;
      article.setAttribute("aria-posinset", String(index + 1));
      article.setAttribute("aria-setsize", String(total));
      article.style.transform = `translateY(${index * rowHeight}px)`;
      author.textContent = person.author;
      handle.textContent = person.handle;
      link.href = `#e${index}`;
      time.dateTime = when;
      time.textContent = clock(when, "en");
      text.textContent = `${texts[index % texts.length]} (${index + 1})`;
      avatar.src = address(person.avatar);
      mark(img, photo);
      img.alt = photo.alt;
      img.src = address(photo.file);
    },
  };
}

const list = /** @type {HTMLElement} */ (document.getElementById("posts"));
list.style.height = `${total * rowHeight}px`;
const rows = Array.from({ length: Math.min(nodes, total) }, makeRow);
list.append(...rows.map((row) => row.article));

let asked = false;
function layOut() {
  asked = false;
  const first = Math.max(0, Math.min(total - rows.length, Math.floor((scrollY - list.offsetTop) / rowHeight) - 4));
  for (let index = first; index < first + rows.length; index++) rows[index % rows.length].show(index);
}
addEventListener("scroll", () => {
  if (!asked) requestAnimationFrame(layOut);
  asked = true;
}, { passive: true });
layOut();
