//! The server that `caveat verify` asks: on the web, or a folder in its place.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use caveat::source::{Fetch, FetchError, Request};

use crate::remote::Remote;

/// What stands for a folder's address.
pub const LOCAL: &str = "http://localhost/";

/// Where files come from.
pub enum From {
    Web(Remote),
    Folder(PathBuf),
}

/// A server, and what was downloaded from it.
pub struct Counted {
    from: From,
    answers: RefCell<Vec<(String, u64)>>,
}

impl Counted {
    pub fn new(from: From) -> Self {
        Self { from, answers: RefCell::default() }
    }

    /// Bytes of all answers.
    pub fn bytes(&self) -> u64 {
        self.answers.borrow().iter().map(|(_, bytes)| bytes).sum()
    }

    /// Whether a file was downloaded.
    pub fn was_asked_for(&self, path: &str) -> bool {
        self.answers.borrow().iter().any(|(url, _)| url.ends_with(path))
    }
}

impl Fetch for Counted {
    async fn get(&self, request: Request<'_>, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, FetchError> {
        let url = request.url.to_owned();
        let file = match &self.from {
            From::Web(remote) => remote.get(request, on_bytes).await?,
            From::Folder(folder) => read_from(folder, &request)?,
        };
        self.answers.borrow_mut().push((url, file.len() as u64));
        Ok(file)
    }

    fn cancel(&self) {}
}

/// A folder as a server.
fn read_from(folder: &Path, request: &Request<'_>) -> Result<Vec<u8>, FetchError> {
    let path = request.url.strip_prefix(LOCAL).unwrap_or_default();
    let file = fs::read(folder.join(path)).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => FetchError::Status(404),
        _ => FetchError::Unreachable,
    })?;
    if file.len() > request.limit { Err(FetchError::TooLarge) } else { Ok(file) }
}
