//! What was asked already, by picture key. Only a cache: the background may be killed and start without it.

use std::collections::{HashMap, VecDeque};

use super::check::Relations;
use crate::fingerprint::Query;
use crate::protocol::Reason;

/// Pictures remembered: a long evening's feed.
const CAPACITY: usize = 4096;
/// Longest key that is remembered, in bytes.
const MAX_KEY: usize = 4096;

/// What is remembered of a picture.
#[derive(Debug, Clone)]
pub enum Looked {
    /// What it was found to be.
    Related {
        /// For each source that is searched.
        relations: Vec<Relations>,
        /// The state of the index that they are of.
        generation: u32,
        /// What can be looked up again in another index, without the picture: its hashes.
        query: Query,
    },
    /// It could not be decoded.
    Unreadable(Reason),
}

/// The pictures remembered, the oldest dropped first.
#[derive(Debug, Default)]
pub struct Cache {
    looked: HashMap<String, Looked>,
    order: VecDeque<String>,
}

impl Cache {
    /// What is remembered of a key.
    pub fn get(&self, key: &str) -> Option<&Looked> {
        self.looked.get(key)
    }

    /// Remembers.
    pub fn put(&mut self, key: &str, looked: Looked) {
        if key.len() > MAX_KEY {
            return;
        }
        if self.looked.insert(key.to_owned(), looked).is_none() {
            self.order.push_back(key.to_owned());
        }
        if self.order.len() > CAPACITY
            && let Some(oldest) = self.order.pop_front()
        {
            self.looked.remove(&oldest);
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ReasonCode;

    #[test]
    fn the_oldest_is_dropped() {
        let reason = Reason { code: ReasonCode::CorruptImage, message: String::new() };
        let mut cache = Cache::default();
        for i in 0..=CAPACITY {
            cache.put(&i.to_string(), Looked::Unreadable(reason.clone()));
        }
        assert!(cache.get("0").is_none() && cache.get("1").is_some());
        assert_eq!(cache.looked.len(), CAPACITY);
    }
}
