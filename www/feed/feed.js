// The ordinary feed: shows the posts and answers the demonstration buttons.
import { more, posts } from "./posts.js";
import { address, build, mark } from "./render.js";

const feed = /** @type {HTMLElement} */ (document.getElementById("posts"));
feed.append(...posts.map((post) => build(post)));

/** @param {string} action @param {() => void} run */
function on(action, run) {
  document.querySelector(`[data-action="${action}"]`)?.addEventListener("click", run);
}

let swapped = false;
on("swap", () => {
  const photos = posts.find((post) => post.layout === "swap")?.photos, img = feed.querySelector(".swap img");
  if (!photos || !(img instanceof HTMLImageElement)) return;
  swapped = !swapped;
  const photo = photos[swapped ? 1 : 0];
  // The same element gets another picture, as in feeds that recycle their nodes.
  mark(img, photo);
  img.alt = photo.alt;
  img.src = address(photo.file);
  img.scrollIntoView({ block: "center" });
});

let rounds = 0;
on("more", () => {
  rounds += 1;
  feed.append(...more.map((post) => build({ ...post, id: rounds === 1 ? post.id : `${post.id}-${rounds}` })));
});
