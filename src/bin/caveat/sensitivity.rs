//! How readily to speak, as an option: in the words of the extension's settings.

use caveat::protocol::Sensitivity;

/// The sensitivity that a word names.
pub fn parse(word: &str) -> Result<Sensitivity, &'static str> {
    serde_json::from_value(word.into()).map_err(|_| "use cautious, balanced or keen")
}

/// Its word.
pub fn word(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Cautious => "cautious",
        Sensitivity::Balanced => "balanced",
        Sensitivity::Keen => "keen",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_names_what_it_says() {
        for word in ["cautious", "balanced", "keen"] {
            assert_eq!(parse(word).map(super::word), Ok(word));
        }
        assert_eq!(parse("balanced"), Ok(Sensitivity::default()));
        assert!(["", "Keen", "loud"].iter().all(|word| parse(word).is_err()));
    }
}
