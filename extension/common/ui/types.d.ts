// Types of the messages between the extension's own pages and the background.
// Types only: nothing of this file runs.

export type Outcome = "updated" | "current" | "failed" | "cancelled" | "noAddress";
export type VerdictKind =
  | "match"
  | "possible"
  | "none"
  | "tooPlain"
  | "unreadable"
  | "noAccess"
  | "noIndex";
export type Sensitivity = "cautious" | "balanced" | "keen";
export type Direction = "ltr" | "rtl";

/** What happened, by a stable code; `message` is for logs, the pages have their own words. */
export interface Reason {
  code: string;
  message: string;
}

export interface SourceStatus {
  id: string;
  name: string;
  /** Only the source itself calls itself that. */
  selfDeclared: boolean;
  /** A word of that name mixes scripts that look alike. */
  mixedScripts: boolean;
  keyFingerprint: string;
  url: string | null;
  origin: "embedded" | "added" | "managed";
  /** Set by an organisation: it cannot be removed. */
  managed: boolean;
  /** It cannot be switched on or off. */
  locked: boolean;
  development: boolean;
  enabled: boolean;
  entries: number;
  fingerprints: number;
  sequence: number;
  /** SHA-256 of its head's file, 64 hexadecimal digits. */
  headDigest: string | null;
  issued: number;
  ageDays: number;
  expired: boolean;
  state: "ready" | "notLoaded" | "failed";
  /** What finds crops and collages; "waiting" until a picture needs it. */
  keypoints: "none" | "waiting" | "ready" | "failed";
  lastCheck: number | null;
  lastResult: Reason | null;
}

/** What adding a source would mean. */
export interface SourcePreview {
  kind: "preview";
  id: string;
  name: string;
  mixedScripts: boolean;
  key: string;
  keyFingerprint: string;
  url: string;
  host: string;
  homepage: string | null;
  development: boolean;
  entries: number;
  bytes: number;
  issued: number;
  ageDays: number;
  expired: boolean;
  hosts: string[];
  head: string;
}

export interface Mute {
  source: string;
  entry: string;
}

export interface NetworkLine {
  when: number;
  url: string;
  what: string;
  outcome: string;
  bytes: number;
}

/** What is remembered of pictures and warnings. */
export interface LogSettings {
  shown: boolean;
  seen: boolean;
  days: number;
  notify: boolean;
}

export interface LogStatus {
  /** null until the user has answered: nothing is remembered. */
  settings: LogSettings | null;
  shown: number;
  seen: number;
  failure: Reason | null;
}

/** News of a picture that was seen. */
export interface Notice {
  id: number;
  kind: "nowKnown" | "corrected" | "retracted";
  source: string;
  sourceName: string;
  entry: string;
  /** Days since 1970. */
  day: number;
  claim: Text;
  truth: Text;
  correction: (Text & { date: string | null }) | null;
  url: string | null;
}

export interface Status {
  kind: "status";
  sources: SourceStatus[];
  language: string | null;
  sensitivity: Sensitivity;
  disabledSites: string[];
  mutes: Mute[];
  updating: boolean;
  network: NetworkLine[];
  logs: LogStatus;
  notices: Notice[];
  policy: PolicyStatus | null;
}

/** What an organisation has set. */
export interface PolicyStatus {
  onlyTheseSources: boolean;
  disabledSites: string[];
  enabledSites: string[];
  sensitivityLocked: boolean;
  languageLocked: boolean;
  seenLog: boolean | null;
  notifications: boolean | null;
  problems: Reason[];
}

export interface UpdateResult {
  source: string;
  outcome: Outcome;
  code?: string;
  message?: string;
  added?: number;
  removed?: number;
}

export type Stage = "head" | "segments" | "verify" | "store" | "done";

export interface Progress {
  kind: "progress";
  source: string;
  stage: Stage;
  received: number;
  total: number | null;
}

export interface Text {
  text: string;
  language: string;
}

/** The part of a finding that these pages show; the card shows the rest. */
export interface Finding {
  source: string;
  sourceName: string;
  selfDeclared: boolean;
  keyFingerprint: string;
  development: boolean;
  issued: number;
  ageDays: number;
  entry: string;
  level: "match" | "possible";
  role: "known" | "original" | "debunk";
  claim: Text;
  truth: Text;
}

export interface Verdict {
  kind: "verdict";
  verdict: VerdictKind;
  reason: Reason | null;
  generation: number;
  matches: Finding[];
}

export interface PageMatch {
  key: string;
  verdict: Verdict;
  postLink: string | null;
  text: string | null;
}

/** What the content script of one frame has seen so far. */
export interface FrameFindings {
  kind: "findings";
  /** Tells frames of one address apart, and stays when a page changes its address. */
  id?: string | number;
  frame: string;
  seen: number;
  pending: number;
  checked: number;
  counts: Partial<Record<VerdictKind, number>>;
  unreadable: Record<string, number>;
  matches: PageMatch[];
}
