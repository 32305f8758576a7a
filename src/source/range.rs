//! Parts of a file, as HTTP asks for them and answers with them (RFC 9110, section 14).

use std::ops::Range;

use super::FetchError;

/// The status of an answer that is a part.
pub const PARTIAL: u16 = 206;

/// The value of the `Range` header that asks for a part, from one byte to another.
pub fn asking_for(part: &Range<u64>) -> String {
    format!("bytes={}-{}", part.start, part.end.saturating_sub(1))
}

/// Checks that an answer that is a part is the one that was asked for.
///
/// # Errors
/// [`FetchError::Status`] where it is another one, or none was asked for.
pub fn check(status: u16, content_range: Option<&str>, part: Option<&Range<u64>>) -> Result<(), FetchError> {
    let is_expected = status != PARTIAL || part.is_some_and(|part| is_answered(content_range, part));
    if is_expected { Ok(()) } else { Err(FetchError::Status(status)) }
}

/// Whether an answer with this `Content-Range` header is the part that was asked for. Browsers may hide the header: then the
/// digest of the whole tells.
fn is_answered(content_range: Option<&str>, part: &Range<u64>) -> bool {
    let Some(header) = content_range else { return true };
    let Some((range, _total)) = header.trim().strip_prefix("bytes ").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let numbers = range.split_once('-').and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    numbers == Some((part.start, part.end.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_asked_for_by_its_first_and_last_byte() {
        assert_eq!(asking_for(&(0..1)), "bytes=0-0");
        assert_eq!(asking_for(&(4_194_304..4_951_680)), "bytes=4194304-4951679");
    }

    #[test]
    fn another_part_than_was_asked_for_is_noticed() {
        let part = 10..20;
        assert!(
            ["bytes 10-19/100", "bytes 10-19/*", " bytes 10-19/20 "].into_iter().all(|it| is_answered(Some(it), &part))
        );
        for other in
            ["bytes 0-9/100", "bytes 10-18/100", "bytes 10-99/100", "bytes */100", "10-19", "", "items 10-19/100"]
        {
            assert!(!is_answered(Some(other), &part), "{other}");
        }
        assert!(is_answered(None, &part));
    }
}
