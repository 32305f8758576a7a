//! The text of an entry inside a block: the entry as JSON without what the columns hold.

use crate::fingerprint::{Fingerprint, encoding};
#[cfg(feature = "builder")]
use crate::index::Entry;
use crate::index::Media;

/// Takes out of an entry what goes into columns. The path of a picture stays with the publisher.
#[cfg(feature = "builder")]
pub fn strip(entry: &Entry) -> Entry {
    let media = entry.media.iter().map(|media| Media {
        file: None,
        pdq: None,
        quality: None,
        fingerprint: media.fingerprint.clone().filter(|text| has_unknown_records(text)),
        ..media.clone()
    });
    Entry { media: media.collect(), ..entry.clone() }
}

/// Records of later versions have no column here, so their fingerprint stays in the text as a whole.
#[cfg(feature = "builder")]
fn has_unknown_records(text: &str) -> bool {
    encoding::from_base64(text).is_ok_and(|fingerprint| !fingerprint.unknown.is_empty())
}

/// Puts the fingerprint back that [`strip`] took out.
pub fn restore(media: &mut Media, fingerprint: &Fingerprint) {
    if media.fingerprint.is_none() && !fingerprint.regions.is_empty() {
        media.fingerprint = Some(encoding::to_base64(fingerprint));
    }
}
