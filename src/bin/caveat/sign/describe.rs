//! What is signed, in words: whoever signs must have looked at it.

use caveat::index::{clean, utc_date};
use caveat::source::{Head, HeadError, Role, Root, unverified_payload};

/// What is signed, in words.
pub fn describe(file: &[u8]) -> Result<(), HeadError> {
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
