//! Every text in every language: a missing one would be shown in English, in the middle of a page in another language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

const LANGUAGES: [&str; 3] = ["en", "ru", "ar"];
/// Of the plural forms (CLDR) each language gives those it needs; one that it leaves out reads as `other` does.
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

type Texts = BTreeMap<String, String>;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("extension/common").join(path)).unwrap()
}

fn texts(language: &str) -> Texts {
    let file = read(&format!("_locales/{language}/messages.json"));
    let messages: BTreeMap<String, Value> = serde_json::from_str(&file).unwrap();
    assert!(!messages.is_empty());
    // Of two with one key the browser takes the last.
    assert_eq!(messages.len(), file.matches("\"message\":").count(), "{language} has a key twice");
    messages.into_iter().map(|(key, value)| (key, value["message"].as_str().unwrap().to_owned())).collect()
}

/// The stem and the plural form of a key of a plural text.
fn plural<'a>(texts: &Texts, key: &'a str) -> Option<(&'a str, &'a str)> {
    let (stem, form) = key.rsplit_once('_')?;
    (FORMS.contains(&form) && texts.contains_key(&format!("{stem}_other"))).then_some((stem, form))
}

/// The places `$1` to `$9` of a text.
fn places(text: &str) -> BTreeSet<char> {
    text.split('$').skip(1).filter_map(|rest| rest.chars().next()).filter(char::is_ascii_digit).collect()
}

#[test]
fn every_language_has_every_text() {
    let english = texts("en");
    for language in LANGUAGES {
        let own = texts(language);
        // A language need not have English's other forms.
        let missing: Vec<&String> = english
            .keys()
            .filter(|key| plural(&english, key).is_none_or(|(_, form)| ["one", "other"].contains(&form)))
            .filter(|key| !own.contains_key(*key))
            .collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
        for key in own.keys() {
            let other = plural(&own, key).map(|(stem, _)| format!("{stem}_other"));
            assert!(english.contains_key(other.as_ref().unwrap_or(key)), "{language}: {key} is no text of English");
        }
    }
}

#[test]
fn a_text_puts_in_what_the_english_one_does() {
    let english = texts("en");
    for language in LANGUAGES {
        let own = texts(language);
        for (key, text) in &own {
            assert!(!text.trim().is_empty(), "{language}: {key} is empty");
            let other = plural(&own, key).map(|(stem, form)| (form, format!("{stem}_other")));
            let Some((form, other)) = other else {
                assert_eq!(places(text), places(&english[key]), "{language}: {key}");
                continue;
            };
            // "One picture" needs no number; one of the other forms stands for many of them.
            let mut found = places(text);
            if ["zero", "one", "two"].contains(&form) || !english[&other].contains("$1") {
                found.insert('1');
            }
            let mut wanted = places(&english[&other]);
            wanted.insert('1');
            assert_eq!(found, wanted, "{language}: {key}");
        }
    }
}

#[test]
fn every_language_can_be_chosen() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("extension/common/_locales");
    let mut found: Vec<String> =
        fs::read_dir(folder).unwrap().map(|child| child.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    let mut listed = LANGUAGES;
    listed.sort_unstable();
    assert_eq!(found, listed);
    let (messages, options) = (read("ui/messages.js"), read("options/options.html"));
    for language in listed {
        assert!(messages.contains(&format!("\"{language}\"")), "ui/messages.js does not know {language}");
        assert!(options.contains(&format!("<option value=\"{language}\"")), "the options do not offer {language}");
    }
}
