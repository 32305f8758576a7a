//! What speaks for every known picture, however little: for the bench, which measures how near a wrong one comes.

use super::{Looked, Near, Searched, candidates};
use crate::engine::relation::Relation;
use crate::fingerprint::Query;
use crate::fingerprint::keypoints::Sight;

impl Looked {
    /// Its relations to a source's pictures, of any level and of none.
    pub fn evidence(&self, source: &Searched<'_>) -> Vec<Relation> {
        candidates(&Near::of(&self.query, source).hits, self.sight.as_ref(), source)
    }

    /// Its hashes.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Its keypoints, once they were looked at.
    pub fn sight(&self) -> Option<&Sight> {
        self.sight.as_ref()
    }
}
