//! What to download, and what to merge of what is held already: whatever is less to download.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::head::{ENTRIES, FileName, Head, HeadError, KEYPOINTS, SegmentName, check_name};

/// So deep a merged segment may be made of merged segments, at most.
const MAX_DEPTH: usize = 8;
/// Segments that a file of recipes may name.
const MAX_ROWS: usize = 4096;
/// Keypoints from so many bytes on are downloaded when the entries are in use already: seconds on a slow connection.
pub const MANY_KEYPOINTS: u64 = 256 << 10;
/// Longest recipes, unpacked, in bytes.
const MAX_UNPACKED: usize = 4 << 20;

/// How a source's segments came about: those that were merged since, as long as the publisher keeps them. JSON, packed by
/// raw DEFLATE (RFC 1951).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recipes {
    /// The segments, in no particular order.
    pub segments: Vec<SegmentName>,
}

impl Recipes {
    /// The recipes of a file whose digest the head names.
    ///
    /// # Errors
    /// When it is none, or over its limits.
    pub fn parse(file: &[u8]) -> Result<Self, HeadError> {
        let unpacked = miniz_oxide::inflate::decompress_to_vec_with_limit(file, MAX_UNPACKED);
        let unpacked = unpacked.map_err(|error| HeadError::Malformed(error.to_string()))?;
        let recipes: Self =
            serde_json::from_slice(&unpacked).map_err(|error| HeadError::Malformed(error.to_string()))?;
        if recipes.segments.len() > MAX_ROWS {
            return Err(HeadError::OverLimit("recipes"));
        }
        recipes.segments.iter().try_for_each(check_name)?;
        Ok(recipes)
    }

    /// The file of a head's recipes, where they can spare a download: where what was merged, and is not held, is longer than
    /// they are.
    pub fn wanted<'a>(head: &'a Head, has: &dyn Fn(&str) -> bool) -> Option<&'a FileName> {
        let merged = |name: &&SegmentName| !name.parts.is_empty() && !has(&name.sha256);
        let direct: u64 = head.required_segments().filter(merged).map(|name| name.wire().0.bytes).sum();
        head.recipes.as_ref().filter(|file| direct > file.bytes)
    }

    /// Their file.
    #[cfg(feature = "builder")]
    pub fn file(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).expect("recipes have only string keys");
        miniz_oxide::deflate::compress_to_vec(&json, 9)
    }
}

/// A segment of entries with that of its keypoints, which come and go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The segment of entries.
    pub entries: SegmentName,
    /// That of its keypoints, where it has any.
    pub keypoints: Option<SegmentName>,
}

/// A step towards what a head names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Download a file.
    Download(SegmentName),
    /// Merge the parts of a unit, which are at hand by then.
    Merge {
        /// What comes out.
        unit: Unit,
        /// What it is made of, the oldest first.
        parts: Vec<Unit>,
    },
}

/// The steps, and what they cost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// In their order.
    pub steps: Vec<Step>,
    /// Bytes to download.
    pub bytes: u64,
}

/// Units by the digest of their entries.
struct Known<'a>(HashMap<&'a str, (&'a SegmentName, Option<&'a SegmentName>)>);

impl<'a> Known<'a> {
    fn of(names: impl Iterator<Item = &'a SegmentName> + Clone) -> Self {
        let entries = names.clone().filter(|name| name.tier == ENTRIES);
        let mut units: HashMap<_, _> = entries.map(|name| (name.sha256.as_str(), (name, None))).collect();
        for name in names.filter(|name| name.tier == KEYPOINTS) {
            if let Some(unit) = name.owner.as_deref().and_then(|owner| units.get_mut(owner)) {
                unit.1 = Some(name);
            }
        }
        Self(units)
    }

    fn unit(&self, digest: &str) -> Option<Unit> {
        let (entries, keypoints) = self.0.get(digest)?;
        Some(Unit { entries: (*entries).clone(), keypoints: keypoints.cloned() })
    }
}

impl Plan {
    /// The cheapest way from the segments that `has` knows of to those that a head names.
    pub fn new(head: &Head, recipes: &Recipes, has: &dyn Fn(&str) -> bool) -> Self {
        let mut plan = Self::to(head, &Known::of(head.segments.iter().chain(&recipes.segments)), has);
        // Keypoints that say of no segment of this head that they belong to it are of nobody's use, but they are named.
        let covered: Vec<&str> = plan.names().map(|name| name.sha256.as_str()).collect();
        let rest: Vec<SegmentName> = head
            .keypoint_segments()
            .filter(|name| !has(&name.sha256) && !covered.contains(&name.sha256.as_str()))
            .cloned()
            .collect();
        rest.into_iter().for_each(|name| plan.download(name));
        plan
    }

    /// The cheapest way to the segments of entries alone.
    pub fn of_entries(head: &Head, recipes: &Recipes, has: &dyn Fn(&str) -> bool) -> Self {
        let entries = head.segments.iter().chain(&recipes.segments).filter(|name| name.tier == ENTRIES);
        Self::to(head, &Known::of(entries), has)
    }

    /// The cheapest way to the units that a head requires.
    fn to(head: &Head, known: &Known<'_>, has: &dyn Fn(&str) -> bool) -> Self {
        let mut plan = Self::default();
        for unit in head.required_segments().filter_map(|name| known.unit(&name.sha256)) {
            plan.append(reach(&unit, known, has, 0));
        }
        plan
    }

    /// Bytes to download of a tier.
    pub fn bytes_of(&self, tier: &str) -> u64 {
        let downloads = self.steps.iter().filter_map(|step| match step {
            Step::Download(name) if name.tier == tier => Some(name.wire().0.bytes),
            Step::Download(_) | Step::Merge { .. } => None,
        });
        downloads.sum()
    }

    /// All segments that the steps bring.
    fn names(&self) -> impl Iterator<Item = &SegmentName> {
        self.steps.iter().flat_map(|step| match step {
            Step::Download(name) => vec![name],
            Step::Merge { unit, .. } => std::iter::once(&unit.entries).chain(&unit.keypoints).collect(),
        })
    }

    fn download(&mut self, name: SegmentName) {
        self.bytes += name.wire().0.bytes;
        self.steps.push(Step::Download(name));
    }

    fn append(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.steps.extend(other.steps);
    }
}

fn reach(unit: &Unit, known: &Known<'_>, has: &dyn Fn(&str) -> bool, depth: usize) -> Plan {
    let missing = std::iter::once(&unit.entries).chain(&unit.keypoints).filter(|name| !has(&name.sha256));
    let mut direct = Plan::default();
    missing.cloned().for_each(|name| direct.download(name));
    if direct.steps.is_empty() || unit.entries.parts.is_empty() || depth == MAX_DEPTH {
        return direct;
    }
    let parts: Option<Vec<Unit>> = unit.entries.parts.iter().map(|part| known.unit(part)).collect();
    let Some(parts) = parts else { return direct };
    let mut merged = Plan::default();
    for part in &parts {
        merged.append(reach(part, known, has, depth + 1));
        if merged.bytes >= direct.bytes {
            return direct;
        }
    }
    merged.steps.push(Step::Merge { unit: unit.clone(), parts });
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{named_segment, unsigned_head_of};

    fn names(plan: &Plan) -> Vec<String> {
        let short = |name: &SegmentName| name.sha256[..1].to_owned();
        plan.steps
            .iter()
            .map(|step| match step {
                Step::Download(name) => short(name),
                Step::Merge { unit, .. } => format!("+{}", short(&unit.entries)),
            })
            .collect()
    }

    /// `f` is merged of `a`, `b` and `e`; `e` of `c` and `d`.
    fn history() -> (Head, Recipes) {
        let (a, b) = (named_segment("a", 1000, &[]), named_segment("b", 100, &[]));
        let (c, d) = (named_segment("c", 10, &[]), named_segment("d", 10, &[]));
        let (e, f) = (named_segment("e", 20, &["c", "d"]), named_segment("f", 1120, &["a", "b", "e"]));
        (unsigned_head_of(vec![f]), Recipes { segments: vec![a, b, c, d, e] })
    }

    #[test]
    fn what_is_held_is_merged_and_only_the_rest_downloaded() {
        let (head, recipes) = history();
        let plan = |held: &[&str]| Plan::new(&head, &recipes, &|name| held.contains(&&name[..1]));
        assert_eq!(names(&plan(&["f"])), [""; 0]);
        assert_eq!(names(&plan(&["a", "b", "c", "d"])), ["+e", "+f"]);
        assert_eq!(plan(&["a", "b", "c", "d"]).bytes, 0);
        assert_eq!(names(&plan(&["a", "b", "c"])), ["d", "+e", "+f"]);
        assert_eq!(
            (names(&plan(&["a", "c"])), plan(&["a", "c"]).bytes),
            (vec!["b".into(), "d".into(), "+e".into(), "+f".into()], 110)
        );
    }

    #[test]
    fn a_fresh_client_downloads_what_is_there_now() {
        let (head, recipes) = history();
        let plan = Plan::new(&head, &recipes, &|_| false);
        assert_eq!((names(&plan), plan.bytes), (vec!["f".to_owned()], 1120));
    }

    #[test]
    fn segments_that_are_said_to_be_made_of_themselves_are_downloaded() {
        let head = unsigned_head_of(vec![named_segment("a", 100, &["a", "b"])]);
        let recipes = Recipes { segments: vec![named_segment("b", 1, &["a"])] };
        let plan = Plan::new(&head, &recipes, &|_| false);
        assert_eq!((names(&plan), plan.bytes), (vec!["a".to_owned()], 100));
    }

    #[test]
    fn entries_alone_are_merged_alone() {
        let (mut head, mut recipes) = history();
        let keypoints = |name: &str, bytes, owner: &SegmentName| SegmentName {
            tier: KEYPOINTS.to_owned(),
            owner: Some(owner.sha256.clone()),
            ..named_segment(name, bytes, &[])
        };
        let (merged, part) = (head.segments[0].clone(), recipes.segments[0].clone());
        head.segments.push(keypoints("9", 5000, &merged));
        recipes.segments.push(keypoints("8", 4000, &part));
        let has = |name: &str| name.starts_with(['a', 'b', 'c', 'd']);
        let whole = Plan::new(&head, &recipes, &has);
        assert_eq!((names(&whole), whole.bytes_of(KEYPOINTS)), (vec!["8".into(), "+e".into(), "+f".into()], 4000));
        let entries = Plan::of_entries(&head, &recipes, &has);
        assert_eq!((names(&entries), entries.bytes), (vec!["+e".to_owned(), "+f".to_owned()], 0));
        let alone =
            entries.steps.iter().all(|step| !matches!(step, Step::Merge { unit, .. } if unit.keypoints.is_some()));
        assert!(alone);
    }

    #[test]
    fn recipes_over_their_limits_are_refused() {
        let file = |segments| Recipes { segments }.file();
        assert!(Recipes::parse(&file(vec![named_segment("a", 1, &[])])).is_ok());
        assert!(
            Recipes::parse(&file(vec![SegmentName { sha256: "../x".into(), ..named_segment("a", 1, &[]) }])).is_err()
        );
        let bomb = miniz_oxide::deflate::compress_to_vec(&vec![b' '; MAX_UNPACKED + 1], 9);
        for bad in [&b"[]"[..], b"", &miniz_oxide::deflate::compress_to_vec(b"[]", 9), &bomb] {
            assert!(Recipes::parse(bad).is_err());
        }
    }
}
