// The right-to-left feed.
import { build } from "./render.js";
/** @typedef {import("./posts.js").Post} Post */

/** @type {Post[]} */
const posts = [
  { id: "r1", author: "أخبار الساحل", handle: "@sahelnews", avatar: "avatar-sun.jpg", when: "2026-03-04T07:12:00Z", layout: "single", text: "حوت على الطريق السريع بعد عاصفة هذا الأسبوع! شاركوا الصورة.", emoji: "flame",
    photos: [{ file: "flood-small.jpg", alt: "طريق سريع مغمور بالماء وفيه ذيل حوت", known: "whale-on-the-motorway" }] },
  { id: "r2", author: "ليلى", handle: "@layla", avatar: "avatar-cat.jpg", when: "2026-03-04T07:40:00Z", layout: "single", text: "صباح الخير من القط ومن البطانية الجديدة.", emoji: "heart", photos: [{ file: "cat.webp", alt: "قط على بطانية مخططة" }] },
  { id: "r3", author: "سامي", handle: "@sami", avatar: "avatar-peak.jpg", when: "2026-03-04T08:05:00Z", layout: "text", text: "الصورة شيء، والجملة التي فوقها شيء آخر." },
  { id: "r4", author: "أخبار الساحل", handle: "@sahelnews", avatar: "avatar-sun.jpg", when: "2026-03-04T08:30:00Z", layout: "gallery", text: "من الميناء ومن الجبل.",
    photos: [{ file: "harbour.png", alt: "مستودعات تحترق", known: "harbour-warehouse-fire" }, { file: "lake-small.jpg", alt: "جبال فوق بحيرة" }] },
  { id: "r5", author: "سامي", handle: "@sami", avatar: "avatar-peak.jpg", when: "2026-03-04T09:00:00Z", layout: "quote", text: "كنت هناك ولم أر هذا الزحام.",
    quote: { id: "r5q", author: "أخبار الساحل", handle: "@sahelnews", avatar: "avatar-sun.jpg", when: "2026-03-04T08:55:00Z", layout: "single", text: "الساحة الآن.", photos: [{ file: "crowd-wide.jpg", alt: "ساحة مليئة بالناس", known: "column-square-crowd" }] } },
];

document.getElementById("posts")?.append(...posts.map((post) => build(post)));
