"use strict";
// Which frames of which videos are asked about: the one a paused video shows, and now and then one of a playing video. A video, its poster
// and its frames are one item, and the best verdict of them stays on it.
{
  /** A playing video is looked at once in this time; while nothing changes, twice as rarely each time, down to the second number. */
  const PLAYING_MS = 4_000;
  const UNCHANGED_MS = 60_000;
  /** Somebody may drag a paused video's slider. */
  const PAUSED_MS = 1_000;
  /** Frames that are asked about, of one video in all. */
  const FRAMES = 12;
  /** Of these, how many may be without an answer. */
  const UNANSWERED = 2;
  /** Mean difference of brightness, of 255, from which on a frame is another one. */
  const CHANGED = 8;
  /** Tracking videos are a pixel or two. */
  const SMALLEST_SIDE = 24;
  /** `readyState` from which on there is a frame to see. */
  const HAVE_CURRENT_DATA = 2;
  const EVENTS = ["loadeddata", "playing", "pause", "seeked", "emptied"];

  /** Surest first. @type {Verdict["verdict"][]} */
  const ORDER = ["match", "possible", "none", "tooPlain", "noIndex", "unreadable", "noAccess"];

  /**
   * @typedef {object} Video
   * @property {Picture} picture            the finder's own: its key is that of the poster
   * @property {HTMLVideoElement} element
   * @property {string} item                what it is counted as
   * @property {string} source              another one is another video
   * @property {Map<string, Picture>} frames   asked about
   * @property {Map<string, Verdict>} verdicts of the poster and the frames
   * @property {Uint8Array[]} looks         of the frames asked about
   * @property {boolean} watched
   * @property {boolean} due                something happened that may show another frame
   * @property {boolean} reading
   * @property {boolean} closed             the browser does not let its frames be read
   * @property {number} looked              when it was last looked at
   * @property {number} interval
   * @property {number} timer               0: no look is planned
   * @property {() => void} cancel          of a look that waits for its moment
   */

  /** @type {VideoHandlers | null} */
  let handlers = null;
  /** @type {Map<Element, Video>} */
  const videos = new Map();
  let named = 0;

  /** Of the same kind, the one with something to tell: a fact-checkers' picture. @param {Verdict} verdict */
  const rank = ({ verdict, matches }) => ORDER.indexOf(verdict) - (matches.length > 0 ? 0.5 : 0);

  /** @param {Iterable<Verdict>} verdicts */
  const best = (verdicts) => [...verdicts].reduce((/** @type {Verdict | null} */ top, one) => (top && rank(top) <= rank(one) ? top : one), null);

  /** The video is near and may be asked about. @param {Picture} picture */
  const watch = (picture) => {
    const element = /** @type {HTMLVideoElement} */ (picture.element);
    let video = videos.get(element);
    if (!video) {
      video = { picture, element, item: "", source: "", frames: new Map(), verdicts: new Map(), looks: [], watched: false, due: false,
        reading: false, closed: false, looked: -Infinity, interval: PLAYING_MS, timer: 0, cancel() {} };
      videos.set(element, video);
    }
    if (!video.item || video.source !== element.currentSrc) reset(video);
    if (picture.key && video.frames.size === 0) video.item = picture.key;
    if (!video.watched) {
      video.watched = true;
      for (const type of EVENTS) element.addEventListener(type, onEvent);
      // Those whose turn did not come before it was scrolled away.
      for (const [key, frame] of video.frames) if (!video.verdicts.has(key)) handlers?.wanted(frame, video.item);
    }
    video.due = true;
    plan(video);
  };

  /** Scrolled far away. @param {Video} video */
  const unwatch = (video) => {
    video.watched = false;
    for (const type of EVENTS) video.element.removeEventListener(type, onEvent);
    unplan(video);
  };

  /** Another video, in the same element. @param {Video} video */
  const reset = (video) => {
    unplan(video);
    const { picture, element, frames, verdicts } = video;
    for (const frame of frames.values()) handlers?.dropped(frame);
    frames.clear();
    for (const key of verdicts.keys()) if (key !== picture.key) verdicts.delete(key);
    Object.assign(video, { item: nameOf(picture, element), source: element.currentSrc, looks: [], closed: false, interval: PLAYING_MS });
  };

  /** By its poster, as an image with that picture is; else by its address, where that is one. @param {Picture} picture @param {HTMLVideoElement} element */
  const nameOf = ({ key }, { currentSrc }) => key ?? `video ${/^https?:/.test(currentSrc) ? currentSrc : ++named}`;

  /** @param {Event} event */
  const onEvent = ({ type, target }) => {
    const video = videos.get(/** @type {Element} */ (target));
    if (!video) return;
    if (type === "emptied" || video.source !== video.element.currentSrc) {
      reset(video);
      handlers?.changed(video.picture, best(video.verdicts.values()));
    }
    video.due = true;
    plan(video);
  };

  /** Is there a frame, and anything left to learn from it? @param {Video} video */
  const isOpen = ({ element, frames, verdicts, closed }) => {
    if (closed || element.readyState < HAVE_CURRENT_DATA || Math.min(element.videoWidth, element.videoHeight) < SMALLEST_SIDE) return false;
    // Encrypted media cannot be read by anybody; a camera or a call is nobody's post.
    if (element.mediaKeys || element.srcObject instanceof MediaStream) return false;
    const unanswered = [...frames.keys()].filter((key) => !verdicts.has(key)).length;
    return frames.size < FRAMES && unanswered < UNANSWERED && best(verdicts.values())?.verdict !== "match";
  };

  /** @param {Video} video */
  const plan = (video) => {
    if (!handlers || !video.watched || video.reading) return;
    unplan(video);
    const { paused } = video.element;
    if ((paused && !video.due) || !isOpen(video)) return;
    const wait = video.looked + (paused ? PAUSED_MS : video.interval) - performance.now();
    video.timer = setTimeout(atItsMoment, Math.max(0, wait), video);
  };

  /** @param {Video} video */
  const unplan = (video) => {
    clearTimeout(video.timer);
    video.timer = 0;
    video.cancel();
    video.cancel = () => {};
  };

  /** When the browser has nothing to do, or has a new frame anyway. @param {Video} video */
  const atItsMoment = (video) => {
    const { element } = video;
    if (element.paused) {
      const wish = requestIdleCallback(() => void look(video), { timeout: PAUSED_MS });
      video.cancel = () => cancelIdleCallback(wish);
    } else {
      // Does not come while nobody can see the video or its tab; a pause plans anew.
      const wish = element.requestVideoFrameCallback(() => void look(video));
      video.cancel = () => element.cancelVideoFrameCallback(wish);
    }
  };

  /** @param {Video} video */
  const look = async (video) => {
    unplan(video);
    if (!isOpen(video) || !caveat.finder.isWanted(video.picture)) return;
    Object.assign(video, { looked: performance.now(), due: false, reading: true });
    const { looks } = video;
    const frame = await read(video);
    video.reading = false;
    // Meanwhile the page may have been left, or the element may show another video.
    if (!handlers || videos.get(video.element) !== video) return;
    if (looks === video.looks) {
      video.interval = frame ? PLAYING_MS : Math.min(video.interval * 2, UNCHANGED_MS);
      if (frame?.key && !video.frames.has(frame.key)) {
        video.frames.set(frame.key, frame);
        handlers.wanted(frame, video.item);
      }
    }
    plan(video);
  };

  /** What the video shows, as a picture of its own; null when it is none to ask about. @param {Video} video @returns {Promise<Picture | null>} */
  const read = async (video) => {
    try {
      const frame = caveat.frame.take(video.element);
      if (!frame || video.looks.some((look) => caveat.frame.difference(look, frame.look) < CHANGED)) return null;
      video.looks.push(frame.look);
      const bytes = await frame.bytes();
      // Named by its content, too: a video has many frames, and the number of a `blob:` video is another one's on the next visit.
      return bytes && pictureOf(video, `frame ${bytes.length}:${caveat.keys.hash(bytes)} ${video.item}`, bytes);
    } catch (error) {
      video.closed = error instanceof DOMException && error.name === "SecurityError";
      // A video whose poster was asked about has been looked at; one without is a picture that we could not see.
      return video.closed && !video.picture.key ? pictureOf(video, `protected ${video.item}`, null) : null;
    }
  };

  /** @param {Video} video @param {string} key @param {Uint8Array | null} bytes @returns {Picture} */
  const pictureOf = ({ picture }, key, bytes) => ({
    element: picture.element, kind: "frame", url: key, key, better: null, chosenBy: "", bytes,
    get near() { return picture.near; },
  });

  /**
   * The best that is known of the video whose poster or frame was answered.
   * @param {Picture} picture @param {Verdict} verdict @returns {Verdict}
   */
  const told = (picture, verdict) => {
    const video = videos.get(picture.element);
    if (!video || !picture.key) return verdict;
    video.verdicts.set(picture.key, verdict);
    // The bytes of a known one are kept: after an update it is asked about again, and the background may have forgotten it.
    if (picture.kind === "frame" && verdict.matches.length === 0) {
      handlers?.dropped(picture);
      delete picture.bytes;
    }
    plan(video);
    return best(video.verdicts.values()) ?? verdict;
  };

  /** The element is gone or has another poster. @param {Picture} picture @returns {Verdict | null} what is still known of it */
  const gone = (picture) => {
    const video = videos.get(picture.element);
    if (!video) return null;
    if (video.picture === picture) {
      unwatch(video);
      reset(video);
      videos.delete(picture.element);
      return null;
    }
    // A poster is often taken away when the video plays; a different one belongs to a different video.
    if (video.picture.key) reset(video);
    return best(video.verdicts.values());
  };

  /** A new index: what was known is asked for again, and so is the frame at hand. @param {(item: string) => boolean} isFound */
  const again = (isFound) => {
    /** @type {{ frame: Picture, item: string }[]} */
    const wanted = [];
    for (const video of videos.values()) {
      for (const [key, frame] of video.frames) {
        if (frame.bytes && (video.picture.near || isFound(video.item))) wanted.push({ frame, item: video.item });
        else {
          handlers?.dropped(frame);
          video.frames.delete(key);
        }
      }
      for (const key of video.verdicts.keys()) if (key !== video.picture.key && !video.frames.has(key)) video.verdicts.delete(key);
      Object.assign(video, { looks: [], looked: -Infinity, interval: PLAYING_MS, due: true, closed: false });
      plan(video);
    }
    return wanted;
  };

  caveat.videos = {
    start: (given) => { handlers = given; },
    stop() {
      handlers = null;
      for (const video of videos.values()) unwatch(video);
      videos.clear();
    },
    pause: () => videos.forEach(unwatch),
    watch,
    leave(picture) {
      const video = videos.get(picture.element);
      if (!video) return;
      unwatch(video);
      for (const frame of video.frames.values()) handlers?.left(frame);
    },
    told, gone, again, best,
    itemOf: (picture) => videos.get(picture.element)?.item,
    /** Items that are being looked at; the next look at a playing one is not waited for. */
    pending: () => [...videos.values()].filter(({ reading, timer, element }) => reading || (timer !== 0 && element.paused)).map(({ item }) => item),
  };
}
