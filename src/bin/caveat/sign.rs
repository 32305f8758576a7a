//! `caveat sign`: signatures on files that another machine has made.

use std::fs;
use std::path::{Path, PathBuf};

use caveat::index::{clean, utc_date};
use caveat::source::{
    Anchor, Head, HeadError, Role, Root, SourceId, Trust, accept, load_index, sign, unverified_payload,
};

use crate::fault::Fault;
use crate::{folder, keys};

/// A head that nobody has signed yet, in a source's folder.
pub const HEAD: &str = "head.unsigned";
/// A root file that not all have signed who must.
pub const ROOT: &str = "root.unsigned";

#[derive(clap::Args)]
pub struct Arguments {
    /// A source's folder with head.unsigned or root.unsigned in it, or such a file alone.
    file: PathBuf,
    /// The secret key; without, the environment's CAVEAT_SIGNING_KEY.
    #[arg(long, value_name = "KEY")]
    key: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<(), Fault> {
    let key = keys::secret(arguments.key.as_deref())?;
    let is_folder = arguments.file.is_dir();
    let mut paths = vec![arguments.file.clone()];
    if is_folder {
        // A new root first: it says who may sign the head.
        paths = [ROOT, HEAD].iter().map(|name| arguments.file.join(name)).filter(|path| path.exists()).collect();
        if paths.is_empty() {
            let folder = arguments.file.display();
            return Err(Fault::Usage(format!("{folder}: there is no {HEAD} or {ROOT} to sign")));
        }
    }
    let mut signed_any = false;
    for path in paths {
        let file = fs::read(&path).map_err(Fault::file(&path))?;
        let fault = |error: HeadError| Fault::Head { path: path.clone(), error };
        let source = source_of(&file).map_err(fault)?;
        if is_folder && !may_sign(&arguments.file, &file, &key.public())? {
            continue;
        }
        describe(&file).map_err(fault)?;
        let signed = sign(&file, source, &key).map_err(|error| fault(error.into()))?;
        folder::write_atomically(&path, &signed)?;
        println!("signed with key {}", key.public());
        signed_any = true;
        if is_folder {
            publish(&arguments.file, &path, &signed)?;
        }
    }
    if signed_any {
        Ok(())
    } else {
        Err(Fault::Usage(format!("key {} may sign none of the files there", key.public())))
    }
}

/// The source that a file is of, by its own word: whoever signs must have looked at it.
pub fn source_of(file: &[u8]) -> Result<SourceId, HeadError> {
    #[derive(serde::Deserialize)]
    struct Declared {
        source: Option<String>,
    }
    let payload = unverified_payload(file)?;
    let Declared { source } =
        serde_json::from_slice(payload).map_err(|error| HeadError::Malformed(error.to_string()))?;
    let Some(source) = source else { return Ok(Anchor::of_root(payload).source()) };
    let mut id = [0; 32];
    hex::decode_to_slice(source, &mut id).map_err(|_| HeadError::WrongSource)?;
    Ok(SourceId(id))
}

/// Whether a signature of a key counts for anything.
fn may_sign(folder: &Path, file: &[u8], key: &caveat::source::PublicKey) -> Result<bool, Fault> {
    let trust = match folder::anchor(folder)? {
        Some(anchor) => Some(folder::trust(folder, anchor)?),
        None => None,
    };
    let payload = unverified_payload(file).unwrap_or_default();
    Ok(match Role::of(file) {
        Ok(Role::Root) => {
            let next = serde_json::from_slice::<Root>(payload).is_ok_and(|root| root.root_keys.contains(key));
            next || trust.is_some_and(|trust| root_keys(&trust).contains(key))
        }
        // The root keys may sign a head too: then it may change very much at once.
        Ok(_) => match trust {
            Some(trust) => trust.head_keys().contains(key) || root_keys(&trust).contains(key),
            None => true,
        },
        Err(_) => false,
    })
}

/// The keys that sign root files.
fn root_keys(trust: &Trust) -> &[caveat::source::PublicKey] {
    trust.root().map_or_else(|| trust.head_keys(), |root| &root.root_keys)
}

/// What is signed, in words.
fn describe(file: &[u8]) -> Result<(), HeadError> {
    let malformed = |error: serde_json::Error| HeadError::Malformed(error.to_string());
    let payload = unverified_payload(file)?;
    match Role::of(file)? {
        Role::Head => {
            let head: Head = serde_json::from_slice(payload).map_err(malformed)?;
            println!("head of     {} ({})", clean(&head.name), head.source);
            println!("sequence    {}, epoch {}", head.sequence, head.epoch);
            println!("issued      {}", utc_date(head.issued as i64 * 1000));
            println!("entries     {} and {} retracted", head.entries, head.tombstones);
            for name in &head.segments {
                println!("segment     {} {} ({} bytes)", clean(&name.tier), name.sha256, name.bytes);
            }
            for one in &head.retractions {
                println!("retracts    {} up to rev {}: {}", clean(&one.id), one.rev, clean(&one.reason));
            }
        }
        Role::Root => {
            let root: Root = serde_json::from_slice(payload).map_err(malformed)?;
            println!("root        version {}, epoch {}", root.version, root.epoch);
            println!("expires     {}", utc_date(root.expires as i64 * 1000));
            let kinds = [("root", &root.root_keys), ("head", &root.head_keys), ("retraction", &root.retraction_keys)];
            for (kind, keys) in kinds {
                keys.iter().for_each(|key| println!("{kind} key {key}"));
            }
            println!("{} root keys must sign", root.threshold);
        }
        Role::Retractions => println!("retractions"),
    }
    Ok(())
}

/// Puts a file in its place once all have signed who must.
fn publish(folder: &Path, path: &Path, file: &[u8]) -> Result<(), Fault> {
    let waits = |error: &dyn std::fmt::Display| println!("not published yet: {error}");
    match Role::of(file) {
        Ok(Role::Root) => {
            let anchor = match folder::anchor(folder)? {
                Some(anchor) => anchor,
                None => Anchor::of_root(unverified_payload(file).unwrap_or_default()),
            };
            match folder::trust(folder, anchor)?.next(file) {
                Ok(next) => {
                    folder::write_atomically(&folder::root_path(folder, next.version()), file)?;
                    fs::remove_file(path).map_err(Fault::file(path))?;
                    println!("published as root/{}; build next, so that the head is of this root", next.version());
                    if next.version() == 1 {
                        println!("readers trust {anchor}");
                    }
                }
                Err(error) => waits(&error),
            }
        }
        _ => {
            let source = source_of(file).map_err(|error| Fault::Head { path: path.to_owned(), error })?;
            let anchor = declared_anchor(file).filter(|anchor| anchor.source() == source);
            let anchor = anchor.ok_or_else(|| Fault::Head { path: path.to_owned(), error: HeadError::WrongSource })?;
            match accept(file, &folder::trust(folder, anchor)?) {
                Ok(head) => {
                    // What every client would refuse must not be published.
                    let files = folder::files(folder, head.required_segments())?;
                    load_index(&head, files).map_err(|error| Fault::Head { path: path.to_owned(), error })?;
                    folder::write_atomically(&folder::head_path(folder), file)?;
                    fs::remove_file(path).map_err(Fault::file(path))?;
                    println!("published sequence {}", head.sequence);
                }
                Err(error) => waits(&error),
            }
        }
    }
    Ok(())
}

fn declared_anchor(file: &[u8]) -> Option<Anchor> {
    let head: Head = serde_json::from_slice(unverified_payload(file).ok()?).ok()?;
    head.key.parse().ok()
}
