//! Publishers' texts made harmless for the card around them.

/// Characters that could reorder, hide or break what stands around a text: controls, bidirectional marks, overrides and
/// isolates, invisible tags.
pub fn is_disturbing(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// A text without what [`is_disturbing`]; lines become one line.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).filter(|&c| !is_disturbing(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_reorder_or_hide_what_is_around_them() {
        assert_eq!(clean("a\u{202E}b\u{0000}c\nd\u{2067}e\u{E0041}"), "abc de");
        assert_eq!(clean("Ärger, مرحبا, 你好"), "Ärger, مرحبا, 你好");
    }
}
