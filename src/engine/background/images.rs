//! Checking images.

use std::rc::Rc;

use super::{Background, Publication};
use crate::engine::cache::Looked;
use crate::engine::check::{self, Looked as Image, Manner, Relations, Searched};
use crate::engine::failure::{access_reason, reason_of};
use crate::fingerprint::Query;
use crate::image::Limits;
use crate::protocol::{Reason, ReasonCode, Verdict, VerdictKind};
use crate::source::{Anchor, Clock, Fetch, Request, Store, What};

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// The verdict for a key, if the picture behind it was seen; given anew from the index in use.
    pub(super) async fn look_up(&self, key: &str) -> Option<Verdict> {
        if !self.has_index() {
            return Some(self.no_index());
        }
        let used = self.used();
        let (relations, quality) = match self.cache.borrow().get(key)? {
            Looked::Related { relations, generation, query } if *generation == used.generation => {
                (relations.clone(), query.quality())
            }
            Looked::Related { query, .. } => (self.look_up_again(query, &used)?, query.quality()),
            Looked::Unreadable(reason) => return Some(self.finish(check::unreadable(reason.clone()), used.generation)),
        };
        Some(self.say(&relations, quality, &used).await)
    }

    /// Asks an index that came since by hashes alone. Where they leave a doubt and the index has keypoints, where it
    /// only knows exact PDQ, or where an edited picture must be told from its original, the picture itself is needed again.
    fn look_up_again(&self, query: &Query, used: &Used) -> Option<Vec<Relations>> {
        if query.pdq.is_none() && self.wants_pdq() {
            return None;
        }
        let sensitivity = self.sensitivity();
        let relations = used.with(|sources| check::relate_hashes(query, sources, sensitivity)).ok()?;
        let enough = !check::needs_look(&relations) || !self.has_keypoints();
        enough.then_some(relations)
    }

    /// The verdict for a picture; fetches it when the page's own copy could not be read.
    pub(super) async fn check_image(&self, key: &str, url: &str, bytes: Option<Vec<u8>>) -> Verdict {
        if let Some(verdict) = self.look_up(key).await {
            return verdict;
        }
        let bytes = match bytes {
            Some(bytes) => bytes,
            None => match self.fetch_image(url).await {
                Ok(bytes) => bytes,
                // Not remembered: the next time the host may answer.
                Err(reason) => return self.finish(no_access(reason), self.generation.get()),
            },
        };
        match Image::of(&bytes) {
            Ok(image) => self.judge(key, image).await,
            Err(error) => {
                let reason = reason_of(&error);
                // An empty answer is an accident, not a picture: the next time there may be one.
                if reason.code != ReasonCode::EmptyBody {
                    self.cache.borrow_mut().put(key, Looked::Unreadable(reason.clone()));
                }
                self.finish(check::unreadable(reason), self.generation.get())
            }
        }
    }

    /// Hashes that leave no doubt answer at once; where they leave one, keypoints are waited for.
    async fn judge(&self, key: &str, mut image: Image) -> Verdict {
        let sensitivity = self.sensitivity();
        let mut used = self.used();
        let mut relations = used.with(|sources| image.relate(sources, sensitivity));
        if check::needs_look(&relations) && self.load_keypoints().await {
            image.look();
            used = self.used();
            relations = used.with(|sources| image.relate(sources, sensitivity));
        }
        let query = image.into_query();
        let quality = query.quality();
        let looked = Looked::Related { relations: relations.clone(), generation: used.generation, query };
        self.cache.borrow_mut().put(key, looked);
        self.say(&relations, quality, &used).await
    }

    /// Words what was found, by the texts of the publications in which it was found.
    async fn say(&self, relations: &[Relations], quality: u8, used: &Used) -> Verdict {
        let mut texts = check::Texts::new();
        for (place, range) in
            check::texts_on_disk(relations, used.sources.iter().map(|source| &source.publication.index))
        {
            let (source, segment, _) = place;
            let file = used.sources.get(source).and_then(|source| source.publication.files.addresses().get(segment));
            // A text that cannot be read leaves its entry unsaid, like one that is damaged.
            if let Some(file) = file
                && let Ok(block) = self.store.part(file, range).await
            {
                texts.insert(place, block);
            }
        }
        let language = self.card_language.borrow();
        let sensitivity = self.sensitivity();
        let manner = Manner { sensitivity, language: &language, now: self.clock.now() };
        let verdict = used.with(|sources| check::word(relations, quality, sources, &texts, manner));
        let mut verdict = self.finish(verdict, used.generation);
        // Where all that was known is muted, nothing is known.
        used.with(|sources| check::claim_nothing_when_out_of_date(&mut verdict, sources, manner.now));
        verdict
    }

    async fn fetch_image(&self, url: &str) -> Result<Vec<u8>, Reason> {
        if !(url.starts_with("https://") || url.starts_with("http://")) || url.len() > 16_384 {
            let message = "only http and https addresses are fetched".to_owned();
            return Err(Reason { code: ReasonCode::NotPermitted, message });
        }
        let request = Request { url, what: What::Image, limit: Limits::MAX_BYTES, part: None };
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

    /// The publications in use now. An update that comes in the middle of an answer changes nothing in it.
    fn used(&self) -> Used {
        let loaded = self.loaded.borrow();
        let enabled = loaded.iter().filter(|source| source.enabled);
        let used = enabled.filter_map(|source| {
            let publication = source.publication.as_ref().ok()?.clone();
            Some(UsedSource { key: source.trust.anchor(), catalogue_name: source.catalogue_name.clone(), publication })
        });
        Used { sources: used.collect(), generation: self.generation.get() }
    }

    /// Leaves out what is muted, and says which index spoke.
    fn finish(&self, mut verdict: Verdict, generation: u32) -> Verdict {
        verdict.generation = generation;
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

/// Publications, and the generation that they make.
struct Used {
    sources: Vec<UsedSource>,
    generation: u32,
}

struct UsedSource {
    key: Anchor,
    catalogue_name: Option<String>,
    publication: Rc<Publication>,
}

impl Used {
    fn with<T>(&self, run: impl FnOnce(&[Searched<'_>]) -> T) -> T {
        let tiers: Vec<_> = self.sources.iter().map(|source| source.publication.keypoints.borrow()).collect();
        let sources: Vec<Searched<'_>> = self
            .sources
            .iter()
            .zip(&tiers)
            .map(|(source, tier)| Searched {
                key: &source.key,
                catalogue_name: source.catalogue_name.as_deref(),
                head: &source.publication.head,
                index: &source.publication.index,
                keypoints: tier.loaded(),
            })
            .collect();
        run(&sources)
    }
}

fn no_access(reason: Reason) -> Verdict {
    Verdict { verdict: VerdictKind::NoAccess, reason: Some(reason), generation: 0, matches: Vec::new() }
}
