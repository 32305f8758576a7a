//! One run of `ffmpeg` over a video: the frames that may be worth keeping, each with its time.
//!
//! Pixels come through standard output as PPM, which says its own size. Times come through standard error, where the
//! `metadata` filter logs a frame before it passes it on: the n-th picture belongs to the n-th score.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use caveat::image::{Channels, Limits, Pixels};
use thiserror::Error;

/// Time between two shots of one scene.
pub const STEP_MS: u64 = 500;
/// From this score on (0 to 1) a frame begins a scene. ffmpeg's manual calls 0.3 to 0.5 sane, but a cut between two
/// photographs of one brightness had 0.18; here one shot too many only costs some bytes.
const CUT: f64 = 0.15;
/// Longer sides are shrunk to this.
const LONGEST_SIDE: u32 = 1280;
/// Since 5.1; the option that it replaces is gone in 9.
const NEW_OPTION: &str = "fps_mode";
/// What a video may be by its content. Playlists and the like, which make ffmpeg open other files and addresses, are
/// not among them.
const CONTAINERS: &str = "mov,matroska,avi,ogg,mpeg,mpegvideo,mpegts,m4v";

/// A frame that begins a scene, or comes [`STEP_MS`] after the shot before it.
pub struct Shot {
    pub ms: u64,
    /// Whether a scene begins with it.
    pub cut: bool,
    pub pixels: Pixels,
}

#[derive(Debug, Error)]
pub enum FfmpegError {
    #[error("a video needs ffmpeg, and {0} is not there: install ffmpeg, or give pictures of the frames instead")]
    Missing(String),
    #[error("{program} does not start: {error}")]
    NoStart { program: String, error: io::Error },
    #[error("ffmpeg is too old: install version 5.1 or later, or give pictures of the frames instead")]
    TooOld,
    #[error("ffmpeg failed ({0}): get another copy of the video, or give pictures of the frames instead")]
    Failed(String),
    #[error("ffmpeg took longer than {} minutes: cut the video short, or give pictures of the frames instead", .0.as_secs() / 60)]
    TooSlow(Duration),
}

/// Hands every shot of a video to `each`, in order.
pub fn shots(program: &OsStr, video: &Path, limit: Duration, mut each: impl FnMut(Shot)) -> Result<(), FfmpegError> {
    let mut run = Run::start(program, video, limit)?;
    let mut count = 0_u64;
    while let Some(pixels) = run.picture()? {
        let (ms, cut) = run.score()?.ok_or_else(|| FfmpegError::Failed("a frame came without its time".to_owned()))?;
        each(Shot { ms, cut, pixels });
        count += 1;
    }
    run.finish(count)
}

/// What ffmpeg's log tells.
enum Said {
    /// The time of a shot in milliseconds, and whether it is a cut.
    Score(u64, bool),
    /// The last line that told of an error; when the log has ended.
    Trouble(String),
}

struct Run {
    child: Child,
    pictures: Receiver<Pixels>,
    log: Receiver<Said>,
    trouble: Option<String>,
    limit: Duration,
    deadline: Instant,
}

impl Run {
    fn start(program: &OsStr, video: &Path, limit: Duration) -> Result<Self, FfmpegError> {
        let deadline = Instant::now() + limit;
        let name = || program.to_string_lossy().into_owned();
        let mut command = Command::new(program);
        command.args(arguments(video)).env("AV_LOG_FORCE_NOCOLOR", "1");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => FfmpegError::Missing(name()),
            _ => FfmpegError::NoStart { program: name(), error },
        })?;
        // One picture waits at most; the log is read as it comes, so that ffmpeg never waits for both.
        let (picture, pictures) = mpsc::sync_channel(1);
        let (said, log) = mpsc::channel();
        if let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) {
            thread::spawn(move || {
                let mut out = BufReader::new(out);
                while let Some(pixels) = read_picture(&mut out) {
                    if picture.send(pixels).is_err() {
                        break;
                    }
                }
            });
            thread::spawn(move || read_log(BufReader::new(err), |words| said.send(words).is_ok()));
        }
        Ok(Self { child, pictures, log, trouble: None, limit, deadline })
    }

    fn next<T>(&self, from: &Receiver<T>) -> Result<Option<T>, FfmpegError> {
        match from.recv_timeout(self.deadline.saturating_duration_since(Instant::now())) {
            Ok(item) => Ok(Some(item)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(FfmpegError::TooSlow(self.limit)),
        }
    }

    fn picture(&self) -> Result<Option<Pixels>, FfmpegError> {
        self.next(&self.pictures)
    }

    fn score(&mut self) -> Result<Option<(u64, bool)>, FfmpegError> {
        loop {
            match self.next(&self.log)? {
                Some(Said::Score(ms, cut)) => return Ok(Some((ms, cut))),
                Some(Said::Trouble(line)) => self.trouble = Some(line),
                None => return Ok(None),
            }
        }
    }

    /// After the last picture: how it ended. A copy that is damaged in places still counts, one without shots does not.
    fn finish(mut self, shots: u64) -> Result<(), FfmpegError> {
        while self.score()?.is_some() {}
        let status = self.child.wait().map_err(|error| FfmpegError::Failed(error.to_string()))?;
        match self.trouble.take() {
            None if status.success() => Ok(()),
            Some(_) if status.success() && shots > 0 => Ok(()),
            Some(line) if line.contains(NEW_OPTION) => Err(FfmpegError::TooOld),
            trouble => Err(FfmpegError::Failed(trouble.unwrap_or_else(|| status.to_string()))),
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Both fail where it has ended already, which is as good.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Explicit, so that neither the name nor the content of a file is taken for anything but a video on this disk.
fn arguments(video: &Path) -> Vec<OsString> {
    let mut input = OsString::from("file:");
    input.push(video);
    let seconds = STEP_MS as f64 / 1000.0;
    // Times in milliseconds; the size as it is shown, so with square pixels; the same bytes on every processor.
    let size = |side: &str| format!("max(1,{side}*min(1,{LONGEST_SIDE}/max(iw*sar,ih)))");
    let filter = format!(
        "select='eq(n,0)+gt(scene,{CUT})+gte(t-prev_selected_t,{seconds})',settb=1/1000,\
         metadata=print:key=lavfi.scene_score,\
         scale=w='{}':h='{}':flags=bicubic+accurate_rnd+full_chroma_int+bitexact",
        size("iw*sar"),
        size("ih")
    );
    let mut arguments: Vec<OsString> = ["-nostdin", "-hide_banner", "-nostats", "-v", "repeat+level+info"]
        .into_iter()
        .chain(["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS, "-flags", "+bitexact"])
        .map(OsString::from)
        .collect();
    arguments.extend(["-max_pixels".into(), Limits::MAX_PIXELS.to_string().into(), "-i".into(), input]);
    // The first stream that is no cover picture; no frame doubled or dropped behind the filter's back.
    arguments.extend(["-map".into(), "0:V:0".into(), format!("-{NEW_OPTION}").into(), "passthrough".into()]);
    arguments.extend(["-vf".into(), filter.into()]);
    arguments.extend(["-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1"].map(OsString::from));
    arguments
}

/// The next picture of a stream of PPM; none at its end, and where something else comes.
fn read_picture(from: &mut impl BufRead) -> Option<Pixels> {
    let mut line = || {
        let mut line = Vec::new();
        from.by_ref().take(32).read_until(b'\n', &mut line).ok()?;
        String::from_utf8(line).ok().filter(|line| line.ends_with('\n'))
    };
    if line()? != "P6\n" {
        return None;
    }
    let size = line()?;
    let (width, height) = size.trim_end().split_once(' ')?;
    let (width, height): (u32, u32) = (width.parse().ok()?, height.parse().ok()?);
    if line()? != "255\n" || width.max(height) > LONGEST_SIDE {
        return None;
    }
    let mut data = vec![0; width as usize * height as usize * Channels::Rgb.count()];
    from.read_exact(&mut data).ok()?;
    Pixels::new(width, height, Channels::Rgb, data).ok()
}

/// Reads ffmpeg's log to its end, or until `tell` wants no more.
fn read_log(from: impl BufRead, mut tell: impl FnMut(Said) -> bool) {
    let (mut frame, mut trouble) = (None, None);
    for line in from.split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        let Some((speaker, level, words)) = parts(&line) else { continue };
        if matches!(level, "error" | "fatal" | "panic") {
            // An unknown option is followed by a line that does not name it.
            if !trouble.as_ref().is_some_and(|line: &String| line.contains(NEW_OPTION)) {
                trouble = Some(words.to_owned());
            }
            continue;
        }
        if !speaker.starts_with("Parsed_metadata_") {
            continue;
        }
        if let Some(words) = words.strip_prefix("frame:") {
            let mut words = words.split_whitespace();
            let first = words.next() == Some("0");
            let pts = words.find_map(|word| word.strip_prefix("pts:")).and_then(|pts| pts.parse::<i64>().ok());
            frame = Some((pts.map_or(0, |ms| ms.max(0).unsigned_abs()), first));
        } else if let Some(score) = words.strip_prefix("lavfi.scene_score=")
            && let Some((ms, first)) = frame.take()
        {
            // Where a video changes its format, ffmpeg counts anew and has nothing to compare the frame with.
            let cut = first || score.parse().is_ok_and(|score: f64| score > CUT);
            if !tell(Said::Score(ms, cut)) {
                return;
            }
        }
    }
    if let Some(line) = trouble {
        tell(Said::Trouble(line));
    }
}

/// Who speaks, the level and the words of `[speaker @ address] [level] words`; the speaker may be missing, and several
/// may stand one before another.
fn parts(line: &str) -> Option<(&str, &str, &str)> {
    let (mut speaker, mut rest) = ("", line);
    loop {
        let (tag, after) = rest.strip_prefix('[')?.split_once("] ")?;
        if !tag.contains(" @ ") {
            return Some((speaker, tag, after.trim()));
        }
        (speaker, rest) = (tag, after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(log: &str) -> (Vec<(u64, bool)>, Option<String>) {
        let (mut scores, mut trouble) = (Vec::new(), None);
        read_log(log.as_bytes(), |said| {
            match said {
                Said::Score(ms, cut) => scores.push((ms, cut)),
                Said::Trouble(line) => trouble = Some(line),
            }
            true
        });
        (scores, trouble)
    }

    #[test]
    fn the_log_gives_times_and_cuts_and_the_last_error() {
        let (scores, trouble) = said(concat!(
            "[info]     title : [Parsed_metadata_2 @ 0x1] [info] frame:7 pts:7 pts_time:7\n",
            "[Parsed_metadata_2 @ 0x1] [info] frame:0    pts:0       pts_time:0\n",
            "[Parsed_metadata_2 @ 0x1] [info] lavfi.scene_score=0.000000\n",
            "[Parsed_metadata_2 @ 0x1] [info] frame:1    pts:520     pts_time:0.52\n",
            "[h264 @ 0x2] [error] first\n",
            "[Parsed_metadata_2 @ 0x1] [info] lavfi.scene_score=0.004222\n",
            "[Parsed_metadata_2 @ 0x1] [info] frame:2    pts:-40 pts_time:-0.04\n",
            "[Parsed_metadata_2 @ 0x1] [info] lavfi.scene_score=0.454154\n",
            "[vist#0:0/h264 @ 0x3] [dec:h264 @ 0x4] [error] second \n",
            "[info]     title : [error] none of ours\nno tag\n",
            "[Parsed_metadata_2 @ 0x5] [info] frame:0    pts:NOPTS   pts_time:NOPTS\n",
            "[Parsed_metadata_2 @ 0x5] [info] lavfi.scene_score=0.000000\n",
        ));
        assert_eq!(scores, [(0, true), (520, false), (0, true), (0, true)]);
        assert_eq!(trouble.as_deref(), Some("second"));
        let (_, trouble) = said("[error] Unrecognized option 'fps_mode'.\n[fatal] Error splitting the list\n");
        assert!(trouble.unwrap().contains(NEW_OPTION));
    }

    #[test]
    fn pictures_are_read_one_after_another_and_nothing_else_is() {
        let mut two = b"P6\n2 1\n255\nabcdefP6\n1 1\n255\n\n\n\n".as_slice();
        assert_eq!(read_picture(&mut two).unwrap().data(), b"abcdef");
        assert_eq!(read_picture(&mut two).unwrap().data(), b"\n\n\n");
        assert!(read_picture(&mut two).is_none());
        for bad in ["P6\n2 1\n255\nabcde", "P5\n1 1\n255\nabc", "P6\n9999 1\n255\n", "P6\n1 1\n65535\nabcdef", "P6"] {
            assert!(read_picture(&mut bad.as_bytes()).is_none(), "{bad:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_run_that_does_not_end_is_ended() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = std::env::temp_dir().join(format!("caveat-ffmpeg-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let program = folder.join("slow");
        std::fs::write(&program, "#!/bin/sh\nexec sleep 60\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let start = Instant::now();
        let error = shots(program.as_os_str(), Path::new("x.mp4"), Duration::from_millis(100), |_| ()).unwrap_err();
        assert!(matches!(error, FfmpegError::TooSlow(_)), "{error}");
        assert!(start.elapsed() < Duration::from_secs(30));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
