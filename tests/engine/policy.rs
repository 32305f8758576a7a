//! What an organisation has set: in force, not to be undone by the person, gone with the policy.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use caveat::engine::Policy;
use caveat::protocol::{LogSettings, OwnRequest, PageRequest, Reply, Sensitivity, SourceStatus, VerdictKind};
use caveat::source::{FetchError, SecretKey};
use pollster::block_on;
use serde_json::Value;

use crate::common::{entry_of, key, picture, png};
use crate::device::{Device, Running, check, code, own, status};

/// The organisation's source, which knows picture 5.
const DESK: &str = "https://desk.example.org/";
/// A source that the person adds, which knows picture 6.
const OWN: &str = "https://own.example.org/";

fn desk() -> SecretKey {
    SecretKey::from_seed(&[8; 32])
}

fn persons() -> SecretKey {
    SecretKey::from_seed(&[9; 32])
}

fn device() -> Device {
    let device = Device::new();
    device.publish_as(&desk(), DESK, &[entry_of("desk", 5)], |head| head.name = "Declared".to_owned());
    device.publish_as(&persons(), OWN, &[entry_of("own", 6)], |_| ());
    device
}

fn policy(more: &str) -> String {
    format!(r#"{{"sources":[{{"url":"{DESK}","key":"{}","name":"Our desk"}}]{more}}}"#, desk().public())
}

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The schema that browsers hold a policy against, the document that administrators read, and what is read of a policy have
/// the same settings of the same types.
#[test]
fn schema_document_and_reader_know_the_same_settings() {
    let schema: Value = serde_json::from_str(&file("extension/chrome/managed-schema.json")).unwrap();
    let document = file("docs/managed.md");
    let table = document.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let written: BTreeMap<&str, &str> = table.collect();
    let settings = schema["properties"].as_object().unwrap();
    assert_eq!(settings.keys().collect::<Vec<_>>(), written.keys().collect::<Vec<_>>());
    for (name, setting) in settings {
        // One wrong type for each right one: known, and refused for what it is.
        let (word, wrong) = match setting["type"].as_str().unwrap() {
            "boolean" => ("boolean", "7"),
            "array" => ("list of", "{}"),
            _ => ("`", "7"),
        };
        assert!(written[name.as_str()].starts_with(word), "{name} is a {word}: {}", written[name.as_str()]);
        let problems = Policy::parse(Some(&format!(r#"{{"{name}":{wrong}}}"#))).problems;
        let told = &problems[0].message;
        assert!(problems.len() == 1 && !told.contains("is no setting"), "{name}: {told}");
    }
    let words = settings["sensitivity"]["enum"].as_array().unwrap();
    for word in words {
        assert!(written["sensitivity"].contains(&format!("`{}`", word.as_str().unwrap())));
        assert_eq!(Policy::parse(Some(&format!(r#"{{"sensitivity":{word}}}"#))).problems, []);
    }
    assert_eq!(written["sensitivity"].split(" | ").next().unwrap().matches('`').count(), 2 * words.len());
    let fields = settings["sources"]["items"]["properties"].as_object().unwrap();
    assert!(fields.keys().all(|field| written["sources"].contains(&format!("`{field}`"))));
}

/// What the document gives to copy is a policy without a fault.
#[test]
fn the_examples_of_the_document_are_policies() {
    let document = file("docs/managed.md");
    let blocks: Vec<&str> = document.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 2, "one a browser");
    for block in blocks {
        let value: Value = serde_json::from_str(block).unwrap();
        let policies = value.get("policies").unwrap_or(&value);
        let third_party = policies["3rdparty"].as_object().unwrap().values().next().unwrap();
        let policy = third_party.as_object().unwrap().values().next().unwrap();
        let read = Policy::parse(Some(&policy.to_string()));
        assert_eq!((read.problems, read.sources.len()), (Vec::new(), 1), "{policy}");
    }
}

fn source(background: &Running, key: &SecretKey) -> Option<SourceStatus> {
    let id = key.public().source().to_string();
    status(background).sources.into_iter().find(|source| source.id == id)
}

fn add_own(background: &Running) -> Reply {
    let key = persons().public().to_string();
    own(background, OwnRequest::AddSource { url: OWN.to_owned(), key, head: None })
}

#[test]
fn an_organisations_source_is_fetched_named_and_cannot_be_undone() {
    let device = device();
    let background = device.start_managed(Some(&policy("")));
    assert_eq!(check(&background, 1).verdict, VerdictKind::Match, "what there is answers before anything is fetched");
    assert_eq!(check(&background, 5).verdict, VerdictKind::None);
    block_on(background.fetch_managed());
    let found = check(&background, 5).matches.remove(0);
    assert_eq!((found.source_name.as_str(), found.self_declared), ("Our desk", false));
    let managed = source(&background, &desk()).unwrap();
    assert_eq!(
        (managed.origin.as_str(), managed.managed, managed.locked, managed.enabled),
        ("managed", true, true, true)
    );
    let id = managed.id;
    assert_eq!(code(own(&background, OwnRequest::RemoveSource { source: id.clone() })), "setByOrganisation");
    let off = OwnRequest::SetSourceEnabled { source: id, enabled: false };
    assert_eq!(code(own(&background, off)), "setByOrganisation");
    assert!(matches!(add_own(&background), Reply::Added { .. }), "others may be added unless it says no");

    // After a kill it is here without a server; it is not asked again before it is due.
    device.server.fail(&format!("{DESK}head"), FetchError::Unreachable);
    let asked = device.server.asked.borrow().len();
    let again = device.start_managed(Some(&policy("")));
    block_on(again.fetch_managed());
    assert_eq!(check(&again, 5).verdict, VerdictKind::Match);
    assert!(!device.server.asked.borrow()[asked..].iter().any(|url| url.starts_with("https:")));
    own(&again, OwnRequest::ForgetEverything);
    assert!(source(&again, &desk()).is_some() && source(&again, &persons()).is_none());
}

#[test]
fn with_the_policy_its_sources_go_and_their_files_with_the_next_alarm() {
    let device = device();
    let background = device.start_managed(Some(&policy("")));
    block_on(background.fetch_managed());
    assert_eq!(device.store.names().len(), 2);
    block_on(background.set_policy(None));
    assert!(source(&background, &desk()).is_none());
    assert_eq!(check(&background, 5).verdict, VerdictKind::None);
    assert_eq!(device.store.names().len(), 2, "the browser may say late what the policy is");
    block_on(background.alarm());
    assert!(device.store.names().is_empty());
    block_on(background.set_policy(Some(&policy(""))));
    block_on(background.fetch_managed());
    assert_eq!(check(&background, 5).verdict, VerdictKind::Match);
}

#[test]
fn only_these_sources_means_no_other() {
    let device = device();
    let background = device.start();
    assert!(matches!(add_own(&background), Reply::Added { .. }));
    let only = policy(r#","onlyTheseSources":true"#);
    block_on(background.set_policy(Some(&only)));
    block_on(background.fetch_managed());
    let kinds = [1, 5, 6].map(|picture| check(&background, picture).verdict);
    assert_eq!(kinds, [VerdictKind::None, VerdictKind::Match, VerdictKind::None]);
    let other = source(&background, &key()).unwrap();
    assert_eq!((other.enabled, other.locked, other.managed), (false, true, false));
    let on = OwnRequest::SetSourceEnabled { source: other.id, enabled: true };
    assert_eq!(code(own(&background, on)), "setByOrganisation");
    let preview = OwnRequest::PreviewSource { url: OWN.to_owned(), key: persons().public().to_string() };
    assert_eq!(code(own(&background, preview)), "setByOrganisation");
    assert_eq!(code(add_own(&background)), "setByOrganisation");
    // What the person had chosen is in force again when the organisation says nothing any more.
    block_on(background.set_policy(None));
    let kinds = [1, 5, 6].map(|picture| check(&background, picture).verdict);
    assert_eq!(kinds, [VerdictKind::Match, VerdictKind::None, VerdictKind::Match]);
}

#[test]
fn the_persons_own_source_outlives_a_policy_that_names_it() {
    let device = device();
    let background = device.start();
    add_own(&background);
    let named = format!(r#"{{"sources":[{{"url":"{OWN}","key":"{}"}}]}}"#, persons().public());
    let managed = device.start_managed(Some(&named));
    assert_eq!(source(&managed, &persons()).unwrap().origin, "managed");
    block_on(managed.set_policy(None));
    block_on(managed.alarm());
    assert_eq!(source(&managed, &persons()).unwrap().origin, "added");
    assert_eq!(check(&device.start(), 6).verdict, VerdictKind::Match);
}

#[test]
fn sites_language_and_sensitivity_are_set_and_the_persons_choice_is_kept() {
    let device = device();
    let background = device.start();
    own(&background, OwnRequest::SetLanguage { language: Some("ru".to_owned()) });
    own(&background, OwnRequest::SetSite { host: "chosen.example".to_owned(), enabled: false });
    let set = r#"{"disabledSites":["bank.example"],"enabledSites":["chosen.example"],"sensitivity":"cautious","language":"ar","seenLog":false}"#;
    block_on(background.set_policy(Some(set)));
    assert!(!background.checks_site("Bank.example.") && background.checks_site("chosen.example"));
    assert!(background.checks_site("other.example"));
    let shown = status(&background);
    assert_eq!((background.language().as_deref(), shown.sensitivity), (Some("ar"), Sensitivity::Cautious));
    let policy = shown.policy.unwrap();
    assert!(policy.language_locked && policy.sensitivity_locked && policy.problems.is_empty());
    assert_eq!((policy.seen_log, policy.notifications), (Some(false), None));
    for request in [
        OwnRequest::SetLanguage { language: None },
        OwnRequest::SetSensitivity { sensitivity: Sensitivity::Keen },
        OwnRequest::SetSite { host: "bank.example".to_owned(), enabled: true },
        OwnRequest::SetSite { host: "chosen.example".to_owned(), enabled: false },
    ] {
        assert_eq!(code(own(&background, request)), "setByOrganisation");
    }
    let Reply::Site { enabled, locked, .. } =
        own(&background, OwnRequest::SiteState { host: "bank.example".to_owned() })
    else {
        panic!("no state of a site")
    };
    assert!(!enabled && locked);
    assert!(matches!(
        own(&background, OwnRequest::SetSite { host: "o.example".to_owned(), enabled: false }),
        Reply::Done
    ));
    block_on(background.set_policy(Some("{}")));
    assert_eq!(background.language().as_deref(), Some("ru"));
    assert!(background.checks_site("bank.example") && !background.checks_site("chosen.example"));
    assert!(status(&background).policy.is_none());
}

#[test]
fn what_may_be_remembered_can_be_held_back() {
    let background = device().start();
    let all = LogSettings { shown: true, seen: true, days: 30, notify: true };
    let set = |logs| own(&background, OwnRequest::SetLogs { logs });
    let settings = || status(&background).logs.settings;
    let seen = |background: &Running| {
        let bytes = Some(png(&picture(1)));
        let request = PageRequest::CheckImage { key: "seen".to_owned(), url: String::new(), bytes };
        assert!(matches!(block_on(background.noted_page_request(request)), Reply::Verdict(_)));
    };
    block_on(background.set_policy(Some(r#"{"seenLog":false}"#)));
    assert_eq!(
        settings().map(|logs| (logs.shown, logs.seen, logs.notify)),
        Some((false, false, false)),
        "nobody is asked"
    );
    assert_eq!(code(set(all)), "setByOrganisation");
    seen(&background);
    block_on(background.keep_logs());
    assert_eq!(status(&background).logs.shown, 0);
    block_on(background.set_policy(Some(r#"{"notifications":false}"#)));
    assert_eq!(settings(), None);
    assert_eq!(code(set(all)), "setByOrganisation");
    let quiet = LogSettings { notify: false, ..all };
    assert!(matches!(set(quiet), Reply::Done));
    assert_eq!(settings(), Some(quiet));
    seen(&background);
    block_on(background.keep_logs());
    assert_eq!(status(&background).logs.shown, 1);
    block_on(background.set_policy(None));
    assert!(matches!(set(all), Reply::Done));
}

#[test]
fn a_broken_policy_is_told_and_stops_nothing() {
    let device = device();
    for broken in ["{", "[1]", r#"{"sources":[{"url":"ftp://x","key":"y"}],"sensitivity":9}"#] {
        let background = device.start_managed(Some(broken));
        let told = status(&background).policy.unwrap().problems;
        assert!(!told.is_empty() && told.iter().all(|problem| problem.code == "badPolicy"), "{broken}");
        assert_eq!(check(&background, 1).verdict, VerdictKind::Match, "{broken}");
        assert!(matches!(own(&background, OwnRequest::SetSensitivity { sensitivity: Sensitivity::Keen }), Reply::Done));
    }
}
