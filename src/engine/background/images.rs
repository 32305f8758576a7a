//! Checking images.

use super::Background;
use crate::engine::cache::Looked;
use crate::engine::check::{self, Searched, query_of};
use crate::engine::failure::{access_reason, reason_of};
use crate::image::Limits;
use crate::protocol::{Reason, ReasonCode, Verdict, VerdictKind};
use crate::source::{Clock, Fetch, Request, Store, What};

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// The verdict for a key, if the picture behind it was seen; given anew from the index in use.
    pub(super) fn look_up(&self, key: &str) -> Option<Verdict> {
        if !self.has_index() {
            return Some(self.no_index());
        }
        let cache = self.cache.borrow();
        match cache.get(key)? {
            // An index that only knows exact PDQ came since: the picture itself is needed again.
            Looked::Query(query) if query.pdq.is_none() && self.wants_pdq() => None,
            Looked::Query(query) => Some(
                self.finish(self.with_sources(|sources, language, now| check::decide(query, sources, language, now))),
            ),
            Looked::Unreadable(reason) => Some(self.finish(check::unreadable(reason.clone()))),
        }
    }

    /// The verdict for a picture; fetches it when the page's own copy could not be read.
    pub(super) async fn check_image(&self, key: &str, url: &str, bytes: Option<Vec<u8>>) -> Verdict {
        if let Some(verdict) = self.look_up(key) {
            return verdict;
        }
        let bytes = match bytes {
            Some(bytes) => bytes,
            None => match self.fetch_image(url).await {
                Ok(bytes) => bytes,
                // Not remembered: the next time the host may answer.
                Err(reason) => return self.finish(no_access(reason)),
            },
        };
        let looked = match query_of(&bytes, self.wants_pdq()) {
            Ok(query) => Looked::Query(query),
            Err(error) => Looked::Unreadable(reason_of(&error)),
        };
        // An empty answer is an accident, not a picture: the next time there may be one.
        if !matches!(&looked, Looked::Unreadable(reason) if reason.code == ReasonCode::EmptyBody) {
            self.cache.borrow_mut().put(key, looked.clone());
        }
        match looked {
            Looked::Query(query) => {
                self.finish(self.with_sources(|sources, language, now| check::decide(&query, sources, language, now)))
            }
            Looked::Unreadable(reason) => self.finish(check::unreadable(reason)),
        }
    }

    async fn fetch_image(&self, url: &str) -> Result<Vec<u8>, Reason> {
        if !(url.starts_with("https://") || url.starts_with("http://")) || url.len() > 16_384 {
            let message = "only http and https addresses are fetched".to_owned();
            return Err(Reason { code: ReasonCode::NotPermitted, message });
        }
        let request = Request { url, what: What::Image, limit: Limits::MAX_BYTES };
        self.download(request, &mut |_| {}).await.map_err(access_reason)
    }

    fn has_index(&self) -> bool {
        self.loaded.borrow().iter().any(|source| source.enabled && source.publication.is_ok())
    }

    fn wants_pdq(&self) -> bool {
        self.loaded.borrow().iter().any(|source| {
            source.enabled && source.publication.as_ref().is_ok_and(|held| held.index.counts().pdq_only > 0)
        })
    }

    fn with_sources<T>(&self, run: impl FnOnce(&[Searched<'_>], &str, i64) -> T) -> T {
        let loaded = self.loaded.borrow();
        let sources: Vec<Searched<'_>> = loaded
            .iter()
            .filter(|source| source.enabled)
            .filter_map(|source| {
                let publication = source.publication.as_ref().ok()?;
                Some(Searched { key: &source.key, head: &publication.head, index: &publication.index })
            })
            .collect();
        run(&sources, &self.card_language.borrow(), self.clock.now())
    }

    /// Leaves out what is muted, and says which index spoke.
    fn finish(&self, mut verdict: Verdict) -> Verdict {
        verdict.generation = self.generation.get();
        let state = self.state.borrow();
        let before = verdict.matches.len();
        verdict.matches.retain(|found| !state.mutes.contains(&(found.source.clone(), found.entry.clone())));
        if verdict.matches.len() < before {
            check::settle(&mut verdict);
        }
        verdict
    }

    fn no_index(&self) -> Verdict {
        let verdict = VerdictKind::NoIndex;
        Verdict { verdict, reason: None, generation: self.generation.get(), matches: Vec::new() }
    }
}

fn no_access(reason: Reason) -> Verdict {
    Verdict { verdict: VerdictKind::NoAccess, reason: Some(reason), generation: 0, matches: Vec::new() }
}
