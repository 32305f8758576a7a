//! Publishers' texts made harmless for the card around them.

/// Characters that could reorder, hide or break what stands around a text: controls, bidirectional marks, overrides and
/// isolates, invisible tags.
pub fn is_disturbing(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{E0000}'..='\u{E007F}')
}

/// Most marks on one letter, and most invisible characters in a row: more of them paint over the lines around, or hide
/// something.
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

/// Marks that browsers stack over and under a letter (Unicode blocks of combining marks), no language has five on one; and
/// what has no width at all, such as the joiners of Persian and of emoji, which stand alone or with one other.
fn stacks(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{0610}'..='\u{061A}')
        || matches!(c, '\u{064B}'..='\u{065F}' | '\u{06D6}'..='\u{06DC}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}')
        || matches!(c, '\u{0730}'..='\u{074A}' | '\u{08CA}'..='\u{08E1}' | '\u{08E3}'..='\u{08FF}')
        || matches!(c, '\u{0EB4}'..='\u{0EBC}' | '\u{0EC8}'..='\u{0ECE}' | '\u{0F71}'..='\u{0F84}' | '\u{0F8D}'..='\u{0FBC}')
        || matches!(c, '\u{A66F}'..='\u{A672}' | '\u{A674}'..='\u{A67D}' | '\u{A8E0}'..='\u{A8F1}' | '\u{1D165}'..='\u{1D1AD}')
        || matches!(c, '\u{00AD}' | '\u{034F}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
        || matches!(c, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}')
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
        assert_eq!(clean(&format!("a{}b", "\u{200B}\u{FE0F}".repeat(9000))), "a\u{200B}\u{FE0F}\u{200B}\u{FE0F}b");
        assert_eq!(clean(&"\u{0F71}".repeat(30)), "\u{0F71}".repeat(4));
        for word in
            ["ế", "שָׁלֹום", "مُحَمَّدٌ", "ที่", "Ты̀", "می\u{200C}خواهم", "ཧཱུྃ", "👨\u{200D}👩\u{200D}👧", "❤\u{FE0F}\u{200D}🔥"]
        {
            assert_eq!(clean(word), word);
        }
    }
}
