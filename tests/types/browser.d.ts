// Both browsers offer the promise interfaces as `browser`: Chrome since 148, the same objects as `chrome`.
declare const browser: typeof chrome;
