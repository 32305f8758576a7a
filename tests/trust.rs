//! Roots, heads and retractions: who may say what, and what becomes of a stolen key.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is what ends a test")]

mod common;
#[path = "common/device.rs"]
mod device;

use caveat::protocol::{LogSettings, NoticeKind, OwnRequest, PageRequest, Reply, UpdateOutcome, VerdictKind};
use caveat::source::{
    Anchor, EnvelopeError, Head, HeadError, Retraction, Retractions, Role, Root, RootError, SecretKey, SourceId, Trust,
    accept, sign, unsigned,
};
use common::{ISSUED, entries, entry_of, head_of, picture, png};
use device::{Device, check, own, status};
use pollster::block_on;
use proptest::prelude::*;

const HOST: &str = "https://desk.example.org/";

fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

fn keys(seeds: &[u8]) -> Vec<caveat::source::PublicKey> {
    seeds.iter().map(|&seed| secret(seed).public()).collect()
}

fn root(version: u64, epoch: u64, [roots, heads, retractors]: [&[u8]; 3], threshold: usize) -> Root {
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

fn sealed(payload: &[u8], role: Role, source: SourceId, seeds: &[u8]) -> Vec<u8> {
    seeds.iter().fold(unsigned(payload, role), |file, &seed| sign(&file, source, &secret(seed)).unwrap())
}

fn root_file(root: &Root, source: SourceId, seeds: &[u8]) -> Vec<u8> {
    sealed(&serde_json::to_vec(root).unwrap(), Role::Root, source, seeds)
}

/// A source whose first root has the root keys 1, 2, 3, of which two must sign, the head key 10 and the retraction key 20.
fn rooted() -> (Anchor, Vec<u8>, Trust) {
    let first = root(1, 0, [&[1, 2, 3], &[10], &[20]], 2);
    let anchor = Anchor::of_root(&serde_json::to_vec(&first).unwrap());
    let file = root_file(&first, anchor.source(), &[1, 3]);
    let trust = Trust::new(anchor).next(&file).unwrap();
    (anchor, file, trust)
}

fn head_file(change: impl FnOnce(&mut Head), source: SourceId, seeds: &[u8]) -> Vec<u8> {
    let mut head = head_of(b"", 7);
    (head.source, head.root_version) = (source.to_string(), 1);
    change(&mut head);
    sealed(&serde_json::to_vec(&head).unwrap(), Role::Head, source, seeds)
}

#[test]
fn a_root_is_the_one_that_is_trusted_and_enough_keys_have_signed_it() {
    let (anchor, file, trust) = rooted();
    assert_eq!((trust.version(), trust.head_keys()), (1, &keys(&[10])[..]));
    assert_eq!(Trust::restore(anchor, &file).unwrap(), trust);
    let fresh = Trust::new(anchor);
    assert!(fresh.head_keys().is_empty(), "nobody may sign before the root is known");
    let first = root(1, 0, [&[1, 2, 3], &[10], &[20]], 2);
    let one = root_file(&first, anchor.source(), &[1]);
    let too_few = EnvelopeError::TooFewSignatures { signed: 1, needed: 2 };
    assert_eq!(fresh.next(&one), Err(too_few.into()));
    // The same key twice is one key, also under its own name.
    let mut twice = one.clone();
    twice[9] = 2;
    let signature = one[14..86].to_vec();
    twice.splice(86..86, signature);
    assert_eq!(fresh.next(&twice), Err(too_few.into()));
    assert_eq!(fresh.next(&root_file(&first, anchor.source(), &[4, 5])), Err(EnvelopeError::UnknownKey.into()));
    let other = root(1, 0, [&[1, 2, 3], &[11], &[20]], 2);
    assert_eq!(fresh.next(&root_file(&other, anchor.source(), &[1, 2])), Err(RootError::WrongAnchor));
    let elsewhere = root_file(&first, secret(9).public().source(), &[1, 2]);
    assert_eq!(fresh.next(&elsewhere), Err(EnvelopeError::BadSignature.into()));
}

#[test]
fn roots_that_contradict_themselves_are_refused() {
    let source = secret(1).public().source();
    let trust = Trust::new(secret(1).public().into());
    let refused = |change: fn(&mut Root)| {
        let mut bad = root(1, 0, [&[1, 2], &[10], &[]], 1);
        change(&mut bad);
        trust.next(&root_file(&bad, source, &[1])).unwrap_err()
    };
    let faults: [fn(&mut Root); 7] = [
        |root| root.threshold = 0,
        |root| root.threshold = 3,
        |root| root.head_keys.clear(),
        |root| root.root_keys[1] = root.root_keys[0],
        |root| root.version = 0,
        |root| root.epoch = 1 << 53,
        |root| root.head_keys = (30..47).map(|seed| secret(seed).public()).collect(),
    ];
    for fault in faults {
        assert!(matches!(refused(fault), RootError::Malformed(_)));
    }
    assert_eq!(refused(|root| root.format = 2), RootError::UnsupportedFormat(2));
    assert_eq!(refused(|root| root.version = 2), RootError::WrongVersion { expected: 1, offered: 2 });
}

/// The keys before and after, and whether the change holds: the cases of the TUF conformance suite's rotation table.
#[test]
fn a_root_is_replaced_by_the_old_keys_and_the_new_together() {
    type Rotation<'a> = (&'a [u8], usize, &'a [u8], usize, &'a [u8], bool);
    let rotations: [Rotation<'_>; 12] = [
        (&[1], 1, &[1], 1, &[1], true),
        (&[1], 1, &[2], 1, &[1, 2], true),
        (&[1], 1, &[2], 1, &[2], false),
        (&[1], 1, &[2], 1, &[1], false),
        (&[1, 2, 3], 2, &[1, 2, 3], 2, &[1, 2], true),
        (&[1, 2, 3], 2, &[1, 2, 3], 2, &[1], false),
        (&[1, 2, 3], 2, &[4, 5, 6], 2, &[1, 2, 4, 5], true),
        (&[1, 2, 3], 2, &[4, 5, 6], 2, &[1, 4, 5], false),
        (&[1, 2, 3], 2, &[4, 5, 6], 2, &[1, 2, 4], false),
        (&[1, 2], 1, &[1, 2], 2, &[1], false),
        (&[1, 2], 1, &[1, 2], 2, &[1, 2], true),
        (&[1, 2, 3, 4, 5], 3, &[1, 2, 6], 1, &[3, 4, 5, 6], true),
    ];
    for (before, threshold, after, next_threshold, signers, holds) in rotations {
        let first = root(1, 0, [before, &[10], &[]], threshold);
        let anchor = Anchor::of_root(&serde_json::to_vec(&first).unwrap());
        let trust = Trust::new(anchor).next(&root_file(&first, anchor.source(), before)).unwrap();
        let second = root_file(&root(2, 0, [after, &[11], &[]], next_threshold), anchor.source(), signers);
        let case = format!("{threshold} of {before:?} to {next_threshold} of {after:?} by {signers:?}");
        assert_eq!(trust.next(&second).is_ok(), holds, "{case}");
    }
}

#[test]
fn versions_go_up_by_one_and_epochs_never_down() {
    let (anchor, _, trust) = rooted();
    let next = |version, epoch| {
        trust.next(&root_file(&root(version, epoch, [&[1, 2, 3], &[10], &[]], 2), anchor.source(), &[1, 2]))
    };
    assert_eq!(next(3, 0).unwrap_err(), RootError::WrongVersion { expected: 2, offered: 3 });
    assert_eq!(next(1, 0).unwrap_err(), RootError::WrongVersion { expected: 2, offered: 1 });
    let second = next(2, 1).unwrap();
    let back = root_file(&root(3, 0, [&[1, 2, 3], &[10], &[]], 2), anchor.source(), &[1, 2]);
    assert_eq!(second.next(&back), Err(RootError::EpochFalls(0)));
}

#[test]
fn a_key_says_only_what_its_role_allows() {
    let (anchor, root_bytes, trust) = rooted();
    let source = anchor.source();
    let plain = |seeds: &[u8]| head_file(|_| (), source, seeds);
    assert_eq!(accept(&plain(&[10]), &trust).unwrap().sequence, 7);
    for wrong in [&[1, 2][..], &[20], &[99]] {
        assert_eq!(accept(&plain(wrong), &trust), Err(EnvelopeError::UnknownKey.into()), "{wrong:?}");
    }
    assert!(
        trust.is_root_signed(&plain(&[10, 1, 2]), Role::Head) && !trust.is_root_signed(&plain(&[10, 1]), Role::Head)
    );
    // A root where a head belongs, and the other way round.
    assert_eq!(accept(&root_bytes, &trust), Err(EnvelopeError::WrongRole("head").into()));
    assert_eq!(trust.next(&plain(&[1, 2, 10])), Err(EnvelopeError::WrongRole("root").into()));
    let wrong_epoch = head_file(|head| head.epoch = 1, source, &[10]);
    assert_eq!(accept(&wrong_epoch, &trust), Err(HeadError::WrongEpoch { expected: 0, offered: 1 }));
}

proptest! {
    /// Nobody gains anything by changing one byte of a root file, nor by cutting it.
    #[test]
    fn a_changed_root_is_refused(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let (anchor, file, _) = rooted();
        let mut changed = file.clone();
        changed[at.index(file.len())] ^= 1 << bit;
        prop_assert!(Trust::new(anchor).next(&changed).is_err());
        prop_assert!(Trust::new(anchor).next(&file[..at.index(file.len())]).is_err());
    }
}

/// A client on a device, and the publisher's server.
struct Desk {
    device: Device,
    anchor: Anchor,
    sequence: u64,
}

impl Desk {
    /// Retracts one entry apart from the head.
    fn retract(&self, id: &str, sequence: u64, seed: u8) {
        let one = Retraction { id: id.to_owned(), rev: 1, reason: "wrong".to_owned() };
        let retractions =
            Retractions { format: 1, source: None, epoch: 0, sequence, issued: ISSUED, retractions: vec![one] };
        let file = sealed(&serde_json::to_vec(&retractions).unwrap(), Role::Retractions, self.source(), &[seed]);
        self.device.server.serve(&format!("{HOST}retractions"), &file);
    }

    fn new() -> Self {
        let (anchor, file, _) = rooted();
        let desk = Self { device: Device::new(), anchor, sequence: 1 };
        desk.device.server.serve(&format!("{HOST}root/1"), &file);
        desk
    }

    fn source(&self) -> SourceId {
        self.anchor.source()
    }

    /// Publishes entries by the keys of `seeds`.
    fn publish(&self, numbers: [u64; 3], seeds: &[u8], entries: &[caveat::index::Entry]) {
        let [sequence, root_version, epoch] = numbers;
        let segment = caveat::index::segment::write(entries);
        let mut head = head_of(&segment, sequence);
        (head.source, head.key) = (self.source().to_string(), self.anchor.to_string());
        (head.root_version, head.epoch, head.issued) = (root_version, epoch, ISSUED);
        let file = sealed(&serde_json::to_vec(&head).unwrap(), Role::Head, self.source(), seeds);
        self.device.server.serve(&format!("{HOST}head"), &file);
        self.device.server.serve(&format!("{HOST}{}", head.segments[0].path()), &segment);
    }

    fn publish_root(&self, root: &Root, seeds: &[u8]) {
        let file = root_file(root, self.source(), seeds);
        self.device.server.serve(&format!("{HOST}root/{}", root.version), &file);
    }

    fn add(&self, background: &device::Running) {
        let request = OwnRequest::AddSource { url: HOST.to_owned(), key: self.anchor.to_string(), head: None };
        let reply = own(background, request);
        assert!(matches!(reply, Reply::Added { .. }), "{reply:?}");
    }

    fn update(&self, background: &device::Running) -> (UpdateOutcome, Option<String>) {
        let request = OwnRequest::UpdateSources { source: Some(self.source().to_string()), accept_mass_change: false };
        match own(background, request) {
            Reply::Updated { mut results } => {
                let result = results.remove(0);
                (result.outcome, result.code)
            }
            other => panic!("no update but {other:?}"),
        }
    }

    fn sequence(&self, background: &device::Running) -> u64 {
        let id = self.source().to_string();
        status(background).sources.into_iter().find(|source| source.id == id).unwrap().sequence
    }
}

fn failed(code: &str) -> (UpdateOutcome, Option<String>) {
    (UpdateOutcome::Failed, Some(code.to_owned()))
}

const UPDATED: (UpdateOutcome, Option<String>) = (UpdateOutcome::Updated, None);

#[test]
fn a_stolen_key_that_ran_the_sequence_up_is_recovered_from_by_a_new_epoch() {
    let desk = Desk::new();
    desk.publish([desk.sequence, 1, 0], &[10], &[entry_of("ours", 5)]);
    let background = desk.device.start();
    desk.add(&background);
    assert_eq!(check(&background, 5).verdict, VerdictKind::Match);
    // The thief publishes what nobody can follow.
    desk.publish([(1 << 53) - 1, 1, 0], &[10], &[entry_of("theirs", 6)]);
    assert_eq!(desk.update(&background), UPDATED);
    // The keepers of the root replace the key; the thief's heads count no more.
    desk.publish_root(&root(2, 1, [&[1, 2, 3], &[11], &[20]], 2), &[2, 3]);
    desk.publish([2, 2, 1], &[11], &[entry_of("ours", 5)]);
    assert_eq!(desk.update(&background), UPDATED);
    assert_eq!((desk.sequence(&background), check(&background, 6).verdict), (2, VerdictKind::None));
    for running in [background, desk.device.start()] {
        desk.publish([(1 << 53) - 1, 1, 0], &[10], &[entry_of("theirs", 6)]);
        assert_eq!(desk.update(&running), failed("badSignature"), "also after a restart");
        desk.publish([3, 2, 1], &[10], &[entry_of("theirs", 6)]);
        assert_eq!(desk.update(&running), failed("badSignature"));
        assert_eq!(check(&running, 5).verdict, VerdictKind::Match);
    }
}

#[test]
fn a_root_that_holds_is_kept_although_the_head_is_refused() {
    let desk = Desk::new();
    desk.publish([1, 1, 0], &[10], &[entry_of("ours", 5)]);
    let background = desk.device.start();
    desk.add(&background);
    desk.publish_root(&root(2, 0, [&[1, 2, 3], &[11], &[20]], 2), &[1, 2]);
    // Somebody signs on with the old key.
    desk.publish([2, 2, 0], &[10], &[entry_of("theirs", 6)]);
    assert_eq!(desk.update(&background), failed("badSignature"));
    let again = desk.device.start();
    // The server forgets the new root: that helps nobody.
    desk.publish([2, 1, 0], &[10], &[entry_of("theirs", 6)]);
    assert_eq!(desk.update(&again), failed("badSignature"));
    assert_eq!(check(&again, 5).verdict, VerdictKind::Match);
    desk.publish([2, 2, 0], &[11], &[entry_of("new", 6)]);
    assert_eq!(desk.update(&again), UPDATED);
}

#[test]
fn roots_are_taken_one_after_the_other_and_not_too_many_at_once() {
    let desk = Desk::new();
    desk.publish([1, 1, 0], &[10], &[entry_of("ours", 5)]);
    let background = desk.device.start();
    desk.add(&background);
    for version in 2..=50 {
        desk.publish_root(&root(version, 0, [&[1, 2, 3], &[10], &[]], 2), &[1, 2]);
    }
    desk.publish([2, 50, 0], &[10], &[entry_of("new", 6)]);
    let asked = |desk: &Desk| desk.device.server.asked.borrow().iter().filter(|url| url.contains("/root/")).count();
    let before = asked(&desk);
    assert_eq!(desk.update(&background), UPDATED, "its key is that of root 33 as well");
    assert_eq!(asked(&desk) - before, 32);
    // One is missing: nobody goes around it.
    let gone = format!("{HOST}root/40");
    desk.device.server.fail(&gone, caveat::source::FetchError::Status(404));
    desk.publish([3, 50, 0], &[10], &[entry_of("newer", 7)]);
    assert_eq!(desk.update(&background), failed("notFound"));
    assert_eq!(check(&background, 6).verdict, VerdictKind::Match);
}

#[test]
fn an_expired_root_stops_heads_and_lets_retractions_through() {
    let desk = Desk::new();
    desk.publish([1, 1, 0], &[10], &[entry_of("ours", 5), entry_of("other", 6)]);
    let background = desk.device.start();
    desk.add(&background);
    let day = 86_400_000;
    desk.device.clock.0.set((ISSUED as i64) * 1000 + 400 * day);
    desk.publish([2, 1, 0], &[10], &[entry_of("ours", 5)]);
    assert_eq!(desk.update(&background), failed("rootExpired"));
    assert_eq!(check(&background, 6).verdict, VerdictKind::Match, "what is held goes on");
    desk.retract("other", 1, 10);
    desk.update(&background);
    assert_eq!(check(&background, 6).verdict, VerdictKind::Match, "a key for heads is none for this");
    desk.retract("other", 2, 20);
    assert_eq!(desk.update(&background), failed("rootExpired"));
    assert_eq!(check(&background, 6).verdict, VerdictKind::None);
    let again = desk.device.start();
    assert_eq!((check(&again, 6).verdict, check(&again, 5).verdict), (VerdictKind::None, VerdictKind::Match));
    // An older list of retractions does not take them back.
    desk.retract("ours", 1, 20);
    desk.update(&again);
    assert_eq!((check(&again, 6).verdict, check(&again, 5).verdict), (VerdictKind::None, VerdictKind::Match));
    // More than 90 days after the root's end that ends too.
    desk.device.clock.0.set((ISSUED as i64) * 1000 + 456 * day);
    desk.retract("ours", 3, 20);
    desk.update(&again);
    assert_eq!(check(&again, 5).verdict, VerdictKind::Match);
    // A clock before anything was published tells nothing about expiry.
    desk.device.clock.0.set(0);
    assert_eq!(desk.update(&again), UPDATED);
}

#[test]
fn who_was_warned_is_told_of_a_retraction_apart_with_its_reason() {
    let desk = Desk::new();
    desk.publish([1, 1, 0], &[10], &[entry_of("ours", 5), entry_of("other", 6)]);
    let background = desk.device.start();
    desk.add(&background);
    let logs = LogSettings { shown: true, seen: false, days: 30, notify: false };
    own(&background, OwnRequest::SetLogs { logs });
    let bytes = Some(png(&picture(6)));
    let seen = PageRequest::CheckImage { key: "6".to_owned(), url: String::new(), bytes };
    block_on(background.noted_page_request(seen));
    block_on(background.keep_logs());
    desk.retract("other", 1, 20);
    desk.update(&background);
    block_on(background.keep_logs());
    let notices = status(&background).notices;
    assert_eq!((notices.len(), notices[0].kind, notices[0].entry.as_str()), (1, NoticeKind::Retracted, "other"));
    assert_eq!(notices[0].correction.as_ref().map(|correction| correction.text.as_str()), Some("wrong"));
}

#[test]
fn very_many_changes_at_once_wait_for_the_root_keys_or_a_person() {
    let many: Vec<_> = (0..300).map(|i| entry_of(&format!("entry-{i}"), i % 4)).collect();
    let desk = Desk::new();
    desk.publish([1, 1, 0], &[10], &many);
    let background = desk.device.start();
    desk.add(&background);
    desk.publish([2, 1, 0], &[10], &many[..100]);
    assert_eq!(desk.update(&background), failed("massChange"));
    assert_eq!(desk.sequence(&background), 1);
    assert_eq!(desk.update(&desk.device.start()), failed("massChange"));
    desk.publish([2, 1, 0], &[10, 1, 2], &many[..100]);
    assert_eq!(desk.update(&background), UPDATED, "signed by the root keys too");
    desk.publish([3, 1, 0], &[10], &entries());
    assert_eq!(desk.update(&background), UPDATED, "100 are few");
    desk.publish([4, 1, 0], &[10], &many);
    assert_eq!(desk.update(&background), UPDATED);
    desk.publish([5, 1, 0], &[10], &many[..10]);
    assert_eq!(desk.update(&background), failed("massChange"));
    let accept = OwnRequest::UpdateSources { source: Some(desk.source().to_string()), accept_mass_change: true };
    own(&background, accept);
    assert_eq!(desk.sequence(&background), 5);
}
