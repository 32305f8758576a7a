//! Adding a source: first what is being trusted is shown, then it is stored.

use sha2::{Digest, Sha256};

use super::managed::set_by_organisation;
use super::network::Logged;
use super::shelf::SourceShelf;
use super::sources::{retractions_name, retractions_state, root_name};
use super::updating::outcome_of;
use super::{Background, Loaded, failure};
use crate::engine::finding::age_days;
use crate::engine::state::SourceState;
use crate::protocol::{Failure, Reply, SourcePreview};
use crate::source::{
    Anchor, Clock, Descriptor, Fetch, Head, Held, Offered, SourceAddress, SourceName, Store, Trust, Update, fetch_head,
};

/// Most sources besides those that come with the extension.
pub const MAX_SOURCES: usize = 16;

/// What a person is offered: where a source lies, and the key to trust.
struct Offer {
    address: SourceAddress,
    key: Anchor,
    homepage: Option<String>,
}

impl Offer {
    fn of(url: &str, key: &str) -> Result<Self, Failure> {
        Ok(Self { address: SourceAddress::parse(url)?, key: key.parse()?, homepage: None })
    }

    fn id(&self) -> String {
        self.key.source().to_string()
    }
}

impl From<Descriptor> for Offer {
    fn from(Descriptor { url, key, homepage }: Descriptor) -> Self {
        Self { address: url, key, homepage }
    }
}

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// What adding a source would mean. Downloads and verifies its head; nothing is stored.
    pub(super) async fn preview_source(&self, url: &str, key: &str) -> Reply {
        self.preview(Offer::of(url, key)).await
    }

    /// As [`Self::preview_source`], for a descriptor's file.
    pub(super) async fn preview_descriptor(&self, text: &str) -> Reply {
        self.preview(Descriptor::parse(text).map(Offer::from).map_err(Failure::from)).await
    }

    async fn preview(&self, offer: Result<Offer, Failure>) -> Reply {
        let head = match offer {
            Ok(offer) => self.offered_head(&offer).await.map(|(file, head)| self.describe(offer, &file, &head)),
            Err(failure) => Err(failure),
        };
        head.map_or_else(Reply::Error, Reply::Preview)
    }

    async fn offered_head(&self, offer: &Offer) -> Result<(Vec<u8>, Head), Failure> {
        self.check_room(&offer.id())?;
        let Offered { head, file, .. } = fetch_head(&Logged(self), &offer.address, &Trust::new(offer.key)).await?;
        self.nothing_held(&offer.id()).check_room(&head)?;
        Ok((file, head))
    }

    fn describe(&self, offer: Offer, file: &[u8], head: &Head) -> SourcePreview {
        let now = self.clock.now();
        let SourceName { text, mixed_scripts, .. } = SourceName::of(None, &head.name);
        let issued = head.issued as i64 * 1000;
        SourcePreview {
            id: offer.id(),
            name: text,
            mixed_scripts,
            key: offer.key.to_string(),
            key_fingerprint: offer.key.fingerprint(),
            url: offer.address.as_str().to_owned(),
            host: offer.address.host(),
            homepage: offer.homepage,
            development: offer.key.is_development(),
            entries: u32::try_from(head.entries).unwrap_or(u32::MAX),
            bytes: head.length(),
            issued,
            age_days: age_days(issued, now),
            expired: (head.expires as i64) * 1000 < now,
            hosts: head.hosts.clone(),
            head: digest(file),
        }
    }

    /// What is held of a source that is not there yet.
    fn nothing_held(&self, id: &str) -> Held {
        Held { quota: Some(self.quota(id)), ..Held::default() }
    }

    /// Whether one more source may be added, and this one.
    fn check_room(&self, id: &str) -> Result<(), Failure> {
        if self.policy.borrow().only_these_sources {
            return Err(set_by_organisation());
        }
        let loaded = self.loaded.borrow();
        if loaded.iter().any(|source| source.id == id) {
            return Err(failure("alreadyAdded", "a source with this key is there already"));
        }
        if loaded.iter().filter(|source| !source.embedded).count() >= MAX_SOURCES {
            return Err(failure("tooManySources", &format!("there are {MAX_SOURCES} added sources already")));
        }
        Ok(())
    }

    /// Adds a source, once its index is here and verified. `shown` is the head that the person was shown, where they
    /// were: another one is refused as `changedMeanwhile`, so that nobody trusts what they have not seen.
    pub(super) async fn add_source(&self, url: &str, key: &str, shown: Option<&str>) -> Reply {
        // One at a time, and not while another update runs: two of them could add the same source twice.
        if self.updating.replace(true) {
            return Reply::Error(failure("updating", "an update is under way"));
        }
        self.cancelled.set(false);
        let added = match Offer::of(url, key) {
            Ok(offer) => self.try_add(offer, shown).await,
            Err(failure) => Err(failure),
        };
        if let Ok((id, Some((address, update)))) = &added {
            // It answers already. What becomes of its keypoints is said with its status.
            self.index_changed();
            if let Err(error) = self.bring_keypoints(id, address, update.clone()).await {
                let outcome = outcome_of(&error);
                self.remember_result(id, error, outcome, true).await;
            }
        }
        self.updating.set(false);
        match added {
            Ok((id, _)) => {
                self.index_changed();
                let loaded = self.loaded.borrow();
                match loaded.iter().find(|source| source.id == id) {
                    Some(source) => Reply::Added { source: self.source_status(source) },
                    None => Reply::Error(failure("internal", "the source vanished")),
                }
            }
            Err(failure) => Reply::Error(failure),
        }
    }

    /// The id of the source that was added, and where keypoints of which update follow, if they do.
    async fn try_add(
        &self,
        offer: Offer,
        shown: Option<&str>,
    ) -> Result<(String, Option<(SourceAddress, Update)>), Failure> {
        let now = self.clock.seconds();
        let id = offer.id();
        let Offer { address, key, .. } = offer;
        self.check_room(&id)?;
        let held = Held { shown: shown.map(str::to_owned), ..self.nothing_held(&id) };
        self.asked.borrow_mut().insert(id.clone());
        let shelf = SourceShelf::of(self, &id);
        let answer = self.ask(&shelf, &address, &Trust::new(key), &held, now).await;
        let update = answer.update?.ok_or_else(|| failure("internal", "no publication"))?;
        let follows = update.keypoints_follow.then(|| (address.clone(), update.clone()));
        let mut stored = SourceState::new(key.to_string(), Some(address.as_str().to_owned()), false);
        let mut put = Vec::new();
        let mut trust = Trust::new(key);
        if let Some((newer, file)) = answer.trust {
            stored.root = Some(root_name(&file));
            put.push((root_name(&file), file));
            trust = newer;
        }
        if let Some(news) = &answer.retractions {
            stored.retractions = Some(retractions_state(news));
            put.push((retractions_name(&news.file), news.file.clone()));
        }
        let publication = match self.commit_update(&shelf, Some(stored), update, true, put).await {
            Ok(publication) => publication,
            Err(error) => {
                self.drop_refused(&id, &error).await;
                return Err(error);
            }
        };
        self.loaded.borrow_mut().push(Loaded {
            id: id.clone(),
            trust,
            catalogue_name: None,
            url: Some(address.as_str().to_owned()),
            embedded: false,
            managed: false,
            enabled: true,
            publication: Ok(publication),
            last_check: Some(self.clock.now()),
            last_result: None,
        });
        Ok((id, follows))
    }
}

fn digest(head_file: &[u8]) -> String {
    hex::encode(Sha256::digest(head_file))
}
