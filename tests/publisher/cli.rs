//! The command line as programs rely on it: names, flags, JSON fields, exit codes, errors that name file, line and remedy.

use std::fs;
use std::process::{Command, Stdio};

use caveat::fingerprint::encoding;
use caveat::fingerprint::keypoints::select::DEFAULT_KEYPOINTS;

use crate::common::{picture, png};
use crate::folder::{Folder, lines};

impl Folder {
    /// Two entries with pictures, a key, and a source `site` of them.
    fn with_source(name: &str) -> Self {
        let folder = Self::new(name);
        folder.write("images/a.png", png(&picture(1)));
        folder.write("images/b.png", png(&picture(2)));
        folder.write("entries.jsonl", entries(1));
        folder.ok(&["keygen", "--out", "key"]);
        folder.ok(&["build", "entries.jsonl", "--key", "key", "--out", "site", "--issued", "1510617600"]);
        folder
    }
}

fn entries(rev: u32) -> String {
    format!(
        concat!(
            r#"{{"id":"a","rev":{},"truth":{{"en":"A."}},"media":[{{"file":"images/a.png","role":"known"}}]}}"#,
            "\n",
            r#"{{"id":"b","rev":1,"truth":{{"en":"B."}},"media":[{{"file":"images/b.png","role":"debunk"}}],"x":0.1}}"#,
            "\n"
        ),
        rev
    )
}

#[test]
fn check_prints_a_verdict_a_line_with_the_agreed_fields() {
    let folder = Folder::with_source("check");
    folder.write("images/c.png", png(&picture(3)));
    folder.write("images/broken.jpg", b"\xFF\xD8\xFF\xE0");
    let text = folder.ok(&[
        "check",
        "--index",
        "site",
        "--json",
        "images/a.png",
        "images/b.png",
        "images/c.png",
        "images/broken.jpg",
        "no.png",
    ]);
    let lines = lines(&text);
    let verdicts: Vec<_> = lines.iter().map(|line| line["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["match", "none", "none", "unreadable", "noAccess"]);
    assert!(lines.iter().all(|line| line["ms"].is_number() && line["file"].is_string()));
    let found = lines[0]["matches"][0].as_object().unwrap();
    for field in ["entry", "level", "via", "distance", "inliers", "region", "mirrored", "role"] {
        assert!(found.contains_key(field), "{field}");
    }
    assert_eq!((&found["entry"], &found["level"], &found["distance"]), (&"a".into(), &"match".into(), &0.into()));
    assert_eq!(lines[1]["matches"][0]["role"], "debunk");
    assert!(folder.ok(&["check", "--index", "site", "images/c.png"]).contains("no known match"));
}

#[test]
fn a_bad_index_or_bad_use_exits_with_2_and_says_what_to_do() {
    let folder = Folder::with_source("bad");
    assert!(folder.fails(&["check", "--index", "nowhere", "images/a.png"]).contains("nowhere/head"));
    assert_eq!(folder.run(&["check", "images/a.png"]).status.code(), Some(2));
    let mut head = fs::read(folder.0.join("site/head")).unwrap();
    *head.last_mut().unwrap() ^= 1;
    folder.write("site/head", head);
    assert!(folder.fails(&["check", "--index", "site", "images/a.png"]).contains("site/head"));
    assert!(folder.fails(&["build", "entries.jsonl", "--out", "other"]).contains("--key KEY"));
    assert!(folder.fails(&["keygen", "--out", "key"]).contains("key"), "a key is never overwritten");
    folder.write("typo.jsonl", "\n{\"id\":\"a\",\"rev\":1}\n");
    let said = folder.fails(&["build", "typo.jsonl", "--key", "key", "--out", "other"]);
    assert!(said.contains("typo.jsonl: line 2: entry a: truth has no text"), "{said}");
    folder.write("gone.jsonl", entries(1).replace("images/b.png", "images/gone.png"));
    let said = folder.fails(&["build", "gone.jsonl", "--key", "key", "--out", "other"]);
    assert!(said.contains("gone.jsonl: line 2: entry b: cannot read media file images/gone.png"), "{said}");
}

#[test]
fn builds_are_deterministic_extend_what_is_there_and_keep_history() {
    let folder = Folder::with_source("build");
    folder.ok(&[
        "build",
        "entries.jsonl",
        "--key",
        "key",
        "--out",
        "again",
        "--issued",
        "1510617600",
        "--name",
        "entries",
    ]);
    let read = |name: &str| fs::read(folder.0.join(name)).unwrap();
    assert_eq!(read("site/head"), read("again/head"));
    let same = folder.ok(&["build", "entries.jsonl", "--key", "key", "--out", "site", "--issued", "1510617700"]);
    assert!(same.contains("nothing has changed"), "{same}");
    let late = folder.ok(&["build", "entries.jsonl", "--key", "key", "--out", "site", "--issued", "1514617600"]);
    assert!(late.contains("sequence 2"), "an index that nothing changes in renews its date: {late}");
    let one = entries(1).lines().next().unwrap().to_owned();
    folder.write("fewer.jsonl", &one);
    assert!(folder.fails(&["build", "fewer.jsonl", "--key", "key", "--out", "site"]).contains("entry b is published"));
    folder.write("changed.jsonl", entries(1).replace("A.", "Other."));
    assert!(folder.fails(&["build", "changed.jsonl", "--key", "key", "--out", "site"]).contains("raise rev to 2"));
    folder.write("corrected.jsonl", entries(2).replace("A.", "Other."));
    assert!(folder.ok(&["build", "corrected.jsonl", "--key", "key", "--out", "site"]).contains("sequence 3"));
    let name = "n".repeat(300);
    let said = folder.fails(&["build", "entries.jsonl", "--key", "key", "--out", "named", "--name", &name]);
    assert!(said.contains("over its limits"), "{said}");
    assert!(!folder.0.join("named/head").exists(), "what clients would refuse is not published");
}

#[test]
fn verify_says_what_a_fresh_client_would_say() {
    let folder = Folder::with_source("verify");
    assert!(folder.ok(&["verify", "site", "--key", "key.pub"]).starts_with("accepted"));
    let public = fs::read_to_string(folder.0.join("key.pub")).unwrap();
    assert_eq!(lines(&folder.ok(&["verify", "site", "--key", public.trim(), "--json"]))[0]["accepted"], true);
    folder.ok(&["keygen", "--out", "other"]);
    assert!(folder.fails(&["verify", "site", "--key", "other.pub"]).contains("not signed with this source's key"));
    assert!(folder.fails(&["verify", "http://example.org/x", "--key", "key.pub"]).contains("https://"));
    assert!(folder.fails(&["verify", "http://127.0.0.1:9/x", "--key", "key.pub"]).contains("cannot be reached"));
    let head = lines(&folder.ok(&["inspect", "site", "--json"])).remove(0);
    assert_eq!((&head["entries"], &head["hashes"], &head["head"]["sequence"]), (&2.into(), &2.into(), &1.into()));
    let segment =
        folder.0.join("site").join(format!("segments/{}", head["head"]["segments"][0]["sha256"].as_str().unwrap()));
    fs::write(&segment, b"short").unwrap();
    assert!(folder.fails(&["verify", "site", "--key", "key.pub"]).contains("is not the one that the head names"));
}

#[test]
fn an_export_builds_the_same_index_without_the_pictures() {
    let folder = Folder::with_source("export");
    folder.write("export.jsonl", folder.ok(&["export", "site"]));
    fs::remove_dir_all(folder.0.join("images")).unwrap();
    folder.ok(&[
        "build",
        "export.jsonl",
        "--key",
        "key",
        "--out",
        "rebuilt",
        "--name",
        "entries",
        "--issued",
        "1510617600",
    ]);
    let read = |name: &str| fs::read(folder.0.join(name)).unwrap();
    assert_eq!(read("rebuilt/head"), read("site/head"));
    let same = folder.ok(&["build", "export.jsonl", "--key", "key", "--out", "site", "--issued", "1510617700"]);
    assert!(same.contains("nothing has changed"), "{same}");
}

#[test]
fn fingerprint_streams_paths_from_standard_input() {
    let folder = Folder::with_source("fingerprint");
    let given = lines(&folder.ok(&["fingerprint", "images/a.png"])).remove(0);
    for field in ["file", "pdq", "quality", "canonical", "fingerprint"] {
        assert!(given.get(field).is_some(), "{field}");
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_caveat"))
        .current_dir(&folder.0)
        .arg("fingerprint")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), b"images/a.png\nimages/b.png\n").unwrap();
    let streamed = lines(&String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap());
    assert_eq!((streamed.len(), &streamed[0]), (2, &given));
    assert!(folder.fails(&["fingerprint", "entries.jsonl"]).contains("1 files could not be read"));
}

/// How much is kept of a picture to find crops of it is the publisher's choice; by default all of it has at most 1,300 bytes.
#[test]
fn as_many_keypoints_are_kept_of_a_picture_as_are_asked_for() {
    let folder = Folder::new("keypoints");
    folder.write("images/a.jpg", include_bytes!("../../www/feed/pictures/dunes.jpg"));
    folder.write("entries.jsonl", entries(1).lines().next().unwrap().replace("a.png", "a.jpg"));
    folder.ok(&["keygen", "--out", "key"]);
    let kept = |options: &[&str]| {
        let text = folder.ok(&[&["fingerprint", "images/a.jpg"], options].concat());
        let base64 = lines(&text)[0]["fingerprint"].as_str().unwrap().to_owned();
        let print = encoding::from_base64(&base64).unwrap();
        (print.keypoints.map_or(0, |known| known.keypoints.len()), base64.len() / 4 * 3)
    };
    let (count, bytes) = kept(&[]);
    assert_eq!(count, usize::from(DEFAULT_KEYPOINTS));
    assert!(bytes <= 1300, "{bytes}");
    for asked in [0, 10, 255] {
        let option = asked.to_string();
        assert_eq!(kept(&["--keypoints", &option]).0, asked);
        let site = format!("site-{asked}");
        let at = ["--key", "key", "--out", &site, "--issued", "1510617600", "--keypoints", &option];
        folder.ok(&[&["build", "entries.jsonl"], &at[..]].concat());
        let index: serde_json::Value = serde_json::from_str(&folder.ok(&["inspect", &site, "--json"])).unwrap();
        let segments = index["head"]["segments"].as_array().unwrap();
        let tiers: Vec<_> = segments.iter().map(|segment| segment["tier"].as_str().unwrap()).collect();
        assert_eq!(tiers, if asked == 0 { vec!["entries"] } else { vec!["entries", "keypoints"] });
    }
}

#[test]
fn every_command_has_help_and_every_shell_completions() {
    let folder = Folder::new("help");
    for command in [
        "keygen",
        "fingerprint",
        "build",
        "sign",
        "root",
        "retract",
        "verify",
        "check",
        "eval",
        "inspect",
        "descriptor",
        "export",
        "completions",
    ] {
        assert!(folder.ok(&[command, "--help"]).contains("Usage: caveat"), "{command}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(folder.ok(&["completions", shell]).contains("fingerprint"), "{shell}");
    }
}

#[test]
fn a_head_lists_the_hosts_of_its_links() {
    let folder = Folder::new("hosts");
    let entry = |id: &str, url: &str, original: &str| {
        let original = format!(r#""original":{{"url":"{original}"}}"#);
        format!(
            r#"{{"id":"{id}","rev":1,"truth":{{"en":"A."}},{original},"reviews":[{{"publisher":"p","url":"{url}"}}]}}"#
        )
    };
    let lines = [
        entry("a", "https://www.Check.example/a", "http://img.archive.example:8080/x"),
        entry("b", "https://check.example/b", "https://archive.example/y"),
    ];
    folder.write("entries.jsonl", lines.join("\n"));
    folder.ok(&["keygen", "--out", "key"]);
    let hosts = |out: &str| {
        let text = folder.ok(&["inspect", out, "--json"]);
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["head"]["hosts"].clone()
    };
    folder.ok(&["build", "entries.jsonl", "--key", "key", "--out", "site"]);
    assert_eq!(hosts("site"), serde_json::json!(["archive.example", "check.example"]));
    let build = ["build", "entries.jsonl", "--key", "key", "--out", "ours", "--hosts", "check.example,Other.example"];
    let output = folder.run(&build);
    assert_eq!(hosts("ours"), serde_json::json!(["check.example", "other.example"]));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("2 links") && said.contains("http://img.archive.example:8080/x"), "{said}");
    let refused = folder.fails(&["build", "entries.jsonl", "--key", "key", "--out", "bad", "--hosts", "https://a.b"]);
    assert!(refused.contains("write example.org"), "{refused}");
}

#[test]
fn a_head_that_no_client_takes_is_refused_before_anything_is_written() {
    let folder = Folder::with_source("limits");
    let hosts: Vec<String> = (0..256).map(|i| format!("{i:03}.{}", "x".repeat(249))).collect();
    let (near, over) = (hosts[..220].join(","), hosts.join(","));
    for signing in [&["--key", "key"][..], &["--unsigned", "--anchor", "key.pub"]] {
        let build = |out: &str, hosts: &str| {
            folder.run(&[&["build", "entries.jsonl", "--out", out, "--hosts", hosts], signing].concat())
        };
        let refused = build("over", &over);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("bytes of the head") && said.contains("list fewer --hosts"), "{said}");
        assert_eq!(refused.status.code(), Some(2));
        assert!(!folder.0.join("over").exists(), "{signing:?}");
        let warned = build("near", &near);
        let said = String::from_utf8(warned.stderr).unwrap();
        assert!(warned.status.success() && said.contains("of at most 65536, and no client takes more"), "{said}");
        fs::remove_dir_all(folder.0.join("near")).unwrap();
    }
}

#[test]
fn a_descriptor_hands_a_source_on() {
    let folder = Folder::with_source("descriptor");
    folder.ok(&["descriptor", "site", "--url", "https://a.example/site", "--homepage", "https://a.example"]);
    let text = fs::read_to_string(folder.0.join("caveat-source.json")).unwrap();
    let written: serde_json::Value = serde_json::from_str(&text).unwrap();
    let key = fs::read_to_string(folder.0.join("key.pub")).unwrap();
    let expected = serde_json::json!({"caveatSource": 1, "url": "https://a.example/site/", "key": key.trim(),
        "name": "entries", "homepage": "https://a.example"});
    assert_eq!(written, expected);
    assert_eq!(folder.ok(&["descriptor", "site", "--url", "https://a.example/site/", "--out", "-"]).lines().count(), 6);
    assert!(folder.fails(&["descriptor", "site", "--url", "http://a.example/"]).contains("--url"));
    let said = folder.fails(&["descriptor", "site", "--url", "https://a.example/", "--homepage", "mailto:a@a.example"]);
    assert!(said.contains("homepage"), "{said}");
}
