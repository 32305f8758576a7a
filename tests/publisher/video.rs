//! Videos as media: which frames an index knows, and what is said where there are none.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::common::{picture, png};
use crate::folder::{Folder, lines};
use crate::photographs::{filling, jpeg};

const ISSUED: [&str; 4] = ["--issued", "1510617600", "--name", "videos"];

/// Runs ffmpeg in the folder; what it needs is in every build of it.
fn ffmpeg(folder: &Folder, arguments: &str) {
    let program = std::env::var_os("CAVEAT_FFMPEG").unwrap_or_else(|| "ffmpeg".into());
    let mut command = Command::new(program);
    command.current_dir(&folder.0).args(["-nostdin", "-v", "error", "-y"]).args(arguments.split_whitespace());
    let output = command.stdin(Stdio::null()).output().expect("ffmpeg is needed: install it");
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A second of black, then two scenes of three seconds each.
fn scenes(folder: &Folder, name: &str) {
    let sources = "-f lavfi -i color=black:s=320x240:r=10:d=1 -f lavfi -i testsrc2=s=320x240:r=10:d=3 \
                   -f lavfi -i mandelbrot=s=320x240:r=10";
    let cut = "[2:v]trim=duration=3,setpts=PTS-STARTPTS[m];[0:v][1:v][m]concat=n=3:v=1:a=0,format=yuv420p";
    ffmpeg(folder, &format!("{sources} -filter_complex {cut} -c:v mpeg4 -q:v 3 {name}"));
}

fn entry(media: &str) -> String {
    format!(r#"{{"id":"a","rev":1,"truth":{{"en":"A."}},"media":[{media}]}}"#) + "\n"
}

/// A folder with a key and one entry.
fn with_entry(name: &str, media: &str) -> Folder {
    let folder = Folder::new(name);
    folder.ok(&["keygen", "--out", "key"]);
    folder.write("entries.jsonl", entry(media));
    folder
}

const BUILD: [&str; 4] = ["build", "entries.jsonl", "--key", "key"];

fn times(frames: &[Value]) -> Vec<u64> {
    frames.iter().map(|frame| frame["frame_ms"].as_u64().unwrap()).collect()
}

#[test]
fn the_scenes_of_a_video_are_found_in_copies_of_its_frames() {
    let folder = with_entry("video", r#"{"file":"images/V.MP4","role":"known","shot":7}"#);
    scenes(&folder, "images/V.MP4");
    let build = |out: &str| {
        folder.ok(&[&BUILD[..], &ISSUED, &["--out", out, "--fingerprints-to", "bare.jsonl"]].concat());
        fs::read(folder.0.join(out).join("head")).unwrap()
    };
    assert_eq!(build("site"), build("again"), "the same video gives the same source");

    let bare = lines(&fs::read_to_string(folder.0.join("bare.jsonl")).unwrap()).remove(0);
    let media = bare["media"].as_array().unwrap();
    assert_eq!(times(media), [1000, 4000], "the first frame of each scene, none of the black");
    for item in media {
        assert_eq!((&item["role"], &item["shot"], item.get("file")), (&"known".into(), &7.into(), None));
        assert!(item["quality"].as_u64().unwrap() >= 50 && item["pdq"].is_string() && item["fingerprint"].is_string());
    }
    let exported = lines(&folder.ok(&["export", "site"])).remove(0);
    assert_eq!(times(exported["media"].as_array().unwrap()), [1000, 4000]);

    ffmpeg(&folder, "-ss 1 -i images/V.MP4 -frames:v 1 -vf scale=200:-1 -q:v 12 one.jpg");
    ffmpeg(&folder, "-ss 4 -i images/V.MP4 -frames:v 1 -vf scale=640:-1,hflip -q:v 4 two.jpg");
    ffmpeg(&folder, "-i images/V.MP4 -frames:v 1 black.jpg");
    folder.write("other.png", png(&picture(1)));
    let found = folder.ok(&["check", "--index", "site", "--json", "one.jpg", "two.jpg", "black.jpg", "other.png"]);
    let verdicts: Vec<_> = lines(&found).iter().map(|line| line["verdict"].as_str().unwrap().to_owned()).collect();
    assert_eq!(verdicts, ["match", "match", "tooPlain", "none"]);

    fs::rename(folder.0.join("bare.jsonl"), folder.0.join("entries.jsonl")).unwrap();
    fs::remove_dir_all(folder.0.join("images")).unwrap();
    let same = folder.ok(&[&BUILD[..], &["--out", "site", "--issued", "1510617700"]].concat());
    assert!(same.contains("nothing has changed"), "an index is rebuilt without the video: {same}");
}

/// As in the founding case: one picture, and frames of a video, under one claim. Each is found cropped and compressed again.
#[test]
fn an_entry_of_a_still_and_four_frames_is_found_by_a_crop_of_each() {
    let folder = with_entry(
        "video-founding",
        r#"{"file":"images/still.jpg","role":"known"},{"file":"images/v.mkv","role":"known"}"#,
    );
    let scene = |name: &str| jpeg(&filling(name, [640, 480]), 90);
    folder.write("images/still.jpg", scene("lake"));
    for (number, name) in (1..).zip(["harbour", "crowd", "volcano", "pitch", "forest"]) {
        folder.write(&format!("{number}.jpg"), scene(name));
    }
    ffmpeg(&folder, "-framerate 1/2 -i %d.jpg -t 8 -r 10 -pix_fmt yuv420p -c:v mpeg4 -q:v 2 images/v.mkv");
    folder.ok(&[&BUILD[..], &ISSUED, &["--out", "site"]].concat());
    let exported = lines(&folder.ok(&["export", "site"])).remove(0);
    assert_eq!(times(&exported["media"].as_array().unwrap()[1..]), [0, 2000, 4000, 6000]);

    let crop = "-vf crop=iw*0.7:ih*0.7:iw*0.2:ih*0.1 -q:v 9";
    ffmpeg(&folder, &format!("-i images/still.jpg {crop} still.jpg"));
    let mut asked = vec!["still.jpg".to_owned()];
    for second in [1, 3, 5, 6] {
        asked.push(format!("at-{second}.jpg"));
        ffmpeg(&folder, &format!("-ss {second} -i images/v.mkv -frames:v 1 {crop} at-{second}.jpg"));
    }
    ffmpeg(&folder, &format!("-i 5.jpg {crop} other.jpg"));
    asked.push("other.jpg".to_owned());
    let files: Vec<&str> = asked.iter().map(String::as_str).collect();
    let said = lines(&folder.ok(&[&["check", "--index", "site", "--json"], &files[..]].concat()));
    for (file, verdict) in files.iter().zip(said) {
        let via = verdict["matches"][0]["via"].clone();
        let expected =
            if *file == "other.jpg" { ("none".into(), Value::Null) } else { ("match".into(), "keypoints".into()) };
        assert_eq!((verdict["verdict"].clone(), via), expected, "{file}");
    }
}

#[test]
fn fingerprint_prints_a_line_a_frame() {
    let folder = Folder::new("video-fingerprint");
    scenes(&folder, "v.webm.mkv");
    folder.write("p.png", png(&picture(1)));
    let found = lines(&folder.ok(&["fingerprint", "v.webm.mkv", "p.png"]));
    assert_eq!((found.len(), times(&found[..2])), (3, vec![1000, 4000]));
    assert!(found[..2].iter().all(|line| line["file"] == "v.webm.mkv" && line["canonical"].is_string()));
    assert!(found[2].get("frame_ms").is_none());
}

#[test]
fn frames_are_neither_too_few_nor_too_many() {
    let folder = Folder::new("video-many");
    ffmpeg(&folder, "-f lavfi -i mandelbrot=s=320x240:r=4 -t 25 -pix_fmt yuv420p -c:v mpeg4 -q:v 3 moving.mov");
    ffmpeg(&folder, "-i moving.mov -vf trim=end_frame=1,loop=-1:1 -t 25 -c:v mpeg4 still.avi");
    let noise = "nullsrc=s=64x48:r=5,geq=lum='random(1)*255':cb=128:cr=128,fps=10";
    ffmpeg(&folder, &format!("-f lavfi -i {noise} -t 20 -pix_fmt yuv420p -c:v mpeg4 -q:v 3 scenes.ts"));
    let frames = |name: &str| times(&lines(&folder.ok(&["fingerprint", name])));

    let moving = frames("moving.mov");
    assert_eq!((moving.len(), moving[0]), (3, 0), "{moving:?}");
    assert!(moving.windows(2).all(|pair| pair[1] - pair[0] <= 10_000), "{moving:?}");
    assert_eq!(frames("still.avi"), [0]);
    let scenes = frames("scenes.ts");
    assert_eq!((scenes.len(), scenes[0], scenes[63]), (64, 0, 19_800), "of 100 scenes: {scenes:?}");
    assert!(scenes.windows(2).all(|pair| (200..=400).contains(&(pair[1] - pair[0]))), "{scenes:?}");
}

#[test]
fn what_gives_no_frames_is_named_with_a_remedy() {
    let folder = with_entry("video-bad", r#"{"file":"images/v.mp4","role":"known"}"#);
    let arguments = [&BUILD[..], &["--out", "site"]].concat();
    let fails = || folder.fails(&arguments);
    let place = "entries.jsonl: line 1: entry a: ";
    let said = fails();
    assert!(said.contains(&format!("{place}cannot read media file images/v.mp4")), "{said}");

    folder.write("images/v.mp4", "no video");
    let said = fails();
    assert!(said.contains(&format!("{place}media file images/v.mp4: ffmpeg failed (")), "{said}");
    assert!(said.contains("Invalid data found"), "ffmpeg's own words: {said}");
    let said = folder.run(&["fingerprint", "images/v.mp4"]);
    assert_eq!(said.status.code(), Some(2));
    assert!(lines(&String::from_utf8(said.stdout).unwrap())[0]["error"].as_str().unwrap().contains("ffmpeg failed"));

    // A list of files would make ffmpeg read what it names.
    scenes(&folder, "images/good.mp4");
    folder.write("images/v.mp4", "ffconcat version 1.0\nfile good.mp4\n");
    assert!(fails().contains("ffmpeg failed ("));

    ffmpeg(&folder, "-f lavfi -i color=gray:s=320x240:r=10:d=2 -c:v mpeg4 images/v.mp4");
    let said = fails();
    assert!(said.contains("images/v.mp4: no frame is usable"), "{said}");

    let output = folder.command(&arguments).env("CAVEAT_FFMPEG", "no-such-program").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("no-such-program is not there: install ffmpeg, or give pictures"), "{said}");
    assert!(!folder.0.join("site").exists(), "nothing is published");
}

#[test]
fn the_frames_of_a_video_count_as_media() {
    let pdq = format!(r#"{{"role":"known","pdq":"{}"}},"#, "5a".repeat(32));
    let folder = with_entry("video-count", &(pdq.repeat(1023) + r#"{"file":"v.m4v","role":"known"}"#));
    scenes(&folder, "v.m4v");
    let said = folder.fails(&[&BUILD[..], &["--out", "site"]].concat());
    assert!(said.contains("entries.jsonl: line 1: entry a: 1025 media, the limit is 1024"), "{said}");
}

/// Programs in place of ffmpeg that give no frames, each in another way.
#[cfg(unix)]
#[test]
fn an_ffmpeg_that_is_too_old_or_fails_is_told_apart() {
    let folder = with_entry("video-programs", r#"{"file":"v.mp4","role":"known"}"#);
    folder.write("v.mp4", "nobody reads it");
    let program = folder.0.join("program");
    let arguments = [&BUILD[..], &["--out", "site"]].concat();
    let said_after = |mode: &str, script: &str| {
        // A shell writes it: what this process has open for writing, children that other tests start meanwhile have too for
        // a moment, and then nobody can run it (ETXTBSY).
        let mut shell = Command::new("sh");
        shell.current_dir(&folder.0).args(["-c", r#"printf '#!/bin/sh\n%s\n' "$1" >program && chmod "$2" program"#]);
        assert!(shell.args(["sh", script, mode]).status().unwrap().success());
        let output = folder.command(&arguments).env("CAVEAT_FFMPEG", &program).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{script}: {said}");
        assert!(!folder.0.join("site").exists(), "nothing is published");
        said
    };
    // As ffmpeg says it that does not know an option: only where it is given that option, and with one more line.
    let old = r#"for option; do
  if [ "$option" = -fps_mode ]; then
    echo "[error] Unrecognized option 'fps_mode'." >&2
    echo "[fatal] Error splitting the argument list: Option not found" >&2
    exit 1
  fi
done"#;
    let too_old = "entries.jsonl: line 1: entry a: media file v.mp4: ffmpeg is too old: install version 5.1 or later";
    let cases = [
        ("755", old, too_old),
        ("755", "echo '[fatal] of no use' >&2; exit 1", "ffmpeg failed (of no use): get another copy of the video"),
        ("755", "exit 3", "ffmpeg failed (exit status: 3): get another copy of the video"),
        ("755", r"printf 'P6\n1 1\n255\nabc'", "ffmpeg failed (a frame came without its time): get another copy"),
        ("755", "exit 0", "media file v.mp4: no frame is usable"),
        ("644", "exit 0", "program does not start: "),
    ];
    for (mode, script, expected) in cases {
        let said = said_after(mode, script);
        assert!(said.contains(expected), "{script}: {said}");
    }
}
