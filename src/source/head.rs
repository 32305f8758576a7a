//! The head: what a source consists of now.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{EnvelopeError, PublicKey, Role, envelope};
use crate::index::segment::{KeypointSegment, Segment, SegmentError};
use crate::index::{Index, KeypointTier, is_link_host};

/// Version of the head and of the segments that we read.
pub const FORMAT: u32 = 1;
/// Longest head file, in bytes.
pub const MAX_HEAD: usize = envelope::MAX_PAYLOAD + 1024;
/// Most bytes of a source's segments together: six times what a million entries take.
pub const MAX_TOTAL: u64 = 192 << 20;
/// Most bytes of a source's keypoints together: what 200,000 pictures take.
pub const MAX_KEYPOINTS: u64 = 256 << 20;
/// Most segments of a source.
pub const MAX_SEGMENTS: usize = 64;
/// Most retractions in a head; older ones move into a segment.
pub const MAX_RETRACTIONS: usize = 256;
/// Longest name of a source, in bytes.
pub const MAX_NAME: usize = 200;
/// Most hosts that a source's links may go to: the starter index's fifty entries have links to 89.
pub const MAX_HOSTS: usize = 256;

/// The tier of entries and hashes.
pub const ENTRIES: &str = "entries";
/// The tier of keypoints.
pub const KEYPOINTS: &str = "keypoints";

/// A head's payload: UTF-8 JSON. Unknown fields are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// Format of head and segments; a higher one needs a newer program.
    pub format: u32,
    /// The source's id, 64 hexadecimal digits.
    pub source: String,
    /// The key that signs it, 64 hexadecimal digits: for tools; a client trusts the key that it was given.
    pub key: String,
    /// What the publisher calls itself.
    pub name: String,
    /// Grows by at least 1 with every publication.
    pub sequence: u64,
    /// When it was published: seconds since 1970.
    pub issued: u64,
    /// When a client should say that it is out of date: seconds since 1970.
    pub expires: u64,
    /// Seconds between two automatic questions.
    pub min_wait: u64,
    /// Entries that stand.
    pub entries: u64,
    /// Entries that were retracted.
    pub tombstones: u64,
    /// What the source consists of.
    pub segments: Vec<SegmentName>,
    /// Entries that no longer stand, at once, whatever the segments say.
    #[serde(default)]
    pub retractions: Vec<Retraction>,
    /// Hosts that the links of its entries may go to, each with those below it. None: no link is offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
}

/// A segment as a head names it. Its file is `segments/<sha256>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentName {
    /// What is in it: `entries`, or `keypoints` of the media of such a segment. Others are optional tiers that an older
    /// reader passes over.
    pub tier: String,
    /// SHA-256 of the file, 64 hexadecimal digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Entries in it.
    pub entries: u64,
    /// Hashes in it.
    pub hashes: u64,
}

impl SegmentName {
    /// Where it lies, from the source's address.
    pub fn path(&self) -> String {
        format!("segments/{}", self.sha256)
    }
}

/// An entry that no longer stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retraction {
    /// Which entry.
    pub id: String,
    /// Up to which revision.
    pub rev: u32,
    /// Why.
    pub reason: String,
}

/// Why a head is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeadError {
    /// The envelope does not hold.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// An HTML page came instead: a captive portal or a host's error page.
    #[error("a web page came instead of the index: sign in to the network, or check the address")]
    WebPage,
    /// Signed, but no head.
    #[error("the head is malformed: {0}")]
    Malformed(String),
    /// A later format than ours.
    #[error("the source has format {0}, this program reads 1: update it")]
    UnsupportedFormat(u32),
    /// Names another source than its key stands for.
    #[error("the head belongs to another source")]
    WrongSource,
    /// A limit is broken.
    #[error("the head is over its limits: {0}")]
    OverLimit(&'static str),
    /// Older than what we hold.
    #[error("the head has sequence {offered}, {held} is already held: the server is out of date, or replays")]
    Rollback {
        /// What we hold.
        held: u64,
        /// What came.
        offered: u64,
    },
    /// The same sequence with another content.
    #[error("two different heads have sequence {0}: tell the publisher")]
    Equivocation(u64),
    /// A segment that the head names is not what it says.
    #[error("segment {name} is not the one that the head names")]
    WrongSegment {
        /// Its name.
        name: String,
    },
    /// A segment that does not parse.
    #[error("segment {name}: {error}")]
    Segment {
        /// Its name.
        name: String,
        /// Why.
        error: SegmentError,
    },
}

/// A head that is signed by `key` and holds together.
///
/// # Errors
/// Each [`HeadError`] but those of sequence and segments.
pub fn accept(bytes: &[u8], key: &PublicKey) -> Result<Head, HeadError> {
    if is_web_page(bytes) {
        return Err(HeadError::WebPage);
    }
    let payload = envelope::open(bytes, Role::Head, key)?;
    let head: Head = serde_json::from_slice(payload).map_err(|error| HeadError::Malformed(error.to_string()))?;
    if head.format != FORMAT {
        return Err(HeadError::UnsupportedFormat(head.format));
    }
    if head.source != key.source().to_string() {
        return Err(HeadError::WrongSource);
    }
    check_limits(&head)?;
    Ok(head)
}

/// Whether an answer is HTML where a file of ours was expected: neither an envelope nor a segment begins like that.
pub(super) fn is_web_page(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'<')
}

fn check_limits(head: &Head) -> Result<(), HeadError> {
    let over = |what, broken| if broken { Err(HeadError::OverLimit(what)) } else { Ok(()) };
    over("name", head.name.len() > MAX_NAME)?;
    over("segments", head.segments.len() > MAX_SEGMENTS)?;
    over("retractions", head.retractions.len() > MAX_RETRACTIONS)?;
    over("hosts", head.hosts.len() > MAX_HOSTS || !head.hosts.iter().all(|host| is_link_host(host)))?;
    over("sequence", head.sequence == 0 || head.sequence >= 1 << 53)?;
    over("times", head.issued.max(head.expires).max(head.min_wait) >= 1 << 40)?;
    for segment in &head.segments {
        let hex = segment.sha256.len() == 64
            && segment.sha256.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        over("segment name", !hex)?;
    }
    let longest = crate::index::segment::MAX_LENGTH as u64;
    over("segment length", head.known_segments().any(|segment| segment.bytes > longest))?;
    let total = |tier: &str| {
        let lengths = head.segments.iter().filter(|segment| segment.tier == tier).map(|segment| segment.bytes);
        lengths.fold(0, u64::saturating_add)
    };
    over("total length", total(ENTRIES) > MAX_TOTAL)?;
    over("total length of keypoints", total(KEYPOINTS) > MAX_KEYPOINTS)
}

/// A head with the key that it says it is signed with: whole, but nobody vouches for the key.
///
/// # Errors
/// As [`accept`].
pub fn accept_self_declared(bytes: &[u8]) -> Result<(Head, PublicKey), HeadError> {
    #[derive(Deserialize)]
    struct Declared {
        key: String,
    }
    let malformed = |text: String| HeadError::Malformed(text);
    let payload = envelope::unverified_payload(bytes)?;
    let Declared { key } = serde_json::from_slice(payload).map_err(|error| malformed(error.to_string()))?;
    let key: PublicKey = key.parse().map_err(|error: super::KeyError| malformed(error.to_string()))?;
    Ok((accept(bytes, &key)?, key))
}

/// The index that a head and its segments' files make; `segments` in the head's order, other tiers left out.
///
/// # Errors
/// When a file is not the segment that the head names, or does not parse.
pub fn load_index(head: &Head, segments: Vec<Vec<u8>>) -> Result<Index, HeadError> {
    let parsed = parse_tier(head.required_segments().collect(), segments, Segment::parse)?;
    let retracted: HashMap<String, u32> =
        head.retractions.iter().map(|retraction| (retraction.id.clone(), retraction.rev)).collect();
    Ok(Index::new(parsed, &retracted))
}

/// The keypoints of a head's index; `segments` are the files of its keypoints, in the head's order.
///
/// # Errors
/// As [`load_index`].
pub fn load_keypoints(head: &Head, index: &Index, segments: Vec<Vec<u8>>) -> Result<KeypointTier, HeadError> {
    let parsed = parse_tier(head.keypoint_segments().collect(), segments, KeypointSegment::parse)?;
    let digest = |name: &SegmentName| {
        let mut digest = [0; 32];
        hex::decode_to_slice(&name.sha256, &mut digest).map_or([0; 32], |()| digest)
    };
    let owners: Vec<[u8; 32]> = head.required_segments().map(digest).collect();
    KeypointTier::new(index, &owners, parsed).map_err(|error| HeadError::Segment { name: KEYPOINTS.to_owned(), error })
}

fn parse_tier<T>(
    names: Vec<&SegmentName>,
    files: Vec<Vec<u8>>,
    parse: impl Fn(Vec<u8>) -> Result<T, SegmentError>,
) -> Result<Vec<T>, HeadError> {
    if names.len() != files.len() {
        return Err(HeadError::OverLimit("segments"));
    }
    let one = |(name, bytes): (&SegmentName, Vec<u8>)| {
        if bytes.len() as u64 != name.bytes || hex::encode(Sha256::digest(&bytes)) != name.sha256 {
            return Err(HeadError::WrongSegment { name: name.sha256.clone() });
        }
        parse(bytes).map_err(|error| HeadError::Segment { name: name.sha256.clone(), error })
    };
    names.into_iter().zip(files).map(one).collect()
}

impl Head {
    /// The segments of entries, without which there is no index.
    pub fn required_segments(&self) -> impl Iterator<Item = &SegmentName> {
        self.segments.iter().filter(|segment| segment.tier == ENTRIES)
    }

    /// The segments of keypoints.
    pub fn keypoint_segments(&self) -> impl Iterator<Item = &SegmentName> {
        self.segments.iter().filter(|segment| segment.tier == KEYPOINTS)
    }

    /// All segments of tiers that we know.
    pub fn known_segments(&self) -> impl Iterator<Item = &SegmentName> {
        self.segments.iter().filter(|segment| segment.tier == ENTRIES || segment.tier == KEYPOINTS)
    }
}
