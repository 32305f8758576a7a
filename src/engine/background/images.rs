//! Checking images.

use super::{Background, Loaded, Publication};
use crate::engine::cache::Looked;
use crate::engine::check::{self, Looked as Image, Manner, Relations, Searched};
use crate::engine::failure::{access_reason, reason_of};
use crate::fingerprint::Query;
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
            Looked::Related { relations, generation, query } if *generation == self.generation.get() => {
                Some(self.say(relations, query.quality()))
            }
            Looked::Related { query, .. } => self.look_up_again(query),
            Looked::Unreadable(reason) => Some(self.finish(check::unreadable(reason.clone()))),
        }
    }

    /// Asks an index that came since by hashes alone. Where they find nothing certain and the index has keypoints, where it
    /// only knows exact PDQ, or where an edited picture must be told from its original, the picture itself is needed again.
    fn look_up_again(&self, query: &Query) -> Option<Verdict> {
        if query.pdq.is_none() && self.wants_pdq() {
            return None;
        }
        let sensitivity = self.state.borrow().sensitivity;
        let relations = self.with_sources(|sources| check::relate_hashes(query, sources, sensitivity)).ok()?;
        let enough = !check::needs_look(&relations) || !self.has_keypoints();
        enough.then(|| self.say(&relations, query.quality()))
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
        match Image::of(&bytes, self.wants_pdq()) {
            Ok(image) => self.judge(key, image).await,
            Err(error) => {
                let reason = reason_of(&error);
                // An empty answer is an accident, not a picture: the next time there may be one.
                if reason.code != ReasonCode::EmptyBody {
                    self.cache.borrow_mut().put(key, Looked::Unreadable(reason.clone()));
                }
                self.finish(check::unreadable(reason))
            }
        }
    }

    /// Hashes answer at once; where they find nothing certain, keypoints are waited for.
    async fn judge(&self, key: &str, mut image: Image) -> Verdict {
        let sensitivity = self.state.borrow().sensitivity;
        let relate = |image: &mut Image| self.with_sources(|sources| image.relate(sources, sensitivity));
        let mut generation = self.generation.get();
        let mut relations = relate(&mut image);
        if check::needs_look(&relations) && self.load_keypoints().await {
            image.look();
            generation = self.generation.get();
            relations = relate(&mut image);
        }
        let query = image.into_query();
        let verdict = self.say(&relations, query.quality());
        self.cache.borrow_mut().put(key, Looked::Related { relations, generation, query });
        verdict
    }

    fn say(&self, relations: &[Relations], quality: u8) -> Verdict {
        let language = self.card_language.borrow();
        let sensitivity = self.state.borrow().sensitivity;
        let manner = Manner { sensitivity, language: &language, now: self.clock.now() };
        self.finish(self.with_sources(|sources| check::word(relations, quality, sources, manner)))
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

    fn with_sources<T>(&self, run: impl FnOnce(&[Searched<'_>]) -> T) -> T {
        let loaded = self.loaded.borrow();
        let used: Vec<(&Loaded, &Publication)> = loaded
            .iter()
            .filter(|source| source.enabled)
            .filter_map(|source| Some((source, &**source.publication.as_ref().ok()?)))
            .collect();
        let tiers: Vec<_> = used.iter().map(|(_, held)| held.keypoints.borrow()).collect();
        let sources: Vec<Searched<'_>> = used
            .iter()
            .zip(&tiers)
            .map(|((source, held), tier)| Searched {
                key: &source.key,
                catalogue_name: source.catalogue_name.as_deref(),
                head: &held.head,
                index: &held.index,
                keypoints: tier.loaded(),
            })
            .collect();
        run(&sources)
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
