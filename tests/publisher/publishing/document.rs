//! The blocks of a Markdown document, by section.

/// A fenced block.
pub struct Block {
    pub language: String,
    pub text: String,
    /// Of its fence, from 1.
    pub line: usize,
}

/// A heading, and the blocks up to the next one.
pub struct Section {
    pub heading: String,
    pub blocks: Vec<Block>,
}

/// The sections of a document that have blocks.
///
/// # Panics
/// When a block is not closed.
pub fn sections(document: &str) -> Vec<Section> {
    let mut sections = vec![Section { heading: String::new(), blocks: Vec::new() }];
    let mut open: Option<(usize, Block)> = None;
    for (text, line) in document.lines().zip(1..) {
        let bare = text.trim_start();
        match (&mut open, bare.strip_prefix("```")) {
            (None, Some(language)) => {
                let block = Block { language: language.to_owned(), text: String::new(), line };
                open = Some((text.len() - bare.len(), block));
            }
            (Some(_), Some("")) => {
                let blocks = &mut sections.last_mut().unwrap().blocks;
                blocks.extend(open.take().map(|(_, block)| block));
            }
            (Some((indent, block)), _) => {
                block.text.push_str(text.get(*indent..).unwrap_or_default());
                block.text.push('\n');
            }
            (None, None) => {
                if let Some(heading) = text.strip_prefix("## ").or_else(|| text.strip_prefix("### ")) {
                    sections.push(Section { heading: heading.to_owned(), blocks: Vec::new() });
                }
            }
        }
    }
    assert!(open.is_none(), "a block is not closed");
    sections.retain(|section| !section.blocks.is_empty());
    sections
}
