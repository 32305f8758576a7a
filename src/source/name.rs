//! What a source is called, and whether anybody but itself says so.

use crate::index::{clean, is_disturbing};

/// Most characters of a name that are shown.
const MAX_SHOWN: usize = 80;

/// A source's name as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceName {
    /// Harmless for what stands around it; at most 80 characters.
    pub text: String,
    /// Only the source itself calls itself that: it may be anybody.
    pub self_declared: bool,
    /// A word of it mixes letters of scripts that look alike, as in “Ѕnopes” with a Cyrillic first letter.
    pub mixed_scripts: bool,
}

impl SourceName {
    /// The name that our catalogue has for a source, or the one that it gives itself.
    pub fn of(catalogue: Option<&str>, declared: &str) -> Self {
        let text = shown(catalogue.unwrap_or(declared));
        let self_declared = catalogue.is_none();
        Self { mixed_scripts: self_declared && mixes_scripts(&text), text, self_declared }
    }
}

/// Without what disturbs, without characters that cannot be seen, with single spaces, cut at [`MAX_SHOWN`].
fn shown(name: &str) -> String {
    let visible: String = clean(name).chars().filter(|&c| !is_invisible(c)).collect();
    let mut text = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = text.char_indices().nth(MAX_SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Characters without a shape: two names that differ by them look the same.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}')
        || is_disturbing(c)
}

/// Scripts with letters that look like one another's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
}

/// The script of a letter, of those that can be taken for one another (Unicode, Scripts.txt).
fn script(c: char) -> Option<Script> {
    match c {
        'a'..='z' | 'A'..='Z' | 'ª' | 'º' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{02AF}' => Some(Script::Latin),
        '\u{1E00}'..='\u{1EFF}' | '\u{2C60}'..='\u{2C7F}' | '\u{A722}'..='\u{A7FF}' | '\u{AB30}'..='\u{AB64}' => {
            Some(Script::Latin)
        }
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' => Some(Script::Latin),
        '\u{0370}'..='\u{0373}' | '\u{0376}'..='\u{037D}' | '\u{037F}'..='\u{03FF}' | '\u{1F00}'..='\u{1FFF}' => {
            Some(Script::Greek)
        }
        '\u{0400}'..='\u{052F}' | '\u{1C80}'..='\u{1C8F}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A640}'..='\u{A69F}' => {
            Some(Script::Cyrillic)
        }
        '\u{0531}'..='\u{0587}' => Some(Script::Armenian),
        '\u{13A0}'..='\u{13FF}' | '\u{AB70}'..='\u{ABBF}' => Some(Script::Cherokee),
        _ => None,
    }
}

/// Whether a word has letters of two scripts that can be taken for one another.
fn mixes_scripts(name: &str) -> bool {
    // Joiners inside a word do not end it.
    let ends = |c: char| !c.is_alphanumeric() && !matches!(c, '\u{0300}'..='\u{036F}' | '\u{200C}' | '\u{200D}');
    name.split(ends).any(|word| {
        let mut scripts = word.chars().filter_map(script);
        let first = scripts.next();
        scripts.any(|other| Some(other) != first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_the_first_word() {
        let name = SourceName::of(Some("Example Desk"), "Ѕnopes");
        assert_eq!((name.text.as_str(), name.self_declared, name.mixed_scripts), ("Example Desk", false, false));
        assert!(SourceName::of(None, "Example Desk").self_declared);
    }

    #[test]
    fn words_of_mixed_scripts_are_noticed() {
        for mixed in ["Ѕnopes", "Reuterѕ fact check", "ΑFP", "Fаct", "CΝΝ", "ՏNOPES", "Ꭱeuters", "A\u{200D}ФП", "Ａфп"]
        {
            assert!(SourceName::of(None, mixed).mixed_scripts, "{mixed}");
        }
        for plain in
            ["Snopes", "Проверено", "AFP Проверка", "Ελλάδα Fact-Check", "تأكد", "事实核查 AFP", "Ünïcödé 24", "№1"]
        {
            assert!(!SourceName::of(None, plain).mixed_scripts, "{plain}");
        }
    }

    #[test]
    fn names_are_made_harmless() {
        let text = |name: &str| SourceName::of(None, name).text;
        assert_eq!(text(" a\u{202E}b\u{200B}\n\n c\u{3164} "), "ab c");
        assert_eq!(text(&"x".repeat(200)), format!("{}…", "x".repeat(80)));
        assert_eq!(text(&format!("Z{}o", "\u{0335}".repeat(90))), format!("Z{}o", "\u{0335}".repeat(4)));
    }
}
