//! Roots, heads and retractions: who may say what, and what becomes of a stolen key.

use caveat::protocol::{LogSettings, NoticeKind, OwnRequest, PageRequest, VerdictKind};
use caveat::source::{Anchor, EnvelopeError, HeadError, Role, Root, RootError, Trust, accept};
use pollster::block_on;
use proptest::prelude::*;

use crate::common::{entry_of, picture, png};
use crate::desk::{Desk, head_file, keys, root, root_file, rooted, secret};
use crate::device::{UPDATED, check, failed, own, status};

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

#[test]
fn a_root_that_holds_is_kept_although_the_head_is_refused() {
    let (desk, background) = Desk::followed();
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
fn who_was_warned_is_told_of_a_retraction_apart_with_its_reason() {
    let (desk, background) = Desk::followed_with(&[entry_of("ours", 5), entry_of("other", 6)]);
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
