//! What an organisation has set for its devices. It comes from the browser's managed storage and is held against the
//! rules field by field: what breaks them is named and left out, the rest is in force.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::background::MAX_SOURCES;
use crate::protocol::{Failure, LogSettings, Sensitivity};
use crate::source::{Anchor, SourceAddress};

/// Longest policy, in bytes of JSON.
const MAX_POLICY: usize = 256 << 10;
/// Most sites in a list.
const MAX_SITES: usize = 2000;
/// Most failures that are told.
const MAX_PROBLEMS: usize = 20;

/// What is set, and what of it could not be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Sources that are used whatever the person thinks of them.
    pub sources: Vec<PolicySource>,
    /// No other source is used, and none can be added.
    pub only_these_sources: bool,
    /// Sites that are not checked.
    pub disabled_sites: Sites,
    /// Sites that are checked, also where `disabled_sites` has them.
    pub enabled_sites: Sites,
    /// How readily to speak.
    pub sensitivity: Option<Sensitivity>,
    /// The language of all texts, BCP 47.
    pub language: Option<String>,
    /// Whether what was shown may be remembered, for corrections.
    pub seen_log: Option<bool>,
    /// Whether notices may be shown outside pages.
    pub notifications: Option<bool>,
    /// What could not be used.
    pub problems: Vec<Failure>,
}

/// A source of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySource {
    /// Where it lies.
    pub url: SourceAddress,
    /// The key or root to trust.
    pub key: Anchor,
    /// What the organisation calls it.
    pub name: Option<String>,
}

/// Hosts: `example.org`, `*.example.org` for those below it, `*` for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sites(BTreeSet<String>);

impl Sites {
    /// Whether a host, in lower case and without a dot at its end, is among them.
    pub fn contain(&self, host: &str) -> bool {
        let below = || host.match_indices('.').any(|(dot, _)| self.0.contains(&format!("*{}", &host[dot..])));
        self.0.contains("*") || self.0.contains(host) || below()
    }

    /// As they were written.
    pub fn rules(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }
}

impl Policy {
    /// Reads a policy, JSON; none at all, or an empty object, sets nothing.
    pub fn parse(text: Option<&str>) -> Self {
        let mut policy = Self::default();
        let Some(text) = text else { return policy };
        if text.len() > MAX_POLICY {
            policy.complain("the policy", &format!("is longer than {MAX_POLICY} bytes"));
            return policy;
        }
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => policy.read(&fields),
            Ok(_) => policy.complain("the policy", "is no object"),
            Err(error) => policy.complain("the policy", &error.to_string()),
        }
        policy
    }

    /// Whether it sets anything, or tried to.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What it says of a host: checked, not checked, or nothing.
    pub fn site(&self, host: &str) -> Option<bool> {
        if self.enabled_sites.contain(host) {
            return Some(true);
        }
        self.disabled_sites.contain(host).then_some(false)
    }

    /// What of the person's choice it lets stand; where it wants nothing remembered, there is nothing to ask them either.
    pub fn logs(&self, chosen: Option<LogSettings>) -> Option<LogSettings> {
        let days = chosen.map_or(LogSettings::DAYS[0], |chosen| chosen.days);
        let nothing = LogSettings { shown: false, seen: false, days, notify: false };
        let chosen = if self.seen_log == Some(false) { Some(nothing) } else { chosen };
        chosen.map(|chosen| LogSettings { notify: chosen.notify && self.notifications != Some(false), ..chosen })
    }

    fn read(&mut self, fields: &Map<String, Value>) {
        for (name, value) in fields {
            match name.as_str() {
                "sources" => self.read_sources(value),
                "onlyTheseSources" => self.only_these_sources = self.flag(name, value).unwrap_or_default(),
                "disabledSites" => self.disabled_sites = self.sites(name, value),
                "enabledSites" => self.enabled_sites = self.sites(name, value),
                "sensitivity" => {
                    self.sensitivity = serde_json::from_value(value.clone()).ok();
                    if self.sensitivity.is_none() {
                        self.complain(name, "is none of cautious, balanced, keen");
                    }
                }
                "language" => {
                    self.language = value.as_str().filter(|tag| is_language(tag)).map(str::to_owned);
                    if self.language.is_none() {
                        self.complain(name, "is no language, such as en");
                    }
                }
                "seenLog" => self.seen_log = self.flag(name, value),
                "notifications" => self.notifications = self.flag(name, value),
                _ => self.complain(&clipped(name), "is no setting of this version"),
            }
        }
    }

    fn read_sources(&mut self, value: &Value) {
        let Some(list) = value.as_array() else { return self.complain("sources", "is no list") };
        for (at, item) in list.iter().enumerate() {
            match source(item) {
                _ if self.sources.len() >= MAX_SOURCES => {
                    return self.complain("sources", &format!("has more than {MAX_SOURCES}"));
                }
                Ok(source) if self.sources.iter().any(|other| other.key == source.key) => {
                    self.complain(&format!("sources[{at}].key"), "is there already");
                }
                Ok(source) => self.sources.push(source),
                Err((field, why)) => self.complain(&format!("sources[{at}]{field}"), &why),
            }
        }
    }

    fn sites(&mut self, name: &str, value: &Value) -> Sites {
        let Some(list) = value.as_array() else {
            self.complain(name, "is no list");
            return Sites::default();
        };
        let mut sites = BTreeSet::new();
        for (at, item) in list.iter().enumerate() {
            let host = item.as_str().map(super::background::normal_host);
            match host.filter(|host| is_site(host)) {
                Some(_) if sites.len() >= MAX_SITES => {
                    self.complain(name, &format!("has more than {MAX_SITES} sites"));
                    break;
                }
                Some(host) => drop(sites.insert(host)),
                None => self.complain(&format!("{name}[{at}]"), "is no host, such as example.org, *.example.org or *"),
            }
        }
        Sites(sites)
    }

    fn flag(&mut self, name: &str, value: &Value) -> Option<bool> {
        if !value.is_boolean() {
            self.complain(name, "is neither true nor false");
        }
        value.as_bool()
    }

    fn complain(&mut self, what: &str, why: &str) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Failure { code: "badPolicy".to_owned(), message: format!("{what} {why}") });
        }
    }
}

fn source(item: &Value) -> Result<PolicySource, (&'static str, String)> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let url = text("url").ok_or((".url", "is missing".to_owned()))?;
    let key = text("key").ok_or((".key", "is missing".to_owned()))?;
    Ok(PolicySource {
        url: SourceAddress::parse(url).map_err(|error| (".url", format!("cannot be used: {error}")))?,
        key: key.parse().map_err(|error: crate::source::AnchorError| (".key", format!("cannot be used: {error}")))?,
        name: text("name").filter(|name| !name.trim().is_empty()).map(clipped),
    })
}

fn is_site(host: &str) -> bool {
    let rest = host.strip_prefix("*.").unwrap_or(host);
    let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let address = host.starts_with('[') && host.ends_with(']');
    let plain = |byte: u8| named(byte) || address && matches!(byte, b'[' | b']' | b':');
    host == "*" || !rest.is_empty() && rest.len() <= 253 && rest.bytes().all(plain)
}

fn is_language(tag: &str) -> bool {
    (2..=35).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn clipped(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = include_str!("../../www/feed/development.pub");

    fn problems(text: &str) -> Vec<String> {
        Policy::parse(Some(text)).problems.into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn every_setting_is_read() {
        let key = KEY.trim();
        let policy = Policy::parse(Some(&format!(
            r#"{{"sources":[{{"url":"https://a.example/i","key":"{key}","name":"Desk"}}],"onlyTheseSources":true,
            "disabledSites":["*"],"enabledSites":["News.example.","*.school.example"],"sensitivity":"cautious",
            "language":"ar","seenLog":false,"notifications":false}}"#
        )));
        assert_eq!(policy.problems, []);
        assert_eq!(
            (policy.sources[0].url.as_str(), policy.sources[0].name.as_deref()),
            ("https://a.example/i/", Some("Desk"))
        );
        assert!(policy.only_these_sources);
        assert_eq!((policy.sensitivity, policy.language.as_deref()), (Some(Sensitivity::Cautious), Some("ar")));
        assert_eq!((policy.seen_log, policy.notifications), (Some(false), Some(false)));
        let sites =
            ["news.example", "a.school.example", "school.example", "other.example"].map(|host| policy.site(host));
        assert_eq!(sites, [Some(true), Some(true), Some(false), Some(false)]);
    }

    #[test]
    fn nothing_set_sets_nothing() {
        assert!(Policy::parse(None).is_empty() && Policy::parse(Some("{}")).is_empty());
        assert_eq!(Policy::default().site("a.example"), None);
    }

    #[test]
    fn what_breaks_the_rules_is_named_and_the_rest_is_in_force() {
        let key = KEY.trim();
        let policy = Policy::parse(Some(&format!(
            r#"{{"sources":[{{"url":"http://a.example","key":"{key}"}},{{"key":"{key}"}},7,
            {{"url":"https://b.example","key":"{key}"}},{{"url":"https://c.example","key":"{key}"}},{{"url":"https://d.example","key":"1"}}],
            "onlyTheseSources":"yes","disabledSites":["https://a.example/",5,"b.example","b.example:80"],"enabledSites":{{}},
            "sensitivity":"loud","language":["en"],"seenlog":false}}"#
        )));
        assert_eq!((policy.sources.len(), policy.sources[0].url.as_str()), (1, "https://b.example/"));
        assert!(!policy.only_these_sources && policy.sensitivity.is_none() && policy.language.is_none());
        assert_eq!(policy.disabled_sites.rules(), ["b.example"]);
        let told: Vec<&str> = policy.problems.iter().map(|problem| problem.message.as_str()).collect();
        for what in [
            "sources[0].url cannot be used",
            "sources[1].url is missing",
            "sources[2].url is missing",
            "sources[4].key is there already",
            "sources[5].key cannot be used",
            "onlyTheseSources is neither",
            "disabledSites[0] is no host",
            "disabledSites[1] is no host",
            "disabledSites[3] is no host",
            "enabledSites is no list",
            "sensitivity is none of",
            "language is no language",
            "seenlog is no setting",
        ] {
            assert!(told.iter().any(|message| message.starts_with(what)), "{what}: {told:?}");
        }
        assert!(policy.problems.iter().all(|problem| problem.code == "badPolicy"));
    }

    #[test]
    fn hostile_policies_cost_little() {
        assert_eq!(problems("[]"), ["the policy is no object"]);
        assert_eq!(problems("{").len(), 1);
        assert_eq!(problems(&"[".repeat(100_000)).len(), 1);
        assert!(problems(&" ".repeat(MAX_POLICY + 1))[0].contains("longer"));
        let many = format!(r#"{{"disabledSites":[{}]}}"#, vec!["\"/\""; 10_000].join(","));
        assert_eq!(problems(&many).len(), MAX_PROBLEMS);
        let sites: Vec<String> = (0..5000).map(|number| format!("\"{number}.example\"")).collect();
        let policy = Policy::parse(Some(&format!(r#"{{"disabledSites":[{}]}}"#, sites.join(","))));
        assert_eq!((policy.disabled_sites.rules().len(), policy.problems.len()), (MAX_SITES, 1));
    }
}
