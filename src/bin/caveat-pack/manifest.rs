//! Manifests: one common file, a small overlay for each browser.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Fault;

pub fn merge_files(base: &Path, overlay: &Path, out: &Path) -> Result<(), Fault> {
    let read = |path: &Path| -> Result<Value, Fault> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?)
    };
    let mut manifest = read(base)?;
    merge(&mut manifest, read(overlay)?);
    // The version is that of Cargo.toml, and of nothing else.
    manifest["version"] = Value::from(env!("CARGO_PKG_VERSION"));
    fs::write(out, serde_json::to_string_pretty(&manifest)? + "\n")?;
    Ok(())
}

/// Objects are merged key by key; arrays are replaced, so that an overlay can also take something away.
fn merge(base: &mut Value, overlay: Value) {
    match (base, overlay) {
        (Value::Object(base), Value::Object(overlay)) => {
            for (key, value) in overlay {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, overlay) => *base = overlay,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_merge_and_arrays_are_replaced() {
        let mut base = json!({"a": {"x": 1, "y": [1, 2]}, "b": 1});
        merge(&mut base, json!({"a": {"y": [3]}, "c": true}));
        assert_eq!(base, json!({"a": {"x": 1, "y": [3]}, "b": 1, "c": true}));
    }
}
