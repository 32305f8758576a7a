// Builds a post's elements the way a social network does: nested, with controls around the picture and small pictures that mean nothing.
/** @typedef {import("./posts.js").Post} Post */
/** @typedef {import("./posts.js").Photo} Photo */

/** `?pictures=http://localhost:8618/feed/pictures/` takes the pictures from another host, as networks do. */
const base = new URLSearchParams(location.search).get("pictures") ?? "pictures/";

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** @param {string} file */
export const address = (file) => base + file;

/**
 * Says on the element what the demonstration source knows, for people who read the page's source and for tests.
 * @param {HTMLElement} target
 * @param {Photo} photo
 */
export function mark(target, photo) {
  target.dataset.known = photo.known ?? "none";
  for (const [name, value] of [["expected", photo.expected], ["knownAfterUpdate", photo.later], ["debunk", photo.debunk]]) {
    if (value) target.dataset[/** @type {string} */ (name)] = value;
    else delete target.dataset[/** @type {string} */ (name)];
  }
}

/** @param {Photo} photo */
export function image(photo) {
  const img = element("img", "photo");
  img.loading = "lazy";
  img.decoding = "async";
  img.alt = photo.alt;
  mark(img, photo);
  img.src = address(photo.file);
  return img;
}

/**
 * A picture too small to be anybody's news.
 * @param {string} file
 * @param {string} className
 * @param {string} alt
 */
function small(file, className, alt) {
  const img = element("img", className);
  img.alt = alt;
  img.dataset.known = "none";
  img.dataset.ignored = "";
  img.src = address(file);
  return img;
}

/** @param {Photo} photo */
function framed(photo) {
  const link = element("a", "photo-link");
  link.href = address(photo.file);
  link.append(image(photo));
  const box = element("div", "photo-box");
  const alt = element("button", "alt-button", "ALT");
  alt.type = "button";
  alt.setAttribute("aria-label", `ALT: ${photo.alt}`);
  box.append(link, alt);
  return box;
}

/** @param {Post} post */
function media(post) {
  const photos = post.photos ?? [], [first, second] = photos;
  switch (post.layout) {
    case "single":
    case "swap": {
      const box = framed(first);
      if (post.layout === "swap") box.classList.add("swap");
      return box;
    }
    case "gallery": {
      const grid = element("div", `gallery gallery-${photos.length}`);
      grid.append(...photos.map(framed));
      return grid;
    }
    case "quote": {
      const quoted = element("div", "quoted");
      if (post.quote) quoted.append(build(post.quote, { quoted: true }));
      return quoted;
    }
    case "card": {
      const card = element("a", "link-card");
      card.href = "https://example.org/demo/kessel";
      const words = element("span", "link-card-words");
      words.append(element("span", "link-card-host", "example.org"), element("span", "link-card-title", post.title));
      card.append(image(first), words);
      return card;
    }
    case "background":
    case "styled": {
      // One background comes from the style sheet, the other from the element's own style.
      const box = element("div", post.layout === "background" ? "photo-background sheet-background" : "photo-background");
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", first.alt);
      mark(box, first);
      if (post.layout === "styled") box.style.backgroundImage = `url("${address(first.file)}")`;
      return box;
    }
    case "video": {
      const video = element("video", "photo");
      video.controls = true;
      video.setAttribute("aria-label", first.alt);
      mark(video, first);
      if (first.clip) {
        // From this page's own host whatever `?pictures=` says, and without a poster: its first frame is what there is to see.
        video.playsInline = true;
        video.preload = "auto";
        video.src = `pictures/${first.clip}`;
      } else {
        video.preload = "none";
        video.poster = address(first.file);
      }
      return video;
    }
    case "picture": {
      const picture = element("picture"), source = element("source"), img = image(first);
      source.type = "image/webp";
      source.srcset = address(second.file);
      picture.append(source, img);
      return picture;
    }
    case "srcset": {
      const img = image(first);
      img.sizes = "(max-width: 640px) 100vw, 560px";
      img.srcset = `${address(second.file)} 600w, ${address(first.file)} 1200w`;
      return img;
    }
    case "embed": {
      const frame = element("iframe", "embed");
      frame.title = post.title ?? "";
      frame.loading = "lazy";
      frame.src = `embed.html${location.search}`;
      return frame;
    }
    default:
      return null;
  }
}

/** @param {string} when @param {string} language */
export function clock(when, language) {
  return new Intl.DateTimeFormat(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC" }).format(new Date(when));
}

/**
 * @param {Post} post
 * @param {{quoted?: boolean}} [options]
 */
export function build(post, { quoted = false } = {}) {
  const article = element("article", "post");
  article.id = post.id;
  article.dataset.post = post.id;
  const language = document.documentElement.lang || "en";
  const head = element("header", "post-head"), names = element("div", "post-names");
  const link = element("a", "post-link"), time = element("time", "post-time", clock(post.when, language));
  time.dateTime = post.when;
  link.href = `#${post.id}`;
  link.append(time);
  names.append(element("span", "post-author", post.author), element("span", "post-handle", post.handle), link);
  head.append(small(post.avatar, "avatar", ""), names);
  const text = element("p", "post-text", post.text);
  if (post.emoji) text.append(" ", small(`emoji-${post.emoji}.svg`, "emoji", post.emoji));
  article.append(head, text);
  const shown = media(post);
  if (shown) article.append(shown);
  if (!quoted) article.append(actions());
  return article;
}

/** The row of controls under each post; a warning must leave it usable. */
export function actions() {
  const row = element("div", "post-actions"), arabic = document.documentElement.lang === "ar";
  const names = arabic ? ["رد", "أعد النشر", "إعجاب", "مشاركة"] : ["Reply", "Repost", "Like", "Share"];
  ["↩", "⟳", "♡", "↗"].forEach((sign, at) => {
    const button = element("button", "post-action");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    const mark = element("span", "", sign);
    mark.setAttribute("aria-hidden", "true");
    button.append(mark, element("span", "", names[at]));
    button.addEventListener("click", () => button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true")));
    row.append(button);
  });
  return row;
}
