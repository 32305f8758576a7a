//! Signing apart from building: who must sign, in which order, on which machine; and what is refused, with what to do.

use std::fs;

use crate::folder::{self, Folder};

const ENTRIES: &str = r#"{"id":"a","rev":1,"truth":{"en":"A."}}
{"id":"b","rev":1,"truth":{"en":"B."}}
"#;
const KEYS: [&str; 6] = ["root-1", "root-2", "root-3", "head", "head-2", "retraction"];

/// Keys, entries, and a root that two of three have not signed yet.
fn desk(name: &str) -> Folder {
    let folder = Folder::new(name);
    KEYS.iter().for_each(|key| {
        folder.ok(&["keygen", "--out", key]);
    });
    folder.write("entries.jsonl", ENTRIES);
    let roots = ["--root-key", "root-1.pub", "--root-key", "root-2.pub", "--root-key", "root-3.pub"];
    let others = ["--head-key", "head.pub", "--retraction-key", "retraction.pub"];
    folder.ok(&[&["root", "--out", "site"][..], &roots, &others].concat());
    folder
}

/// The same, published.
fn published(name: &str) -> Folder {
    let folder = desk(name);
    folder.sign("root-1");
    folder.sign("root-2");
    folder.ok(&["build", "entries.jsonl", "--key", "head", "--out", "site"]);
    folder
}

impl Folder {
    fn sign(&self, key: &str) -> String {
        self.ok(&["sign", "site", "--key", key])
    }

    fn public(&self, key: &str) -> String {
        fs::read_to_string(self.0.join(format!("{key}.pub"))).unwrap().trim().to_owned()
    }

    fn has(&self, file: &str) -> bool {
        self.0.join("site").join(file).exists()
    }

    /// Prepares a root that names another head key.
    fn rotate(&self) {
        self.ok(&["root", "--out", "site", "--head-key", "head-2.pub"]);
    }
}

#[test]
fn copies_that_were_signed_on_several_machines_are_put_together() {
    let folder = desk("copies");
    for key in ["root-1", "root-3"] {
        let copy = format!("{key}.copy");
        fs::copy(folder.0.join("site/root.unsigned"), folder.0.join(&copy)).unwrap();
        assert!(folder.ok(&["sign", &copy, "--key", key]).contains("2 root keys must sign"));
    }
    assert!(folder.ok(&["sign", "site", "--add", "root-1.copy"]).contains("1 more must sign"));
    assert!(!folder.has("root/1"));
    let said = folder.ok(&["sign", "site", "--add", "root-3.copy", "--add", "root-1.copy"]);
    assert!(said.contains("published as root/1") && said.contains("readers trust root:"), "{said}");
    assert!(folder.fails(&["sign", "site", "--add", "root-1.copy"]).contains("there is no head.unsigned"));
    folder.rotate();
    let said = folder.fails(&["sign", "site", "--add", "root-1.copy"]);
    assert!(said.contains("is not what waits here"), "signatures are of one file only: {said}");
}

#[test]
fn it_is_said_who_must_still_sign() {
    let folder = desk("missing");
    let said = folder.sign("root-2");
    assert!(said.contains(&folder.public("root-1")) && said.contains("root keys that it names"), "{said}");
    assert!(folder.fails(&["sign", "site", "--key", "head"]).contains("may sign none of the files"));
    folder.sign("root-2");
    assert!(!folder.has("root/1"), "one key that signs twice is one key");
    folder.sign("root-1");
    assert!(folder.has("root/1") && !folder.has("root.unsigned"));
    folder.ok(&["build", "entries.jsonl", "--unsigned", "--out", "site"]);
    let said = folder.sign("root-1");
    assert!(said.contains(&format!("a head key must sign: {}", folder.public("head"))), "{said}");
    let said = folder.fails(&["sign", "site", "--key", "head-2"]);
    assert!(said.contains("may sign none"), "{said}");
    assert!(folder.sign("head").contains("published sequence 1"));
}

#[test]
fn a_root_and_a_head_that_wait_together_are_signed_root_first() {
    let folder = published("both");
    folder.rotate();
    folder.ok(&["build", "entries.jsonl", "--unsigned", "--out", "site", "--sequence", "2"]);
    folder.sign("root-1");
    assert_eq!((folder.has("root.unsigned"), folder.has("head.unsigned")), (true, true));
    // With the second signature the root is in force, and the head that was built before it is not of it.
    assert!(folder.sign("root-2").contains("published as root/2; build next"));
    let said = folder.fails(&["sign", "site", "--key", "head-2"]);
    assert!(said.contains("root/2 is in force. Build again"), "{said}");
    assert!(folder.has("root/2"));
    let said = folder.fails(&["build", "entries.jsonl", "--key", "head", "--out", "site"]);
    assert!(said.contains("may not sign heads") && said.contains(&folder.public("head-2")), "{said}");
    folder.ok(&["build", "entries.jsonl", "--key", "head-2", "--out", "site"]);
    assert!(!folder.has("head.unsigned"), "it is out of date");
}

#[test]
fn a_head_that_was_built_before_another_is_not_published_after_it() {
    let folder = published("outdated");
    folder.ok(&["build", "entries.jsonl", "--unsigned", "--out", "site", "--sequence", "2"]);
    fs::copy(folder.0.join("site/head.unsigned"), folder.0.join("courier")).unwrap();
    folder.ok(&["sign", "courier", "--key", "head"]);
    folder.ok(&["build", "entries.jsonl", "--key", "head", "--out", "site", "--sequence", "3"]);
    fs::copy(folder.0.join("courier"), folder.0.join("site/head.unsigned")).unwrap();
    let before = fs::read(folder.0.join("site/head")).unwrap();
    let said = folder.fails(&["sign", "site", "--add", "courier"]);
    assert!(said.contains("sequence 3 is published. Build again"), "{said}");
    assert_eq!(fs::read(folder.0.join("site/head")).unwrap(), before);
    let said = folder.fails(&["sign", "site/head", "--key", "root-1"]);
    assert!(said.contains("a head that is published is not signed again"), "{said}");
}

#[test]
fn an_unsigned_build_of_a_new_source_says_by_what_it_is_trusted() {
    let folder = Folder::new("unsigned");
    folder.write("entries.jsonl", ENTRIES);
    folder.ok(&["keygen", "--out", "key"]);
    let build = ["build", "entries.jsonl", "--unsigned", "--out", "site"];
    assert!(folder.fails(&build).contains("give --anchor with the public key"));
    let said = folder.ok(&[&build[..], &["--anchor", "key.pub"]].concat());
    assert!(said.contains("sign head.unsigned"), "{said}");
    assert!(!folder.has("head"));
    assert!(folder.sign("key").contains("published sequence 1"));
    folder.ok(&["verify", "site", "--key", "key.pub"]);
    let said = folder.fails(&["keygen", "--out", "key"]);
    assert!(said.contains("never overwritten"), "{said}");
    fs::remove_file(folder.0.join("key.pub")).unwrap();
    assert!(folder.fails(&["keygen", "--out", "key"]).contains("never overwritten"));
    assert!(!folder.0.join("key.pub").exists(), "nothing is left half done");
}

#[test]
fn a_new_retraction_key_takes_over_what_was_retracted_apart() {
    let folder = published("retractions");
    let retract =
        |entry: &str, key: &str| folder.run(&["retract", "site", "--entry", entry, "--reason", "r", "--key", key]);
    assert!(retract("a", "retraction").status.success());
    let said = String::from_utf8(retract("a", "head-2").stderr).unwrap();
    assert!(
        said.contains("may neither sign heads nor retract") && said.contains(&folder.public("retraction")),
        "{said}"
    );
    let said = String::from_utf8(retract("c", "retraction").stderr).unwrap();
    assert!(said.contains("no entry c is published; `caveat export site` lists them"), "{said}");
    folder.ok(&["root", "--out", "site", "--retraction-key", "head-2.pub"]);
    folder.sign("root-1");
    folder.sign("root-3");
    folder.ok(&["build", "entries.jsonl", "--key", "head", "--out", "site"]);
    let descriptor = folder.ok(&["descriptor", "site", "--url", "https://a.example/", "--out", "-"]);
    let written: serde_json::Value = serde_json::from_str(&descriptor).unwrap();
    let anchor = written["key"].as_str().unwrap();
    let apart =
        || folder::lines(&folder.ok(&["verify", "site", "--key", anchor, "--json"]))[0]["retractedApart"].clone();
    assert_eq!(apart(), 0, "the old key says nothing any more");
    assert!(retract("b", "head-2").status.success());
    assert_eq!(apart(), 2, "what it said is said by the new one");
}

#[test]
fn root_files_without_a_head_say_what_is_missing() {
    let folder = Folder::new("headless");
    folder.write("entries.jsonl", ENTRIES);
    ["key", "root-1", "head"].iter().for_each(|key| {
        folder.ok(&["keygen", "--out", key]);
    });
    folder.ok(&["build", "entries.jsonl", "--key", "key", "--out", "site"]);
    let said = folder.ok(&["root", "--out", "site", "--root-key", "root-1.pub", "--head-key", "head.pub"]);
    assert!(said.contains(&folder.public("key")), "the key before must sign: {said}");
    assert!(folder.sign("root-1").contains("root keys before"));
    assert!(folder.sign("key").contains("published as root/1"));
    fs::remove_file(folder.0.join("site/head")).unwrap();
    let said = folder.fails(&["build", "entries.jsonl", "--key", "head", "--out", "site"]);
    assert!(said.contains("no head: fetch it from the server"), "{said}");
}
