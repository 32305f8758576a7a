#!/usr/bin/env bash
# Builds, tests and shows Caveat. `./build.sh --help` lists what it does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Everything that a later run, or another checkout, can use again lies outside the checkout.
CACHE="${CAVEAT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/caveat}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$CACHE/cargo-target}"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}"
CARGO_DENY_VERSION=0.20.2
CARGO_FUZZ_VERSION=0.13.2
# The demonstration's server; tests/e2e/harness/server.mjs listens there.
DEMO_URL="http://127.0.0.1:8617"
# How long each fuzz target runs in a check.
CHECK_SECONDS=5
# How long one input of a fuzz target may take, by the clock: in a check two browsers have the cores.
INPUT_SECONDS=20
CHECK_INPUT_SECONDS=300

usage() {
  cat <<'TEXT'
usage: ./build.sh TARGET [OPTIONS]

  demo [--browser chromium|firefox]
              build everything and show it on the demo feed: in a window where there is a display,
              else headless, with screenshots in target/screenshots
  test        every check: format, lints, Rust tests, licences, types, extension lint, both browsers
  check       the checks that need no browser
  rust        the Rust tests, licences and sources alone
  wasm        the engine, in target/pkg
  extension   the unpacked extension with the starter index, in target/extension/{chrome,firefox}
  www         the site, in target/www
  package [--development]
              reproducible archives for both stores, in target/package; an index that is signed with
              the development key is refused unless --development is given
  all         what demo and test use, without running either
  bench       benchmarks: native (criterion) and the same kernels in WebAssembly
  fuzz [SECONDS] [TARGET...]
              fuzz the readers of what others have made [default: 60 seconds each of tests/fuzz/targets]

What is missing is installed: the wasm32 target by rustup, npm packages by npm, cargo-deny by cargo,
ffmpeg, Chromium and Firefox by apt-get (as root or with sudo).

environment
  CAVEAT_SIGNING_KEY  secret key of the starter index (64 hexadecimal digits); without, the development key
  CAVEAT_UPDATE_URL   where installed copies of the starter index look for updates; without, nowhere
  CAVEAT_CACHE        build cache [default: ~/.cache/caveat]
  CHROMIUM, FIREFOX   browsers to test with
  CAVEAT_FFMPEG       ffmpeg to test with (5.1 or later)
TEXT
}

# What comes now, and how many seconds after the start.
say() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }
die() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

# What was started beside this ends with it.
BESIDE=()
trap 'kill "${BESIDE[@]}" 2>/dev/null || true' EXIT

# ---- what is needed -------------------------------------------------------------------------------------------------

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "need root or sudo to run: $*"
  fi
}

apt_install() {
  command -v apt-get >/dev/null || die "$* is missing and there is no apt-get: install it by hand"
  say "installing $*"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

need_rust() {
  command -v cargo >/dev/null || die "Rust is missing: install it from https://rustup.rs"
  # rust-toolchain.toml names the toolchain and the target; where rustup leaves that to us, ask for it.
  if command -v rustup >/dev/null && ! rustup target list --installed | grep -qx wasm32-unknown-unknown; then
    rustup target add wasm32-unknown-unknown
  fi
}

need_node() {
  command -v node >/dev/null || die "Node is missing: install Node 20 or later"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || die "Node $(node --version) is too old: install Node 20 or later"
  local stamp=tests/node_modules/.caveat-lock
  if ! cmp -s tests/package-lock.json "$stamp"; then
    say "npm packages"
    npm ci --prefix tests --no-audit --no-fund --loglevel=error
    cp tests/package-lock.json "$stamp"
  fi
}

# cargo_tool NAME VERSION: a program of crates.io, kept in the cache
cargo_tool() {
  if ! "$CACHE/tools/bin/$1" --version 2>/dev/null | grep -qF " $2"; then
    say "$1 $2"
    # Not optimised: each runs for seconds, and is compiled anew on every fresh machine.
    cargo install "$1" --version "$2" --locked --debug --root "$CACHE/tools" --target-dir "$CACHE/tools/target" --quiet
    rm -rf "$CACHE/tools/target"
  fi
}

need_cargo_deny() { cargo_tool cargo-deny "$CARGO_DENY_VERSION"; }

need_cargo_fuzz() { cargo_tool cargo-fuzz "$CARGO_FUZZ_VERSION"; }

# Videos become frames through it, in the Rust tests too.
need_ffmpeg() {
  [ -n "${CAVEAT_FFMPEG:-}" ] || command -v ffmpeg >/dev/null || apt_install ffmpeg
}

need_chromium() {
  [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || apt_install chromium
}

need_firefox() {
  [ -n "${FIREFOX:-}" ] || command -v firefox-esr >/dev/null || command -v firefox >/dev/null ||
    apt_install firefox-esr || apt_install firefox
}

# ---- parts ----------------------------------------------------------------------------------------------------------

build_tools() {
  need_rust
  say "command line"
  cargo build --release --locked --features pack --bin caveat --bin caveat-pack
  install -D -m 755 "$CARGO_TARGET_DIR/release/caveat" target/release/caveat
  install -D -m 755 "$CARGO_TARGET_DIR/release/caveat-pack" target/release/caveat-pack
}

# compile_wasm [FEATURE]
compile_wasm() {
  local cargo_home="${CARGO_HOME:-$HOME/.cargo}"
  need_rust
  say "engine"
  # No path of this machine in the .wasm: two machines make the same bytes. Inlining less makes it 6 % smaller when packed,
  # and the kernels no slower (docs/performance.md).
  RUSTFLAGS="-C target-feature=+simd128 -C llvm-args=--inline-threshold=25 --remap-path-prefix=$PWD=/caveat --remap-path-prefix=$cargo_home=/cargo" \
    exec cargo build --profile wasm --locked --lib --target wasm32-unknown-unknown --no-default-features ${1:+--features "$1"}
}

# bind_wasm FOLDER: what was compiled, with the JavaScript that loads it
bind_wasm() {
  rm -rf "$1"
  target/release/caveat-pack bindgen "$CARGO_TARGET_DIR/wasm32-unknown-unknown/wasm/caveat.wasm" --out "$1"
}

# build_programs FOLDER [FEATURE]: the command line, and the engine in FOLDER. Each ends in a step that has one thread, so they
# are built beside each other.
build_programs() {
  local engine
  need_rust
  compile_wasm "${@:2}" &
  engine=$!
  BESIDE+=("$engine")
  build_tools
  wait "$engine" || die "the engine was not built"
  bind_wasm "$1"
}

# publish ENTRIES KEY FOLDER NAME SEQUENCE ISSUED: a source as static files
publish() {
  local key=(--key "$2")
  if [ -z "$2" ]; then key=(); fi
  # What is packaged is not downloaded, so it need not be there compressed as well.
  target/release/caveat build "$1" "${key[@]}" --out "$3" --name "$4" --sequence "$5" --issued "$6" --unpacked
}

public_key() { target/release/caveat inspect "$1" --json | sed -n 's/.*"key":"\([0-9a-f]\{64\}\)".*/\1/p'; }
is_development() { target/release/caveat inspect "$1" --json | sed -n 's/.*"development":\([a-z]*\).*/\1/p'; }

publisher() { target/release/caveat inspect "$1" --json | sed -n 's/.*"name":\("\([^"\\]\|\\.\)*"\),"sequence".*/\1/p'; }

# source_line PATH FOLDER UPDATE_URL: a row of sources.json, which is the catalogue: the name is ours, not the source's word
source_line() {
  local url=null
  [ -z "$3" ] || url="\"$3\""
  printf '{"path":"%s","key":"%s","name":%s,"updateUrl":%s,"development":%s}' \
    "$1" "$(public_key "$2")" "$(publisher "$2")" "$url" "$(is_development "$2")"
}

build_starter() {
  local NAME SEQUENCE ISSUED key=www/index/development.key
  # shellcheck source=www/index/publication.env
  . www/index/publication.env
  [ -z "${CAVEAT_SIGNING_KEY:-}" ] || key=
  rm -rf target/index/starter
  publish www/index/entries.jsonl "$key" target/index/starter "$NAME" "$SEQUENCE" "$ISSUED"
}

# The demo feed's own small source, and its second publication, which only the Update button brings.
build_demo_source() {
  local issued=1795305600
  rm -rf target/index/demo target/www-update/feed
  publish www/feed/entries.jsonl www/feed/development.key target/index/demo "Caveat demo feed" 1 "$issued"
  mkdir -p target/www-update/feed
  cp -R target/index/demo target/www-update/feed/source
  publish www/feed/entries-update.jsonl www/feed/development.key target/www-update/feed/source "Caveat demo feed" 2 "$((issued + 86400))"
}

# build_extension demo|release
build_extension() {
  local browser out lines
  lines="$(source_line starter target/index/starter "$([ "$1" = demo ] && echo "$DEMO_URL/index/starter/" || echo "${CAVEAT_UPDATE_URL:-}")")"
  [ "$1" != demo ] || lines="$lines,$(source_line demo target/index/demo "$DEMO_URL/feed/source/")"
  say "extension ($1)"
  for browser in chrome firefox; do
    out="target/extension/$browser"
    rm -rf "$out"
    mkdir -p "$out/index" "$out/pkg"
    cp -R extension/common/. "$out"
    # A browser's file replaces the common one of the same name.
    cp -R "extension/$browser/." "$out"
    target/release/caveat-pack manifest extension/common/manifest.json "extension/$browser/manifest.json" --out "$out/manifest.json"
    cp target/pkg/caveat.js target/pkg/caveat_bg.wasm "$out/pkg"
    cp -R target/index/starter "$out/index/starter"
    [ "$1" != demo ] || cp -R target/index/demo "$out/index/demo"
    printf '[%s]\n' "$lines" >"$out/index/sources.json"
    find "$out" -name '*.d.ts' -delete
  done
}

build_www() {
  say "site"
  rm -rf target/www
  mkdir -p target/www/pkg target/www/card
  cp -R www/. target/www
  rm -rf target/www/feed/pictures/make target/www/index/*.env
  cp target/pkg/caveat.js target/pkg/caveat_bg.wasm target/www/pkg
  cp extension/common/content/{card,outline,relation}.js target/www/card
  cp -R extension/common/_locales target/www/_locales
  cp -R target/index/starter target/www/index/starter
  cp -R target/index/demo target/www/feed/source
  printf '[%s]\n' "$(source_line starter target/index/starter "")" >target/www/index/sources.json
  printf '[%s]\n' "$(source_line . target/index/demo "")" >target/www/feed/source/sources.json
  find target/www -name '*.d.ts' -delete
}

# build_all demo|release
build_all() {
  build_programs target/pkg
  build_starter
  build_demo_source
  build_extension "$1"
  build_www
}

pack() {
  local version browser
  version="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)"
  mkdir -p target/package
  for browser in chrome firefox; do
    target/release/caveat-pack zip "target/extension/$browser" --out "target/package/caveat-$browser-$version.zip"
  done
}

lint_extension() {
  say "extension lint"
  tests/node_modules/.bin/web-ext lint --source-dir target/extension/firefox --self-hosted=false --warnings-as-errors --boring
}

# ---- targets --------------------------------------------------------------------------------------------------------

check_style() {
  need_rust
  say "format"
  cargo fmt --check
  say "lints"
  cargo clippy --locked --all-targets --features pack,bench -- -D warnings
  cargo clippy --locked --lib --target wasm32-unknown-unknown --no-default-features --features bench -- -D warnings
}

compile_tests() { cargo test --locked --features pack --no-run --quiet; }

check_rust() {
  need_ffmpeg
  say "Rust tests"
  cargo test --locked --features pack
  need_cargo_deny
  say "licences and sources"
  "$CACHE/tools/bin/cargo-deny" --log-level error check bans licenses sources
}

# What browsers get, and all that can be said of it without one.
check_extension() {
  need_node
  build_all demo
  say "types"
  tests/node_modules/.bin/tsc -p tests
  tests/node_modules/.bin/tsc -p tests/e2e
  lint_extension
  say "reproducible packages"
  pack
  (cd target/package && sha256sum ./*.zip >../package.sums)
  build_extension demo
  pack
  (cd target/package && sha256sum --check --quiet ../package.sums)
}

check() {
  check_style
  check_extension
  check_rust
  target_fuzz "$CHECK_SECONDS"
}

# Firefox takes longest, on about one core; the other one has what is left to do. A check that fails ends no other one that is
# about something else.
target_test() {
  local failed="" programs firefox fuzzing
  check_style
  need_chromium
  need_firefox
  need_ffmpeg
  need_cargo_deny
  need_cargo_fuzz
  # The last step of the command line has one thread, so the programs of the Rust tests are compiled beside it.
  CARGO_BUILD_JOBS=1 compile_tests &
  programs=$!
  BESIDE+=("$programs")
  check_extension
  say "Firefox; beside it Rust tests, then Chromium and fuzz targets"
  rm -rf target/screenshots
  CAVEAT_BROWSER=firefox node tests/e2e/run.mjs &
  firefox=$!
  BESIDE+=("$firefox")
  wait "$programs" || failed="$failed compiling Rust tests;"
  CARGO_BUILD_JOBS=1 nice -n 10 ./build.sh rust || failed="$failed Rust;"
  say "Chromium; beside it fuzz targets"
  CARGO_BUILD_JOBS=1 nice -n 10 ./build.sh fuzz "$CHECK_SECONDS" >target/fuzz.log 2>&1 &
  fuzzing=$!
  BESIDE+=("$fuzzing")
  CAVEAT_BROWSER=chromium node tests/e2e/run.mjs || failed="$failed Chromium;"
  wait "$firefox" || failed="$failed Firefox;"
  wait "$fuzzing" || { failed="$failed fuzzing;"; tail -n 60 target/fuzz.log; }
  grep '^==' target/fuzz.log || true
  [ -z "$failed" ] || die "failed:$failed"
}

# target_fuzz [SECONDS] [TARGET...]: libFuzzer wants what only a nightly compiler lets by without the variable
target_fuzz() {
  local seconds="${1:-60}" input_seconds="$INPUT_SECONDS" built seeds="$CARGO_TARGET_DIR/fuzz-seeds" name corpus
  [ $# = 0 ] || shift
  need_rust
  need_cargo_fuzz
  say "fuzz targets"
  RUSTC_BOOTSTRAP=1 "$CACHE/tools/bin/cargo-fuzz" build --fuzz-dir tests/fuzz --target-dir "$CARGO_TARGET_DIR/fuzz"
  built="$CARGO_TARGET_DIR/fuzz/$(rustc -vV | sed -n 's/^host: //p')/release"
  rm -rf "$seeds"
  "$built/seeds" "$seeds"
  if [ $# = 0 ]; then set -- $(cd tests/fuzz/targets && ls | sed 's/\.rs$//'); fi
  for name in "$@"; do
    say "fuzz $name, $seconds s"
    # What earlier runs found is only read where there is time for it.
    corpus="$CACHE/fuzz/$name"
    if [ "$seconds" -lt 60 ]; then
      input_seconds="$CHECK_INPUT_SECONDS"
      corpus="$CARGO_TARGET_DIR/fuzz-found/$name"
      rm -rf "$corpus"
    fi
    mkdir -p "$corpus" "target/fuzz/$name"
    "$built/$name" "$corpus" "$seeds/$name" -artifact_prefix="target/fuzz/$name/" \
      -max_total_time="$seconds" -rss_limit_mb=1024 -timeout="$input_seconds" -max_len=65536 -verbosity=0 -print_final_stats=1 ||
      die "fuzzing $name found the input in target/fuzz/$name: make it a test, then mend"
  done
}

target_demo() {
  local browser="${CAVEAT_BROWSER:-chromium}"
  if [ "${1:-}" = --browser ]; then browser="${2:-}"; fi
  case "$browser" in
    chromium) need_chromium ;;
    firefox) need_firefox ;;
    *) die "--browser $browser: use chromium or firefox" ;;
  esac
  need_node
  build_all demo
  say "demo in $browser"
  node tests/e2e/demo.mjs --browser "$browser"
}

target_package() {
  build_programs target/pkg
  build_starter
  if [ "$(is_development target/index/starter)" = true ] && [ "${1:-}" != --development ]; then
    die "the starter index is signed with the development key: set CAVEAT_SIGNING_KEY, or give --development"
  fi
  need_node
  build_extension release
  lint_extension
  pack
  ls -l target/package
}

target_bench() {
  build_programs target/bench-pkg bench
  cargo bench --locked
  need_node
  node tests/bench/run.mjs
}

main() {
  local target="${1:---help}"
  [ $# = 0 ] || shift
  case "$target" in
    demo) target_demo "$@" ;;
    test) target_test ;;
    check) check ;;
    rust) need_rust; check_rust ;;
    all) need_node; build_all demo ;;
    wasm) build_programs target/pkg ;;
    extension) build_programs target/pkg; build_starter; build_extension release ;;
    www) build_programs target/pkg; build_starter; build_demo_source; build_www ;;
    package) target_package "$@" ;;
    bench) target_bench ;;
    fuzz) target_fuzz "$@" ;;
    -h | --help | help) usage ;;
    *) usage >&2; die "no target $target" ;;
  esac
}

main "$@"
