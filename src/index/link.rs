//! Links that a card may offer.

use std::net::Ipv4Addr;

use super::is_disturbing;

/// Longest link, in bytes.
const MAX_LENGTH: usize = 2048;

/// Longest host, in bytes: the longest name that DNS can hold.
const MAX_HOST: usize = 253;

/// The link as it is, if it is a plain web address that a person may be sent to, else `None`.
///
/// Stricter than a URL parser on purpose (the `url` crate would add 90 KB to the .wasm): `http` or `https`, a host of
/// ASCII letters, digits, dots and hyphens with at least one dot, which browsers take for the name or the four numbers
/// that it is, no user, no port but digits, and no character that browsers drop or reinterpret (spaces, controls,
/// backslashes).
pub fn web_link(text: &str) -> Option<&str> {
    let (host, port) = authority(text)?;
    let port_ok = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    let rest_ok = !text.chars().any(|c| is_disturbing(c) || c.is_whitespace() || matches!(c, '\\' | '<' | '>' | '"'));
    (text.len() <= MAX_LENGTH && is_host(host) && port_ok && rest_ok).then_some(text)
}

/// The host of a plain web address, in lower case.
pub fn link_host(text: &str) -> Option<String> {
    authority(web_link(text)?).map(|(host, _)| host.to_ascii_lowercase())
}

/// A link, if its host is one of `hosts` or lies below one: a source may send people only where its head says.
pub fn offered_link<'a>(text: &'a str, hosts: &[String]) -> Option<&'a str> {
    let host = link_host(text)?;
    let below = |listed: &String| host.strip_suffix(listed.as_str()).is_some_and(|rest| rest.ends_with('.'));
    hosts.iter().any(|listed| *listed == host || below(listed)).then_some(text)
}

/// Whether a text is a host as heads list them: in lower case, no single label.
pub fn is_link_host(text: &str) -> bool {
    is_host(text) && !text.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn authority(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    Some(authority.split_once(':').unwrap_or((authority, "")))
}

fn is_host(host: &str) -> bool {
    host.len() <= MAX_HOST
        && host.contains('.')
        && !host.starts_with(['.', '-'])
        && !host.ends_with(['.', '-'])
        && !host.contains("..")
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && (!ends_in_number(host) || host.parse::<Ipv4Addr>().is_ok())
}

/// Whether browsers take a host that ends in no dot for an IPv4 address: `127.1` and `0x7f.1` are 127.0.0.1 to them,
/// which is not what people read. <https://url.spec.whatwg.org/#ends-in-a-number-checker>
fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    match last.strip_prefix("0x").or_else(|| last.strip_prefix("0X")) {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => last.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// Hosts that browsers read as other numbers than people do, or as none.
#[cfg(test)]
pub(crate) const OTHER_NUMBERS: [&str; 22] = [
    "127.1",
    "1.2.3",
    "1.2.3.4.5",
    "256.0.0.1",
    "0177.0.0.1",
    "127.0.0.01",
    "192.0.2.7.",
    "0x7f.1",
    "0x7f.0x1",
    "1.2.3.0x4",
    "example.1",
    "example.08",
    "example.0x",
    "example.0xfe",
    "example.0XFE",
    "example.99999999999",
    "0x7f000001",
    "2130706433",
    "0X7F000001",
    "0x",
    "0",
    "127.0.0.1.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_pass() {
        for good in ["https://example.org", "http://a.example.org/x?y=1#z", "https://example.org:8443/ü"] {
            assert_eq!(web_link(good), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//example.org",
            "https:\\\\example.org",
            "https://a@example.org",
            "https://exa mple.org",
            "https://example.org/\u{202e}",
            "https://example.org/\n",
            "https://localhost/",
            "https://.org",
            "ftp://a.b",
            "https://ex\u{430}mple.org/",
            "https://example.org:99a/",
            "HTTPS://example.org/<b>",
        ] {
            assert_eq!(web_link(bad), None, "{bad}");
        }
    }

    #[test]
    fn hosts_that_browsers_read_as_other_numbers_are_refused() {
        for good in ["192.0.2.7", "0.0.0.0", "0x7f.example.org", "127.1.example", "a.0x7g", "a.1a", "a.x1", "a.0b1"] {
            assert!(is_link_host(good), "{good}");
            assert!(web_link(&format!("https://{good}:8443/")).is_some(), "{good}");
        }
        for bad in OTHER_NUMBERS {
            assert!(!is_link_host(bad), "{bad}");
            assert_eq!(web_link(&format!("https://{bad}/")), None, "{bad}");
            assert_eq!(web_link(&format!("http://{bad}:8080")), None, "{bad}");
        }
    }

    /// Upper case and a default port, which browsers write otherwise, change no host, and a card shows what they write.
    #[test]
    fn a_host_is_the_one_that_browsers_ask() {
        for good in ["https://www.example.org/", "https://WWW.Example.ORG:443", "http://www.EXAMPLE.org:80/?a@b%41"] {
            assert_eq!(link_host(good).as_deref(), Some("www.example.org"), "{good}");
        }
        for bad in [
            "https://user@www.example.org/",
            "https://user:1@www.example.org/",
            "https://www.example.org:1@example.com/",
            "https://www.example.org:@example.com/",
            "https://www.ex%61mple.org/",
            "https://www%2eexample.org/",
            "https://www.example.org%2f.example.com/",
            "https://www.example.org\\.example.com/",
            "https://www.ex\u{ad}ample.org/",
            "https://www。example。org/",
            "https://www.ｅxample.org/",
            "https://www.ﬁsh.example/",
            "https://www.faß.example/",
            "https://[::1]/",
            "https://[::ffff:192.0.2.7]/",
            "https://www..example.org/",
            "https://www.example.org./",
        ] {
            assert_eq!(link_host(bad), None, "{bad}");
        }
    }

    #[test]
    fn links_are_offered_to_listed_hosts_and_below_them_only() {
        let hosts = ["example.org".to_owned(), "check.example.com".to_owned()];
        for good in [
            "https://example.org/a",
            "https://WWW.Example.org:8443/",
            "http://check.example.com",
            "https://a.b.check.example.com/?https://evil.test",
        ] {
            assert_eq!(offered_link(good, &hosts), Some(good));
        }
        for bad in [
            "https://example.org.evil.test/",
            "https://notexample.org/",
            "https://example.com/",
            "https://evil.test/example.org",
            "https://evil.test/?.example.org",
            "https://evil.test#.example.org",
            "https://example.org@evil.test/",
            "https://example.org./",
            "javascript://example.org/%0aalert(1)",
        ] {
            assert_eq!(offered_link(bad, &hosts), None, "{bad}");
        }
        assert_eq!(offered_link("https://example.org/a", &[]), None, "a head without hosts offers no link");
    }

    #[test]
    fn listed_hosts_are_written_in_one_way() {
        for good in ["example.org", "xn--e1afmkfd.xn--p1ai", "a-b.co.uk"] {
            assert!(is_link_host(good), "{good}");
        }
        let long = format!("{}.org", "a".repeat(250));
        for bad in
            ["Example.org", "org", "", ".org", "*.org", "https://a.org", "a.org/", "a.org:80", "пример.рф", &long]
        {
            assert!(!is_link_host(bad), "{bad}");
        }
    }
}
