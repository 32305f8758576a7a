//! How much a keypoint of a picture tells. What is near very many stored ones, as letters, the edges of a page and the bars
//! of a channel are, says little of which picture it is: weights by how rare something is (Spärck Jones 1972, for pictures
//! Sivic and Zisserman 2003), by the root, as against what comes in bursts (Jégou, Douze and Schmid 2009).

/// The weight of a keypoint that is near no more than is near by chance.
pub const FULL: u32 = 256;
/// Of so many stored keypoints one is near by chance.
const CHANCE: usize = 1 << 17;
/// And no fewer than so many are.
const LEAST: usize = 8;

/// The weight of a keypoint that is near so many of what is stored: 1..=[`FULL`].
pub fn weight(near: usize, stored: usize) -> u32 {
    let by_chance = (stored / CHANCE).max(LEAST);
    let rarity = by_chance as f32 / near.max(by_chance) as f32;
    ((FULL as f32 * rarity.sqrt()) as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_common_tells_less() {
        assert_eq!([0, 1, 8].map(|near| weight(near, 1000)), [FULL; 3]);
        assert_eq!(weight(32, 1000), FULL / 2);
        assert_eq!(weight(usize::MAX, 1000), 1);
        // In a large index more is near by chance.
        let stored = 44 * 100_000;
        assert_eq!([33, 4 * 33].map(|near| weight(near, stored)), [FULL, FULL / 2]);
    }
}
