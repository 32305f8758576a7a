//! The entries of a publication: read, fingerprinted, held against what is published.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use caveat::fingerprint::encoding;
use caveat::index::{Entry, Media, parse_entries};

use crate::fault::Fault;
use crate::fingerprint::{self, MediaError};
use crate::folder::Folder;
use crate::{differences, progress};

/// The entries, every media item with its fingerprints.
pub fn read(path: &Path, keypoints: usize) -> Result<Vec<Entry>, Fault> {
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

/// The entries that are new since what is published. Ids stay, revisions only grow: what people were told once can be
/// corrected, not unsaid.
pub fn changed<'a>(path: &Path, entries: &'a [Entry], held: &Folder) -> Result<Vec<&'a Entry>, Fault> {
    let error = |error| Fault::Segment { path: path.to_owned(), error };
    let by_id: HashMap<&str, &Entry> = entries.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    let mut unchanged = HashMap::new();
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
        if new.rev == old.rev {
            unchanged.insert(new.id.as_str(), ());
        }
    }
    Ok(entries.iter().filter(|entry| !unchanged.contains_key(entry.id.as_str())).collect())
}
