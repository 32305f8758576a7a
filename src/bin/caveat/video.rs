//! Videos: a few frames of each, fingerprinted like pictures.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use caveat::fingerprint::MIN_QUALITY;
use thiserror::Error;

use crate::ffmpeg::{self, FfmpegError, STEP_MS};
use crate::fingerprint::{self, Fingerprinted};

/// File names that mean a video.
const EXTENSIONS: [&str; 9] = ["mp4", "webm", "mkv", "mov", "m4v", "avi", "ogv", "mpg", "ts"];
/// Most frames of one video.
const MAX_FRAMES: usize = 64;
/// Longest stretch of a video without a frame, where there is one to take.
const MAX_GAP_MS: u64 = 10_000;
/// A frame that is so near to one already taken, in bits of the canonical hash, shows the same.
const SAME: u32 = 10;
/// A longer run is ended.
const MAX_TIME: Duration = Duration::from_secs(10 * 60);
/// Names the program to run in place of `ffmpeg`.
const PROGRAM: &str = "CAVEAT_FFMPEG";

/// Why a video gives nothing to fingerprint.
#[derive(Debug, Error)]
pub enum VideoError {
    #[error(transparent)]
    Ffmpeg(#[from] FfmpegError),
    #[error("no frame is usable, all are almost flat: give a picture that shows more")]
    NoFrame,
}

/// Whether a file is taken for a video: by its name, as its content is ffmpeg's to judge.
pub fn is_video(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    EXTENSIONS.iter().any(|video| extension.eq_ignore_ascii_case(video))
}

/// The fingerprints of a video's frames, by time: the first of each scene, one in ten seconds, none twice.
pub fn frames(path: &Path, keypoints: usize) -> Result<Vec<Fingerprinted>, VideoError> {
    let program = std::env::var_os(PROGRAM).unwrap_or_else(|| OsString::from("ffmpeg"));
    let mut choice = Choice::default();
    ffmpeg::shots(&program, path, MAX_TIME, |shot| {
        if shot.cut || shot.ms >= choice.due {
            choice.take(shot.ms, fingerprint::of_pixels(&shot.pixels, keypoints));
        }
    })?;
    if choice.taken.is_empty() { Err(VideoError::NoFrame) } else { Ok(spread(choice.taken, MAX_FRAMES)) }
}

#[derive(Default)]
struct Choice {
    taken: Vec<Fingerprinted>,
    /// From when on any shot will do.
    due: u64,
}

impl Choice {
    fn take(&mut self, ms: u64, found: Fingerprinted) {
        if found.fingerprint.regions.iter().all(|region| region.quality < MIN_QUALITY) {
            // Black before a scene fades in: the first shot that shows something is the one to take.
            self.due = 0;
            return;
        }
        self.due = ms + MAX_GAP_MS - STEP_MS;
        if !self.taken.iter().any(|taken| is_same(taken, &found)) {
            self.taken.push(Fingerprinted { frame_ms: Some(ms), ..found });
        }
    }
}

fn is_same(one: &Fingerprinted, other: &Fingerprinted) -> bool {
    let (one, other) = (&one.fingerprint.regions, &other.fingerprint.regions);
    // What lies inside the picture is found in one frame and not in the next: only what both have can differ.
    one.iter().all(|one| other.iter().all(|other| one.region != other.region || one.hash.distance(&other.hash) <= SAME))
}

/// At most so many of the items, evenly spread, the first and the last among them.
fn spread<T>(items: Vec<T>, most: usize) -> Vec<T> {
    let last = items.len().saturating_sub(1);
    if last < most {
        return items;
    }
    let mut places = (0..most).map(|i| i * last / (most - 1)).peekable();
    items.into_iter().enumerate().filter(|(i, _)| places.next_if_eq(i).is_some()).map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use caveat::fingerprint::{Fingerprint, Hash, HashedRegion, WHOLE, pdq::Pdq};

    use super::*;

    fn found(byte: u8, quality: u8) -> Fingerprinted {
        let hash = Hash([byte; 32]);
        let regions = vec![HashedRegion { region: WHOLE, quality, hash }];
        let fingerprint = Fingerprint { regions, ..Fingerprint::default() };
        Fingerprinted { pdq: Pdq { hash, quality }, fingerprint, sight: [0; 32], frame_ms: None }
    }

    #[test]
    fn a_name_tells_a_video() {
        assert!(["a.mp4", "b/a.WebM", "a.b.MOV", "x.ts"].iter().all(|name| is_video(Path::new(name))));
        assert!(["mp4", "a.mp4.jpg", "a.gif", "a", ".mp4"].iter().all(|name| !is_video(Path::new(name))));
    }

    #[test]
    fn flat_and_repeated_frames_are_passed_over() {
        let mut choice = Choice::default();
        choice.take(0, found(1, 49));
        assert_eq!(choice.due, 0, "the next shot is tried at once");
        choice.take(500, found(2, 50));
        assert_eq!(choice.due, 10_000, "shots come every half second, so a frame in ten seconds");
        choice.take(700, found(3, 90));
        choice.take(9_000, found(2, 100));
        let times: Vec<_> = choice.taken.iter().map(|frame| frame.frame_ms).collect();
        assert_eq!(times, [Some(500), Some(700)]);
    }

    #[test]
    fn too_many_frames_are_thinned_evenly() {
        assert_eq!(spread(vec![1, 2, 3], 3), [1, 2, 3]);
        assert_eq!(spread((0..10).collect(), 4), [0, 3, 6, 9]);
        let kept = spread((0..1000).collect::<Vec<_>>(), MAX_FRAMES);
        assert_eq!((kept.len(), kept[0], kept[63]), (64, 0, 999));
        assert!(kept.windows(2).all(|pair| (15..=16).contains(&(pair[1] - pair[0]))));
        assert!(spread(Vec::<u8>::new(), 4).is_empty());
    }
}
