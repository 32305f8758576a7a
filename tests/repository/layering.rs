//! Dependencies point down only: each layer may use the ones below it, and only `src/web` knows the browser.

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up.
const LAYERS: [&str; 7] = ["image", "fingerprint", "index", "source", "protocol", "engine", "web"];
/// The protocol says verdicts in the index's words (roles, scopes) and nothing else of the layers below.
const PROTOCOL_MAY_USE: [&str; 1] = ["index"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for child in fs::read_dir(folder).unwrap() {
        let path = child.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn layer_files(layer: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let folder = root.join(layer);
    if folder.is_dir() {
        files(&folder, &mut found);
    }
    let file = root.join(format!("{layer}.rs"));
    if file.is_file() {
        found.push(file);
    }
    assert!(!found.is_empty(), "layer {layer} has no files");
    found
}

/// The names behind `crate::` in a file, comments left out.
fn uses(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let parts = code.split("crate::").skip(1);
    parts.map(|part| part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()).collect()
}

#[test]
fn layers_use_only_what_is_below_them() {
    for (height, layer) in LAYERS.iter().enumerate() {
        for file in layer_files(layer) {
            for used in uses(&file) {
                let Some(depth) = LAYERS.iter().position(|other| *other == used) else { continue };
                assert!(depth <= height, "{} uses crate::{used}, which is above it", file.display());
                if *layer == "protocol" && used != "protocol" {
                    assert!(PROTOCOL_MAY_USE.contains(&used.as_str()), "{} uses crate::{used}", file.display());
                }
            }
        }
    }
}

#[test]
fn only_the_web_layer_knows_the_browser() {
    let names = ["wasm_bindgen", "js_sys", "web_sys", "gloo", "serde_wasm_bindgen", "idb::"];
    for layer in LAYERS.iter().filter(|layer| **layer != "web") {
        for file in layer_files(layer) {
            let text = fs::read_to_string(&file).unwrap();
            for name in names {
                assert!(!text.contains(name), "{} mentions {name}", file.display());
            }
        }
    }
}

#[test]
fn no_file_outgrows_its_subject() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&root.join("src"), &mut found);
    assert!(found.len() > 40);
    for file in found {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 500, "{} has {lines} lines: split it by subject", file.display());
    }
}
