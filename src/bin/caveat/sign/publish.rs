//! Puts a file in its place once all have signed who must.

use std::path::Path;

use caveat::index::Index;
use caveat::source::{
    Anchor, Head, HeadError, PublicKey, Role, Root, SourceId, Trust, accept, load_index, mass_change, open,
    unverified_payload,
};

use super::{root_keys, source_of};
use crate::build::told;
use crate::fault::Fault;
use crate::folder::{self, Folder};
use crate::{keys, sweep};

/// What has come into its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    Nothing,
    Root,
    Head,
}

/// Publishes a file, or says what it still waits for.
pub fn publish(folder: &Path, path: &Path, file: &[u8]) -> Result<Published, Fault> {
    match Role::of(file) {
        Ok(Role::Root) => root(folder, path, file),
        _ => head(folder, path, file),
    }
}

fn waits(what: &str) -> Result<Published, Fault> {
    println!("not published yet: {what}");
    Ok(Published::Nothing)
}

fn root(folder: &Path, path: &Path, file: &[u8]) -> Result<Published, Fault> {
    let payload = unverified_payload(file).unwrap_or_default();
    let anchor = folder::anchor(folder)?.unwrap_or_else(|| Anchor::of_root(payload));
    let trust = folder::trust(folder, anchor)?;
    match trust.next(file) {
        Ok(next) => {
            folder::write_atomically(&folder::root_path(folder, next.version()), file)?;
            folder::remove(path)?;
            println!("published as root/{}; build next, so that the head is of this root", next.version());
            if trust.version() == 0 {
                println!("readers trust {anchor}");
            }
            Ok(Published::Root)
        }
        Err(error) => {
            let root: Option<Root> = serde_json::from_slice(payload).ok();
            let missing = root.map(|root| missing(&trust, &root, file)).unwrap_or_default();
            waits(&if missing.is_empty() { error.to_string() } else { missing.join("; ") })
        }
    }
}

/// Which signatures a root still needs.
fn missing(trust: &Trust, root: &Root, file: &[u8]) -> Vec<String> {
    let needs = |keys: &[PublicKey], threshold: usize, whose: &str| {
        let left = unsigned_by(file, Role::Root, trust.source(), keys);
        let signed = keys.len() - left.len();
        let more = threshold.saturating_sub(signed);
        (more > 0).then(|| {
            let left: Vec<PublicKey> = left.into_iter().copied().collect();
            format!("{more} more must sign of the {whose}: {}", keys::list(&left))
        })
    };
    let threshold = trust.root().map_or(1, |before| before.threshold);
    let is_first = trust.version() == 0 && matches!(trust.anchor(), Anchor::Root(_));
    let before = if is_first { None } else { needs(root_keys(trust), threshold, "root keys before") };
    before.into_iter().chain(needs(&root.root_keys, root.threshold, "root keys that it names")).collect()
}

fn unsigned_by<'a>(file: &[u8], role: Role, source: SourceId, keys: &'a [PublicKey]) -> Vec<&'a PublicKey> {
    keys.iter().filter(|key| open(file, role, source, &[**key], 1).is_err()).collect()
}

fn head(folder: &Path, path: &Path, file: &[u8]) -> Result<Published, Fault> {
    let fault = |error: HeadError| Fault::Head { path: path.to_owned(), error };
    let source = source_of(file).map_err(fault)?;
    let declared = unverified_payload(file).ok().and_then(|payload| serde_json::from_slice::<Head>(payload).ok());
    let anchor = declared.as_ref().and_then(|head| head.key.parse::<Anchor>().ok());
    let anchor = anchor.filter(|anchor| anchor.source() == source);
    let trust = folder::trust(folder, anchor.ok_or_else(|| fault(HeadError::WrongSource))?)?;
    if declared.is_some_and(|head| (head.root_version, head.epoch) != (trust.version(), trust.epoch())) {
        return Err(outdated(path, &format!("root/{} is in force", trust.version())));
    }
    let head = match accept(file, &trust) {
        Ok(head) => head,
        Err(HeadError::Envelope(_)) => {
            return waits(&format!("a head key must sign: {}", keys::list(trust.head_keys())));
        }
        Err(error) => return Err(fault(error)),
    };
    let before = match folder::exists(&folder::head_path(folder))? {
        true => Some(folder::read_own(folder, &trust)?),
        false => None,
    };
    if let Some(Folder { head: held, .. }) = &before
        && (held.epoch, held.sequence) >= (head.epoch, head.sequence)
    {
        return Err(outdated(path, &format!("sequence {} is published", held.sequence)));
    }
    // What every client would refuse must not be published.
    let index = load_index(&head, folder::files(folder, head.required_segments())?).map_err(fault)?;
    if let Some(before) = &before
        && let Some(more) = brake(file, &trust, &before.index, &index)
    {
        return waits(&more);
    }
    folder::write_atomically(&folder::head_path(folder), file)?;
    folder::remove(path)?;
    println!("published sequence {}", head.sequence);
    let heads: Vec<&Head> = std::iter::once(&head).chain(before.as_ref().map(|before| &before.head)).collect();
    sweep::sweep(folder, &heads, &sweep::recipes_of(folder, &head)?)?;
    Ok(Published::Head)
}

/// What a change of very many entries at once still waits for.
fn brake(file: &[u8], trust: &Trust, before: &Index, after: &Index) -> Option<String> {
    let change = mass_change(pollster::block_on(after.changes_since(before, async || {})))?;
    let Some(root) = trust.root() else {
        println!("{}: each reader is asked", told(change));
        return None;
    };
    let left: Vec<PublicKey> =
        unsigned_by(file, Role::Head, trust.source(), &root.root_keys).into_iter().copied().collect();
    let more = root.threshold.saturating_sub(root.root_keys.len() - left.len());
    (more > 0).then(|| format!("{}: {more} more of the root keys must sign: {}", told(change), keys::list(&left)))
}

fn outdated(path: &Path, why: &str) -> Fault {
    Fault::Usage(format!("{}: it was built before that: {why}. Build again, and sign what comes out", path.display()))
}
