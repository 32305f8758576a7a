//! Segments that nobody needs any more are deleted from a source's folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use caveat::source::{Head, Recipes};

use crate::fault::Fault;

/// The recipes that a head names.
pub fn recipes_of(folder: &Path, head: &Head) -> Result<Recipes, Fault> {
    let Some(name) = &head.recipes else { return Ok(Recipes::default()) };
    let path = folder.join(name.path());
    let file = fs::read(&path).map_err(Fault::file(&path))?;
    Recipes::parse(&file).map_err(|error| Fault::Head { path, error })
}

/// Deletes segments that neither the heads nor the recipes name, and what an interrupted build has left. Clients that are in
/// the middle of an update hold one of the heads.
pub fn sweep(folder: &Path, heads: &[&Head], recipes: &Recipes) -> Result<(), Fault> {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for name in heads.iter().flat_map(|head| &head.segments).chain(&recipes.segments) {
        named.insert(&name.sha256);
        named.extend(name.packed.as_ref().map(|packed| packed.sha256.as_str()));
    }
    named.extend(heads.iter().filter_map(|head| Some(head.recipes.as_ref()?.sha256.as_str())));
    let segments = folder.join("segments");
    for child in fs::read_dir(&segments).map_err(Fault::file(&segments))? {
        let path = child.map_err(Fault::file(&segments))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let digest = name.strip_suffix(".partial").unwrap_or(&name);
        let ours = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if ours && !named.contains(name.as_str()) {
            fs::remove_file(&path).map_err(Fault::file(&path))?;
        }
    }
    Ok(())
}
