//! One program at a time writes into a source's folder.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::fault::Fault;

/// Keeps others out of the folder until it is dropped, or the process ends. Nothing is left in the folder, which lies on a
/// web server as it is. A folder that is not there yet, or that the system cannot lock, is not kept.
///
/// # Errors
/// When another program is writing into it.
pub fn keep(folder: &Path) -> Result<Option<File>, Fault> {
    let Ok(file) = File::open(folder) else { return Ok(None) };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Fault::Usage(format!(
            "{}: another `caveat` is writing into this folder: run this again when it has finished",
            folder.display()
        ))),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}
