//! Links that a card may offer.

use super::is_disturbing;

/// Longest link, in bytes.
const MAX_LENGTH: usize = 2048;

/// The link as it is, if it is a plain web address that a person may be sent to, else `None`.
///
/// Stricter than a URL parser on purpose (the `url` crate would add 90 KB to the .wasm): `http` or `https`, a host of
/// ASCII letters, digits, dots and hyphens with at least one dot, no user, no port but digits, and no character that
/// browsers drop or reinterpret (spaces, controls, backslashes).
pub fn web_link(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let host_ok = host.contains('.')
        && !host.starts_with(['.', '-'])
        && !host.ends_with(['.', '-'])
        && !host.contains("..")
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let port_ok = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    let rest_ok = !text.chars().any(|c| is_disturbing(c) || c.is_whitespace() || matches!(c, '\\' | '<' | '>' | '"'));
    (text.len() <= MAX_LENGTH && host_ok && port_ok && rest_ok).then_some(text)
}

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
}
