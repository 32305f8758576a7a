// What Caveat knows of sites, as data: where a post begins and ends, where its text and its link are, how picture hosts name
// their pictures. Selectors rot; when one does, its site falls back to less (no link, no line by the text), never to a wrong answer.
// Rules use test ids, roles and the shape of URLs, never hashed class names.

/** Below this a picture is an avatar, an icon or a thumbnail that nobody looks at. */
const MIN_SIDE = 96;

/** The first rule whose host fits is used; rules with `detect` also fit any host whose page has that element. @type {SiteRules[]} */
export const sites = [
  {
    name: "X",
    hosts: ["x.com", ".x.com", "twitter.com", ".twitter.com", "platform.twitter.com", "syndication.twitter.com"],
    // A quoted post is a box of its own inside the post that quotes it. In embeds, articles have a role and no test id.
    container: 'article[data-testid="tweet"], article[data-testid="tweet"] div[role="link"]:has(time), article[role="article"]',
    author: '[data-testid="User-Name"] a[href^="/"]',
    text: '[data-testid="tweetText"], article > div[lang]',
    permalink: 'a[href*="/status/"]',
    time: "time[datetime]",
    // The visible picture is a sibling with a background; the <img> above it is transparent. Both have one key.
    backgrounds: '[data-testid="tweetPhoto"] > div[style*="background-image"]',
    anchor: '[data-testid="tweetPhoto"]',
    // Pictures of link cards are chosen by the linked page, and still shown as the post's.
    ignore: '[data-testid^="UserAvatar-Container"], [data-testid="UserCell"] [href$="/header_photo"]',
    minSide: MIN_SIDE,
  },
  {
    name: "Bluesky",
    hosts: ["bsky.app", "embed.bsky.app"],
    container: '[data-testid^="feedItem-by-"], [data-testid^="postThreadItem-by-"]',
    author: 'a[href^="/profile/"]:not(:has(img))',
    text: '[data-testid="postText"]',
    permalink: 'a[href*="/post/"]',
    minSide: MIN_SIDE,
  },
  {
    name: "Reddit",
    hosts: ["reddit.com", ".reddit.com", "embed.reddit.com", "redditmedia.com", ".redditmedia.com"],
    // New: a web component that says author, title and permalink in attributes; old: the same in data attributes.
    container: "shreddit-post, .thing[data-permalink]",
    author: 'a[href^="/user/"], a.author',
    text: '[slot="title"], a.title',
    permalink: 'a[slot="full-post-link"], a[data-ks-id], a.comments',
    ignore: "shreddit-subreddit-icon, [data-testid='subreddit-icon']",
    minSide: MIN_SIDE,
  },
  {
    name: "Facebook",
    hosts: ["facebook.com", ".facebook.com"],
    // Comments are articles inside articles; the innermost one is the picture's own.
    container: '[role="feed"] > div, div[aria-posinset], div[role="article"], div[data-pagelet^="FeedUnit"], div[data-pagelet^="TimelineFeedUnit"], ' +
      'div[data-pagelet^="PermalinkPost"], div[data-pagelet^="GroupsFeed"]',
    author: 'h2 a[role="link"], h3 a[role="link"], h4 a[role="link"], [data-ad-rendering-role="profile_name"]',
    text: '[data-ad-comet-preview="message"], [data-ad-preview="message"], [data-ad-rendering-role="story_message"]',
    // Often filled in on hover only; until then there is no link to give.
    permalink: 'a[href*="/posts/"], a[href*="/photo"], a[href*="permalink"], a[href*="/reel/"]',
    minSide: MIN_SIDE,
  },
  {
    name: "Instagram",
    hosts: ["instagram.com", ".instagram.com"],
    container: "article, blockquote.instagram-media",
    author: 'header a[href^="/"]',
    text: "h1",
    permalink: 'a[href*="/p/"], a[href*="/reel/"]',
    minSide: MIN_SIDE,
  },
  {
    name: "Telegram",
    // The public preview of a channel, and the frame that news pages embed.
    hosts: ["t.me", "telegram.me"],
    container: ".tgme_widget_message[data-post]",
    author: ".tgme_widget_message_owner_name",
    text: ".tgme_widget_message_text",
    permalink: "a.tgme_widget_message_date",
    time: "a.tgme_widget_message_date > time[datetime]",
    backgrounds: ".tgme_widget_message_photo_wrap, .tgme_widget_message_video_thumb, .link_preview_image, .link_preview_right_image",
    ignore: ".tgme_widget_message_user_photo, .tgme_page_photo",
    minSide: MIN_SIDE,
  },
  {
    name: "Mastodon",
    // Runs on any host.
    hosts: ["mastodon.social", "mastodon.online"],
    detect: '#mastodon, meta[name="generator"][content^="Mastodon"]',
    container: ".status, .detailed-status, .status__wrapper",
    author: ".display-name__account",
    text: ".status__content",
    permalink: "a.status__relative-time, a.detailed-status__datetime",
    time: "time[datetime]",
    // What the author or the reader hid is not looked at before it is shown.
    ignore: ".account__avatar, .media-gallery:has(.spoiler-button:not(.spoiler-button--minified)), .media-gallery:has(.media-gallery__preview:not(.media-gallery__preview--hidden)), " +
      ".video-player.inactive, .status__content__spoiler:not(.status__content__spoiler--visible)",
    minSide: MIN_SIDE,
  },
  {
    name: "Demo feed",
    // The project's own practice feed, served from this computer.
    hosts: ["127.0.0.1", "localhost"],
    container: "article[data-post]",
    author: ".post-author",
    text: ".post-text",
    permalink: "a.post-link",
    minSide: MIN_SIDE,
  },
  {
    name: "Page",
    hosts: ["*"],
    container: "article, figure",
    author: '[rel="author"]',
    text: "figcaption",
    // A page's own address is the link to its pictures; a link inside an article may lead anywhere.
    minSide: MIN_SIDE,
  },
];

/** Every rule whose host fits is applied, in this order. @type {CdnRule[]} */
export const cdns = [
  {
    host: "pbs.twimg.com",
    ignore: "//pbs\\.twimg\\.com/(profile_images|profile_banners|semantic_core_img|community_banner_img)/",
    // `thumb` is a cropped square: another picture to every matcher, so it keeps a key of its own.
    key: { pattern: "^https?://pbs\\.twimg\\.com/media/([\\w-]+)(?:\\.\\w+)?(?::(?!thumb)\\w+)?(?:\\?(?!.*name=thumb).*)?$", replace: "twimg:$1" },
    better: { pattern: "^(https?://pbs\\.twimg\\.com/media/[\\w-]+\\?(?:.*&)?name=)(?:thumb|tiny|120x120|240x240)\\b", replace: "$1large" },
  },
  {
    host: "pbs.twimg.com",
    // Posters of videos.
    key: { pattern: "^https?://pbs\\.twimg\\.com/((?:amplify_video|ext_tw_video|tweet_video)_thumb/[^?.:]+).*$", replace: "twimg:$1" },
  },
  { host: "abs.twimg.com", ignore: "." },
  { host: "abs-0.twimg.com", ignore: "." },
  {
    host: "cdn.bsky.app",
    ignore: "/img/(avatar|avatar_thumbnail|banner)/",
    // The key is the content's hash: the same file posted twice is asked about once.
    key: { pattern: "^https?://cdn\\.bsky\\.app/img/feed_\\w+/plain/[^/]+/(\\w+)(?:@\\w+)?.*$", replace: "bsky:$1" },
  },
  { host: "video.bsky.app", key: { pattern: "^https?://video\\.bsky\\.app/watch/[^/]+/(\\w+)/thumbnail\\.jpg.*$", replace: "bsky:$1" } },
  { host: "preview.redd.it", key: { pattern: "^https?://preview\\.redd\\.it/(?:[\\w-]+-)?(\\w+\\.\\w+)(?:\\?(?!.*crop=).*)?$", replace: "reddit:$1" } },
  { host: "i.redd.it", key: { pattern: "^https?://i\\.redd\\.it/(\\w+\\.\\w+).*$", replace: "reddit:$1" } },
  { host: "external-preview.redd.it", key: { pattern: "^https?://external-preview\\.redd\\.it/([\\w-]+\\.\\w+)(?:\\?(?!.*crop=).*)?$", replace: "reddit:external/$1" } },
  { host: "styles.redditmedia.com", ignore: "." },
  { host: ".redditstatic.com", ignore: "." },
  {
    host: ".fbcdn.net",
    // Avatars are t39.30808-1 and Instagram's -19; small squares say so in their transform.
    ignore: "/t39\\.30808-1/|/t51\\.\\d+-19/|/rsrc\\.php|emoji\\.php|[?&]stp=[^&]*_s(?:40x40|60x60|80x80|160x160)",
    // The file name is the picture; a crop (`c0.…` in the signed transform) keeps the whole URL.
    key: { pattern: "^https?://[^/]+/v/[^?]*/(\\d+_\\d+_\\d+_n)\\.\\w+(?:\\?(?!.*stp=(?:[^&]*_)?c\\d).*)?$", replace: "meta:$1" },
  },
  { host: "static.xx.fbcdn.net", ignore: "." },
  {
    host: ".cdninstagram.com",
    ignore: "/t51\\.\\d+-19/|/rsrc\\.php",
    key: { pattern: "^https?://[^/]+/v/[^?]*/(\\d+_\\d+_\\d+_n)\\.\\w+(?:\\?(?!.*stp=(?:[^&]*_)?c\\d).*)?$", replace: "meta:$1" },
  },
  { host: "telegram.org", ignore: "/img/(emoji|apple_emoji)/" },
  {
    // Mastodon keeps media on hosts of its own; the path gives it away. `small` and `original` are one picture.
    host: "*",
    ignore: "/(?:cache/)?(?:accounts|custom_emojis)/(?:avatars|headers|images)/",
    key: { pattern: "^(https?://[^/]+/(?:[^?]*/)?media_attachments/files/[\\d/]+)/(?:original|small)/(\\w+)\\.\\w+.*$", replace: "$1/$2" },
  },
];
