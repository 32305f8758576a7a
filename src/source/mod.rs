//! Publishers of entries: keys, signed heads, and the update that replaces an index in one step.
//!
//! A source is a folder of static files: `head`, small and signed, the only file that changes; and immutable segments
//! named by their SHA-256. Everything is verified before it is parsed, and nothing is kept before everything is verified.

mod address;
mod anchor;
mod brake;
mod descriptor;
mod envelope;
mod head;
mod key;
mod name;
mod pace;
mod plan;
mod ports;
pub mod range;
mod retractions;
mod retry;
mod root;
mod unpack;
mod update;

pub use address::{AddressError, SourceAddress};
pub use anchor::{Anchor, AnchorError};
pub use brake::{MassChange, mass_change};
pub use descriptor::{DESCRIPTOR, DESCRIPTOR_FILE, Descriptor, DescriptorError, MAX_DESCRIPTOR};
pub use envelope::{EnvelopeError, MAX_PAYLOAD, MAX_SIGNATURES, Role, open, unverified_payload};
pub use head::{
    ENTRIES, FileName, Head, HeadError, KEYPOINTS, MAX_HEAD, MAX_HOSTS, MAX_KEYPOINTS, MAX_RATIO, MAX_REASON,
    MAX_RECIPES, MAX_RETRACTIONS, MAX_SEGMENTS, MAX_TOTAL, Retraction, SegmentName, accept, accept_self_declared,
    build_index, build_keypoints, load_index, load_keypoints, next_root, owners, reopen, retracted,
};
pub use key::{DEVELOPMENT_KEYS, KeyError, PublicKey, SourceId};
pub use name::SourceName;
pub use pace::Pace;
pub use plan::{Plan, Recipes, Step, Unit};
pub use ports::{Clock, Commit, Fetch, FetchError, Request, Shelf, Store, StoreError, StoredFile, What};
pub use retractions::{MAX_RETRACTIONS_FILE, RETRACTIONS_FILE, Retractions};
pub use retry::{is_busy, retry_after};
pub use root::{MAX_ROOT, MAX_ROOTS, Root, RootError, Trust};
pub use update::{
    Answer, Held, News, Offered, Progress, Stage, Update, UpdateError, fetch_head, fetch_keypoints, fetch_update,
};

#[cfg(feature = "builder")]
pub use envelope::{add_signatures, seal, sign, unsigned};
#[cfg(feature = "builder")]
pub use key::SecretKey;
#[cfg(feature = "builder")]
pub use unpack::unpack;
