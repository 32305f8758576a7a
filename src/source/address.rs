//! Where a source lies.

use thiserror::Error;

/// The folder that holds a source's `head`: an `https` address, or `http` on this very machine. Ends in a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceAddress(String);

/// A text that is no source's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Neither `https://` nor `http://` on this machine.
    #[error("the address must start with https:// (http:// only for 127.0.0.1 and localhost)")]
    Scheme,
    /// No host, a user name, spaces or the like.
    #[error("this is no plain web address")]
    Malformed,
}

impl SourceAddress {
    /// Holds a text against the rules; a missing slash at the end, or a named `head`, is forgiven.
    ///
    /// # Errors
    /// When it breaks them.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let plain =
            text.is_ascii() && !text.bytes().any(|byte| byte <= b' ' || matches!(byte, b'\\' | b'@' | b'?' | b'#'));
        if !plain || text.len() > 2048 {
            return Err(AddressError::Malformed);
        }
        let local = |rest: &str| ["127.0.0.1", "localhost", "[::1]"].contains(&host(rest));
        match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) if local(rest) || is_plain_host(host(rest)) => {}
            (_, Some(rest)) if local(rest) => {}
            (Some(_), _) => return Err(AddressError::Malformed),
            _ => return Err(AddressError::Scheme),
        }
        let folder = text.strip_suffix("/head").unwrap_or(text).trim_end_matches('/');
        Ok(Self(format!("{folder}/")))
    }

    /// The address of a file of the source.
    pub fn file(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The host and the port, where one is named.
    pub fn host(&self) -> String {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// The folder.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A host as people read it: nothing that a browser would decode.
fn is_plain_host(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn host(rest: &str) -> &str {
    let authority = rest.split('/').next().unwrap_or_default();
    let port = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    port.map_or(authority, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_on_this_machine() {
        for good in [
            "https://example.org/index",
            "https://example.org/index/head",
            "http://127.0.0.1:8617/a/",
            "http://localhost/x",
        ] {
            let address = SourceAddress::parse(good).unwrap();
            assert!(address.as_str().ends_with('/') && !address.as_str().ends_with("head/"), "{good}");
        }
        assert_eq!(
            SourceAddress::parse("https://Index.Example.org:8443/a/b").unwrap().host(),
            "index.example.org:8443"
        );
        for bad in [
            "http://example.org/",
            "ftp://example.org",
            "https://",
            "https:///x",
            "https://a b/",
            "https://ex%61mple.org/",
            "https://example.org:1a/",
            "https://u@example.org/",
            "http://127.0.0.1.example.org/",
            "javascript:alert(1)",
            "https://example.org/?q",
            "http://localhost@example.org/",
            "",
        ] {
            assert!(SourceAddress::parse(bad).is_err(), "{bad}");
        }
    }
}
