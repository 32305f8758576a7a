//! The head: what a source consists of now.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{Anchor, EnvelopeError, Role, SourceId, Trust, envelope};
use crate::index::segment::{KeypointSegment, Segment, SegmentError, at_once, digest, unbroken};
use crate::index::{Index, KeypointTier, is_id, is_link_host};

/// Version of the head and of the segments that we read.
pub const FORMAT: u32 = 1;
/// Longest head file, in bytes.
pub const MAX_HEAD: usize = envelope::MAX_PAYLOAD + 1024;
/// Most bytes of a source's segments together: a million entries with a kilobyte of text each.
pub const MAX_TOTAL: u64 = 768 << 20;
/// Most bytes of a source's keypoints together: what 200,000 pictures take.
pub const MAX_KEYPOINTS: u64 = 256 << 20;
/// Most segments of a source.
pub const MAX_SEGMENTS: usize = 128;
/// Longest file of recipes, in bytes.
pub const MAX_RECIPES: u64 = 1 << 20;
/// So many times its length a packed file may have unpacked, at most.
pub const MAX_RATIO: u64 = 100;
/// Most parts that a merged segment is said to be made of.
pub const MAX_PARTS: usize = 64;
/// Most retractions in a head; older ones move into a segment.
pub const MAX_RETRACTIONS: usize = 256;
/// Longest reason of a retraction, in bytes: a few sentences for people.
pub const MAX_REASON: usize = 1000;
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
    /// The anchor that clients are given, a key or a root: for tools; a client trusts the one that it was given.
    pub key: String,
    /// The root in force when it was made: a client that holds an older one asks for those in between. 0 for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub root_version: u64,
    /// The epoch of that root.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub epoch: u64,
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
    /// How the segments came about, for clients that hold older ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipes: Option<FileName>,
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
    /// Of keypoints: the SHA-256 of the segment of entries that they belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The same segment compressed: raw DEFLATE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packed: Option<FileName>,
    /// Of entries: the SHA-256 of the segments of entries that were merged into it, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// In recipes: when it was merged, in seconds since 1970; for the publisher, who deletes it some time after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<u64>,
}

/// A file of a source that is named by its content. It lies in `segments/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileName {
    /// SHA-256 of the file, 64 hexadecimal digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

impl HeadError {
    /// Of a segment that does not hold.
    pub fn refused(name: &SegmentName, error: SegmentError) -> Self {
        Self::Segment { name: name.sha256.clone(), error }
    }
}

impl FileName {
    /// Where it lies, from the source's address.
    pub fn path(&self) -> String {
        format!("segments/{}", self.sha256)
    }

    /// Whether a file is the one that is meant.
    pub fn is(&self, file: &[u8]) -> bool {
        file.len() as u64 == self.bytes && hex::encode(Sha256::digest(file)) == self.sha256
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl SegmentName {
    /// The file to download, and whether it is compressed: the shorter of the two.
    pub fn wire(&self) -> (FileName, bool) {
        match &self.packed {
            Some(packed) if packed.bytes < self.bytes => (packed.clone(), true),
            _ => (self.file(), false),
        }
    }

    /// The file as it is when it is not compressed.
    pub fn file(&self) -> FileName {
        FileName { sha256: self.sha256.clone(), bytes: self.bytes }
    }

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
    /// The source's root says that its keys should have been looked at again.
    #[error("the source's keys have expired: the publisher must renew its root file")]
    RootExpired,
    /// Of another epoch than the root's: made before a stolen key was replaced, or after.
    #[error("the file is of epoch {offered}, the source's root of {expected}")]
    WrongEpoch {
        /// The root's.
        expected: u64,
        /// What came.
        offered: u64,
    },
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

/// A head that holds together and is signed by a key that may sign heads.
///
/// # Errors
/// Each [`HeadError`] but those of sequence and segments.
pub fn accept(bytes: &[u8], trust: &Trust) -> Result<Head, HeadError> {
    if is_web_page(bytes) {
        return Err(HeadError::WebPage);
    }
    let head = parse(envelope::open(bytes, Role::Head, trust.source(), trust.head_keys(), 1)?, trust.source())?;
    if head.epoch != trust.epoch() {
        return Err(HeadError::WrongEpoch { expected: trust.epoch(), offered: head.epoch });
    }
    Ok(head)
}

/// A head that was accepted when it was stored and is whole since. Its key may have been replaced meanwhile: that takes
/// nothing back that was published rightly.
///
/// # Errors
/// When it does not hold together.
pub fn reopen(bytes: &[u8], source: SourceId) -> Result<Head, HeadError> {
    parse(envelope::unverified_payload(bytes)?, source)
}

/// The version of the root file that is missing before a head can be accepted, [`super::MAX_ROOTS`] at most; `None` when none is.
///
/// # Errors
/// When the head does not hold together.
pub fn next_root(head_file: &[u8], trust: &Trust) -> Result<Option<u64>, HeadError> {
    let needed = reopen(head_file, trust.source())?.root_version.min(super::MAX_ROOTS);
    Ok((trust.version() < needed).then(|| trust.version() + 1))
}

fn parse(payload: &[u8], source: SourceId) -> Result<Head, HeadError> {
    let head: Head = serde_json::from_slice(payload).map_err(|error| HeadError::Malformed(error.to_string()))?;
    if head.format != FORMAT {
        return Err(HeadError::UnsupportedFormat(head.format));
    }
    if head.source != source.to_string() {
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
    over("retractions", !are_within_limits(&head.retractions))?;
    over("hosts", head.hosts.len() > MAX_HOSTS || !head.hosts.iter().all(|host| is_link_host(host)))?;
    over("sequence", head.sequence == 0 || head.sequence >= 1 << 53)?;
    over("times", head.issued.max(head.expires).max(head.min_wait) >= 1 << 40)?;
    over("epoch", head.epoch.max(head.root_version) >= 1 << 53)?;
    let recipes = head.recipes.iter();
    over("recipes", recipes.clone().any(|file| file.bytes > MAX_RECIPES || !is_digest(&file.sha256)))?;
    head.segments.iter().try_for_each(check_name)?;
    let longest = crate::index::segment::MAX_LENGTH as u64;
    over("segment length", head.known_segments().any(|segment| segment.bytes > longest))?;
    let total = |tier: &str| {
        let lengths = head.segments.iter().filter(|segment| segment.tier == tier).map(|segment| segment.bytes);
        lengths.fold(0, u64::saturating_add)
    };
    over("total length", total(ENTRIES) > MAX_TOTAL)?;
    over("total length of keypoints", total(KEYPOINTS) > MAX_KEYPOINTS)
}

/// Whether retractions are few, and each is of an entry and short.
pub(super) fn are_within_limits(retractions: &[Retraction]) -> bool {
    let is_short = |one: &Retraction| is_id(&one.id) && one.reason.len() <= MAX_REASON;
    retractions.len() <= MAX_RETRACTIONS && retractions.iter().all(is_short)
}

/// Names are digests, and lengths such that nothing unpacks to very much more than it is.
pub(super) fn check_name(name: &SegmentName) -> Result<(), HeadError> {
    let packed = name.packed.as_ref();
    let digests = [Some(&name.sha256), name.owner.as_ref(), packed.map(|packed| &packed.sha256)];
    if !digests.into_iter().flatten().chain(&name.parts).all(|text| is_digest(text)) {
        return Err(HeadError::OverLimit("segment name"));
    }
    if name.parts.len() > MAX_PARTS {
        return Err(HeadError::OverLimit("parts"));
    }
    let swells = |packed: &FileName| packed.bytes > name.bytes || packed.bytes.saturating_mul(MAX_RATIO) < name.bytes;
    if packed.is_some_and(swells) {
        return Err(HeadError::OverLimit("packed length"));
    }
    Ok(())
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// A head with the anchor that it names: whole, but nobody vouches for the anchor. `roots` gives a root file by its version.
///
/// # Errors
/// As [`accept`].
pub fn accept_self_declared(
    bytes: &[u8],
    mut roots: impl FnMut(u64) -> Option<Vec<u8>>,
) -> Result<(Head, Trust), HeadError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Declared {
        key: String,
        #[serde(default)]
        root_version: u64,
    }
    let malformed = |text: String| HeadError::Malformed(text);
    let payload = envelope::unverified_payload(bytes)?;
    let Declared { key, root_version } =
        serde_json::from_slice(payload).map_err(|error| malformed(error.to_string()))?;
    let anchor: Anchor = key.parse().map_err(|error: super::AnchorError| malformed(error.to_string()))?;
    let mut trust = Trust::new(anchor);
    while trust.version() < root_version {
        let Some(file) = roots(trust.version() + 1) else { break };
        trust = trust.next(&file).map_err(|error| malformed(error.to_string()))?;
    }
    Ok((accept(bytes, &trust)?, trust))
}

/// The index that a head and its segments' files make; `segments` in the head's order, other tiers left out.
///
/// # Errors
/// When a file is not the segment that the head names, or does not parse.
pub fn load_index(head: &Head, segments: Vec<Vec<u8>>) -> Result<Index, HeadError> {
    unbroken(build_index(head, segments, at_once))
}

/// As [`load_index`]; `pause` is called between slices of work.
///
/// # Errors
/// As [`load_index`].
pub async fn build_index(
    head: &Head,
    segments: Vec<Vec<u8>>,
    mut pause: impl AsyncFnMut(),
) -> Result<Index, HeadError> {
    let mut parsed = Vec::new();
    for (name, file) in named(head.required_segments(), segments)? {
        check_file(name, &file, &mut pause).await?;
        parsed
            .push(Arc::new(Segment::verify(file, &mut pause).await.map_err(|error| HeadError::refused(name, error))?));
    }
    Ok(Index::build(parsed, &retracted(head, None), pause).await)
}

/// What a head retracts, and what was retracted apart from it, unless in an epoch that ended before it, in which the key may
/// have been stolen: up to which revision, by id.
pub fn retracted(head: &Head, apart: Option<&super::Retractions>) -> HashMap<String, u32> {
    let mut retracted: HashMap<String, u32> = HashMap::new();
    let apart = apart.filter(|apart| apart.epoch >= head.epoch);
    for retraction in head.retractions.iter().chain(apart.into_iter().flat_map(|apart| &apart.retractions)) {
        let up_to = retracted.entry(retraction.id.clone()).or_default();
        *up_to = retraction.rev.max(*up_to);
    }
    retracted
}

/// The keypoints of a head's index; `segments` are the files of its keypoints, in the head's order.
///
/// # Errors
/// As [`load_index`].
pub fn load_keypoints(head: &Head, index: &Index, segments: Vec<Vec<u8>>) -> Result<KeypointTier, HeadError> {
    unbroken(build_keypoints(head, index, segments, at_once))
}

/// As [`load_keypoints`]; `pause` is called between slices of work.
///
/// # Errors
/// As [`load_index`].
pub async fn build_keypoints(
    head: &Head,
    index: &Index,
    segments: Vec<Vec<u8>>,
    mut pause: impl AsyncFnMut(),
) -> Result<KeypointTier, HeadError> {
    let mut parsed = Vec::new();
    for (name, file) in named(head.keypoint_segments(), segments)? {
        check_file(name, &file, &mut pause).await?;
        parsed.push(KeypointSegment::verify(file, &mut pause).await.map_err(|error| HeadError::refused(name, error))?);
    }
    let tier = KeypointTier::build(index, &owners(head), parsed, pause).await;
    tier.map_err(|error| HeadError::Segment { name: KEYPOINTS.to_owned(), error })
}

/// The digests of a head's segments of entries.
pub fn owners(head: &Head) -> Vec<[u8; 32]> {
    let digest = |name: &SegmentName| {
        let mut digest = [0; 32];
        hex::decode_to_slice(&name.sha256, &mut digest).map_or([0; 32], |()| digest)
    };
    head.required_segments().map(digest).collect()
}

/// Files with their names.
fn named<'a>(
    names: impl Iterator<Item = &'a SegmentName>,
    files: Vec<Vec<u8>>,
) -> Result<Vec<(&'a SegmentName, Vec<u8>)>, HeadError> {
    let names: Vec<&SegmentName> = names.collect();
    if names.len() != files.len() {
        return Err(HeadError::OverLimit("segments"));
    }
    Ok(names.into_iter().zip(files).collect())
}

/// Holds a file against its name.
async fn check_file(name: &SegmentName, file: &[u8], pause: &mut impl AsyncFnMut()) -> Result<(), HeadError> {
    if file.len() as u64 == name.bytes && hex::encode(digest(file, pause).await) == name.sha256 {
        return Ok(());
    }
    Err(HeadError::WrongSegment { name: name.sha256.clone() })
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

    /// Bytes of all segments of tiers that we know.
    pub fn length(&self) -> u64 {
        self.known_segments().map(|segment| segment.bytes).fold(0, u64::saturating_add)
    }

    /// All segments of tiers that we know.
    pub fn known_segments(&self) -> impl Iterator<Item = &SegmentName> {
        self.segments.iter().filter(|segment| segment.tier == ENTRIES || segment.tier == KEYPOINTS)
    }
}
