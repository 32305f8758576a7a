//! Publishers' texts made harmless for the card around them.

/// Characters that could reorder, hide or break what stands around a text: controls, bidirectional marks, overrides and
/// isolates, invisible tags.
pub fn is_disturbing(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Most marks on one letter: more of them paint over the lines around.
const MAX_MARKS: usize = 4;

/// A text without what [`is_disturbing`] and without heaps of marks; lines become one line.
pub fn clean(text: &str) -> String {
    let mut marks = 0;
    let mut sparse = |c: char| {
        marks = if stacks(c) { marks + 1 } else { 0 };
        marks <= MAX_MARKS
    };
    let one_line = text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c });
    one_line.filter(|&c| !is_disturbing(c)).filter(|&c| sparse(c)).collect()
}

/// Marks that browsers stack over and under a letter (Unicode blocks of combining marks). No language has five on one.
fn stacks(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{0610}'..='\u{061A}')
        || matches!(c, '\u{064B}'..='\u{065F}' | '\u{06D6}'..='\u{06DC}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}')
        || matches!(c, '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_reorder_or_hide_what_is_around_them() {
        assert_eq!(clean("a\u{202E}b\u{0000}c\nd\u{2067}e\u{E0041}"), "abc de");
        assert_eq!(clean("Ärger, مرحبا, 你好"), "Ärger, مرحبا, 你好");
    }

    #[test]
    fn marks_do_not_pile_up() {
        assert_eq!(clean(&format!("a{}b", "\u{0301}\u{0489}".repeat(50))), "a\u{0301}\u{0489}\u{0301}\u{0489}b");
        for word in ["ế", "שָׁלֹום", "مُحَمَّدٌ", "ที่", "Ты̀"] {
            assert_eq!(clean(word), word);
        }
    }
}
