//! `caveat build`: entries to a source.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use caveat::fingerprint::encoding;
use caveat::fingerprint::keypoints::select::DEFAULT_KEYPOINTS;
use caveat::index::segment::{self, HashGroup, Segment};
use caveat::index::{Entry, Media, Status, parse_entries};
use caveat::source::{ENTRIES, Head, KEYPOINTS, Role, SecretKey, SegmentName, accept, seal};
use sha2::{Digest, Sha256};

use crate::fault::Fault;
use crate::fingerprint::{self, MediaError};
use crate::{differences, folder, hosts, keys, progress};

#[derive(clap::Args)]
pub struct Arguments {
    /// Entries, JSON Lines; paths of media are taken from its folder.
    entries: PathBuf,
    /// The publisher's secret key; without, the environment's CAVEAT_SIGNING_KEY.
    #[arg(long, value_name = "KEY")]
    key: Option<PathBuf>,
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
    let key = keys::secret(arguments.key.as_deref())?;
    let entries = read_entries(&arguments.entries, usize::from(arguments.keypoints))?;
    if let Some(path) = &arguments.fingerprints_to {
        let lines: String = entries.iter().map(|entry| caveat::index::to_line(entry) + "\n").collect();
        fs::write(path, lines).map_err(Fault::file(path))?;
    }
    let head_path = folder::head_path(&arguments.out);
    let held = match fs::exists(&head_path).map_err(Fault::file(&head_path))? {
        true => Some(folder::read(&arguments.out, Some(&key.public()))?),
        false => None,
    };
    if let Some(held) = &held {
        check_history(&arguments.entries, &entries, held)?;
    }
    let file = segment::write(&entries);
    let segment =
        Segment::parse(file.clone()).map_err(|error| Fault::Segment { path: arguments.out.clone(), error })?;
    let keypoints = segment::write_keypoints(&entries, &file);
    let hosts = hosts::list(&entries, &arguments.hosts)?;
    let head = Head { hosts, ..head(arguments, &key, &segment, [Some(&file), keypoints.as_ref()], held.as_ref())? };
    // An index in which nothing changes still has to say from time to time that it is up to date.
    let due = |held: &folder::Folder| head.issued > held.head.issued.midpoint(held.head.expires);
    let unchanged = |held: &folder::Folder| {
        !due(held)
            && head == Head { sequence: head.sequence, issued: head.issued, expires: head.expires, ..held.head.clone() }
    };
    if let Some(held) = &held
        && arguments.sequence.is_none()
        && unchanged(held)
    {
        println!("nothing has changed since sequence {}", held.head.sequence);
        return Ok(());
    }
    let head_file = seal(&serde_json::to_vec(&head).map_err(std::io::Error::from)?, Role::Head, &key);
    // What every client would refuse must not be published, whatever the arguments say.
    accept(&head_file, &key.public()).map_err(|error| Fault::Head { path: head_path, error })?;
    let files: Vec<&[u8]> = [Some(&file), keypoints.as_ref()].into_iter().flatten().map(Vec::as_slice).collect();
    publish(&arguments.out, &head, &files, &head_file)?;
    let empty = entries.iter().filter(|entry| entry.media.is_empty()).count();
    println!(
        "sequence {}: {} entries ({} retracted, {empty} without media), {} hashes, {} bytes to download and {} of keypoints",
        head.sequence,
        entries.len(),
        head.tombstones,
        segment.hashes(HashGroup::Canonical) + segment.hashes(HashGroup::Pdq),
        file.len(),
        keypoints.map_or(0, |file| file.len())
    );
    Ok(())
}

/// The entries, every media item with its fingerprints.
fn read_entries(path: &Path, keypoints: usize) -> Result<Vec<Entry>, Fault> {
    let text = fs::read_to_string(path).map_err(Fault::file(path))?;
    let mut entries = parse_entries(&text).map_err(|error| Fault::Line { path: path.to_owned(), error })?;
    let lines: Vec<usize> =
        text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()).map(|(_, number)| number).collect();
    let count = entries.iter().map(|entry| entry.media.iter().filter(|media| media.file.is_some()).count()).sum();
    let bar = progress::bar(count, "fingerprinting");
    let base = path.parent().unwrap_or(Path::new("."));
    let mut untold = Vec::new();
    for (entry, line) in entries.iter_mut().zip(lines) {
        let mut files = Vec::new();
        for mut media in std::mem::take(&mut entry.media) {
            let Some(file) = media.file.take() else {
                entry.media.push(media);
                files.push(None);
                continue;
            };
            let file = base.join(file);
            let found = fingerprint::of_file(&file, keypoints)
                .map_err(|error| media_fault(path, line, &entry.id, file.clone(), error))?;
            entry.media.extend(found.iter().map(|found| filled(&media, found)));
            files.resize(entry.media.len(), Some(file));
            bar.inc(1);
        }
        untold.extend(
            differences::add(entry, &files).map_err(|(file, error)| media_fault(path, line, &entry.id, file, error))?,
        );
        // A video counts with all its frames.
        let fault = |error| Fault::Entry { path: path.to_owned(), line, entry: entry.id.clone(), error };
        entry.validate().map_err(fault)?;
    }
    bar.finish_and_clear();
    for line in untold {
        eprintln!("caveat: {line}");
    }
    Ok(entries)
}

fn media_fault(path: &Path, line: usize, entry: &str, media: PathBuf, error: MediaError) -> Fault {
    let (path, entry) = (path.to_owned(), entry.to_owned());
    match error {
        MediaError::File(error) => Fault::NoMedia { path, line, entry, media, error },
        error => Fault::Media { path, line, entry, media, error },
    }
}

/// A media item with the fingerprints of its file, or of one frame of it, in place of the file.
fn filled(media: &Media, found: &fingerprint::Fingerprinted) -> Media {
    let mut media = Media {
        pdq: Some(found.pdq.hash),
        quality: Some(found.pdq.quality),
        fingerprint: Some(encoding::to_base64(&found.fingerprint)),
        ..media.clone()
    };
    if let Some(ms) = found.frame_ms {
        media.extra.insert("frame_ms".to_owned(), ms.into());
    }
    media
}

/// Ids stay, revisions only grow: what people were told once can be corrected, not unsaid.
fn check_history(path: &Path, entries: &[Entry], held: &folder::Folder) -> Result<(), Fault> {
    let error = |error| Fault::Segment { path: path.to_owned(), error };
    let by_id: HashMap<&str, &Entry> = entries.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    for old in held.index.entries(&held.keypoints).map_err(error)? {
        let Some(&new) = by_id.get(old.id.as_str()) else {
            return Err(Fault::Usage(format!(
                "{}: entry {} is published and missing here: keep it, with status retracted and a correction text",
                path.display(),
                old.id
            )));
        };
        if new.rev < old.rev || (new.rev == old.rev && *new != old) {
            return Err(Fault::Usage(format!(
                "{}: entry {} was changed after it was published: raise rev to {}",
                path.display(),
                old.id,
                old.rev + 1
            )));
        }
    }
    Ok(())
}

fn head(
    arguments: &Arguments,
    key: &SecretKey,
    segment: &Segment,
    [file, keypoints]: [Option<&Vec<u8>>; 2],
    held: Option<&folder::Folder>,
) -> Result<Head, Fault> {
    let issued = match arguments.issued {
        Some(issued) => issued,
        None => now()?,
    };
    let before = held.map_or(0, |held| held.head.sequence);
    let sequence = arguments.sequence.unwrap_or(before + 1);
    if sequence == 0 || held.is_some() && sequence <= before {
        return Err(Fault::Usage(format!("--sequence {sequence}: {before} is published, give a higher one")));
    }
    let name = arguments.name.clone().or_else(|| held.map(|held| held.head.name.clone()));
    let stem = || arguments.entries.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let retracted = (0..segment.entries()).filter(|&row| segment.status(row) == Status::Retracted).count();
    let public = key.public();
    Ok(Head {
        format: 1,
        source: public.source().to_string(),
        key: public.to_string(),
        name: name.unwrap_or_else(stem),
        sequence,
        issued,
        expires: issued.saturating_add(arguments.expires_after.saturating_mul(86_400)),
        min_wait: arguments.min_wait,
        entries: (segment.entries() - retracted) as u64,
        tombstones: retracted as u64,
        segments: [(ENTRIES, file), (KEYPOINTS, keypoints)]
            .into_iter()
            .filter_map(|(tier, file)| Some((tier, file?)))
            .map(|(tier, file)| SegmentName {
                tier: tier.to_owned(),
                sha256: hex::encode(Sha256::digest(file)),
                bytes: file.len() as u64,
                entries: segment.entries() as u64,
                hashes: (segment.hashes(HashGroup::Canonical) + segment.hashes(HashGroup::Pdq)) as u64,
            })
            .collect(),
        retractions: Vec::new(),
        hosts: Vec::new(),
    })
}

fn now() -> Result<u64, Fault> {
    if let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") {
        return text.parse().map_err(|_| Fault::Usage("SOURCE_DATE_EPOCH is no number of seconds".to_owned()));
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map(|since| since.as_secs()).map_err(|_| Fault::Usage("the clock is before 1970".to_owned()))
}

/// Segments first, the head last and in one step, so that a client never sees a head whose segments are not there.
fn publish(out: &Path, head: &Head, files: &[&[u8]], head_file: &[u8]) -> Result<(), Fault> {
    let segments = out.join("segments");
    fs::create_dir_all(&segments).map_err(Fault::file(&segments))?;
    for (name, file) in head.segments.iter().zip(files) {
        write_atomically(&out.join(name.path()), file)?;
    }
    write_atomically(&folder::head_path(out), head_file)
}

fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let partial = path.with_extension("partial");
    fs::write(&partial, bytes).map_err(Fault::file(&partial))?;
    fs::rename(&partial, path).map_err(Fault::file(path))
}
