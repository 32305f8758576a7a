//! `caveat build`: entries to a source.

mod change;
mod entries;
mod limits;
mod publication;
mod tiers;

use std::fs;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use caveat::fingerprint::keypoints::select::DEFAULT_KEYPOINTS;
use caveat::index::Entry;
use caveat::index::segment::MAX_LENGTH;
use caveat::source::{
    Anchor, Head, KEYPOINTS, Plan, Recipes, Role, SecretKey, SegmentName, Trust, accept, reopen, sign, unsigned,
};

pub use self::change::told;
use self::tiers::Unit;
use crate::fault::Fault;
use crate::folder::{self, Folder};
use crate::{hosts, keys, lock, sweep};

#[derive(clap::Args)]
pub struct Arguments {
    /// Entries, JSON Lines; paths of media are taken from its folder.
    entries: PathBuf,
    /// The publisher's secret key; without, the environment's CAVEAT_SIGNING_KEY.
    #[arg(long, value_name = "KEY", conflicts_with = "unsigned")]
    key: Option<PathBuf>,
    /// Leave the head unsigned, as head.unsigned, for `caveat sign` on another machine.
    #[arg(long)]
    unsigned: bool,
    /// With --unsigned, of a new source: its public key, its root (root:…), or a file that holds it.
    #[arg(long, value_name = "PUB", requires = "unsigned")]
    anchor: Option<String>,
    /// Folder of the source: static files for any web server.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What the publisher calls itself [default: what the source is called already, or the entries' file name].
    #[arg(long)]
    name: Option<String>,
    /// Publication time, seconds since 1970 [default: SOURCE_DATE_EPOCH, or now].
    #[arg(long, value_name = "SECONDS")]
    issued: Option<u64>,
    /// Sequence of the publication [default: one more than what is in DIR].
    #[arg(long)]
    sequence: Option<u64>,
    /// Days after which clients say that the index is out of date.
    #[arg(long, value_name = "DAYS", default_value_t = 60)]
    expires_after: u64,
    /// Seconds that clients wait between two automatic questions.
    #[arg(long, value_name = "SECONDS", default_value_t = 6 * 3600)]
    min_wait: u64,
    /// Days that segments stay in DIR after they were merged, for clients that come seldom.
    #[arg(long, value_name = "DAYS", default_value_t = 60)]
    keep: u64,
    /// Publish even if so much changes at once that clients wait for a person's word.
    #[arg(long)]
    mass_change: bool,
    /// Do not publish segments compressed as well.
    #[arg(long)]
    unpacked: bool,
    /// Most keypoints of a picture, 20 bytes each: more of them find smaller crops. 0 for none.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_KEYPOINTS, value_parser = clap::value_parser!(u16).range(0..=255))]
    keypoints: u16,
    /// Hosts that links may go to, each with those below it [default: those of the entries' links].
    #[arg(long, value_name = "HOST,…", value_delimiter = ',')]
    hosts: Vec<String>,
    /// Also write the entries with fingerprints in place of files, to share or rebuild without the pictures.
    #[arg(long, value_name = "FILE")]
    fingerprints_to: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<(), Fault> {
    let _alone = lock::keep(&arguments.out)?;
    let key = if arguments.unsigned { None } else { Some(keys::secret(arguments.key.as_deref())?) };
    let trust = trust(arguments, key.as_ref())?;
    let entries = entries::read(&arguments.entries, usize::from(arguments.keypoints))?;
    if let Some(path) = &arguments.fingerprints_to {
        let lines: String = entries.iter().map(|entry| caveat::index::to_line(entry) + "\n").collect();
        fs::write(path, lines).map_err(Fault::file(path))?;
    }
    let held = match folder::exists(&folder::head_path(&arguments.out))? {
        true => Some(folder::read_own(&arguments.out, &trust)?),
        false => None,
    };
    if let Some(held) = &held {
        change::warn_of_emergencies(&arguments.out, &entries, held);
    }
    let Some(publication) = Publication::new(arguments, &trust, &entries, held.as_ref())? else {
        println!("nothing has changed since sequence {}", held.map_or(0, |held| held.head.sequence));
        return Ok(());
    };
    if let Some(held) = &held {
        let change = change::mass(&entries, &publication.head, held);
        change::may_publish(change, &trust, arguments.unsigned, arguments.mass_change)?;
    }
    let head_length = publication.write(arguments, &trust, key.as_ref(), held.as_ref())?;
    publication.describe(&entries, held.as_ref(), arguments.unsigned, head_length);
    change::warn_of_expiry(&trust, publication.head.issued);
    Ok(())
}

/// Whom clients of the source believe. The key that signs must be among them.
fn trust(arguments: &Arguments, key: Option<&SecretKey>) -> Result<Trust, Fault> {
    let given = arguments.anchor.as_deref().map(keys::anchor).transpose()?;
    let anchor = match (folder::anchor(&arguments.out)?, given, key) {
        (Some(there), Some(given), _) if there != given => {
            return Err(Fault::Usage(format!("{} is the source of {there}, not of {given}", arguments.out.display())));
        }
        (Some(there), ..) => there,
        (None, Some(given), _) => given,
        (None, None, Some(key)) => Anchor::from(key.public()),
        (None, None, None) => {
            let out = arguments.out.display();
            return Err(Fault::Usage(format!(
                "{out}: a new source: give --anchor with the public key that will sign it, or make its keys with `caveat root`"
            )));
        }
    };
    let trust = folder::trust(&arguments.out, anchor)?;
    match key {
        Some(key) if !trust.head_keys().contains(&key.public()) => Err(Fault::Usage(format!(
            "{}: key {} may not sign heads of this source; {} may",
            arguments.out.display(),
            key.public(),
            keys::list(trust.head_keys())
        ))),
        _ => Ok(trust),
    }
}

struct Publication {
    head: Head,
    recipes: Recipes,
    /// All segments in use.
    units: Vec<Unit>,
    /// Those that were merged now.
    replaced: Vec<Unit>,
    files: Vec<(caveat::source::FileName, Vec<u8>)>,
    changed: usize,
}

impl Publication {
    /// What is to be published, or `None` when nothing has changed and nobody needs to be told so yet.
    fn new(
        arguments: &Arguments,
        trust: &Trust,
        entries: &[Entry],
        held: Option<&Folder>,
    ) -> Result<Option<Self>, Fault> {
        let packed = !arguments.unpacked;
        let mut changed: Vec<Entry> = match held {
            Some(held) => entries::changed(&arguments.entries, entries, held)?.into_iter().cloned().collect(),
            None => entries.to_vec(),
        };
        // Where more than a segment holds is divided must not depend on the order of lines.
        changed.sort_by(|a, b| a.id.cmp(&b.id));
        let head = Self::head(arguments, trust, entries, held)?;
        // An index in which nothing changes still has to say from time to time that it is up to date.
        let due = |held: &Folder| head.issued > held.head.issued.midpoint(held.head.expires);
        let same = |held: &Folder| {
            let Head { sequence, issued, expires, .. } = head;
            head == Head { sequence, issued, expires, segments: Vec::new(), recipes: None, ..held.head.clone() }
        };
        let settled = |held: &Folder| changed.is_empty() && !due(held) && same(held) && arguments.sequence.is_none();
        if held.is_some_and(settled) {
            return Ok(None);
        }
        let mut units = held.map_or_else(|| Ok(Vec::new()), |held| held_units(&arguments.out, &held.head))?;
        if !changed.is_empty() || units.is_empty() {
            units.extend(Unit::written(&changed, MAX_LENGTH)?);
        }
        let (units, replaced) = tiers::settle(units, entries, MAX_LENGTH)?;
        let mut publication =
            Self { head, recipes: Recipes::default(), units, replaced, files: Vec::new(), changed: changed.len() };
        publication.name_files(arguments, held, packed)?;
        Ok(Some(publication))
    }

    /// Gives segments and recipes their names in the head.
    fn name_files(&mut self, arguments: &Arguments, held: Option<&Folder>, packed: bool) -> Result<(), Fault> {
        let published = |sha256: &str| {
            let of = |name: &&SegmentName| name.sha256 == sha256 || name.owner.as_deref() == Some(sha256);
            held.map_or_else(Vec::new, |held| held.head.segments.iter().filter(of).cloned().collect())
        };
        let mut files = Vec::new();
        let mut name = |unit: &Unit| {
            let before = published(&unit.sha256);
            if before.is_empty() {
                let (names, made) = publication::names(unit, packed);
                files.extend(made);
                names
            } else {
                before
            }
        };
        let mut segments: Vec<SegmentName> = self.units.iter().flat_map(&mut name).collect();
        // Entries before keypoints, each from the oldest to the newest.
        segments.sort_by_key(|name| name.tier == KEYPOINTS);
        let replaced = self.replaced.iter().flat_map(&mut name).collect();
        self.files = files;
        self.head.segments = segments;
        let before =
            held.map_or_else(|| Ok(Recipes::default()), |held| sweep::recipes_of(&arguments.out, &held.head))?;
        let keep = arguments.keep.saturating_mul(86_400);
        let file;
        (self.recipes, file) = publication::recipes(before, replaced, self.head.issued, keep);
        if !self.recipes.segments.is_empty() {
            let name = publication::named(&file);
            self.head.recipes = Some(name.clone());
            self.files.push((name, file));
        }
        Ok(())
    }

    /// A head without its segments.
    fn head(arguments: &Arguments, trust: &Trust, entries: &[Entry], held: Option<&Folder>) -> Result<Head, Fault> {
        let issued = match arguments.issued {
            Some(issued) => issued,
            None => now()?,
        };
        // After a stolen key sequences begin anew; higher ones are right all the same.
        let before = held.map_or(0, |held| held.head.sequence);
        let sequence = arguments.sequence.unwrap_or(before + 1);
        if sequence == 0 || held.is_some() && sequence <= before {
            return Err(Fault::Usage(format!("--sequence {sequence}: {before} is published, give a higher one")));
        }
        let name = arguments.name.clone().or_else(|| held.map(|held| held.head.name.clone()));
        let stem =
            || arguments.entries.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let mut retractions = held.map_or_else(Vec::new, |held| held.head.retractions.clone());
        let find = |id: &str| entries.iter().find(|entry| entry.id == id);
        let is_gone = |entry: &Entry| entry.status == caveat::index::Status::Retracted;
        // What the entries say themselves by now need not be said again.
        retractions.retain(|one| find(&one.id).is_none_or(|entry| entry.rev <= one.rev && !is_gone(entry)));
        let withdrawn = retractions.len();
        let retracted = entries.iter().filter(|entry| is_gone(entry)).count() + withdrawn;
        Ok(Head {
            format: 1,
            source: trust.source().to_string(),
            key: trust.anchor().to_string(),
            root_version: trust.version(),
            epoch: trust.epoch(),
            name: name.unwrap_or_else(stem),
            sequence,
            issued,
            expires: issued.saturating_add(arguments.expires_after.saturating_mul(86_400)),
            min_wait: arguments.min_wait,
            entries: (entries.len() - retracted) as u64,
            tombstones: retracted as u64,
            segments: Vec::new(),
            retractions,
            recipes: None,
            hosts: hosts::list(entries, &arguments.hosts)?,
        })
    }

    /// Segments first, the head last and in one step, so that a client never sees a head whose segments are not there. The
    /// bytes of the head's file.
    fn write(
        &self,
        arguments: &Arguments,
        trust: &Trust,
        key: Option<&SecretKey>,
        held: Option<&Folder>,
    ) -> Result<u64, Fault> {
        let out = &arguments.out;
        let path = folder::head_path(out);
        let payload = serde_json::to_vec(&self.head).map_err(std::io::Error::from)?;
        limits::check(&self.head, payload.len())?;
        let mut file = unsigned(&payload, Role::Head);
        let fault = |error| Fault::Head { path: path.clone(), error };
        // What every client would refuse must not be published, whatever the arguments say.
        match key {
            Some(key) => {
                file = sign(&file, trust.source(), key).map_err(|error| fault(error.into()))?;
                accept(&file, trust).map_err(fault)?;
            }
            None => {
                reopen(&file, trust.source()).map_err(fault)?;
            }
        }
        publication::write_files(out, &self.files)?;
        let heads: Vec<&Head> = std::iter::once(&self.head).chain(held.map(|held| &held.head)).collect();
        match key {
            Some(_) => {
                folder::write_atomically(&path, &file)?;
                folder::remove(&out.join(crate::sign::HEAD))?;
                sweep::sweep(out, &heads, &self.recipes)?;
            }
            None => folder::write_atomically(&out.join(crate::sign::HEAD), &file)?,
        }
        Ok(file.len() as u64)
    }

    /// Says what was made, and what clients download of it: of small files head and recipes, since roots and retractions are
    /// not this command's.
    fn describe(&self, entries: &[Entry], held: Option<&Folder>, unsigned: bool, head_length: u64) {
        let empty = entries.iter().filter(|entry| entry.media.is_empty()).count();
        let hashes: u64 = self.head.required_segments().map(|name| name.hashes).sum();
        println!(
            "sequence {}: {} entries ({} retracted, {empty} without media), {hashes} hashes; {} new or changed, {} segments",
            self.head.sequence,
            entries.len(),
            self.head.tombstones,
            self.changed,
            self.units.len()
        );
        match (self.replaced.len(), self.units.last()) {
            (0, _) | (_, None) => {}
            (count, Some(newest)) if newest.parts.is_empty() => {
                println!(
                    "wrote {count} segments anew as one, which all clients download: much of them had been replaced"
                );
            }
            (count, Some(_)) => println!("merged {count} segments, which clients do themselves"),
        }
        let cost = |has: &dyn Fn(&str) -> bool| {
            let file = Recipes::wanted(&self.head, has);
            let none = Recipes::default();
            let plan = Plan::new(&self.head, if file.is_some() { &self.recipes } else { &none }, has);
            let keypoints = plan.bytes_of(KEYPOINTS);
            let small = match file {
                Some(file) => format!("{} of head and recipes", head_length + file.bytes),
                None => format!("{head_length} of the head"),
            };
            format!("{} bytes of entries, {keypoints} of keypoints and {small}", plan.bytes - keypoints)
        };
        println!("a new client downloads {}", cost(&|_| false));
        if let Some(held) = held {
            let has = |sha256: &str| held.head.segments.iter().any(|name| name.sha256 == sha256);
            println!("a client that is up to date downloads {}", cost(&has));
        }
        if unsigned {
            println!("not published yet: sign head.unsigned with `caveat sign`");
        }
    }
}

/// The segments that a head names, from its folder.
fn held_units(out: &std::path::Path, head: &Head) -> Result<Vec<Unit>, Fault> {
    head.required_segments()
        .map(|name| {
            let file = folder::files(out, std::iter::once(name))?.remove(0);
            let of_it = head.keypoint_segments().filter(|other| other.owner.as_ref() == Some(&name.sha256));
            let keypoints = folder::files(out, of_it)?.into_iter().next();
            Unit::of(file, keypoints, name.parts.clone())
        })
        .collect()
}

/// The time, or what SOURCE_DATE_EPOCH says, in seconds since 1970.
pub fn now() -> Result<u64, Fault> {
    if let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") {
        return text.parse().map_err(|_| Fault::Usage("SOURCE_DATE_EPOCH is no number of seconds".to_owned()));
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map(|since| since.as_secs()).map_err(|_| Fault::Usage("the clock is before 1970".to_owned()))
}
