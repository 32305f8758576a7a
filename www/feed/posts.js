// The posts of the demonstration feed. All names and texts are inventions.
/**
 * `known` names the entry of the demonstration source that has this picture; `later` the entry that only the update brings; `debunk` the entry whose stamped version this is.
 * `clip` is a video, and `file` the picture that its first frame shows.
 * @typedef {{file: string, clip?: string, alt: string, known?: string, expected?: "missed", later?: string, debunk?: string}} Photo
 */
/**
 * @typedef {{id: string, author: string, handle: string, avatar: string, when: string, text: string, emoji?: string, photos?: Photo[], title?: string, quote?: Post,
 *   layout: "text" | "single" | "gallery" | "quote" | "card" | "background" | "styled" | "video" | "picture" | "srcset" | "embed" | "swap"}} Post
 */

export const people = /** @type {const} */ ({
  mara: { author: "Mara Lind", handle: "@maralind", avatar: "avatar-cat.jpg" },
  frontier: { author: "Frontier Daily", handle: "@frontierdaily", avatar: "avatar-sun.jpg" },
  jonas: { author: "Jonas Peak", handle: "@jpeak", avatar: "avatar-peak.jpg" },
  tess: { author: "Tess Marble", handle: "@tessm", avatar: "avatar-ball.jpg" },
  oven: { author: "Oven & Stone", handle: "@ovenstone", avatar: "avatar-pizza.jpg" },
  sport: { author: "Second Half", handle: "@secondhalf", avatar: "avatar-pitch.jpg" },
});
const { mara, frontier, jonas, tess, oven, sport } = people;

/** @type {Post[]} */
export const posts = [
  { ...frontier, id: "p1", when: "2026-03-04T07:12:00Z", layout: "single", text: "Irrefutable evidence: the column leaves the besieged town, and the air force looks on. Share before it is deleted!", emoji: "flame",
    photos: [{ file: "gunship-repost.jpg", alt: "Grey night-sight view of vehicles on a road", known: "gunship-night-road" }] },
  { ...mara, id: "p2", when: "2026-03-04T07:40:00Z", layout: "single", text: "He has understood that the blanket is for guests. He does not care.", emoji: "heart",
    photos: [{ file: "cat.jpg", alt: "A tabby cat on a striped blanket" }] },
  { ...tess, id: "p3", when: "2026-03-04T08:02:00Z", layout: "text", text: "Reminder: a picture and the sentence above it are two different things.", emoji: "eyes" },
  { ...jonas, id: "p4", when: "2026-03-04T08:15:00Z", layout: "gallery", text: "Same storm, two sides of the mountains. A WHALE on the A7??",
    photos: [{ file: "flood-small.jpg", alt: "Flooded motorway with the tail of a whale", known: "whale-on-the-motorway" }, { file: "lake.jpg", alt: "Mountains over a lake" }] },
  { ...frontier, id: "p5", when: "2026-03-04T08:21:00Z", layout: "single", text: "A closer look at the convoy. Judge for yourselves.",
    photos: [{ file: "gunship-crop.jpg", alt: "The same night-sight view, cropped", known: "gunship-night-road" }] },
  { ...tess, id: "p6", when: "2026-03-04T08:30:00Z", layout: "gallery", text: "My week in four pictures.",
    photos: [{ file: "pizza.jpg", alt: "A pizza from above" }, { file: "wave-mirrored.jpg", alt: "A storm wave behind a monument", known: "wave-over-the-lantern-bearer" }, { file: "forest.jpg", alt: "Spruces in the mist" }, { file: "pitch.jpg", alt: "A football match" }] },
  { ...mara, id: "p7", when: "2026-03-04T09:00:00Z", layout: "quote", text: "I was there on Saturday and there was plenty of room to sit down?",
    quote: { ...frontier, id: "p7q", when: "2026-03-04T08:55:00Z", layout: "single", text: "Column Square right now. They will not show you this on television.",
      photos: [{ file: "crowd-wide.jpg", alt: "A square full of people", known: "column-square-crowd" }] } },
  { ...frontier, id: "p8", when: "2026-03-04T09:12:00Z", layout: "card", text: "Our correspondent on the spot:", title: "Port of Kessel in flames after the night's strike",
    photos: [{ file: "harbour.png", alt: "Warehouses on fire", known: "harbour-warehouse-fire" }] },
  { ...jonas, id: "p9", when: "2026-03-04T09:20:00Z", layout: "background", text: "Three rings and a beam. My uncle saw it from the ferry.", photos: [{ file: "city-light.webp", alt: "A skyline under a green light", known: "green-light-over-the-bay" }] },
  { ...oven, id: "p10", when: "2026-03-04T09:31:00Z", layout: "srcset", text: "No ovens today. We went up the valley instead.", photos: [{ file: "lake.jpg", alt: "Mountains over a lake" }, { file: "lake-small.jpg", alt: "" }] },
  { ...frontier, id: "p11", when: "2026-03-04T09:44:00Z", layout: "video", text: "Video from the port (sound on)", photos: [{ file: "harbour.jpg", alt: "Warehouses on fire", known: "harbour-warehouse-fire" }] },
  { ...tess, id: "p12", when: "2026-03-04T10:00:00Z", layout: "picture", text: "It was on three other networks already, so it must be true", photos: [{ file: "city-light.jpg", alt: "A skyline under a green light", known: "green-light-over-the-bay" }, { file: "city-light.webp", alt: "" }] },
  { ...jonas, id: "p13", when: "2026-03-04T10:03:00Z", layout: "single", text: "And this is what the bay looks like on every other night.", photos: [{ file: "city-original-small.jpg", alt: "A skyline at night" }] },
  { ...tess, id: "p14", when: "2026-03-04T10:10:00Z", layout: "single", text: "The checkers have already been here:", photos: [{ file: "harbour-debunk-small.jpg", alt: "The burning warehouses under a red cross", debunk: "harbour-warehouse-fire" }] },
  { ...frontier, id: "p15", when: "2026-03-04T10:18:00Z", layout: "single", text: "Mount Hale at dawn. Pray for the town.", photos: [{ file: "volcano-small.jpg", alt: "An eruption above a town", later: "mount-hale-eruption" }] },
  { ...mara, id: "p16", when: "2026-03-04T10:24:00Z", layout: "embed", text: "They are already writing about it:", title: "How a training game became a news picture" },
  { ...sport, id: "p17", when: "2026-03-04T10:31:00Z", layout: "swap", text: "This picture changes in place when you press the button at the top.", photos: [{ file: "dunes.jpg", alt: "Dunes in low sun" }, { file: "flood.jpg", alt: "Flooded motorway with the tail of a whale", known: "whale-on-the-motorway" }] },
  { ...oven, id: "p18", when: "2026-03-04T10:40:00Z", layout: "gallery", text: "Figures for the parish meeting.", photos: [{ file: "chart.png", alt: "A bar chart" }, { file: "map.jpg", alt: "A street map" }] },
  { ...jonas, id: "p19", when: "2026-03-04T10:47:00Z", layout: "single", text: "Lying on the sofa, turning the phone.", photos: [{ file: "wave-turned.jpg", alt: "A storm wave behind a monument", known: "wave-over-the-lantern-bearer" }] },
  { ...mara, id: "p20", when: "2026-03-04T10:52:00Z", layout: "single", text: "The minutes, for those who asked.", photos: [{ file: "page.png", alt: "A page of text" }] },
  { ...tess, id: "p21", when: "2026-03-04T11:00:00Z", layout: "styled", text: "Rendered this weekend. It took four hours.", photos: [{ file: "spheres.jpg", alt: "Glass balls on a tiled floor" }] },
  { ...frontier, id: "p22", when: "2026-03-04T11:06:00Z", layout: "video", text: "Those who doubted the picture: here is the whole video. Nobody fires a shot!",
    photos: [{ file: "gunship-frame.jpg", clip: "gunship-clip.webm", alt: "Grey night-sight video of vehicles on a road", known: "gunship-night-road" }] },
];

/** What "Add more posts" appends. @type {Post[]} */
export const more = [
  { ...frontier, id: "m1", when: "2026-03-04T11:10:00Z", layout: "single", text: "Column Square. The frame is mine.", photos: [{ file: "crowd-border.jpg", alt: "A square full of people, in a white frame", known: "column-square-crowd" }] },
  { ...sport, id: "m2", when: "2026-03-04T11:12:00Z", layout: "single", text: "Two minutes before the rain.", photos: [{ file: "pitch.jpg", alt: "A football match" }] },
  { ...jonas, id: "m3", when: "2026-03-04T11:15:00Z", layout: "single", text: "Full screen, please.", photos: [{ file: "flood-letterbox.jpg", alt: "Flooded motorway with the tail of a whale, between black bars", known: "whale-on-the-motorway" }] },
  { ...mara, id: "m4", when: "2026-03-04T11:20:00Z", layout: "single", text: "It moves!", photos: [{ file: "city-light.gif", alt: "A skyline under a green light, animated", known: "green-light-over-the-bay" }] },
  { ...oven, id: "m5", when: "2026-03-04T11:22:00Z", layout: "single", text: "The colour of the new door. Opinions?", photos: [{ file: "flat.png", alt: "One plain colour" }] },
  { ...tess, id: "m6", when: "2026-03-04T11:30:00Z", layout: "single", text: "Posting it again because nobody answered. Whale?", photos: [{ file: "flood-small.jpg", alt: "Flooded motorway with the tail of a whale", known: "whale-on-the-motorway" }] },
];
