// The kernels of benches/kernels.rs in WebAssembly, in Node's V8: `node tests/bench/run.mjs [PKG]`. Prints medians and minima, in
// milliseconds, and the ratios that docs/performance.md states budgets for. Build PKG with the feature `bench` (./build.sh bench).

import { readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = process.argv[2] ?? "target/bench-pkg";
const { initSync, Kernels, Lookups, Tables } = await import(pathToFileURL(`${process.cwd()}/${folder}/caveat.js`.replace(`${process.cwd()}//`, "/")).href);
initSync({ module: readFileSync(`${folder}/caveat_bg.wasm`) });

/** Smooth shapes with some grain, as a photograph has. @param {number} width @param {number} height */
function picture(width, height) {
  const data = new Uint8Array(width * height * 3);
  let state = 1;
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      for (const scale of [90, 140, 60]) data[at++] = Math.sin(x / scale) * Math.cos(y / scale) * 60 + 110 + (state >>> 28);
    }
  }
  return data;
}

/** @param {() => unknown} run @param {number} times */
function measure(run, times) {
  for (let i = 0; i < 3; i++) run();
  const taken = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    run();
    taken.push(performance.now() - start);
  }
  taken.sort((a, b) => a - b);
  return { median: taken[times >> 1], minimum: taken[0] };
}

/** @param {string} name @param {{median: number, minimum: number}} result */
function print(name, { median, minimum }) {
  console.log(`${name.padEnd(34)} ${median.toFixed(3).padStart(9)} (${minimum.toFixed(3)})`);
}

console.log(`${"kernel".padEnd(34)} ${"median".padStart(9)} (minimum), ms`);
for (const [width, height] of [[1200, 675], [2048, 1536]]) {
  const kernels = new Kernels(picture(width, height), width, height, 0);
  const file = kernels.jpeg();
  const decode = measure(() => Kernels.decode(file), 30);
  const query = measure(() => kernels.query(), 30);
  const sight = measure(() => kernels.sight(), 20);
  print(`${width}x${height} decode`, decode);
  print(`${width}x${height} pdq`, measure(() => kernels.pdq(), 30));
  print(`${width}x${height} query`, query);
  print(`${width}x${height} keypoints`, sight);
  console.log(`${`${width}x${height} (decode + query) / decode`.padEnd(34)} ${((decode.median + query.median) / decode.median).toFixed(2).padStart(9)}`);
  kernels.free();
}
for (const rows of [100_000, 1_000_000]) {
  const kernels = new Kernels(new Uint8Array(3), 1, 1, rows);
  for (const queries of [1, 8]) print(`search ${rows} rows, ${queries} hashes`, measure(() => kernels.search(queries), 60));
  kernels.free();
}

// The scan against multi-index tables, within the radius of a match and within that of a look at the keypoints.
for (const rows of [100_000, 1_000_000, 4_000_000]) {
  const start = performance.now();
  const tables = new Tables(rows);
  const made = performance.now() - start;
  for (const radius of [31, 64]) {
    print(`scan ${rows} rows, radius ${radius}`, measure(() => tables.scan(radius), 30));
    print(`tables ${rows} rows, radius ${radius}`, measure(() => tables.lookUp(radius), 30));
  }
  console.log(`${"".padEnd(34)} tables ${(tables.length() / rows).toFixed(1)} bytes a hash, with the hashes made in ${made.toFixed(0)} ms`);
  tables.free();
}

// A whole check of a photograph that is not known, without decoding it, in indexes of known pictures whose keypoints are drawn from
// those of the demo feed's pictures, or of a folder of others: node tests/bench/run.mjs PKG [PICTURE [FOLDER]].
const pictures = process.argv[4] ?? "www/feed/pictures";
const files = readdirSync(pictures).filter((name) => /^(?!avatar).*\.jpg$/.test(name)).slice(0, 300);
const asked = readFileSync(process.argv[3] ?? "www/feed/pictures/crowd.jpg");
for (const entries of [100, 10_000, 100_000]) {
  const start = performance.now();
  const lookups = new Lookups(files.map((name) => readFileSync(`${pictures}/${name}`)), entries, asked);
  const built = performance.now() - start;
  if (!lookups.check()) throw new Error("the picture is known: take another one");
  const pdq = measure(() => lookups.pdq(), 15);
  const check = measure(() => lookups.check(), 15);
  const [hashes, keypoints] = [...lookups.lengths()].map((bytes) => bytes / 1e6);
  print(`check, ${entries} entries`, check);
  console.log(`${`check / pdq`.padEnd(34)} ${(check.median / pdq.median).toFixed(2).padStart(9)}   entries ${hashes.toFixed(1)} MB, keypoints ${keypoints.toFixed(1)} MB, built in ${built.toFixed(0)} ms`);
  lookups.free();
}
