//! A publisher with root keys, and a device that follows it.

use std::slice;

use caveat::index::Entry;
use caveat::index::segment::write;
use caveat::protocol::{OwnRequest, Reply};
use caveat::source::{
    Anchor, Head, PublicKey, Retraction, Retractions, Role, Root, SecretKey, SourceId, Trust, sign, unsigned,
};
use sha2::{Digest, Sha256};

use crate::common::{ISSUED, entry_of, head_of};
use crate::device::{Device, Outcome, Running, outcome, own, status};
use crate::parts::Part;

pub const HOST: &str = "https://desk.example.org/";

pub fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

pub fn keys(seeds: &[u8]) -> Vec<PublicKey> {
    seeds.iter().map(|&seed| secret(seed).public()).collect()
}

pub fn root(version: u64, epoch: u64, [roots, heads, retractors]: [&[u8]; 3], threshold: usize) -> Root {
    Root {
        format: 1,
        source: None,
        version,
        epoch,
        expires: ISSUED + 365 * 86_400,
        threshold,
        root_keys: keys(roots),
        head_keys: keys(heads),
        retraction_keys: keys(retractors),
    }
}

pub fn sealed(payload: &[u8], role: Role, source: SourceId, seeds: &[u8]) -> Vec<u8> {
    seeds.iter().fold(unsigned(payload, role), |file, &seed| sign(&file, source, &secret(seed)).unwrap())
}

pub fn root_file(root: &Root, source: SourceId, seeds: &[u8]) -> Vec<u8> {
    sealed(&serde_json::to_vec(root).unwrap(), Role::Root, source, seeds)
}

/// A source whose first root has the root keys 1, 2, 3, of which two must sign, the head key 10 and the retraction key 20.
pub fn rooted() -> (Anchor, Vec<u8>, Trust) {
    let first = root(1, 0, [&[1, 2, 3], &[10], &[20]], 2);
    let anchor = Anchor::of_root(&serde_json::to_vec(&first).unwrap());
    let file = root_file(&first, anchor.source(), &[1, 3]);
    let trust = Trust::new(anchor).next(&file).unwrap();
    (anchor, file, trust)
}

pub fn head_file(change: impl FnOnce(&mut Head), source: SourceId, seeds: &[u8]) -> Vec<u8> {
    let mut head = head_of(b"", 7);
    (head.source, head.root_version) = (source.to_string(), 1);
    change(&mut head);
    sealed(&serde_json::to_vec(&head).unwrap(), Role::Head, source, seeds)
}

/// A client on a device, and the publisher's server.
pub struct Desk {
    pub device: Device,
    pub anchor: Anchor,
    pub sequence: u64,
}

impl Desk {
    pub fn new() -> Self {
        let (anchor, file, _) = rooted();
        let desk = Self { device: Device::new(), anchor, sequence: 1 };
        desk.device.server.serve(&format!("{HOST}root/1"), &file);
        desk
    }

    /// A desk whose first publication a device has taken: entry `ours`, which knows picture 5.
    pub fn followed() -> (Self, Running) {
        Self::followed_with(&[entry_of("ours", 5)])
    }

    /// The same with other entries.
    pub fn followed_with(entries: &[Entry]) -> (Self, Running) {
        let desk = Self::new();
        desk.publish([1, 1, 0], &[10], entries);
        let running = desk.device.start();
        desk.add(&running);
        (desk, running)
    }

    pub fn source(&self) -> SourceId {
        self.anchor.source()
    }

    /// Publishes entries by the keys of `seeds`: sequence, version of the root, epoch.
    pub fn publish(&self, numbers: [u64; 3], seeds: &[u8], entries: &[Entry]) {
        let segment = write(entries);
        self.publish_head(numbers, seeds, |head| head.segments = head_of(&segment, 1).segments);
        self.device.server.serve(&format!("{HOST}segments/{}", hex::encode(Sha256::digest(&segment))), &segment);
    }

    /// Publishes a head that `change` has its way with.
    pub fn publish_head(
        &self,
        [sequence, root_version, epoch]: [u64; 3],
        seeds: &[u8],
        change: impl FnOnce(&mut Head),
    ) {
        let mut head = head_of(b"", sequence);
        (head.source, head.key) = (self.source().to_string(), self.anchor.to_string());
        (head.root_version, head.epoch, head.issued) = (root_version, epoch, ISSUED);
        change(&mut head);
        let file = sealed(&serde_json::to_vec(&head).unwrap(), Role::Head, self.source(), seeds);
        self.device.server.serve(&format!("{HOST}head"), &file);
    }

    /// Publishes segments, with a head that names them and that `change` has its way with.
    pub fn publish_parts(&self, parts: &[Part], versions: [u64; 3], seeds: &[u8], change: impl FnOnce(&mut Head)) {
        let named: Vec<_> = parts.iter().flat_map(Part::names).collect();
        for (name, file) in &named {
            self.device.server.serve(&format!("{HOST}{}", name.path()), file);
        }
        self.publish_head(versions, seeds, |head| {
            head.segments = named.into_iter().map(|(name, _)| name).collect();
            change(head);
        });
    }

    /// The same of one, by the first keys.
    pub fn publish_part(&self, part: &Part, sequence: u64, change: impl FnOnce(&mut Head)) {
        self.publish_parts(slice::from_ref(part), [sequence, 1, 0], &[10], change);
    }

    /// Retracts an entry apart from the head.
    pub fn retract(&self, id: &str, sequence: u64, seed: u8) {
        self.retract_in(0, id, sequence, seed);
    }

    pub fn retract_in(&self, epoch: u64, id: &str, sequence: u64, seed: u8) {
        let one = Retraction { id: id.to_owned(), rev: 1, reason: "wrong".to_owned() };
        let retractions =
            Retractions { format: 1, source: None, epoch, sequence, issued: ISSUED, retractions: vec![one] };
        let payload = serde_json::to_vec(&retractions).unwrap();
        let file = sealed(&payload, Role::Retractions, self.source(), &[seed]);
        self.device.server.serve(&format!("{HOST}retractions"), &file);
    }

    pub fn publish_root(&self, root: &Root, seeds: &[u8]) {
        let file = root_file(root, self.source(), seeds);
        self.device.server.serve(&format!("{HOST}root/{}", root.version), &file);
    }

    /// Asks to add this source.
    pub fn add_request(&self) -> OwnRequest {
        OwnRequest::AddSource { url: HOST.to_owned(), key: self.anchor.to_string(), head: None }
    }

    pub fn add(&self, background: &Running) {
        let reply = own(background, self.add_request());
        assert!(matches!(reply, Reply::Added { .. }), "{reply:?}");
    }

    /// Asks for an update of this source only.
    pub fn update_request(&self) -> OwnRequest {
        OwnRequest::UpdateSources { source: Some(self.source().to_string()), accept_mass_change: false }
    }

    pub fn update(&self, background: &Running) -> Outcome {
        outcome(own(background, self.update_request()))
    }

    pub fn sequence(&self, background: &Running) -> u64 {
        let id = self.source().to_string();
        status(background).sources.into_iter().find(|source| source.id == id).unwrap().sequence
    }
}
