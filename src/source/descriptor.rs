//! A source in one small file, to be handed on: where it lies and which key to trust.

use serde::Deserialize;
use thiserror::Error;

use super::{AddressError, Anchor, AnchorError, SourceAddress};

/// Version of the descriptor that we read.
pub const DESCRIPTOR: u32 = 1;
/// Longest descriptor, in bytes.
pub const MAX_DESCRIPTOR: usize = 8192;
/// The name that a descriptor's file has.
pub const DESCRIPTOR_FILE: &str = "caveat-source.json";
/// Longest web address of the publisher, in bytes.
const MAX_HOMEPAGE: usize = 2048;

/// What a descriptor says, held against the rules. Nobody vouches for it: whoever hands it on could have written it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// Where the source lies.
    pub url: SourceAddress,
    /// The key or root to trust.
    pub key: Anchor,
    /// The publisher's own pages, as text: `http` or `https`.
    pub homepage: Option<String>,
}

/// Why a descriptor is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DescriptorError {
    /// Longer than [`MAX_DESCRIPTOR`].
    #[error("the file is longer than {MAX_DESCRIPTOR} bytes: it is no description of a source")]
    TooLong,
    /// No JSON object with the fields of a descriptor.
    #[error("the file is no description of a source: {0}")]
    Malformed(String),
    /// A later version than ours.
    #[error("the file has version {0}, this program reads {DESCRIPTOR}: update it")]
    Unsupported(u32),
    /// `url` is no source's address.
    #[error("url: {0}")]
    Address(#[from] AddressError),
    /// `key` is no key.
    #[error("key: {0}")]
    Key(#[from] AnchorError),
    /// `homepage` is no web address.
    #[error("homepage: write a plain http or https address")]
    Homepage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    caveat_source: u32,
}

/// The file's JSON. Unknown fields are ignored.
#[derive(Deserialize)]
struct File {
    url: String,
    key: String,
    homepage: Option<String>,
}

impl Descriptor {
    /// Reads a descriptor's file.
    ///
    /// # Errors
    /// Each [`DescriptorError`].
    pub fn parse(text: &str) -> Result<Self, DescriptorError> {
        if text.len() > MAX_DESCRIPTOR {
            return Err(DescriptorError::TooLong);
        }
        let malformed = |error: serde_json::Error| DescriptorError::Malformed(error.to_string());
        // Some editors begin a file with a byte order mark.
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let Version { caveat_source } = serde_json::from_str(text).map_err(malformed)?;
        if caveat_source != DESCRIPTOR {
            return Err(DescriptorError::Unsupported(caveat_source));
        }
        let file: File = serde_json::from_str(text).map_err(malformed)?;
        if file
            .homepage
            .as_deref()
            .is_some_and(|page| page.len() > MAX_HOMEPAGE || crate::index::web_link(page).is_none())
        {
            return Err(DescriptorError::Homepage);
        }
        Ok(Self { url: SourceAddress::parse(&file.url)?, key: file.key.parse()?, homepage: file.homepage })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = include_str!("../../www/feed/development.pub");

    fn descriptor(fields: &str) -> Result<Descriptor, DescriptorError> {
        Descriptor::parse(&format!(
            r#"{{"caveatSource":1,"url":"https://a.example/i","key":"{}"{fields}}}"#,
            KEY.trim()
        ))
    }

    #[test]
    fn what_it_says_is_read_and_what_it_says_besides_is_passed_over() {
        let read = descriptor(r#","name":"A","homepage":"https://a.example/","later":{"x":[1]}"#).unwrap();
        assert_eq!((read.url.as_str(), read.key.to_string().as_str()), ("https://a.example/i/", KEY.trim()));
        assert_eq!(read.homepage.as_deref(), Some("https://a.example/"));
        assert!(
            Descriptor::parse(
                &format!("\u{FEFF}{{\"caveatSource\":1,\"url\":\"https://a.example\",\"key\":\"{KEY}\"}}")
                    .replace('\n', "")
            )
            .is_ok()
        );
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        use DescriptorError::{Address, Homepage, Key, Malformed, TooLong, Unsupported};
        assert_eq!(descriptor(&" ".repeat(MAX_DESCRIPTOR)), Err(TooLong));
        assert_eq!(descriptor(r#","homepage":"javascript:alert(1)""#), Err(Homepage));
        assert_eq!(Descriptor::parse(r#"{"caveatSource":2,"url":5}"#), Err(Unsupported(2)), "before the rest is read");
        for broken in [
            "",
            "{}",
            "[]",
            "null",
            "<html>",
            r#"{"caveatSource":1}"#,
            r#"{"caveatSource":"1","url":"https://a.example","key":""}"#,
            r#"{"caveatSource":1,"url":"https://a.example","url":"https://b.example","key":""}"#,
            r#"{"caveatSource":1,"url":"https://a.example","key":""} x"#,
        ] {
            assert!(matches!(Descriptor::parse(broken), Err(Malformed(_))), "{broken}");
        }
        let with = |url: &str, key: &str| {
            Descriptor::parse(&format!(r#"{{"caveatSource":1,"url":"{url}","key":"{key}"}}"#)).unwrap_err()
        };
        assert_eq!(with("http://a.example", KEY.trim()), Address(AddressError::Scheme));
        assert_eq!(with("https://u@a.example", KEY.trim()), Address(AddressError::Malformed));
        assert_eq!(with("https://a.example", "12"), Key(AnchorError::Key(crate::source::KeyError::Malformed)));
        let deep = format!(r#"{{"caveatSource":1,"x":{}"#, "[".repeat(4000));
        assert!(matches!(Descriptor::parse(&deep), Err(Malformed(_))), "no stack is spent on it");
    }
}
