//! A picture that is being edited: 8 bits a channel, red, green, blue.

use caveat::image::{Channels, Pixels};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

/// Red, green, blue.
pub type Colour = [u8; 3];
pub const BLACK: Colour = [0; 3];
pub const WHITE: Colour = [255; 3];

/// A place on a canvas, in pixels; a pixel's centre lies at one half.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Area {
    pub fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    pub fn around(centre: [f32; 2], radius: f32) -> Self {
        Self::new(centre[0] - radius, centre[1] - radius, 2.0 * radius, 2.0 * radius)
    }

    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    pub fn centre(&self) -> [f32; 2] {
        [self.x + self.width / 2.0, self.y + self.height / 2.0]
    }

    /// Without a rim.
    pub fn inset(&self, by: f32) -> Self {
        Self::new(self.x + by, self.y + by, self.width - 2.0 * by, self.height - 2.0 * by)
    }
}

/// The picture. Never empty.
#[derive(Clone)]
pub struct Canvas(RgbImage);

impl Canvas {
    /// One colour; a side is at least one pixel.
    pub fn plain(width: f32, height: f32, colour: Colour) -> Self {
        Self(RgbImage::from_pixel(side(width), side(height), Rgb(colour)))
    }

    /// A decoded picture; an empty one becomes a white pixel.
    pub fn of(pixels: &Pixels) -> Self {
        let data = match pixels.channels() {
            Channels::Rgb => pixels.data().to_vec(),
            Channels::Grey => pixels.data().iter().flat_map(|&grey| [grey; 3]).collect(),
        };
        match RgbImage::from_raw(pixels.width() as u32, pixels.height() as u32, data) {
            Some(image) if image.width() > 0 && image.height() > 0 => Self(image),
            _ => Self::plain(1.0, 1.0, WHITE),
        }
    }

    pub fn width(&self) -> f32 {
        self.0.width() as f32
    }

    pub fn height(&self) -> f32 {
        self.0.height() as f32
    }

    /// All of it.
    pub fn area(&self) -> Area {
        Area::new(0.0, 0.0, self.width(), self.height())
    }

    /// The colour at a pixel; outside, none.
    pub fn at(&self, x: i64, y: i64) -> Option<Colour> {
        let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
        self.0.get_pixel_checked(x, y).map(|pixel| pixel.0)
    }

    /// Changes each pixel by itself; `change` gets the column, the row and the colour.
    pub fn each(mut self, mut change: impl FnMut(f32, f32, [f32; 3]) -> [f32; 3]) -> Self {
        for (x, y, pixel) in self.0.enumerate_pixels_mut() {
            pixel.0 = change(x as f32 + 0.5, y as f32 + 0.5, pixel.0.map(f32::from)).map(level);
        }
        self
    }

    /// Changes the pixels whose centres lie in `area`, or near it.
    pub fn within(&mut self, area: Area, mut change: impl FnMut([f32; 2], Colour) -> Colour) {
        let columns = span(area.x, area.right(), self.0.width());
        for y in span(area.y, area.bottom(), self.0.height()) {
            for x in columns.clone() {
                let pixel = self.0.get_pixel_mut(x, y);
                pixel.0 = change([x as f32 + 0.5, y as f32 + 0.5], pixel.0);
            }
        }
    }

    /// The part in `area`, moved and cut so that it lies inside.
    pub fn cut(&self, area: Area) -> Self {
        let (width, height) = (side(area.width).min(self.0.width()), side(area.height).min(self.0.height()));
        let x = (area.x.round().max(0.0) as u32).min(self.0.width() - width);
        let y = (area.y.round().max(0.0) as u32).min(self.0.height() - height);
        Self(imageops::crop_imm(&self.0, x, y, width, height).to_image())
    }

    /// Lays another canvas on this one, its upper left corner at `x`, `y`.
    pub fn lay(&mut self, other: &Self, x: f32, y: f32) {
        imageops::replace(&mut self.0, &other.0, x.round() as i64, y.round() as i64);
    }

    /// In another size.
    pub fn scaled(&self, width: f32, height: f32) -> Self {
        let (width, height) = (side(width), side(height));
        if (width, height) == self.0.dimensions() {
            return self.clone();
        }
        let shrinks = width < self.0.width();
        // What browsers and sites do: smooth when it gets smaller, a little sharper when it grows.
        let filter = if shrinks { FilterType::Triangle } else { FilterType::CatmullRom };
        Self(imageops::resize(&self.0, width, height, filter))
    }

    /// As many times as large.
    pub fn times(&self, factor: f32) -> Self {
        self.scaled(self.width() * factor, self.height() * factor)
    }

    pub fn to_width(&self, width: f32) -> Self {
        self.times(width / self.width())
    }

    pub fn to_height(&self, height: f32) -> Self {
        self.times(height / self.height())
    }

    /// Shrunk, if need be, so that it fits.
    pub fn at_most(&self, width: f32, height: f32) -> Self {
        let factor = (width / self.width()).min(height / self.height());
        if factor < 1.0 { self.times(factor) } else { self.clone() }
    }

    /// Scaled so that it fits exactly one way, and at most the other.
    pub fn fitted(&self, width: f32, height: f32) -> Self {
        self.times((width / self.width()).min(height / self.height()))
    }

    /// Scaled and cut in the middle so that it fills this size.
    pub fn filling(&self, width: f32, height: f32) -> Self {
        let factor = (width / self.width()).max(height / self.height());
        let large = self.scaled((self.width() * factor).max(width), (self.height() * factor).max(height));
        let (x, y) = ((large.width() - width) / 2.0, (large.height() - height) / 2.0);
        large.cut(Area::new(x, y, width, height))
    }

    pub fn mirrored(&self) -> Self {
        Self(imageops::flip_horizontal(&self.0))
    }

    /// Turned by 90 degrees.
    pub fn quarter(&self, clockwise: bool) -> Self {
        Self(if clockwise { imageops::rotate90(&self.0) } else { imageops::rotate270(&self.0) })
    }

    /// Out of focus, by so many pixels.
    pub fn blurred(&self, sigma: f32) -> Self {
        Self(imageops::blur(&self.0, sigma.max(0.1)))
    }

    /// As a JPEG file.
    pub fn jpeg(&self, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let encoded = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&self.0);
        // The encoder fails on sides over 65,535 alone; then the bytes are none and the engine says so.
        encoded.map_or_else(|_| Vec::new(), |()| bytes)
    }
}

fn side(length: f32) -> u32 {
    length.round().max(1.0) as u32
}

/// A channel's value as it is stored.
pub fn level(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

fn span(from: f32, to: f32, length: u32) -> std::ops::Range<u32> {
    (from.floor().max(0.0) as u32).min(length)..(to.ceil().max(0.0) as u32).min(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A colour that tells where it is.
    fn ramp(width: f32, height: f32) -> Canvas {
        Canvas::plain(width, height, BLACK).each(|x, y, _| [x, y, 0.0])
    }

    #[test]
    fn a_cut_lies_inside_and_starts_where_it_should() {
        let picture = ramp(40.0, 30.0);
        let cut = picture.cut(Area::new(10.0, 5.0, 20.0, 15.0));
        assert_eq!((cut.width(), cut.height()), (20.0, 15.0));
        assert_eq!(cut.at(0, 0), picture.at(10, 5));
        let moved = picture.cut(Area::new(35.0, 28.0, 20.0, 15.0));
        assert_eq!((moved.width(), moved.height(), moved.at(19, 14)), (20.0, 15.0, picture.at(39, 29)));
        let all = picture.cut(Area::new(-5.0, -5.0, 90.0, 90.0));
        assert_eq!((all.width(), all.height()), (40.0, 30.0));
        assert_eq!(picture.cut(Area::new(3.0, 3.0, 0.0, 0.0)).width(), 1.0);
    }

    #[test]
    fn filling_is_exact_and_fitting_keeps_the_shape() {
        for (width, height) in [(40.0, 30.0), (31.0, 77.0), (200.0, 99.0)] {
            let filled = ramp(40.0, 30.0).filling(width, height);
            assert_eq!((filled.width(), filled.height()), (width, height));
        }
        let fitted = ramp(40.0, 30.0).fitted(80.0, 80.0);
        assert_eq!((fitted.width(), fitted.height()), (80.0, 60.0));
        assert_eq!(ramp(40.0, 30.0).at_most(80.0, 80.0).width(), 40.0);
    }

    #[test]
    fn turns_and_mirrors_move_the_corners() {
        let picture = ramp(40.0, 30.0);
        assert_eq!(picture.mirrored().at(0, 0), picture.at(39, 0));
        assert_eq!(picture.quarter(true).at(29, 0), picture.at(0, 0));
        assert_eq!(picture.quarter(false).at(0, 39), picture.at(0, 0));
    }

    #[test]
    fn what_lies_outside_is_left_alone() {
        let mut picture = ramp(10.0, 10.0);
        picture.lay(&Canvas::plain(4.0, 4.0, WHITE), 8.0, -2.0);
        assert_eq!(
            (picture.at(9, 1), picture.at(7, 1), picture.at(9, 2)),
            (Some(WHITE), Some([8, 2, 0]), Some([10, 3, 0]))
        );
        picture.within(Area::new(-5.0, -5.0, 6.0, 6.0), |_, _| WHITE);
        assert_eq!((picture.at(0, 0), picture.at(1, 1), picture.at(-1, 0)), (Some(WHITE), Some([2, 2, 0]), None));
    }
}
