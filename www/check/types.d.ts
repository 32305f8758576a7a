// What passes between check.js and worker.js, and what both take from elsewhere.

export interface Reason { code: string; message: string }

/** The part of a finding that the page itself reads; the card reads the rest. */
export interface Finding { role: "known" | "original" | "debunk"; scope: "always" | "claim"; sourceName: string }

export interface Verdict {
  kind: "verdict";
  verdict: "match" | "possible" | "none" | "tooPlain" | "unreadable" | "noAccess" | "noIndex";
  reason: Reason | null;
  matches: Finding[];
}

export interface Numbers { pdq: string; quality: number; canonical: string; fingerprint: string; width: number; height: number }

/** One line of sources.json. */
export interface SourceLine { path: string; key: string; name?: string; updateUrl: string | null; development: boolean }

export interface LoadedSource { path: string; key: string; development: boolean; error: Reason | null }

export type ToWorker =
  | { kind: "start"; lists: string[]; language: string }
  | { kind: "check"; id: number; bytes: Uint8Array<ArrayBuffer>; language: string };

export type FromWorker =
  | { kind: "ready"; sources: LoadedSource[] }
  | { kind: "result"; id: number; verdict: Verdict; numbers: Numbers | null; converted: boolean }
  | { kind: "error"; id: number | null; code: string; message: string };

/** pkg/caveat.js, as far as this page uses it. */
export interface Pkg {
  default(): Promise<unknown>;
  Checker: new () => Checker;
  fingerprint(bytes: Uint8Array): Numbers;
  Publication: new (head: Uint8Array, key: string) => Publication;
}
export interface Publication {
  nextRoot(): number | undefined;
  addRoot(file: Uint8Array): void;
  mayRetractApart(): boolean;
  segmentNames(): string[];
}
export interface Checker {
  addSource(publication: Publication, segments: Uint8Array[], retractions?: Uint8Array, catalogueName?: string): string;
  check(bytes: Uint8Array, language: string): Verdict;
}

/** content/card.js. */
export interface Card {
  css: string;
  build(findings: Finding[], verdict: Verdict, strings: Record<string, string>, options: { language: string; direction: "ltr" | "rtl" }): HTMLElement;
}
