//! The publisher's handbook, followed to the letter: each command in docs/publishing.md is run, and clients say what they make
//! of it.

mod desk;
mod document;
mod server;

use std::fs;
use std::path::Path;

use caveat::fingerprint::pdq::pdq;
use desk::{Desk, World};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::common::picture;

/// 24 November 2026.
const START: u64 = 1_795_478_400;
/// Days that the many small publications of a week and a day take.
const DAYS: usize = 8;
/// Entries that the second desk has from the start.
const ARCHIVE: u64 = 30;

/// A section of the document: at whose desk it is followed, what happens before, and what holds afterwards.
struct Step {
    heading: &'static str,
    desk: &'static str,
    before: fn(&World, &Desk<'_>),
    after: fn(&World, &Desk<'_>, &str),
}

const STEPS: [Step; 16] = [
    Step { heading: "From an empty folder to a live source", desk: "simple", before: pictures, after: live },
    Step { heading: "With keys that can be replaced", desk: "desk", before: second_desk, after: rooted },
    Step { heading: "From one key to keys that can be replaced", desk: "simple", before: nothing, after: went_over },
    Step { heading: "Every day", desk: "desk", before: nothing, after: every_day },
    Step { heading: "Correcting", desk: "desk", before: nothing, after: corrected },
    Step { heading: "In an emergency", desk: "desk", before: nothing, after: retracted_in_the_head },
    Step { heading: "In an emergency, without the head key", desk: "desk", before: nothing, after: retracted_apart },
    Step { heading: "Afterwards", desk: "desk", before: reminded, after: retracted_in_the_entries },
    Step { heading: "Moving to another host", desk: "desk", before: nothing, after: moved },
    Step { heading: "The head key", desk: "desk", before: nothing, after: head_key_replaced },
    Step { heading: "A root key", desk: "desk", before: nothing, after: root_key_replaced },
    Step { heading: "A key is stolen", desk: "desk", before: theft, after: recovered },
    Step { heading: "A stolen retraction key", desk: "desk", before: silenced, after: heard_again },
    Step { heading: "Many changes at once", desk: "desk", before: many_retracted, after: many_changes_taken },
    Step { heading: "Signing on another machine", desk: "desk", before: nothing, after: signed_elsewhere },
    Step { heading: "Renewing the root", desk: "desk", before: root_expires, after: root_renewed },
];

#[test]
fn the_document_is_followed_from_top_to_bottom() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/publishing.md");
    let sections = document::sections(&fs::read_to_string(path).unwrap());
    let headings: Vec<&str> = sections.iter().map(|section| section.heading.as_str()).collect();
    let known: Vec<&str> = STEPS.iter().map(|step| step.heading).collect();
    assert_eq!(headings, known, "each section with a block is followed here, in the document's order");
    let world = World::new("publishing", START);
    for (section, step) in sections.iter().zip(&STEPS) {
        let desk = Desk::new(&world, step.desk);
        (step.before)(&world, &desk);
        let printed = desk.follow(section);
        (step.after)(&world, &desk, &printed);
        desk.keep_state(step.heading.rsplit(' ').next().unwrap());
        world.days_pass(1);
    }
    no_secret_is_served(&world);
}

fn nothing(_: &World, _: &Desk<'_>) {}

/// The pictures that the entries name, and a copy as it comes from a post.
fn pictures(_: &World, desk: &Desk<'_>) {
    fs::create_dir_all(desk.path("pictures")).unwrap();
    for (name, seed) in [("shark", 1), ("bridge", 2), ("parade", 3), ("whale", 4)] {
        let pixels = picture(seed);
        let image = image::RgbImage::from_raw(240, 180, pixels.data().to_vec()).unwrap();
        image.save(desk.path(&format!("pictures/{name}.jpg"))).unwrap();
        if name == "shark" {
            image::imageops::resize(&image, 200, 150, image::imageops::FilterType::Triangle)
                .save(desk.path("copy-from-a-post.jpg"))
                .unwrap();
        }
    }
}

fn entries_of(report: &Value) -> (u64, u64) {
    (report["head"]["entries"].as_u64().unwrap(), report["head"]["tombstones"].as_u64().unwrap())
}

fn live(_: &World, desk: &Desk<'_>, printed: &str) {
    assert_eq!(entries_of(&desk.fresh()), (1, 0));
    assert!(printed.contains("copy-from-a-post.jpg: known picture"), "{printed}");
    let descriptor: Value = serde_json::from_slice(&fs::read(desk.path("caveat-source.json")).unwrap()).unwrap();
    let key = fs::read_to_string(desk.path("publisher.key.pub")).unwrap();
    assert_eq!((&descriptor["url"], &descriptor["key"]), (&desk.url().into(), &key.trim().into()));
}

/// Another publisher, who has the upload script, the entries and the pictures.
fn second_desk(_: &World, desk: &Desk<'_>) {
    desk.ok("cp -R ../simple/upload ../simple/entries.jsonl ../simple/pictures .");
    (0..ARCHIVE).for_each(|i| desk.set_entry(&hash_entry(&format!("archive-{i}"), 1, 200 + i as u32)));
}

fn rooted(_: &World, desk: &Desk<'_>, printed: &str) {
    assert!(printed.contains("not published yet: 1 more must sign"), "one of three is not enough: {printed}");
    let report = desk.fresh();
    assert_eq!((entries_of(&report), &report["rootVersion"]), ((2 + ARCHIVE, 0), &1.into()));
    assert!(desk.fails("caveat build entries.jsonl --key /media/anna/root.key --out public").contains("may not sign"));
}

fn went_over(_: &World, desk: &Desk<'_>, _: &str) {
    assert_eq!(desk.returning("source")["rootVersion"], 1, "a client that trusts the key goes along");
    let said = desk.fails("caveat build entries.jsonl --key publisher.key --out public --sequence 9");
    assert!(said.contains("may not sign heads"), "{said}");
}

/// Publishes an entry a day by the section's own commands, as a desk does.
fn every_day(world: &World, desk: &Desk<'_>, printed: &str) {
    assert!(printed.contains("a client that is up to date downloads"), "{printed}");
    desk.keep_state("week");
    let mut merged = 0;
    for day in 0..DAYS {
        world.days_pass(1);
        desk.keep_state("before");
        desk.set_entry(&hash_entry(&format!("day-{day}"), 1, day as u32 + 10));
        desk.ok("caveat build entries.jsonl --key head.key --out public && sh upload");
        let day = desk.returning("before");
        merged += day["merged"].as_u64().unwrap();
        let whole = desk.fresh()["downloaded"].as_u64().unwrap();
        assert!(day["downloaded"].as_u64().unwrap() < whole, "a day is less than everything: {day}");
        assert_eq!((&day["added"], &day["removed"]), (&1.into(), &0.into()));
    }
    assert_eq!(merged, 1, "eight small segments are merged by the client");
    let week = desk.returning("week");
    assert_eq!(week["added"], DAYS, "who was away for a week gets the week");
    assert!(week["downloaded"].as_u64() < desk.fresh()["downloaded"].as_u64(), "{week}");
}

/// An entry that knows one picture by its hash, with a text that does not compress to nothing.
fn hash_entry(id: &str, rev: u32, seed: u32) -> String {
    let hash = pdq(&picture(seed)).hash;
    let text: String = (0..16).map(|i| hex::encode(Sha256::digest(format!("{id} {rev} {i}")))).collect();
    format!(
        r#"{{"id":"{id}","rev":{rev},"truth":{{"en":"{text}"}},"media":[{{"role":"known","pdq":"{hash}","quality":100}}]}}"#
    )
}

fn corrected(_: &World, desk: &Desk<'_>, _: &str) {
    let exported = desk.ok(&format!("caveat export {}", desk.index().display()));
    assert!(exported.contains(r#""id":"bridge","rev":2,"status":"corrected""#), "{exported}");
    assert_eq!(desk.returning("before")["updated"], true);
    assert_eq!(
        (desk.verdict("pictures/bridge.jpg"), desk.verdict("pictures/parade.jpg")),
        ("match".into(), "match".into())
    );
}

fn retracted_in_the_head(_: &World, desk: &Desk<'_>, _: &str) {
    assert_eq!(desk.verdict("pictures/parade.jpg"), "none");
    let client = desk.returning("Correcting");
    assert_eq!((&client["removed"], &client["downloaded"]), (&1.into(), &0.into()), "nothing but a head: {client}");
    assert_eq!(entries_of(&client).1, 1);
}

fn retracted_apart(_: &World, desk: &Desk<'_>, _: &str) {
    assert_eq!(desk.verdict("pictures/bridge.jpg"), "none");
    assert_eq!(desk.fresh()["retractedApart"], 1);
    let client = desk.returning("emergency");
    assert_eq!((&client["updated"], &client["removed"]), (&false.into(), &1.into()), "no new head: {client}");
    // Where the head cannot be had at all, or is refused.
    desk.ok(&format!("rm -rf headless && cp -R {} headless && rm headless/head", desk.index().display()));
    let client = desk.verify("headless --from states/emergency");
    assert_eq!((&client["accepted"], &client["retractedApart"]), (&false.into(), &1.into()), "{client}");
    desk.ok("printf x >> headless/segments/../head");
    let client = desk.verify("headless --from states/emergency");
    assert_eq!((&client["accepted"], &client["retractedApart"]), (&false.into(), &1.into()), "{client}");
    let said = desk.fails("caveat build entries.jsonl --key /media/duty/retraction.key --out duty --sequence 99");
    assert!(said.contains("may not sign heads"), "it can do nothing else: {said}");
}

/// What is retracted in an emergency only is said at each build.
fn reminded(_: &World, desk: &Desk<'_>) {
    desk.ok("rm -rf copy && cp -R public copy && cp duty/retractions copy/");
    let said = desk.shell("caveat build entries.jsonl --key head.key --out copy --expires-after 61");
    let said = String::from_utf8(said.stderr).unwrap();
    for id in ["parade", "bridge"] {
        assert!(said.contains(&format!("{id} is retracted")) && said.contains("in the entries too"), "{said}");
    }
}

fn retracted_in_the_entries(_: &World, desk: &Desk<'_>, printed: &str) {
    assert!(!printed.contains("in the entries too"), "{printed}");
    let report = desk.fresh();
    assert_eq!(entries_of(&report), (1 + ARCHIVE + DAYS as u64, 2));
    assert_eq!(report["head"]["retractions"], Value::Array(Vec::new()), "the head need not say it any more");
    let verdicts = ["parade", "bridge", "shark"].map(|name| desk.verdict(&format!("pictures/{name}.jpg")));
    assert_eq!(verdicts, ["none", "none", "match"]);
    let said =
        desk.fails("grep -v parade entries.jsonl > fewer.jsonl; caveat build fewer.jsonl --key head.key --out public");
    assert!(said.contains("entry parade is published"), "what was said cannot be unsaid: {said}");
}

fn moved(_: &World, desk: &Desk<'_>, _: &str) {
    let descriptor = fs::read_to_string(desk.path("caveat-source.json")).unwrap();
    let anchor = fs::read_to_string(desk.path("anchor")).unwrap();
    assert!(descriptor.contains("/srv/caveat/") && descriptor.contains(anchor.trim()), "{descriptor}");
}

/// A folder of somebody who has a key and a state of the source, and publishes an entry of theirs; `with` the root files of
/// the real one or not.
fn forge(desk: &Desk<'_>, key: &str, state: &str, with: &str) {
    desk.ok(&format!("rm -rf forged && cp -R states/{state} forged && cp entries.jsonl forged.jsonl"));
    let line = hash_entry("forged", 1, 90);
    desk.ok(&format!("echo '{line}' >> forged.jsonl"));
    desk.ok(&format!("caveat build forged.jsonl --key {key} --out forged --sequence 9007199254740991"));
    if !with.is_empty() {
        desk.ok(&format!("cp {with}/root/* forged/root/"));
    }
}

const NOT_THEIRS: &str = "not signed with this source's key";

fn head_key_replaced(_: &World, desk: &Desk<'_>, _: &str) {
    assert_eq!(desk.returning("week")["rootVersion"], 2);
    desk.keep_state("replaced");
    forge(desk, "head.key", "host", "public");
    let report = desk.verify("forged");
    assert_eq!(report["accepted"], true, "a head that says nothing of the new root: {report}");
    let said = desk.refused("forged", Some("replaced"));
    assert!(said.contains(NOT_THEIRS), "who has seen the new root does not believe the old key: {said}");
}

fn root_key_replaced(_: &World, desk: &Desk<'_>, _: &str) {
    for state in ["week", "replaced"] {
        assert_eq!(desk.returning(state)["rootVersion"], 3);
    }
    desk.ok("caveat root --out public && caveat sign public --key /media/anna/root.key");
    let said = desk.fails("caveat sign public --key /media/chen/root.key");
    assert!(said.contains("may sign none of the files"), "a key that was taken off the list: {said}");
    desk.ok("rm public/root.unsigned");
}

/// The thief has the head key and a server, and runs the sequence up; somebody takes it.
fn theft(_: &World, desk: &Desk<'_>) {
    desk.keep_state("held");
    forge(desk, "head-2.key", "held", "");
    let deceived = desk.verify("forged --from states/held");
    assert_eq!((&deceived["accepted"], &deceived["added"]), (&true.into(), &1.into()));
    desk.ok("rm -rf states/deceived && cp -R forged states/deceived");
}

fn recovered(_: &World, desk: &Desk<'_>, _: &str) {
    let deceived = desk.returning("deceived");
    assert_eq!((&deceived["head"]["epoch"], &deceived["removed"]), (&1.into(), &1.into()), "{deceived}");
    assert_eq!((desk.fresh()["head"]["epoch"].as_u64(), desk.fresh()["rootVersion"].as_u64()), (Some(1), Some(4)));
    desk.keep_state("recovered");
    // The thief goes on: with what they published before, and with what they sign now, with our root files and without.
    desk.ok("rm -rf replayed && cp -R states/deceived replayed && cp public/root/* replayed/root/");
    forge(desk, "head-2.key", "held", "");
    for folder in ["states/deceived", "replayed", "forged"] {
        let said = desk.refused(folder, Some("recovered"));
        assert!(said.contains(NOT_THEIRS), "{folder}: {said}");
    }
    // On our own server the head names the new root, so that a fresh client asks for it.
    let said = desk.fails("caveat build entries.jsonl --key head-2.key --out public");
    assert!(said.contains("may not sign heads"), "{said}");
    desk.ok("rm -rf spliced && cp -R public spliced && cp states/deceived/segments/* spliced/segments/");
    splice(desk);
    for state in [None, Some("week"), Some("held"), Some("deceived"), Some("recovered")] {
        let said = desk.refused("spliced", state);
        assert!(said.contains(NOT_THEIRS) || said.contains("epoch"), "{state:?}: {said}");
    }
}

/// The thief's head as one of the new root, signed with the old key: with their own tools, since ours refuse.
fn splice(desk: &Desk<'_>) {
    use caveat::source::{Head, Role, SecretKey, SourceId, sign, unsigned, unverified_payload};
    let file = fs::read(desk.path("states/deceived/head")).unwrap();
    let mut head: Head = serde_json::from_slice(unverified_payload(&file).unwrap()).unwrap();
    (head.root_version, head.epoch) = (4, 1);
    let secret = fs::read_to_string(desk.path("head-2.key")).unwrap();
    let mut seed = [0; 32];
    hex::decode_to_slice(secret.lines().last().unwrap(), &mut seed).unwrap();
    let mut source = SourceId([0; 32]);
    hex::decode_to_slice(&head.source, &mut source.0).unwrap();
    let file = unsigned(&serde_json::to_vec(&head).unwrap(), Role::Head);
    fs::write(desk.path("spliced/head"), sign(&file, source, &SecretKey::from_seed(&seed)).unwrap()).unwrap();
}

/// The thief has the retraction key and takes an entry back for good, on our own server; somebody takes it.
fn silenced(_: &World, desk: &Desk<'_>) {
    desk.ok("rm -rf stolen && cp -R public stolen && rm -f stolen/retractions");
    desk.ok("caveat retract stolen --entry shark-on-the-highway --reason \"leave me alone\" --key /media/duty/retraction.key");
    desk.ok(&format!("cp stolen/retractions {}", desk.index().display()));
    assert_eq!(desk.verdict("pictures/shark.jpg"), "none");
    let deceived = desk.returning("recovered");
    assert_eq!((&deceived["retractedApart"], &deceived["removed"]), (&1.into(), &1.into()), "{deceived}");
    desk.keep_state("silenced");
}

fn heard_again(_: &World, desk: &Desk<'_>, _: &str) {
    assert!(desk.index().join("retractions").exists(), "the thief's file is still there");
    assert_eq!(desk.verdict("pictures/shark.jpg"), "match");
    let client = desk.returning("silenced");
    assert_eq!((&client["head"]["epoch"], &client["retractedApart"]), (&2.into(), &0.into()), "{client}");
    assert_eq!((&client["added"], &client["removed"]), (&1.into(), &0.into()), "what was silenced: {client}");
    assert_eq!(desk.fresh()["retractedApart"], 0);
    let said =
        desk.fails("caveat retract public --entry shark-on-the-highway --reason \"leave me alone\" --key /media/duty/retraction.key");
    assert!(said.contains("may neither sign heads nor retract"), "{said}");
}

/// 150 entries are published, and found to be wrong.
fn many_retracted(world: &World, desk: &Desk<'_>) {
    (0..150).for_each(|i| desk.set_entry(&hash_entry(&format!("many-{i}"), 1, i)));
    desk.ok("caveat build entries.jsonl --key head-3.key --out public && sh upload");
    desk.keep_state("many");
    world.days_pass(1);
    for i in 0..150 {
        desk.set_entry(&format!(
            r#"{{"id":"many-{i}","rev":2,"status":"retracted","correction":{{"text":{{"en":"A mistake."}}}}}}"#
        ));
    }
    let said = desk.fails("caveat build entries.jsonl --key head-3.key --out public");
    assert!(said.contains("takes away 150") && said.contains("--mass-change"), "{said}");
    desk.ok(
        "rm -rf meant && cp -R public meant && caveat build entries.jsonl --key head-3.key --out meant --mass-change",
    );
    let waits = desk.verify("meant --from states/many");
    assert!(waits["warning"].as_str().is_some_and(|said| said.contains("take away 150")), "{waits}");
}

fn many_changes_taken(_: &World, desk: &Desk<'_>, printed: &str) {
    assert!(
        printed.contains("2 more of the root keys must sign") && printed.contains("published sequence"),
        "{printed}"
    );
    let client = desk.returning("many");
    assert_eq!((&client["removed"], client.get("warning")), (&150.into(), None), "{client}");
}

fn signed_elsewhere(_: &World, desk: &Desk<'_>, printed: &str) {
    assert!(printed.contains("not published yet: sign head.unsigned"), "{printed}");
    assert_eq!(
        (desk.returning("once")["added"].as_u64(), desk.verdict("pictures/whale.jpg")),
        (Some(1), "match".into())
    );
    assert!(!desk.path("public/head.unsigned").exists());
}

fn root_expires(world: &World, desk: &Desk<'_>) {
    let build = "caveat build entries.jsonl --key head-3.key --out public";
    world.days_pass(320);
    let output = desk.shell(&format!("{build} && ROOT_EXPIRED=1 sh upload"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("renew it with `caveat root`"), "{said}");
    world.days_pass(60);
    for state in ["", "--from states/machine"] {
        let report = desk.verify(&format!("{} {state}", desk.url()));
        assert!(report["error"].as_str().is_some_and(|said| said.contains("keys have expired")), "{report}");
    }
    let output = desk.shell(&format!("{build} --expires-after 62"));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no client takes a new head"));
    desk.ok("sed -i.old '1a export ROOT_EXPIRED=1' upload");
}

fn root_renewed(_: &World, desk: &Desk<'_>, _: &str) {
    for state in ["week", "machine"] {
        assert_eq!(desk.returning(state)["rootVersion"], 6);
    }
    assert_eq!(desk.fresh()["accepted"], true);
}

/// Nothing that a server has names a secret key.
fn no_secret_is_served(world: &World) {
    let secrets: Vec<String> = [
        "simple/publisher.key",
        "desk/head.key",
        "desk/head-3.key",
        "media/anna/root.key",
        "media/duty/retraction-2.key",
    ]
    .iter()
    .map(|name| fs::read_to_string(world.served().parent().unwrap().join(name)).unwrap())
    .map(|text| text.lines().last().unwrap().to_owned())
    .collect();
    let mut folders = vec![world.served()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for child in fs::read_dir(folder).unwrap() {
            let path = child.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let file = fs::read(&path).unwrap();
            let holds = |secret: &String| file.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!secrets.iter().any(holds), "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} files");
}
