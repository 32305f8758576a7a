//! The limits of a head that a source grows towards: what a publisher is told on the way there, and at the end of it.

use std::fmt;

use caveat::source::{ENTRIES, Head, KEYPOINTS, MAX_KEYPOINTS, MAX_PAYLOAD, MAX_SEGMENTS, MAX_TOTAL};

use crate::fault::Fault;

/// The publisher is told from so many hundredths of a limit on.
const NOTICE: u64 = 80;
/// What every remedy may come to: what was replaced is left out, and segments are as few as can be.
const ANEW: &str = "anew: into an empty folder, with a copy of root/ if there is one, and with a higher --sequence";

/// How much of a limit a head takes.
struct Share {
    what: &'static str,
    taken: u64,
    most: u64,
    remedy: &'static str,
}

impl Share {
    fn is_over(&self) -> bool {
        self.taken > self.most
    }

    fn is_near(&self) -> bool {
        self.taken.saturating_mul(100) >= self.most * NOTICE
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, taken, most, remedy } = self;
        let state = if self.is_over() { "which no client takes" } else { "and no client takes more" };
        write!(f, "{what}: {taken} of at most {most}, {state}: {remedy} ({ANEW})")
    }
}

/// The shares of a head with a payload of so many bytes.
fn shares(head: &Head, payload: usize) -> [Share; 4] {
    let of_tier =
        |tier: &str| head.segments.iter().filter(|name| name.tier == tier).map(|name| name.bytes).sum::<u64>();
    [
        Share { what: "segments", taken: head.segments.len() as u64, most: MAX_SEGMENTS as u64, remedy: "build anew" },
        Share {
            what: "bytes of entries",
            taken: of_tier(ENTRIES),
            most: MAX_TOTAL,
            remedy: "build anew, or make two sources of them",
        },
        Share {
            what: "bytes of keypoints",
            taken: of_tier(KEYPOINTS),
            most: MAX_KEYPOINTS,
            remedy: "build anew with fewer --keypoints",
        },
        Share {
            what: "bytes of the head",
            taken: payload as u64,
            most: MAX_PAYLOAD as u64,
            remedy: "list fewer --hosts, retract in the entries what the head retracts, or build anew",
        },
    ]
}

/// Refuses a head that no client would take, before anything of it is written, and says what is nearly full.
pub fn check(head: &Head, payload: usize) -> Result<(), Fault> {
    for share in shares(head, payload) {
        if share.is_over() {
            return Err(Fault::Usage(share.to_string()));
        }
        if share.is_near() {
            eprintln!("caveat: {share}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use caveat::source::{Anchor, DEVELOPMENT_KEYS, Retraction, Role, SegmentName, reopen, unsigned};
    use caveat::testing::{named_segment, unsigned_head_of as head};

    use super::*;

    fn name(tier: &str, bytes: u64) -> SegmentName {
        SegmentName { tier: tier.to_owned(), ..named_segment("0", bytes, &[]) }
    }

    fn payload(head: &Head) -> Vec<u8> {
        serde_json::to_vec(head).unwrap()
    }

    /// A head with a payload of so many bytes.
    fn of_length(length: usize) -> Head {
        let retraction = |i: usize| Retraction { id: format!("entry-{i:02}"), rev: 1, reason: String::new() };
        let mut head = head(Vec::new());
        head.retractions = (0..70).map(retraction).collect();
        for i in 0..length - payload(&head).len() {
            head.retractions[i % 70].reason.push('x');
        }
        head
    }

    #[test]
    fn what_a_client_takes_is_built_and_nothing_beyond() {
        let source = DEVELOPMENT_KEYS[0].parse::<Anchor>().unwrap().source();
        let full = |tier: &str, files: u64| (0..files).map(|_| name(tier, 256 << 20)).collect::<Vec<_>>();
        let and_one = |names: Vec<SegmentName>, tier: &str| [names, vec![name(tier, 1)]].concat();
        let cases = [
            (head(vec![name(ENTRIES, 1); 128]), head(vec![name(ENTRIES, 1); 129]), "segments: 129 of at most 128"),
            (
                head(full(ENTRIES, 3)),
                head(and_one(full(ENTRIES, 3), ENTRIES)),
                "bytes of entries: 805306369 of at most 805306368",
            ),
            (
                head(full(KEYPOINTS, 1)),
                head(and_one(full(KEYPOINTS, 1), KEYPOINTS)),
                "build anew with fewer --keypoints",
            ),
            (of_length(65_536), of_length(65_537), "list fewer --hosts"),
        ];
        for (most, more, remedy) in cases {
            let read = |head: &Head| reopen(&unsigned(&payload(head), Role::Head), source);
            assert!(check(&most, payload(&most).len()).is_ok() && read(&most).is_ok(), "{remedy}");
            assert!(read(&more).is_err(), "{remedy}");
            let said = check(&more, payload(&more).len()).unwrap_err().to_string();
            assert!(said.contains(remedy), "{said}");
        }
    }

    #[test]
    fn a_publisher_is_told_from_four_fifths_on() {
        let near = |head: &Head| -> Vec<&'static str> {
            let shares = shares(head, payload(head).len());
            shares.iter().filter(|share| share.is_near()).map(|share| share.what).collect()
        };
        assert!(near(&head(vec![name(ENTRIES, 1); 102])).is_empty());
        assert_eq!(near(&head(vec![name(ENTRIES, 1); 103])), ["segments"]);
        assert_eq!(near(&head(vec![name(KEYPOINTS, 215 << 20)])), ["bytes of keypoints"]);
    }
}
