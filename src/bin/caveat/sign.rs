//! `caveat sign`: signatures on files that another machine has made.

mod describe;
mod publish;

use std::fs;
use std::path::{Path, PathBuf};

use caveat::source::{
    Anchor, HeadError, PublicKey, Role, Root, SecretKey, SourceId, Trust, add_signatures, sign, unverified_payload,
};

use self::publish::Published;
use crate::fault::Fault;
use crate::{folder, keys, lock};

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
    /// Take over the signatures of a copy that was signed on another machine, instead of signing here.
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    add: Vec<PathBuf>,
}

/// What signatures come from.
enum Signer {
    Key(SecretKey),
    Copies(Vec<(PathBuf, Vec<u8>)>),
}

pub fn run(arguments: &Arguments) -> Result<(), Fault> {
    let _alone = lock::keep(&arguments.file)?;
    let signer = signer(arguments)?;
    let folder = arguments.file.is_dir().then_some(arguments.file.as_path());
    let mut signed_any = false;
    for path in paths(&arguments.file, folder)? {
        let file = fs::read(&path).map_err(Fault::file(&path))?;
        let fault = |error: HeadError| Fault::Head { path: path.clone(), error };
        let signed = match &signer {
            Signer::Key(key) => {
                if let Some(folder) = folder
                    && !may_sign(folder, &file, &key.public())?
                {
                    continue;
                }
                let source = source_of(&file).map_err(fault)?;
                describe::describe(&file).map_err(fault)?;
                let signed = sign(&file, source, key).map_err(|error| fault(error.into()))?;
                println!("signed with key {}", key.public());
                signed
            }
            Signer::Copies(copies) => {
                let of_it = |(_, copy): &&(PathBuf, Vec<u8>)| unverified_payload(copy) == unverified_payload(&file);
                let of_it: Vec<_> = copies.iter().filter(of_it).collect();
                if of_it.is_empty() {
                    continue;
                }
                let mut signed = file.clone();
                for (from, copy) in of_it {
                    signed = add_signatures(&signed, copy).map_err(|error| fault(error.into()))?;
                    println!("{}: signatures of {}", path.display(), from.display());
                }
                signed
            }
        };
        folder::write_atomically(&path, &signed)?;
        signed_any = true;
        if let Some(folder) = folder
            && publish::publish(folder, &path, &signed)? == Published::Root
        {
            // A head that waits was built before it.
            break;
        }
    }
    match signer {
        _ if signed_any => Ok(()),
        Signer::Key(key) => Err(Fault::Usage(format!("key {} may sign none of the files there", key.public()))),
        Signer::Copies(_) => Err(Fault::Usage(format!(
            "{}: what was signed elsewhere is not what waits here: it was built anew since, sign that",
            arguments.file.display()
        ))),
    }
}

fn signer(arguments: &Arguments) -> Result<Signer, Fault> {
    if arguments.add.is_empty() {
        return Ok(Signer::Key(keys::secret(arguments.key.as_deref())?));
    }
    let read = |path: &PathBuf| Ok((path.clone(), fs::read(path).map_err(Fault::file(path))?));
    Ok(Signer::Copies(arguments.add.iter().map(read).collect::<Result<_, Fault>>()?))
}

/// The files to sign.
fn paths(file: &Path, folder: Option<&Path>) -> Result<Vec<PathBuf>, Fault> {
    let Some(folder) = folder else {
        // Whoever holds it already would see two different heads of one sequence.
        if file.file_name().is_some_and(|name| name == "head") {
            return Err(Fault::Usage(format!(
                "{}: a head that is published is not signed again: build with --unsigned, and sign {HEAD}",
                file.display()
            )));
        }
        return Ok(vec![file.to_owned()]);
    };
    // A new root first: it says who may sign the head.
    let paths: Vec<PathBuf> = [ROOT, HEAD].iter().map(|name| folder.join(name)).filter(|path| path.exists()).collect();
    if paths.is_empty() {
        return Err(Fault::Usage(format!(
            "{}: there is no {HEAD} or {ROOT} to sign: `caveat build --unsigned` and `caveat root` make them",
            folder.display()
        )));
    }
    Ok(paths)
}

/// The source that a file is of, by its own word: whoever signs must have looked at it.
fn source_of(file: &[u8]) -> Result<SourceId, HeadError> {
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
fn may_sign(folder: &Path, file: &[u8], key: &PublicKey) -> Result<bool, Fault> {
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
fn root_keys(trust: &Trust) -> &[PublicKey] {
    trust.root().map_or_else(|| trust.head_keys(), |root| &root.root_keys)
}
