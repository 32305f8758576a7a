//! Files that are not what they should be: rows 1, 2, 10 to 12, 14, 28 and 29.

use caveat::index::segment::write;
use caveat::protocol::VerdictKind;
use caveat::source::FileName;
use sha2::{Digest, Sha256};

use super::{Attacked, asked_by_alarm, flipped, head_with, with_late};
use crate::common::{entries, entry_of, head_of, key, reseal, sealed_head};
use crate::desk::{Desk, HOST, root, root_file};
use crate::device::{Device, REMOTE, UPDATED, check, failed, status, update};
use crate::parts::{Part, merged, written};

#[test]
fn row_01_one_flipped_bit_anywhere_is_refused() {
    let attacked = Attacked::new();
    let (device, late) = (&attacked.device, write(&with_late()));
    let segment = device.publish_at(REMOTE, &with_late(), 8);
    let head = head_with(&late, |_| ());
    for at in 0..head.len() {
        attacked.serve_head(&flipped(&head, at));
        attacked.refuses(&["badSignature", "badEnvelope", "cutShort"], &format!("byte {at} of the head"));
    }
    attacked.serve_head(&head);
    for at in (0..late.len()).step_by(13) {
        device.server.serve(&segment, &flipped(&late, at));
        attacked.refuses(&["hashMismatch"], &format!("byte {at} of the segment"));
    }
    attacked.ends("flipped bits");

    let (desk, running) = Desk::followed();
    let second = root_file(&root(2, 0, [&[1, 2, 3], &[10], &[20]], 2), desk.source(), &[1, 2]);
    desk.publish([2, 2, 0], &[10], &[entry_of("new", 6)]);
    for at in 0..second.len() {
        desk.device.server.serve(&format!("{HOST}root/2"), &flipped(&second, at));
        assert_eq!(desk.update(&running), failed("badRoot"), "byte {at} of a root");
    }
    assert_eq!((check(&running, 5).verdict, desk.sequence(&running)), (VerdictKind::Match, 1));
}

#[test]
fn row_02_what_is_cut_short_is_refused_and_asked_for_again_later() {
    let attacked = Attacked::new();
    let (device, late) = (&attacked.device, write(&with_late()));
    let segment = device.publish_at(REMOTE, &with_late(), 8);
    let head = head_with(&late, |_| ());
    for length in 0..head.len() {
        attacked.serve_head(&head[..length]);
        attacked.refuses(&["cutShort"], &format!("{length} bytes of the head"));
    }
    attacked.serve_head(&head);
    for length in (0..late.len()).step_by(29) {
        device.server.serve(&segment, &late[..length]);
        attacked.refuses(&["cutShort"], &format!("{length} bytes of the segment"));
    }
    let portal = b"<!doctype html><title>Sign in</title>";
    device.server.serve(&segment, portal);
    attacked.refuses(&["captivePortal"], "a web page for a segment");
    attacked.serve_head(portal);
    attacked.refuses(&["captivePortal"], "a web page for a head");
    // After so many failures an alarm waits a day at most, and asks again.
    assert_eq!(asked_by_alarm(&attacked.running), 0);
    device.clock.0.set(device.clock.0.get() + 23 * 3_600_000);
    assert_eq!(asked_by_alarm(&attacked.running), 0, "it backs off");
    device.clock.0.set(device.clock.0.get() + 8 * 3_600_000);
    assert_eq!(asked_by_alarm(&attacked.running), 1);
    attacked.ends("cut short");
}

#[test]
fn row_10_a_head_with_files_of_another_edition_is_refused() {
    let attacked = Attacked::new();
    let other = [entry_of("a", 5), entry_of("b", 6)];
    let segment = attacked.device.publish_at(REMOTE, &with_late(), 8);
    for file in [write(&other), write(&entries()), write(&[])] {
        let mut file = file;
        // As long as what belongs there: the length gives nothing away.
        file.resize(write(&with_late()).len(), 0);
        attacked.device.server.serve(&segment, &file);
        attacked.refuses(&["hashMismatch"], "a file of another edition");
    }
    attacked.ends("mix and match");
}

#[test]
fn row_11_answers_that_are_longer_than_announced_are_cut_off() {
    let attacked = Attacked::new();
    let segment = attacked.device.publish_at(REMOTE, &with_late(), 8);
    let mut longer = write(&with_late());
    longer.push(0);
    attacked.device.server.serve(&segment, &longer);
    attacked.refuses(&["tooLarge"], "a segment with one byte more");
    attacked.serve_head(&vec![b'C'; 66_561]);
    attacked.refuses(&["tooLarge"], "a head over its limit");
    attacked.serve_head(&head_with(&write(&with_late()), |head| head.segments[0].bytes = 300 << 20));
    attacked.refuses(&["badHead"], "a segment that is said to be longer than any may be");
    attacked.ends("oversize");
}

/// The digest of what comes is checked before it is unpacked; what unpacks to more than was said is dropped there.
#[test]
fn row_12_what_unpacks_to_more_than_it_says_is_refused() {
    let attacked = Attacked::new();
    let late = write(&with_late());
    let bomb = miniz_oxide::deflate::compress_to_vec(&vec![0; 64 << 20], 9);
    let name = |file: &[u8]| FileName { sha256: hex::encode(Sha256::digest(file)), bytes: file.len() as u64 };
    let offer = |packed: FileName, bytes: u64| {
        attacked.serve_head(&head_with(&late, |head| {
            head.segments[0].bytes = bytes;
            head.segments[0].packed = Some(packed.clone());
        }));
        attacked.device.server.serve(&format!("{REMOTE}{}", packed.path()), &bomb);
    };
    offer(name(&bomb), 64 << 20);
    attacked.refuses(&["badHead"], "a thousand times its length");
    offer(name(&bomb), bomb.len() as u64 * 2);
    attacked.refuses(&["hashMismatch"], "more than it says");
    offer(FileName { sha256: "0".repeat(64), ..name(&bomb) }, bomb.len() as u64 * 2);
    attacked.refuses(&["hashMismatch"], "not what was named");
    attacked.ends("a bomb");
}

#[test]
fn row_14_a_well_signed_publication_that_does_not_parse_is_refused() {
    let device = Device::new();
    let background = device.start();
    let head = head_of(b"no segment", 8);
    device.server.serve(&format!("{REMOTE}head"), &sealed_head(&head, &key()));
    device.server.serve(&format!("{REMOTE}{}", head.segments[0].path()), b"no segment");
    assert_eq!(update(&background), failed("badSegment"));
    assert!(device.store.names().is_empty());
    assert_eq!(check(&background, 1).verdict, VerdictKind::Match);
}

/// Numbers in the table of sections that overflow, overlap or point past the end, with digests that agree.
#[test]
fn row_14_tables_that_lie_are_refused() {
    let attacked = Attacked::new();
    let good = write(&with_late());
    let sections = u32::from_le_bytes(good[12..16].try_into().unwrap()) as usize;
    for section in 0..sections {
        for field in [8, 16, 24] {
            for value in [u64::MAX, 1 << 63, u64::from(u32::MAX), good.len() as u64 + 1] {
                let mut lying = good.clone();
                lying[64 + section * 64 + field..][..8].copy_from_slice(&value.to_le_bytes());
                reseal(&mut lying);
                let head = head_with(&lying, |_| ());
                attacked.serve_head(&head);
                let name = format!("{REMOTE}segments/{}", hex::encode(Sha256::digest(&lying)));
                attacked.device.server.serve(&name, &lying);
                attacked.refuses(&["badSegment"], &format!("section {section}, field {field}, {value}"));
            }
        }
    }
    attacked.ends("lying tables");
}

/// There are no deltas; a merged segment that is said to be made of what we hold, and is not, is downloaded instead.
#[test]
fn row_28_a_recipe_that_does_not_give_what_is_named_costs_a_download_and_nothing_else() {
    let old = || [written(&[entry_of("a", 5), entry_of("b", 6)]), written(&[entry_of("c", 7)])];
    let mut other_base = merged(&[written(&[entry_of("a", 5)]), written(&[entry_of("c", 7), entry_of("d", 8)])]);
    other_base.parts = old().iter().map(|part| hex::encode(part.digest)).collect();
    let desk = Desk::new();
    let serve = |part: &Part| {
        for (name, file) in part.names() {
            desk.device.server.serve(&format!("{HOST}{}", name.path()), file);
        }
    };
    let names = |parts: &[Part]| parts.iter().flat_map(|part| part.names()).map(|(name, _)| name).collect();
    old().iter().for_each(serve);
    desk.publish_head([1, 1, 0], &[10], |head| head.segments = names(&old()));
    let running = desk.device.start();
    desk.add(&running);
    serve(&other_base);
    let recipes = caveat::source::Recipes { segments: names(&old()) }.file();
    let recipes_name = FileName { sha256: hex::encode(Sha256::digest(&recipes)), bytes: recipes.len() as u64 };
    desk.device.server.serve(&format!("{HOST}{}", recipes_name.path()), &recipes);
    desk.publish_head([2, 1, 0], &[10], |head| {
        (head.segments, head.recipes) = (names(&[other_base]), Some(recipes_name));
    });
    assert_eq!(desk.update(&running), UPDATED);
    let known = [5, 6, 7, 8].map(|seed| check(&running, seed).verdict == VerdictKind::Match);
    assert_eq!(known, [true, false, true, true]);
    desk.device.assert_files_are_named("after a wrong recipe");
}

/// An older revision that comes later does not come back, and an id that is there twice is one entry.
#[test]
fn row_28_an_older_revision_never_takes_the_place_of_a_newer_one() {
    let mut newer = entry_of("a", 5);
    newer.rev = 2;
    let parts = [written(&[newer]), written(&[entry_of("a", 6)]), written(&[entry_of("a", 7)])];
    let desk = Desk::new();
    for (name, file) in parts.iter().flat_map(|part| part.names()) {
        desk.device.server.serve(&format!("{HOST}{}", name.path()), file);
    }
    desk.publish_head([1, 1, 0], &[10], |head| {
        head.segments = parts.iter().flat_map(|part| part.names()).map(|(name, _)| name).collect();
    });
    let running = desk.device.start();
    desk.add(&running);
    let known = [5, 6, 7].map(|seed| check(&running, seed).verdict == VerdictKind::Match);
    assert_eq!((known, status(&running).sources[1].entries), ([true, false, false], 1));
}

#[test]
fn row_29_a_later_format_is_not_guessed_at() {
    let attacked = Attacked::new();
    let late = write(&with_late());
    attacked.device.publish_at(REMOTE, &with_late(), 8);
    attacked.serve_head(&head_with(&late, |head| head.format = 2));
    attacked.refuses(&["unsupportedFormat"], "a later head");
    let mut segment = late;
    segment[8] = 2;
    attacked.serve_head(&head_with(&segment, |_| ()));
    let name = format!("{REMOTE}segments/{}", hex::encode(Sha256::digest(&segment)));
    attacked.device.server.serve(&name, &segment);
    attacked.refuses(&["badSegment"], "a later segment");
    attacked.ends("a later format");
}
