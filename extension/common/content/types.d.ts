// Types of the shared `caveat` object and of the messages that content scripts exchange with the background.

interface CdnRule {
  /** Exact host, ".suffix" for every host below it, or "*". */
  host: string;
  /** Regular expression (source) of URLs that are never a post's picture: avatars, emoji, page furniture. */
  ignore?: string;
  /** How a URL becomes the key of the picture, so that every size of it shares one question. */
  key?: { pattern: string; replace: string };
  /** A copy with the whole picture, where this URL shows a cropped or tiny one. */
  better?: { pattern: string; replace: string };
}

interface SiteRules {
  name: string;
  /** Exact hosts or ".suffix"; "*" is the generic page. */
  hosts: string[];
  /** For software that runs on any host: a selector that gives it away. */
  detect?: string;
  container: string;
  author?: string;
  text?: string;
  permalink?: string;
  time?: string;
  images?: string;
  backgrounds?: string;
  ignore?: string;
  anchor?: string;
  minSide: number;
}

interface LocalText { text: string; language: string }

interface Review {
  publisher: string | null; url: string | null; title: string | null;
  date: string | null; language: string | null; rating: string | null;
}

interface Finding {
  source: string; sourceName: string; selfDeclared: boolean; mixedScripts: boolean; keyFingerprint: string; development: boolean; issued: number; ageDays: number;
  entry: string; rev: number; level: "match" | "possible"; role: "known" | "original" | "debunk";
  via: "pdq" | "canonical" | "region" | "keypoints"; distance: number | null; inliers: number | null; mirrored: boolean; rotated: 0 | 90 | 180 | 270;
  region: [number, number, number, number] | null; knownRegion: [number, number, number, number] | null;
  outline: [number, number][];
  scope: "always" | "claim"; category: string[]; status: "active" | "corrected";
  claim: LocalText | null; truth: LocalText | null; claimDate: string | null;
  correction: (LocalText & { date: string | null }) | null;
  original: { date: string | null; place: string | null; creator: string | null; url: string | null } | null;
  reviews: Review[];
}

/** How a picture lies in the known one. */
interface Relation {
  /** The corners of what both show, in fractions of the known picture's sides. */
  shared: [number, number][];
  /** It shows only a part of the known picture. */
  cropped: boolean;
  /** It shows more than the known picture: a screenshot, a collage, broad borders. */
  inside: boolean;
  mirrored: boolean;
  /** Degrees clockwise, 0 to 360, by which the known picture, mirrored first where it is, was turned. */
  turned: number;
  /** The turn is none by a quarter, a half or three quarters. */
  tilted: boolean;
  /** The known picture's width by its height, as far as it can be told. */
  aspect: number;
}

interface Verdict {
  kind: "verdict";
  verdict: "match" | "possible" | "none" | "tooPlain" | "unreadable" | "noAccess" | "noIndex";
  reason: { code: string; message: string } | null;
  generation: number;
  matches: Finding[];
}

interface Welcome {
  kind: "welcome"; enabled: boolean; language: string; direction: "ltr" | "rtl";
  strings: Record<string, string>; site: SiteRules; cdns: CdnRule[]; generation: number;
  /** Rules with `detect`, when the frame's host has none of its own: only the document can tell whether one fits. */
  detectable?: SiteRules[];
}

type PictureKind = "img" | "video" | "frame" | "svg" | "background";

/** One element that shows a picture. */
interface Picture {
  element: Element;
  kind: PictureKind;
  /** What the page shows now; null while nothing is loaded. */
  url: string | null;
  /** Key of the picture; null when it is nothing we ask about (an avatar, an icon). */
  key: string | null;
  /** What the background should fetch when the page's copy cannot be read. */
  better: string | null;
  /** The attributes that chose `url`: a responsive image may change `url` without becoming another picture. */
  chosenBy: string;
  near: boolean;
  /** Of a frame of a video: what was read out; null where the browser does not let it be read. */
  bytes?: Uint8Array | null;
}

type Canvas = HTMLCanvasElement | OffscreenCanvas;

interface Frame {
  /** The brightness of its parts, to see whether it has changed. */
  look: Uint8Array;
  /** As a JPEG file. */
  bytes(): Promise<Uint8Array | null>;
}

interface Place { container: Element | null; postLink: string | null; text: string | null; textElement: Element | null; author: string | null }

interface CardOptions {
  language: string; direction: "ltr" | "rtl";
  onMute?: (source: string, entry: string) => Promise<unknown> | void;
  onClose?: () => void;
}

type NoticeLook = "match" | "claim" | "possible" | "debunk";

interface Notice { host: HTMLElement; button: HTMLButtonElement; setLabel(look: NoticeLook, label: string): void; setCompact(compact: boolean): void; compact: boolean }

interface Words { strings: Record<string, string>; language: string; direction: "ltr" | "rtl" }

interface CaveatParts {
  started?: boolean;
  keys: { setRules(rules: CdnRule[]): void; of(url: string): { key: string; better: string | null } | null; hash(bytes: Uint8Array): string };
  reader: { read(url: string, signal: AbortSignal): Promise<Uint8Array | null>; shadowRootOf(element: Element): ShadowRoot | null };
  bytes: { limit: number; fromResponse(response: Response): Promise<Uint8Array | null>; fromDataUrl(url: string): Uint8Array | null };
  picture: { kindOf(element: Element, site: SiteRules): PictureKind | null; urlOf(picture: Picture): string | null; chosenBy(picture: Picture): string; backgroundUrl(element: Element): string | null };
  scan: { start(handlers: ScanHandlers): void; stop(): void };
  finder: { start(site: SiteRules, handlers: FinderHandlers): void; stop(): void; pictures(): Iterable<Picture>; isWanted(picture: Picture): boolean };
  canvas: { make(width: number, height: number): Canvas; second(video: HTMLVideoElement, copy: Canvas): HTMLVideoElement | Canvas; toJpeg(canvas: Canvas, quality: number): Promise<Blob | null> };
  frame: { take(video: HTMLVideoElement): Frame | null; difference(a: Uint8Array, b: Uint8Array): number };
  videos: {
    start(handlers: VideoHandlers): void; stop(): void; pause(): void; watch(picture: Picture): void; leave(picture: Picture): void;
    told(picture: Picture, verdict: Verdict): Verdict; gone(picture: Picture): Verdict | null; again(isFound: (item: string) => boolean): { frame: Picture; item: string }[];
    best(verdicts: Iterable<Verdict>): Verdict | null; itemOf(picture: Picture): string | undefined; pending(): string[];
  };
  queue: {
    start(handlers: QueueHandlers): void; stop(): void; want(picture: Picture): void; leave(picture: Picture): void; drop(picture: Picture): void;
    newIndex(): void; pause(): void; resume(): void; results(): Map<string, Verdict>; pending(): string[];
  };
  attribution: { setRules(site: SiteRules): void; of(element: Element): Place };
  relation: { of(outline: [number, number][] | null | undefined): Relation | null };
  outline: { draw(finding: Finding, relation: Relation | null, strings: Record<string, string>): HTMLElement | null; css: string };
  card: { build(findings: Finding[], verdict: Verdict, strings: Record<string, string>, options: CardOptions): HTMLElement; css: string };
  shadow: { make(name: string, css: string): { host: HTMLElement; root: ShadowRoot }; keepEvents(host: HTMLElement): void };
  notice: { make(words: Words, onLine: boolean): Notice };
  place: {
    insert(host: HTMLElement, element: Element, inside: boolean, box: Element, limit: Element | null): void;
    moveTo(host: HTMLElement, left: number, top: number): void;
    visibleRect(box: Element, limit: Element | null): DOMRect | null;
    freeCorner(rect: DOMRect, width: number, height: number, rtl: boolean, obstacles: DOMRect[]): { left: number; top: number } | null;
    controlsOver(rect: DOMRect, element: Element, limit: Element | null): DOMRect[];
    covered(host: HTMLElement, limit: Element | null): boolean;
  };
  line: { remember(picture: Picture, place: Place, verdict: Verdict, words: Words): void; forget(picture: Picture): void; refresh(): void; clear(): void };
  cardLayer: { attach(notice: Notice, subject: () => { findings: Finding[]; verdict: Verdict } | null, words: () => Words): void; close(): void; closeFor(host: HTMLElement): void; onMute: (source: string, entry: string) => Promise<void> };
  warning: { setWords(words: Words): void; setRules(site: SiteRules): void; show(picture: Picture, verdict: Verdict, place: Place): void; remove(picture: Picture): void; refresh(): void; clear(): void };
}

interface ScanHandlers {
  /** Called once for every element of the document and its shadow trees, and again when `class` or `style` of one changes. */
  visit(element: Element): void;
  /** Worth a look at its computed style; called in idle time only. */
  look(element: Element): void;
  /** The attributes that choose a picture changed, or it finished loading. */
  changed(element: Element): void;
  /** Something was added, removed or restyled. */
  mutated(removedSome: boolean): void;
}

interface FinderHandlers { found(picture: Picture): void; left(picture: Picture): void; gone(picture: Picture): void; moved(): void }

interface QueueHandlers { answered(picture: Picture, verdict: Verdict): void; changed(): void; dead(): void }

interface VideoHandlers {
  /** A frame to ask about, and the item it counts for. */
  wanted(frame: Picture, item: string): void;
  left(frame: Picture): void;
  /** Needs no answer any more. */
  dropped(frame: Picture): void;
  /** The element shows another video; what is still known of it, from its poster. */
  changed(picture: Picture, verdict: Verdict | null): void;
}

declare var caveat: CaveatParts;
