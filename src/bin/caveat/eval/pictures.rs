//! The pictures of a folder, and which of them are put in the index.

use std::fs;
use std::path::{Path, PathBuf};

use caveat::image::{Limits, Orientation, decode};
use image::ImageReader;

use super::canvas::Canvas;
use super::chance::digest;
use crate::fault::Fault;

/// The extension asks about no smaller ones.
const MIN_SIDE: u32 = 96;
/// How much longer one side may be: beyond that, a screenshot shows a part only.
const MAX_SHAPE: u32 = 6;
/// Longest side of what is edited: sites serve no larger ones in a post, and larger ones only take time.
const LONGEST: f32 = 1600.0;
/// Longest side of what is shown beside a picture.
const LONGEST_OTHER: f32 = 800.0;

/// A picture's file.
pub struct Picture {
    /// Its path in the folder that was given, with `/` between the parts.
    pub name: String,
    path: PathBuf,
}

impl Picture {
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        fs::read(&self.path).map_err(|error| error.to_string())
    }

    /// To be edited.
    pub fn canvas(&self) -> Result<Canvas, String> {
        let pixels =
            decode(&self.bytes()?, &Limits::default(), Orientation::Apply).map_err(|error| error.to_string())?;
        Ok(Canvas::of(&pixels).at_most(LONGEST, LONGEST))
    }

    /// To be shown beside another.
    pub fn companion(&self) -> Option<Canvas> {
        self.canvas().ok().map(|canvas| canvas.at_most(LONGEST_OTHER, LONGEST_OTHER))
    }

    /// Whether its header says that it is of a size that is asked about.
    fn fits(&self) -> bool {
        let size = ImageReader::open(&self.path).and_then(ImageReader::with_guessed_format);
        let size = size.ok().and_then(|reader| reader.into_dimensions().ok());
        size.is_some_and(|(width, height)| {
            let (short, long) = (width.min(height), width.max(height));
            short >= MIN_SIDE && long <= short.saturating_mul(MAX_SHAPE)
        })
    }
}

/// The pictures of some folders, and of the folders in them.
pub struct Found {
    pub pictures: Vec<Picture>,
    /// Names of those that are too small, too narrow or damaged.
    pub left_out: Vec<String>,
}

/// The pictures in an order that hangs on their names and the seed alone.
pub fn find(folders: &[PathBuf], seed: u64) -> Result<Found, Fault> {
    let mut all = Vec::new();
    for folder in folders {
        collect(folder, "", &mut all)?;
    }
    all.sort_by_cached_key(|picture| (digest(seed, &["order", &picture.name]), picture.path.clone()));
    let (pictures, unfit): (Vec<_>, Vec<_>) = all.into_iter().partition(Picture::fits);
    Ok(Found { pictures, left_out: unfit.into_iter().map(|picture| picture.name).collect() })
}

fn collect(folder: &Path, above: &str, all: &mut Vec<Picture>) -> Result<(), Fault> {
    for child in fs::read_dir(folder).map_err(Fault::file(folder))? {
        let child = child.map_err(Fault::file(folder))?;
        let (path, name) = (child.path(), child.file_name().to_string_lossy().into_owned());
        if name.starts_with('.') {
            continue;
        }
        // A link to a folder is not followed: it may lead back.
        if child.file_type().map_err(Fault::file(&path))?.is_dir() {
            collect(&path, &format!("{above}{name}/"), all)?;
        } else if is_picture(&path) {
            all.push(Picture { name: format!("{above}{name}"), path });
        }
    }
    Ok(())
}

fn is_picture(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| ["jpg", "jpeg", "png", "webp", "gif"].contains(&extension.as_str()))
}
