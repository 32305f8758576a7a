//! Retractions apart from the head, by a key that can do nothing else: they count even where heads do not get through.

use serde::{Deserialize, Serialize};

use super::head::{HeadError, Retraction, are_within_limits};
use super::root::RETRACTIONS_AFTER_EXPIRY;
use super::{Role, Trust, envelope};

/// Longest file of retractions, in bytes.
pub const MAX_RETRACTIONS_FILE: usize = envelope::MAX_PAYLOAD + 1024;
/// Its name in a source's folder.
pub const RETRACTIONS_FILE: &str = "retractions";

/// The payload: UTF-8 JSON. Unknown fields are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retractions {
    /// 1.
    pub format: u32,
    /// The source's id, 64 hexadecimal digits: for tools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The epoch of the root whose key signs it.
    pub epoch: u64,
    /// Grows by at least 1 with every change.
    pub sequence: u64,
    /// When it was made: seconds since 1970.
    pub issued: u64,
    /// Entries that no longer stand.
    pub retractions: Vec<Retraction>,
}

impl Trust {
    /// Retractions that one of the retraction keys has signed.
    ///
    /// # Errors
    /// As for a head; [`HeadError::RootExpired`] when the root expired more than 90 days ago.
    pub fn accept_retractions(&self, bytes: &[u8], now: u64) -> Result<Retractions, HeadError> {
        if super::head::is_web_page(bytes) {
            return Err(HeadError::WebPage);
        }
        let keys = self.root().map_or(&[][..], |root| &root.retraction_keys);
        let payload = envelope::open(bytes, Role::Retractions, self.source(), keys, 1)?;
        let retractions: Retractions =
            serde_json::from_slice(payload).map_err(|error| HeadError::Malformed(error.to_string()))?;
        if retractions.format != 1 {
            return Err(HeadError::UnsupportedFormat(retractions.format));
        }
        if retractions.epoch != self.epoch() {
            return Err(HeadError::WrongEpoch { expected: self.epoch(), offered: retractions.epoch });
        }
        if !are_within_limits(&retractions.retractions) || retractions.sequence >= 1 << 53 {
            return Err(HeadError::OverLimit("retractions"));
        }
        if self.is_expired(now.saturating_sub(RETRACTIONS_AFTER_EXPIRY)) {
            return Err(HeadError::RootExpired);
        }
        Ok(retractions)
    }
}
