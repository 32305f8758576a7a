//! What is shown before a source is added.

use serde::Serialize;
#[cfg(target_family = "wasm")]
use tsify::Tsify;

/// What adding a source would mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct SourcePreview {
    /// 64 hexadecimal digits.
    pub id: String,
    /// What it calls itself: it may be anybody.
    pub name: String,
    /// A word of that name mixes scripts that look alike.
    pub mixed_scripts: bool,
    /// The key that would be trusted, for `addSource`.
    pub key: String,
    /// What people compare.
    pub key_fingerprint: String,
    /// The folder it lies in, for `addSource`.
    pub url: String,
    /// The host of that, in ASCII, with its port where one is named.
    pub host: String,
    /// The publisher's own pages, as its descriptor says: nobody has checked that.
    pub homepage: Option<String>,
    /// Signed with the key that lies in the repository.
    pub development: bool,
    /// Entries that stand.
    pub entries: u32,
    /// Bytes to download.
    #[cfg_attr(target_family = "wasm", tsify(type = "number"))]
    pub bytes: u64,
    /// When it was published: milliseconds since 1970.
    #[cfg_attr(target_family = "wasm", tsify(type = "number"))]
    pub issued: i64,
    /// Days since then.
    pub age_days: u32,
    /// Whether the publisher says that it is out of date by now.
    pub expired: bool,
    /// Hosts that its links may go to.
    pub hosts: Vec<String>,
    /// SHA-256 of the head that this was read from, for `addSource`.
    pub head: String,
}
