//! `caveat retract`: an entry that must not be shown any more, at once.

use std::path::PathBuf;

use caveat::index::Index;
use caveat::source::{
    MAX_REASON, MAX_RETRACTIONS, RETRACTIONS_FILE, Retraction, Retractions, Role, SecretKey, Trust, accept, sign,
    unsigned,
};

use crate::build::now;
use crate::fault::Fault;
use crate::folder::{self, Folder};
use crate::{keys, lock};

#[derive(clap::Args)]
pub struct Arguments {
    /// The source's folder.
    source: PathBuf,
    /// The entry's id.
    #[arg(long, value_name = "ID")]
    entry: String,
    /// Why, in a few words.
    #[arg(long)]
    reason: String,
    /// A secret key that signs heads, or one that may only retract; without, the environment's CAVEAT_SIGNING_KEY.
    #[arg(long, value_name = "KEY")]
    key: Option<PathBuf>,
    /// Time, seconds since 1970 [default: SOURCE_DATE_EPOCH, or now].
    #[arg(long, value_name = "SECONDS")]
    issued: Option<u64>,
}

pub fn run(arguments: &Arguments) -> Result<(), Fault> {
    let _alone = lock::keep(&arguments.source)?;
    if arguments.reason.len() > MAX_REASON {
        let length = arguments.reason.len();
        return Err(Fault::Usage(format!("--reason has {length} bytes, at most {MAX_REASON} are allowed: be brief")));
    }
    let key = keys::secret(arguments.key.as_deref())?;
    let anchor = folder::anchor(&arguments.source)?;
    let anchor = anchor.ok_or_else(|| {
        Fault::Usage(format!("{}: there is no source, fetch it from the server first", arguments.source.display()))
    })?;
    let trust = folder::trust(&arguments.source, anchor)?;
    let read = folder::read_own(&arguments.source, &trust)?;
    let newest = read.index.newest(&arguments.entry).ok_or_else(|| no_entry(arguments))?;
    let one = Retraction { id: arguments.entry.clone(), rev: newest.revision, reason: arguments.reason.clone() };
    let issued = match arguments.issued {
        Some(issued) => issued,
        None => now()?,
    };
    let may_retract = trust.root().is_some_and(|root| root.retraction_keys.contains(&key.public()));
    if trust.head_keys().contains(&key.public()) {
        in_head(arguments, &key, &trust, read, one, issued)
    } else if may_retract {
        apart(arguments, &key, &trust, &read, one, issued)
    } else {
        Err(Fault::Usage(format!(
            "key {} may neither sign heads nor retract; heads: {}; retractions: {}",
            key.public(),
            keys::list(trust.head_keys()),
            keys::list(trust.root().map_or(&[], |root| &root.retraction_keys))
        )))
    }
}

/// With a key for heads: the same publication, its head with one retraction more.
fn in_head(
    arguments: &Arguments,
    key: &SecretKey,
    trust: &Trust,
    read: Folder,
    one: Retraction,
    issued: u64,
) -> Result<(), Fault> {
    let mut head = read.head;
    add(&mut head.retractions, one, &read.index)?;
    let lasts = head.expires.saturating_sub(head.issued);
    (head.sequence, head.issued) = (head.sequence + 1, issued.max(head.issued));
    (head.expires, head.root_version, head.epoch) = (head.issued + lasts, trust.version(), trust.epoch());
    if read.index.newest(&arguments.entry).is_some_and(|newest| newest.stands) {
        (head.entries, head.tombstones) = (head.entries.saturating_sub(1), head.tombstones + 1);
    }
    let path = folder::head_path(&arguments.source);
    let fault = |error| Fault::Head { path: path.clone(), error };
    let file = unsigned(&serde_json::to_vec(&head).map_err(std::io::Error::from)?, Role::Head);
    let file = sign(&file, trust.source(), key).map_err(|error| fault(error.into()))?;
    accept(&file, trust).map_err(fault)?;
    folder::write_atomically(&path, &file)?;
    println!("sequence {}: {} is retracted in the head; upload it now", head.sequence, arguments.entry);
    println!("then retract it in the entries too, so that it stays so");
    Ok(())
}

/// With a key for retractions only: a file of its own, which counts beside any head.
fn apart(
    arguments: &Arguments,
    key: &SecretKey,
    trust: &Trust,
    read: &Folder,
    one: Retraction,
    issued: u64,
) -> Result<(), Fault> {
    let before = folder::retractions(&arguments.source).filter(|before| before.epoch == trust.epoch());
    let mut retractions = before.unwrap_or(Retractions {
        format: 1,
        source: Some(trust.source().to_string()),
        epoch: trust.epoch(),
        sequence: 0,
        issued,
        retractions: Vec::new(),
    });
    add(&mut retractions.retractions, one, &read.index)?;
    (retractions.sequence, retractions.issued) = (retractions.sequence + 1, issued);
    let path = arguments.source.join(RETRACTIONS_FILE);
    let fault = |error| Fault::Head { path: path.clone(), error };
    let file = unsigned(&serde_json::to_vec(&retractions).map_err(std::io::Error::from)?, Role::Retractions);
    let file = sign(&file, trust.source(), key).map_err(|error| fault(error.into()))?;
    trust.accept_retractions(&file, issued).map_err(fault)?;
    folder::write_atomically(&path, &file)?;
    println!("retractions {}: {} is retracted; upload {RETRACTIONS_FILE} now", retractions.sequence, arguments.entry);
    Ok(())
}

/// An id appears once. Where there are as many as may be, those go that the entries say themselves by now.
fn add(retractions: &mut Vec<Retraction>, one: Retraction, index: &Index) -> Result<(), Fault> {
    retractions.retain(|other| other.id != one.id);
    if retractions.len() >= MAX_RETRACTIONS {
        retractions.retain(|other| index.newest(&other.id).is_some_and(|newest| newest.revision <= other.rev));
    }
    if retractions.len() >= MAX_RETRACTIONS {
        return Err(Fault::Usage(format!(
            "{MAX_RETRACTIONS} entries are retracted like this already, more do not fit: retract them in the entries, and build"
        )));
    }
    retractions.push(one);
    Ok(())
}

fn no_entry(arguments: &Arguments) -> Fault {
    Fault::Usage(format!(
        "no entry {} is published; `caveat export {}` lists them",
        arguments.entry,
        arguments.source.display()
    ))
}
