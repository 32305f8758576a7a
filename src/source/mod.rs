//! Publishers of entries: keys, signed heads, and the update that replaces an index in one step.
//!
//! A source is a folder of static files: `head`, small and signed, the only file that changes; and immutable segments
//! named by their SHA-256. Everything is verified before it is parsed, and nothing is kept before everything is verified.

mod address;
mod descriptor;
mod envelope;
mod head;
mod key;
mod name;
mod ports;
mod update;

pub use address::{AddressError, SourceAddress};
pub use descriptor::{DESCRIPTOR, DESCRIPTOR_FILE, Descriptor, DescriptorError, MAX_DESCRIPTOR};
pub use envelope::{EnvelopeError, MAX_PAYLOAD, Role, open, unverified_payload};
pub use head::{
    ENTRIES, Head, HeadError, KEYPOINTS, MAX_HEAD, MAX_HOSTS, Retraction, SegmentName, accept, accept_self_declared,
    load_index, load_keypoints,
};
pub use key::{DEVELOPMENT_KEYS, KeyError, PublicKey, SourceId};
pub use name::SourceName;
pub use ports::{Clock, Commit, Fetch, FetchError, Request, Store, StoreError, What};
pub use update::{Held, Progress, Stage, Update, UpdateError, fetch_update};

#[cfg(feature = "builder")]
pub use envelope::seal;
#[cfg(feature = "builder")]
pub use key::SecretKey;
