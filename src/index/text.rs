//! Publishers' texts made harmless for the card around them.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

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

/// Marks that browsers stack over and under a letter (of general category Mn or Me, and those of music: no language has five
/// on one), and what has no width at all, such as the joiners of Persian and of emoji, which stand alone or with one other.
fn stacks(c: char) -> bool {
    matches!(c.general_category(), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
        || matches!(c, '\u{00AD}' | '\u{180E}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}')
        || matches!(c, '\u{1D165}'..='\u{1D1AD}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}')
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
        // One of each block that has any, as of Unicode 15.
        let marks = [
            0x300, 0x487, 0x5C4, 0x5BF, 0x6DF, 0x6E4, 0x670, 0x711, 0x7A6, 0x7EB, 0x7FD, 0x816, 0x82D, 0x859, 0x898,
            0x8CA, 0x951, 0x954, 0x9FE, 0xA70, 0xEB4, 0xF71, 0xF18, 0x1037, 0x135D, 0x17DD, 0x1A17, 0x1A7F, 0x1ACE,
            0x1B6B, 0x1CD0, 0x1CE0, 0x1DC0, 0x20D0, 0x20DD, 0x2CEF, 0x2DE0, 0x2DFF, 0x302A, 0x3099, 0xA66F, 0xA6F0,
            0xA8E0, 0xAAB0, 0xFB1E, 0xFE20, 0x101FD, 0x10376, 0x10A0F, 0x10AE5, 0x10D24, 0x10F46, 0x11366, 0x16AF0,
            0x1BC9D, 0x1D165, 0x1D242, 0x1E000, 0x1E02A, 0x1E130, 0x1E8D0, 0x1E944,
        ];
        for mark in marks.map(|mark| char::from_u32(mark).unwrap()) {
            assert_eq!(clean(&mark.to_string().repeat(30)).chars().count(), MAX_MARKS, "U+{:04X}", u32::from(mark));
        }
        for word in
            ["ế", "שָׁלֹום", "مُحَمَّدٌ", "ที่", "Ты̀", "می\u{200C}خواهم", "ཧཱུྃ", "👨\u{200D}👩\u{200D}👧", "❤\u{FE0F}\u{200D}🔥"]
        {
            assert_eq!(clean(word), word);
        }
    }
}
