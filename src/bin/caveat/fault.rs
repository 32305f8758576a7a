//! Failures of a command: which file, which line, what to do.

use std::io;
use std::path::{Path, PathBuf};

use caveat::index::segment::SegmentError;
use caveat::index::{EntryError, LineError};
use caveat::source::{AddressError, AnchorError, HeadError, RootError, UpdateError};
use thiserror::Error;

use crate::fingerprint::MediaError;

#[derive(Debug, Error)]
pub enum Fault {
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
    #[error("{}: {error}", path.display())]
    Line { path: PathBuf, error: LineError },
    #[error("{}: line {line}: entry {entry}: {error}", path.display())]
    Entry { path: PathBuf, line: usize, entry: String, error: EntryError },
    #[error("{}: line {line}: entry {entry}: media file {}: {error}", path.display(), media.display())]
    Media { path: PathBuf, line: usize, entry: String, media: PathBuf, error: MediaError },
    #[error("{}: line {line}: entry {entry}: cannot read media file {}: {error}; paths are taken from the folder of the entries", path.display(), media.display())]
    NoMedia { path: PathBuf, line: usize, entry: String, media: PathBuf, error: io::Error },
    #[error("{what}: {error}")]
    Anchor { what: String, error: AnchorError },
    #[error("{}: {error}", path.display())]
    Root { path: PathBuf, error: RootError },
    #[error("{}: {error}", path.display())]
    Head { path: PathBuf, error: HeadError },
    #[error("{}: {error}", path.display())]
    Segment { path: PathBuf, error: SegmentError },
    #[error("{url}: {error}")]
    Update { url: String, error: UpdateError },
    #[error("{url}: {error}")]
    Address { url: String, error: AddressError },
    #[error("{0}")]
    Usage(String),
}

impl Fault {
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::File { path: path.to_owned(), error }
    }

    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
