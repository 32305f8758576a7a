//! What people do to pictures before they post them again.

mod border;
mod caption;
mod codec;
mod collage;
mod colour;
mod combined;
mod crop;
mod geometry;
mod overlay;
mod screenshot;

use super::canvas::Canvas;
use super::chance::Chance;
use super::score::Group;

pub use colour::contrast;
pub use crop::keep as crop_to;
pub use overlay::{channel_logo, lower_third};
pub use screenshot::{any_phone, desktop};

/// JPEG quality of an edit whose subject is not compression: what sites commonly encode with.
pub const QUALITY: u8 = 85;

/// One edit.
pub struct Edit {
    pub name: &'static str,
    pub group: Group,
    /// What it does, in a few words.
    pub what: &'static str,
    quality: u8,
    make: fn(&Canvas, &mut Hand<'_>) -> Canvas,
}

/// What an edit has at hand besides the picture.
pub struct Hand<'a> {
    pub chance: Chance,
    /// Pictures that are not in the index, for collages.
    pub others: &'a [Canvas],
}

impl Hand<'_> {
    fn other(&self, which: usize) -> Canvas {
        let other = which.checked_rem(self.others.len()).and_then(|which| self.others.get(which));
        other.cloned().unwrap_or_else(|| Canvas::plain(640.0, 480.0, [128; 3]))
    }
}

impl Edit {
    const fn new(
        name: &'static str,
        group: Group,
        what: &'static str,
        make: fn(&Canvas, &mut Hand<'_>) -> Canvas,
    ) -> Self {
        Self { name, group, what, quality: QUALITY, make }
    }

    const fn quality(mut self, quality: u8) -> Self {
        self.quality = quality;
        self
    }

    /// Whether it needs other pictures.
    pub fn needs_others(&self) -> bool {
        self.group == Group::Collage
    }

    /// The edited picture, as a JPEG file.
    pub fn apply(&self, picture: &Canvas, hand: &mut Hand<'_>) -> Vec<u8> {
        (self.make)(picture, hand).jpeg(self.quality)
    }
}

/// All edits, group by group.
pub fn all() -> impl Iterator<Item = &'static Edit> {
    let groups = [
        codec::EDITS,
        crop::EDITS,
        border::EDITS,
        geometry::EDITS,
        colour::EDITS,
        overlay::EDITS,
        caption::EDITS,
        screenshot::EDITS,
        collage::EDITS,
        combined::EDITS,
    ];
    groups.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use caveat::image::{Limits, Orientation, decode};

    use super::super::canvas::BLACK;
    use super::*;

    #[test]
    fn names_are_unique_and_fit_an_argument() {
        let names: HashSet<&str> = all().map(|edit| edit.name).collect();
        assert_eq!(names.len(), all().count());
        assert!(names.len() >= 40);
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        assert!(names.iter().all(|name| name.chars().all(fits)));
    }

    #[test]
    fn every_edit_of_every_shape_is_a_picture() {
        for (width, height) in [(97.0, 580.0), (600.0, 100.0), (3.0, 2.0)] {
            let picture = Canvas::plain(width, height, BLACK).each(|x, y, _| [x * 3.0 % 255.0, y * 5.0 % 255.0, x + y]);
            let others = [picture.mirrored()];
            for edit in all() {
                let bytes = edit.apply(&picture, &mut Hand { chance: Chance::of(1, &[edit.name]), others: &others });
                let pixels = decode(&bytes, &Limits::default(), Orientation::Apply);
                assert!(pixels.is_ok(), "{} of {width}x{height}", edit.name);
            }
        }
    }
}
