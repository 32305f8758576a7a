//! Where a source lies.

use thiserror::Error;

use crate::index::is_link_host;

/// Longest address, in bytes.
const MAX_LENGTH: usize = 2048;

/// This very machine, where no network can listen in.
const LOCAL: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// The folder that holds a source's `head`: an `https` address, or `http` on this very machine. Ends in a slash.
///
/// What people are shown of it is what browsers ask: what they would write otherwise is refused, but for upper case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceAddress(String);

/// A text that is no source's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Neither `https://` nor `http://` on this machine.
    #[error("the address must start with https:// (http:// only for 127.0.0.1 and localhost)")]
    Scheme,
    /// No host, a user name, spaces or the like, or what browsers would write otherwise.
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
        if text.len() > MAX_LENGTH || !text.bytes().all(is_plain) {
            return Err(AddressError::Malformed);
        }
        let (scheme, rest, own_port) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => ("https://", rest, "443"),
            (_, Some(rest)) => ("http://", rest, "80"),
            _ => return Err(AddressError::Scheme),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = authority.to_ascii_lowercase();
        let (host, port) = host_and_port(&authority);
        // Browsers leave out a port that goes without saying.
        let authority = if port == Some(own_port) { host } else { &authority };
        let is_local = LOCAL.contains(&host);
        if scheme == "http://" && !is_local {
            return Err(AddressError::Scheme);
        }
        let is_asked_as_written =
            (is_local || is_plain_host(host)) && port.is_none_or(is_plain_port) && !path.split('/').any(is_dots);
        if !is_asked_as_written {
            return Err(AddressError::Malformed);
        }
        let folder = path.strip_suffix("/head").unwrap_or(path).trim_end_matches('/');
        Ok(Self(format!("{scheme}{authority}{folder}/")))
    }

    /// The address of a file of the source.
    pub fn file(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The host and the port, where one is named.
    pub fn host(&self) -> String {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default().to_owned()
    }

    /// The folder.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What may stand in an address (RFC 3986), but for what ends a user or begins a query or a fragment. Of the rest
/// browsers drop some, rewrite some, and take a backslash for a slash.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:/%[]".contains(&byte)
}

fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

/// A host as people read it, nothing that a browser would decode or take for another number: as those of links, or a
/// single name, as in a network of one's own. Underscores count as letters.
fn is_plain_host(host: &str) -> bool {
    let host = host.replace('_', "z");
    is_link_host(&host) || !host.contains('.') && is_link_host(&format!("machine.{host}"))
}

/// A port as browsers write it.
fn is_plain_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0') && port.parse::<u16>().is_ok()
}

/// A part of a path that browsers leave out, some with the part before it.
fn is_dots(part: &str) -> bool {
    matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::OTHER_NUMBERS;

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

    fn malformed(text: &str) {
        assert_eq!(SourceAddress::parse(text), Err(AddressError::Malformed), "{text:?}");
    }

    #[test]
    fn the_host_is_kept_whatever_it_is_called() {
        for (text, folder) in [
            ("https://head", "https://head/"),
            ("https://head/head", "https://head/"),
            ("https://example.org", "https://example.org/"),
            ("https://example.org//", "https://example.org/"),
            ("https://example.org/a_b/%C3%BC/head", "https://example.org/a_b/%C3%BC/"),
        ] {
            assert_eq!(SourceAddress::parse(text).unwrap().as_str(), folder, "{text}");
        }
    }

    #[test]
    fn upper_case_is_written_as_browsers_do() {
        let address = SourceAddress::parse(" https://Index.EXAMPLE.org:8443/A/ ").unwrap();
        assert_eq!(
            (address.as_str(), &*address.host()),
            ("https://index.example.org:8443/A/", "index.example.org:8443")
        );
        assert_eq!(SourceAddress::parse("http://LOCALHOST:8617").unwrap().host(), "localhost:8617");
        assert_eq!(SourceAddress::parse("HTTPS://example.org/"), Err(AddressError::Scheme));
    }

    #[test]
    fn hosts_that_browsers_read_as_other_numbers_are_refused() {
        for good in ["192.0.2.7", "127.0.0.1", "[::1]", "0x7f.example.org", "a.0x7g", "127_1", "0x_7f", "a-1", "x1"] {
            assert_eq!(SourceAddress::parse(&format!("https://{good}/")).unwrap().host(), good);
        }
        for bad in OTHER_NUMBERS.into_iter().chain(["a_b.1"]) {
            malformed(&format!("https://{bad}/"));
            malformed(&format!("https://{bad}:8443/index/head"));
            assert_eq!(SourceAddress::parse(&format!("http://{bad}/")), Err(AddressError::Scheme), "{bad}");
        }
    }

    #[test]
    fn other_spellings_of_ipv6_are_refused() {
        for host in ["[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::1", "::1]", "::1", "[::1%25lo]", "[]", "[[::1]]"] {
            malformed(&format!("https://{host}/"));
            assert!(SourceAddress::parse(&format!("http://{host}/")).is_err(), "{host}");
        }
        assert_eq!(SourceAddress::parse("http://[::1]:8617/").unwrap().host(), "[::1]:8617");
    }

    #[test]
    fn ports_that_browsers_write_otherwise_are_refused() {
        for port in ["", "443:443", "0", "0443", "08443", "65536", "99999999", "+8443", "8443:1", "8443]", "0x1f"] {
            malformed(&format!("https://example.org:{port}/"));
        }
        for port in ["", "080", "65536"] {
            malformed(&format!("http://localhost:{port}/"));
            malformed(&format!("http://[::1]:{port}/"));
        }
        for (port, text) in [("443", "https://example.org"), ("80", "http://localhost"), ("80", "http://[::1]")] {
            assert_eq!(SourceAddress::parse(&format!("{text}:{port}/a")).unwrap().as_str(), format!("{text}/a/"));
        }
        for good in ["https://example.org:80/", "https://example.org:65535/", "http://127.0.0.1:443/"] {
            assert_eq!(SourceAddress::parse(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn hosts_that_browsers_decode_or_map_are_refused() {
        for host in [
            "ex%61mple.org",
            "example%2eorg",
            "example.org%2f",
            "ex\u{ad}ample.org",
            "example。org",
            "ｅxample.org",
            "faß.example",
            "пример.рф",
            "user@example.org",
            "user:pass@example.org",
            "example.org:1@example.com",
            "example.org\\example.com",
            "example.org\\@example.com",
            "ex\tample.org",
            "ex\nample.org",
            "exa mple.org",
            "example.org\u{7f}",
            "",
            ".",
            "..",
            ".example.org",
            "example..org",
            "example.org.",
            "example.org..",
            "*.example.org",
        ] {
            malformed(&format!("https://{host}/"));
            malformed(&format!("https://{host}/index/head"));
        }
        assert_eq!(SourceAddress::parse("https://xn--e1afmkfd.xn--p1ai/").unwrap().host(), "xn--e1afmkfd.xn--p1ai");
    }

    #[test]
    fn paths_that_browsers_write_otherwise_are_refused() {
        for path in [
            "..", "../b", "a/../b", "a/./b", "a/.", "%2e%2E/b", ".%2e", "a\\b", "a b", "a\tb", "\"", "<", ">", "`",
            "{", "}", "^", "|", "ü", "\u{7f}", "?q", "#f", "a@b",
        ] {
            malformed(&format!("https://example.org/{path}/"));
        }
        for good in ["https://example.org/.../", "https://example.org/.a/b../", "https://example.org/a//b(1)%20~/"] {
            assert_eq!(SourceAddress::parse(good).unwrap().as_str(), good);
        }
    }
}
