//! `caveat root`: the next root file of a source, for its keepers to sign.

use std::path::PathBuf;

use caveat::source::{Anchor, PublicKey, Role, Root, Trust, unsigned};

use crate::build::now;
use crate::fault::Fault;
use crate::sign::ROOT;
use crate::{folder, keys, lock};

#[derive(clap::Args)]
pub struct Arguments {
    /// Folder of the source; root.unsigned is put there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A public key that signs root files; give it once for each [default: those of the root before].
    #[arg(long, value_name = "PUB")]
    root_key: Vec<String>,
    /// How many of them must sign [default: as before, else more than half].
    #[arg(long, value_name = "N")]
    threshold: Option<usize>,
    /// A public key that signs heads [default: those of the root before].
    #[arg(long, value_name = "PUB")]
    head_key: Vec<String>,
    /// A public key that may retract entries, and do nothing else [default: those of the root before].
    #[arg(long, value_name = "PUB")]
    retraction_key: Vec<String>,
    /// Days until the keys must have been looked at again.
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    expires_after: u64,
    /// A key was stolen: what was signed before counts no more.
    #[arg(long)]
    new_epoch: bool,
    /// Time, seconds since 1970 [default: SOURCE_DATE_EPOCH, or now].
    #[arg(long, value_name = "SECONDS")]
    issued: Option<u64>,
}

pub fn run(arguments: &Arguments) -> Result<(), Fault> {
    let _alone = lock::keep(&arguments.out)?;
    let trust = match folder::anchor(&arguments.out)? {
        Some(anchor) => Some(folder::trust(&arguments.out, anchor)?),
        None => None,
    };
    let root = next(arguments, trust.as_ref())?;
    root.check().map_err(|what| Fault::Usage(format!("this would be no root that clients take: {what}")))?;
    let payload = serde_json::to_vec(&root).map_err(std::io::Error::from)?;
    folder::write_atomically(&arguments.out.join(ROOT), &unsigned(&payload, Role::Root))?;
    println!("root {} of epoch {}: {ROOT}", root.version, root.epoch);
    let threshold = root.threshold;
    let who = match trust.as_ref().map(|trust| (trust.anchor(), trust.root())) {
        None => format!("{threshold} of the root keys"),
        Some((Anchor::Key(key), None)) => format!("key {key}, and {threshold} of the root keys"),
        Some((Anchor::Root(_), None)) => format!("{threshold} of the root keys"),
        Some((_, Some(before))) => {
            format!("{} of the root keys before, and {threshold} of those that it names", before.threshold)
        }
    };
    println!("sign it with `caveat sign {} --key KEY`: {who}", arguments.out.display());
    if trust.is_none() {
        println!("readers will trust {}", Anchor::of_root(&payload));
    }
    Ok(())
}

fn next(arguments: &Arguments, trust: Option<&Trust>) -> Result<Root, Fault> {
    let before = trust.and_then(Trust::root);
    // A source that is trusted by a key alone has that key for everything.
    let only: Vec<PublicKey> = match trust.map(Trust::anchor) {
        Some(Anchor::Key(key)) => vec![key],
        _ => Vec::new(),
    };
    let keys = |given: &[String], of: fn(&Root) -> &Vec<PublicKey>, else_only: bool| -> Result<Vec<PublicKey>, Fault> {
        match (given, before) {
            ([], Some(root)) => Ok(of(root).clone()),
            ([], None) if else_only => Ok(only.clone()),
            _ => given.iter().map(|text| keys::public(text)).collect(),
        }
    };
    let root_keys = keys(&arguments.root_key, |root| &root.root_keys, true)?;
    let same_keys = arguments.root_key.is_empty();
    let threshold = before.filter(|_| same_keys).map_or(root_keys.len() / 2 + 1, |root| root.threshold);
    let issued = match arguments.issued {
        Some(issued) => issued,
        None => now()?,
    };
    Ok(Root {
        format: 1,
        source: trust.map(|trust| trust.source().to_string()),
        version: trust.map_or(0, Trust::version) + 1,
        epoch: trust.map_or(0, Trust::epoch) + u64::from(arguments.new_epoch),
        expires: issued.saturating_add(arguments.expires_after.saturating_mul(86_400)),
        threshold: arguments.threshold.unwrap_or(threshold),
        head_keys: keys(&arguments.head_key, |root| &root.head_keys, true)?,
        retraction_keys: keys(&arguments.retraction_key, |root| &root.retraction_keys, false)?,
        root_keys,
    })
}
