//! Who may say what, and what was said before: rows 3 to 7, 9, 27 and 32.

use caveat::fingerprint::{Fingerprint, encoding};
use caveat::index::Entry;
use caveat::index::segment::write;
use caveat::protocol::{OwnRequest, VerdictKind};
use caveat::source::{FetchError, Role, SecretKey, seal};
use caveat::testing::faults::{Fault, Faults};
use pollster::block_on;

use super::{Attacked, with_late};
use crate::common::{ISSUED, entries, entry_of, head_of, key, picture, sealed_head};
use crate::desk::{Desk, HOST, root, root_file};
use crate::device::{Device, PACKAGE, REMOTE, Running, UPDATED, check, code, failed, outcome, own, status, update};

#[test]
fn row_03_a_replay_is_refused_even_after_the_store_lost_the_index() {
    let device = Device::new();
    let background = device.start();
    device.publish_at(REMOTE, &[entry_of("late", 5)], 9);
    assert_eq!(update(&background), UPDATED);
    for name in device.store.names() {
        device.store.damage(&name);
    }
    let again = device.start();
    assert_eq!(status(&again).sources[0].last_result.as_ref().unwrap().code, "corruptStore");
    assert_eq!(check(&again, 1).verdict, VerdictKind::Match, "what came with the extension answers");
    device.publish_at(REMOTE, &entries(), 8);
    assert_eq!(update(&again), failed("rollback"));
    device.publish_at(REMOTE, &[entry_of("late", 5)], 9);
    assert_eq!(update(&again), UPDATED, "the same publication again repairs the store");
    assert_eq!(check(&device.start(), 5).verdict, VerdictKind::Match);
}

#[test]
fn row_03_a_replay_is_refused_after_a_newer_package() {
    let device = Device::new();
    let background = device.start();
    device.publish_at(REMOTE, &[entry_of("late", 5)], 8);
    assert_eq!(update(&background), UPDATED);
    device.publish_at(&format!("{PACKAGE}desk/"), &entries(), 10);
    let again = device.start();
    assert_eq!(status(&again).sources[0].sequence, 10);
    assert_eq!(check(&again, 5).verdict, VerdictKind::None);
    assert_eq!(update(&again), failed("rollback"));
}

/// Files of an older edition under the newest head.
#[test]
fn row_03_an_older_segment_under_a_new_head_is_refused() {
    let attacked = Attacked::new();
    let segment = attacked.device.publish_at(REMOTE, &with_late(), 8);
    attacked.device.server.serve(&segment, &write(&entries()));
    attacked.refuses(&["hashMismatch", "cutShort"], "an older segment");
    attacked.ends("an older segment");
}

/// What is stored could not be read at the start, so the background believes the package alone.
#[test]
fn row_03_a_replay_is_refused_although_the_store_could_not_be_read_at_the_start() {
    let device = Device::new();
    device.publish_at(REMOTE, &with_late(), 9);
    assert_eq!(update(&device.start()), UPDATED);
    let faults = Faults::default();
    faults.plan(0, Fault::Fail);
    let running = device.start_faulty(&faults).unwrap();
    device.publish_at(REMOTE, &entries(), 8);
    let request = OwnRequest::UpdateSources { source: None, accept_mass_change: false };
    assert_eq!(outcome(block_on(running.own_request(request))), failed("rollback"));
    let again = device.start();
    assert_eq!((check(&again, 5).verdict, status(&again).sources[0].sequence), (VerdictKind::Match, 9));
}

#[test]
fn row_04_two_heads_of_one_sequence_are_told() {
    let attacked = Attacked::new();
    attacked.device.publish_at(REMOTE, &with_late(), 7);
    attacked.refuses(&["equivocation"], "another head of sequence 7");
    attacked.ends("equivocation");
}

/// Order of the group of Ed25519, little-endian: a signature whose S is not below it could be given in two forms.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[test]
fn row_05_nobody_else_signs_for_a_source_and_nothing_passes_for_something_else() {
    let attacked = Attacked::new();
    let late = write(&with_late());
    attacked.device.publish_at(REMOTE, &with_late(), 8);
    let payload = serde_json::to_vec(&head_of(&late, 8)).unwrap();
    let stranger = SecretKey::from_seed(&[1; 32]);
    let good = seal(&payload, Role::Head, &key());
    let ours = key().public().source();
    let refused = |file: &[u8], what: &str| {
        attacked.serve_head(file);
        attacked.refuses(&["badSignature", "badEnvelope", "wrongSource"], what);
    };
    refused(&seal(&payload, Role::Head, &stranger), "another key");
    for role in [Role::Root, Role::Retractions] {
        let mut swapped = seal(&payload, role, &key());
        refused(&swapped, "another role");
        swapped[8] = 2;
        refused(&swapped, "another role that says it is a head");
    }
    let elsewhere =
        caveat::source::sign(&caveat::source::unsigned(&payload, Role::Head), stranger.public().source(), &key());
    refused(&elsewhere.unwrap(), "our signature for another source");
    let mut foreign = head_of(&late, 8);
    foreign.source = stranger.public().source().to_string();
    refused(&sealed_head(&foreign, &key()), "a head that names another source");
    let mut none = good.clone();
    none[9] = 0;
    none.drain(14..86);
    refused(&none, "no signature");
    // Forms of a signature that a lax verifier takes.
    let mut large = good.clone();
    let mut carry = 0;
    for (byte, order) in large[54..86].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    refused(&large, "S over the order of the group");
    let mut small = good.clone();
    small[22..86].fill(0);
    small[22] = 1;
    refused(&small, "a point of small order");
    for weak in ["01".to_owned() + &"00".repeat(31), "00".repeat(32), "ec".to_owned() + &"ff".repeat(30) + "7f"] {
        let add = OwnRequest::AddSource { url: HOST.to_owned(), key: weak.clone(), head: None };
        assert_eq!(code(own(&attacked.running, add)), "badKey", "{weak}");
    }
    assert_eq!(ours.to_string(), status(&attacked.running).sources[0].id);
    attacked.ends("forgeries");
}

/// One key that signs twice is one key: two must sign.
#[test]
fn row_05_one_key_twice_is_no_threshold() {
    let (desk, running) = Desk::followed();
    let second = root(2, 0, [&[1, 2, 3], &[11], &[20]], 2);
    let mut twice = root_file(&second, desk.source(), &[1]);
    twice[9] = 2;
    let signature = twice[14..86].to_vec();
    twice.splice(86..86, signature);
    desk.device.server.serve(&format!("{HOST}root/2"), &twice);
    desk.publish([2, 2, 0], &[11], &[entry_of("theirs", 6)]);
    assert_eq!(desk.update(&running), failed("badRoot"));
    assert_eq!((check(&running, 5).verdict, check(&running, 6).verdict), (VerdictKind::Match, VerdictKind::None));
}

#[test]
fn row_06_roots_are_taken_one_after_the_other_and_not_too_many_at_once() {
    let (desk, background) = Desk::followed();
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
    desk.device.server.fail(&gone, FetchError::Status(404));
    desk.publish([3, 50, 0], &[10], &[entry_of("newer", 7)]);
    assert_eq!(desk.update(&background), failed("notFound"));
    assert_eq!(check(&background, 6).verdict, VerdictKind::Match);
}

#[test]
fn row_06_a_root_that_the_old_or_the_new_keys_have_not_signed_is_refused() {
    let first = |sequence| {
        let desk = Desk::new();
        desk.publish([sequence, 1, 0], &[10], &[entry_of("ours", 5)]);
        let running = desk.device.start();
        desk.add(&running);
        (desk, running)
    };
    let cases: [(&str, u64, [&[u8]; 2], usize); 5] = [
        ("one old key of two", 2, [&[1, 2, 3], &[1]], 2),
        ("none of the old", 2, [&[4, 5, 6], &[4, 5]], 2),
        ("not enough of the new", 2, [&[4, 5, 6], &[1, 2, 4]], 2),
        ("a threshold that its own signers do not reach", 2, [&[1, 2, 3], &[1, 2]], 3),
        ("a version too far", 3, [&[1, 2, 3], &[1, 2]], 2),
    ];
    for (what, version, [keys, signers], threshold) in cases {
        let (desk, running) = first(1);
        let file = root_file(&root(version, 0, [keys, &[11], &[]], threshold), desk.source(), signers);
        desk.device.server.serve(&format!("{HOST}root/2"), &file);
        desk.publish([2, 2, 0], &[11], &[entry_of("theirs", 6)]);
        assert_eq!(desk.update(&running), failed("badRoot"), "{what}");
        assert_eq!(check(&desk.device.start(), 5).verdict, VerdictKind::Match, "{what}");
    }
}

#[test]
fn row_07_a_stolen_key_that_ran_the_sequence_up_is_recovered_from_by_a_new_epoch() {
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
fn row_07_what_a_stolen_retraction_key_took_back_stands_again_in_a_new_epoch() {
    let (desk, background) = Desk::followed_with(&[entry_of("ours", 5), entry_of("other", 6)]);
    let verdicts = |running: &Running| [5, 6].map(|seed| check(running, seed).verdict);
    desk.retract("ours", (1 << 53) - 1, 20);
    assert_eq!(desk.update(&background), UPDATED);
    assert_eq!(verdicts(&background), [VerdictKind::None, VerdictKind::Match]);
    // A new root alone takes nothing back: what is in use is still of the old epoch.
    desk.publish_root(&root(2, 1, [&[1, 2, 3], &[10], &[21]], 2), &[2, 3]);
    desk.publish_head([1, 2, 1], &[11], |_| ());
    assert_eq!(desk.update(&background), failed("badSignature"));
    for running in [&background, &desk.device.start()] {
        assert_eq!(verdicts(running), [VerdictKind::None, VerdictKind::Match]);
    }
    desk.publish([1, 2, 1], &[10], &[entry_of("ours", 5), entry_of("other", 6)]);
    assert_eq!(desk.update(&background), UPDATED);
    for running in [&background, &desk.device.start()] {
        assert_eq!(verdicts(running), [VerdictKind::Match; 2]);
        desk.update(running);
        assert_eq!(verdicts(running), [VerdictKind::Match; 2], "the thief's are still on the server");
    }
    assert!(!desk.device.store.names().iter().any(|name| name.starts_with("retractions-")), "nor is it kept");
    desk.retract_in(1, "other", 1, 21);
    assert_eq!(desk.update(&background), UPDATED);
    for running in [&background, &desk.device.start()] {
        assert_eq!(verdicts(running), [VerdictKind::Match, VerdictKind::None], "the new key's count from the first on");
    }
}

#[test]
fn row_07_retractions_of_a_new_epoch_count_before_its_head_comes_and_are_not_rolled_back() {
    let (desk, background) = Desk::followed_with(&[entry_of("ours", 5), entry_of("other", 6)]);
    let verdicts = |running: &Running| [5, 6].map(|seed| check(running, seed).verdict);
    desk.publish_root(&root(2, 1, [&[1, 2, 3], &[10], &[21]], 2), &[2, 3]);
    desk.publish_head([1, 2, 1], &[11], |_| ());
    desk.retract_in(1, "other", 2, 21);
    assert_eq!(desk.update(&background), failed("badSignature"));
    assert_eq!(verdicts(&background), [VerdictKind::Match, VerdictKind::None]);
    desk.retract_in(1, "ours", 1, 21);
    for running in [&background, &desk.device.start()] {
        assert_eq!(desk.update(running), failed("badSignature"));
        assert_eq!(verdicts(running), [VerdictKind::Match, VerdictKind::None], "an earlier list of that epoch");
    }
}

#[test]
fn row_09_an_expired_root_stops_heads_and_lets_retractions_through() {
    let (desk, background) = Desk::followed_with(&[entry_of("ours", 5), entry_of("other", 6)]);
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
    assert_eq!(check(&background, 6).verdict, VerdictKind::NoIndex, "not known, and all is long out of date");
    let again = desk.device.start();
    assert_eq!((check(&again, 6).verdict, check(&again, 5).verdict), (VerdictKind::NoIndex, VerdictKind::Match));
    // An older list of retractions does not take them back.
    desk.retract("ours", 1, 20);
    desk.update(&again);
    assert_eq!((check(&again, 6).verdict, check(&again, 5).verdict), (VerdictKind::NoIndex, VerdictKind::Match));
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
fn row_27_very_many_changes_at_once_wait_for_the_root_keys_or_a_person() {
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
    let rewritten = |count: usize, rev: u32| -> Vec<Entry> {
        let one = |(at, entry): (usize, &Entry)| Entry { rev: if at < count { rev } else { 1 }, ..entry.clone() };
        many.iter().enumerate().map(one).collect()
    };
    desk.publish([5, 1, 0], &[10], &rewritten(100, 2));
    assert_eq!(desk.update(&background), UPDATED, "100 are few");
    let mut other_pictures = rewritten(100, 2);
    other_pictures
        .iter_mut()
        .take(101)
        .zip(0..)
        .for_each(|(entry, i)| entry.media = entry_of("other", i % 4 + 1).media);
    // Hashes that nothing is compared with any more.
    let mut silenced = rewritten(100, 2);
    for (entry, i) in silenced.iter_mut().take(101).zip(0..) {
        let mut print = Fingerprint::of(&picture(i % 4));
        print.regions.iter_mut().for_each(|region| region.quality = 0);
        entry.media[0].fingerprint = Some(encoding::to_base64(&print));
    }
    for rewritten in [rewritten(101, 3), other_pictures, silenced] {
        desk.publish([6, 1, 0], &[10], &rewritten);
        assert_eq!(desk.update(&background), failed("massChange"), "a head key rewrites what others have checked");
    }
    desk.publish([6, 1, 0], &[10], &many[..10]);
    assert_eq!(desk.update(&background), failed("massChange"));
    let accept = OwnRequest::UpdateSources { source: Some(desk.source().to_string()), accept_mass_change: true };
    own(&background, accept);
    assert_eq!(desk.sequence(&background), 6);
}

/// A network that serves some people another index: what two of them read out to each other differs.
#[test]
fn row_32_two_people_who_are_served_different_indexes_can_tell() {
    let digest = |entries: &[Entry]| {
        let device = Device::new();
        device.publish_at(REMOTE, entries, 8);
        let running = device.start();
        assert_eq!(update(&running), UPDATED);
        let said = status(&running).sources.remove(0);
        assert_eq!(status(&device.start()).sources[0].head_digest, said.head_digest, "also after a restart");
        (said.sequence, said.head_digest.unwrap())
    };
    let (mine, yours, theirs) = (digest(&with_late()), digest(&with_late()), digest(&entries()));
    assert_eq!(mine, yours);
    assert_eq!((mine.0, mine.1.len()), (theirs.0, 64));
    assert_ne!(mine.1, theirs.1);
}
