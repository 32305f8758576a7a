//! News of pictures that were seen: an entry that warned was corrected or retracted, or a picture is known now.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::{Background, Publication};
use crate::engine::check::{Searched, relate_hashes};
use crate::engine::finding;
use crate::engine::log::{
    DamagedLog, Fresh, LogState, MAX_FRESH, NOTICES_FILE, NoticeRecord, SHOWN_FILE, SeenPicture, ShownEntry, ShownLog,
    decode_part, digest,
};
use crate::fingerprint::{Hash, MATCH_RADIUS, Turn};
use crate::index::segment::HashGroup;
use crate::index::{Correction, Entry, HashColumns, Index, Newest, Role, Status, Texts, is_id, offered_link};
use crate::protocol::{CardText, Event, Failure, Level, Notice, NoticeKind, Reply};
use crate::source::{Anchor, Clock, Fetch, Head, SourceName, Store};

/// New hashes that a part of the pictures seen is held against in one go, each in eight turns: some milliseconds.
const SLICE: usize = 128;

/// What is new of an entry, and the day on which the person saw it.
struct News {
    kind: NoticeKind,
    source: String,
    entry: String,
    day: u32,
}

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// The publication of a source that is in use.
    pub(super) fn publication(&self, id: &str) -> Option<Rc<Publication>> {
        let loaded = self.loaded.borrow();
        loaded.iter().find(|source| source.id == id)?.publication.as_ref().ok().map(Rc::clone)
    }

    /// The entries that a publication brings, to be stored with it: so that the pictures seen are held against them, even
    /// if the background is ended before. Nothing where no pictures are remembered, or nothing was there before.
    pub(super) async fn fresh_entries(&self, id: &str, head: &Head, new: &Index) -> Option<(Fresh, Vec<u8>)> {
        self.log_settings().filter(|settings| settings.seen)?;
        let old = self.publication(id)?;
        let ids = new.came_since(&old.index, MAX_FRESH, self.pauses()).await;
        let file = format!("log-fresh-{}-{}-{}", id, head.epoch, head.sequence);
        (!ids.is_empty()).then(|| (Fresh { file, source: id.to_owned() }, ids.join("\n").into_bytes()))
    }

    /// Looks for news, and stores and tells what is found.
    pub(super) async fn tell_news(&self) -> Result<(), Failure> {
        let Some(logs) = self.state.borrow().logs.clone() else { return Ok(()) };
        let before = self.shown_log().await?;
        let mut shown = before.clone();
        let generation = self.generation.get();
        let looked = self.logs.looked.get() == Some(generation);
        let mut news = if looked { Vec::new() } else { self.corrections(&mut shown).await };
        for fresh in &logs.fresh {
            self.look_up_seen(&logs, fresh, &mut shown, &mut news).await?;
        }
        news.retain(|news| !self.state.borrow().mutes.contains(&(news.source.clone(), news.entry.clone())));
        if logs.fresh.is_empty() && news.is_empty() && shown == before {
            self.logs.looked.set(Some(generation));
            return Ok(());
        }
        let mut notices = self.notice_log().await?;
        let from = notices.0.last().map_or(0, |notice| notice.id);
        for news in &news {
            notices.add(news.kind, &news.source, &news.entry, news.day);
        }
        let mut put = vec![(NOTICES_FILE.to_owned(), notices.encode())];
        put.extend(logs.settings.shown.then(|| (SHOWN_FILE.to_owned(), shown.encode())));
        let settle = |held: &mut LogState| {
            held.notices = !notices.0.is_empty();
            held.shown |= held.settings.shown;
            held.fresh.retain(|fresh| !logs.fresh.contains(fresh));
        };
        self.change_logs(settle, put).await?;
        self.logs.looked.set(Some(generation));
        let told = notices.0.iter().filter(|notice| notice.id > from).cloned().collect::<Vec<_>>();
        *self.logs.notices.borrow_mut() = Some(notices);
        *self.logs.shown.borrow_mut() = Some(shown);
        if told.is_empty() {
            return Ok(());
        }
        self.tell(Event::StatusChanged);
        if self.log_settings().is_some_and(|settings| settings.notify) {
            self.tell(Event::News { notices: self.word_all(&told).await });
        }
        Ok(())
    }

    /// What became of the entries that warned; each is told once.
    async fn corrections(&self, shown: &mut ShownLog) -> Vec<News> {
        let mut news = Vec::new();
        let mut kept = Vec::new();
        for mut held in std::mem::take(&mut shown.0) {
            // Whoever removed a source needs no news of it; one that cannot be read now may be read again.
            if !self.is_there(&held.source) {
                continue;
            }
            let Some(publication) = self.publication(&held.source) else {
                kept.push(held);
                continue;
            };
            // What came with the extension stands in for a damaged download: it is older, and no news.
            let floor =
                self.state.borrow().sources.get(&held.source).map_or((0, 0), |stored| (stored.epoch, stored.floor));
            if publication.age() < floor {
                kept.push(held);
                continue;
            }
            let kind = match publication.index.newest(&held.entry) {
                Some(newest) if newest.stands => {
                    let correction = self.correction_since(&publication, &held, newest).await;
                    let Some(correction) = correction else {
                        kept.push(held);
                        continue;
                    };
                    (held.rev, held.correction) = (newest.revision, Some(correction));
                    NoticeKind::Corrected
                }
                _ => NoticeKind::Retracted,
            };
            news.push(News { kind, source: held.source.clone(), entry: held.entry.clone(), day: held.last });
            if kind == NoticeKind::Corrected {
                kept.push(held);
            }
        }
        shown.0 = kept;
        news
    }

    /// The correction of an entry that the person does not know yet.
    async fn correction_since(&self, publication: &Publication, held: &ShownEntry, newest: Newest) -> Option<String> {
        if newest.status != Status::Corrected || newest.revision <= held.rev {
            return None;
        }
        let entry = self.entry_of(publication, newest.segment, newest.entry).await?;
        let correction = entry.correction.as_ref().map(digest)?;
        (held.correction.as_ref() != Some(&correction)).then_some(correction)
    }

    /// Holds the pictures seen against new entries of a source, the pictures of the last days first.
    async fn look_up_seen(
        &self,
        logs: &LogState,
        fresh: &Fresh,
        shown: &mut ShownLog,
        news: &mut Vec<News>,
    ) -> Result<(), Failure> {
        let Some(ids) = self.read_log(&fresh.file, fresh_ids).await? else { return Ok(()) };
        let Some((key, publication)) = self.searched(&fresh.source) else { return Ok(()) };
        let index = &publication.index;
        let rows = ids.iter().filter_map(|id| index.newest(id)).filter(|newest| newest.stands);
        let rows: HashSet<(usize, usize)> = rows.map(|newest| (newest.segment, newest.entry)).collect();
        let groups =
            [HashGroup::Canonical, HashGroup::Pdq].map(|group| (group, index.hashes_of(group, &rows, MAX_FRESH)));
        let mut found: HashMap<(usize, usize), u32> = HashMap::new();
        for part in logs.seen.iter().rev() {
            let Some(pictures) = self.read_log(&part.file, decode_part).await? else { continue };
            for picture in self.near(&pictures, &groups).await {
                for entry in self.certain(&pictures[picture], &key, &publication) {
                    if rows.contains(&entry) {
                        found.entry(entry).or_insert(part.day);
                    }
                }
                self.clock.pause().await;
            }
        }
        for ((segment, row), day) in found {
            let Some(entry) = self.entry_of(&publication, segment, row).await else { continue };
            if logs.settings.shown {
                // A later correction concerns whoever is told now.
                shown.note(ShownEntry {
                    source: fresh.source.clone(),
                    entry: entry.id.clone(),
                    rev: entry.rev,
                    first: day,
                    last: day,
                    certain: true,
                    correction: entry.correction.as_ref().map(digest),
                });
            }
            news.push(News { kind: NoticeKind::NowKnown, source: fresh.source.clone(), entry: entry.id, day });
        }
        Ok(())
    }

    /// The pictures of a part that are near one of the hashes, in slices, so that pages are answered in between.
    async fn near(&self, pictures: &[SeenPicture], groups: &[(HashGroup, Vec<Hash>); 2]) -> Vec<usize> {
        let mut near = HashSet::new();
        for (group, fresh) in groups {
            let hashes = pictures.iter().enumerate().flat_map(|(at, picture)| {
                let regions = picture.regions.iter().map(|(_, _, hash)| *hash);
                let pdq = picture.pdq.iter().map(|(_, hash)| *hash);
                let of_group: Vec<Hash> = if *group == HashGroup::Pdq { pdq.collect() } else { regions.collect() };
                of_group.into_iter().map(move |hash| (at, hash.halves()))
            });
            let (owners, halves): (Vec<usize>, Vec<_>) = hashes.unzip();
            let (first, second): (Vec<_>, Vec<_>) = halves.into_iter().map(|[first, second]| (first, second)).unzip();
            let columns = HashColumns { first: &first, second: &second };
            for slice in fresh.chunks(SLICE) {
                let turned: Vec<Hash> = slice.iter().flat_map(|hash| Turn::ALL.map(|turn| hash.turned(turn))).collect();
                let found = columns.within(&turned, MATCH_RADIUS);
                near.extend(found.iter().filter_map(|found| owners.get(found.row as usize).copied()));
                self.clock.pause().await;
            }
        }
        let mut near: Vec<usize> = near.into_iter().collect();
        near.sort_unstable();
        near
    }

    /// The entries of a source that a picture shows for certain, by its hashes. Where that takes the picture itself, to
    /// tell it from its original, nothing is certain.
    fn certain(&self, picture: &SeenPicture, key: &Anchor, publication: &Publication) -> Vec<(usize, usize)> {
        let sensitivity = self.state.borrow().sensitivity;
        let source =
            Searched { key, catalogue_name: None, head: &publication.head, index: &publication.index, keypoints: None };
        let relations = relate_hashes(&picture.query(), &[source], sensitivity).unwrap_or_default();
        let certain = relations.iter().flatten();
        let certain = certain.filter(|(relation, level)| relation.role == Role::Known && *level == Level::Match);
        certain.map(|(relation, _)| (relation.segment, relation.entry)).collect()
    }

    /// A source that is in use.
    fn searched(&self, id: &str) -> Option<(Anchor, Rc<Publication>)> {
        let loaded = self.loaded.borrow();
        let source = loaded.iter().find(|source| source.id == id && source.enabled)?;
        Some((source.trust.anchor(), Rc::clone(source.publication.as_ref().ok()?)))
    }

    /// All notices, the newest first.
    pub(super) async fn word_notices(&self) -> Vec<Notice> {
        let notices = self.logs.notices.borrow().clone();
        let records: Vec<NoticeRecord> = notices.into_iter().flat_map(|notices| notices.0).rev().collect();
        self.word_all(&records).await
    }

    async fn word_all(&self, records: &[NoticeRecord]) -> Vec<Notice> {
        let mut worded = Vec::new();
        for record in records {
            worded.extend(self.word_notice(record).await);
        }
        worded
    }

    /// An entry with its texts, wherever they are.
    pub(super) async fn entry_of(&self, publication: &Publication, segment: usize, row: usize) -> Option<Entry> {
        let index = &publication.index;
        let Some(place) = index.text_on_disk(segment, row) else { return index.entry(segment, row).ok() };
        let file = publication.files.addresses().get(segment)?;
        index.entry_in(segment, row, &self.store.part(file, place).await.ok()?).ok()
    }

    /// A notice in words, from the index in use; nothing where that says otherwise by now.
    async fn word_notice(&self, record: &NoticeRecord) -> Option<Notice> {
        let publication = self.publication(&record.source)?;
        let newest = publication.index.newest(&record.entry);
        if record.kind != NoticeKind::Retracted && !newest.is_some_and(|newest| newest.stands) {
            return None;
        }
        let entry = match newest {
            Some(newest) => self.entry_of(&publication, newest.segment, newest.entry).await,
            None => None,
        };
        let reason = match record.kind {
            NoticeKind::Retracted => self.reason(&record.source, &record.entry, &publication).await,
            NoticeKind::NowKnown | NoticeKind::Corrected => None,
        };
        let language = self.card_language.borrow();
        let of = |texts: fn(&Entry) -> &Texts| -> CardText {
            entry.as_ref().map(|entry| finding::text(texts(entry), &language)).unwrap_or_default()
        };
        let correction = match record.kind {
            NoticeKind::NowKnown => None,
            NoticeKind::Corrected => entry.as_ref().and_then(|entry| entry.correction.clone()),
            // A tombstone says more than a list of retractions.
            NoticeKind::Retracted => entry
                .as_ref()
                .filter(|entry| entry.status == Status::Retracted)
                .map_or(reason, |entry| entry.correction.clone()),
        };
        Some(Notice {
            id: record.id,
            kind: record.kind,
            source: record.source.clone(),
            source_name: self.name_of(&record.source, &publication),
            entry: record.entry.clone(),
            day: record.day,
            claim: of(|entry| &entry.claim),
            truth: of(|entry| &entry.truth),
            correction: correction.map(|correction| finding::correction(&correction, &language)),
            url: entry.and_then(|entry| {
                entry
                    .reviews
                    .iter()
                    .find_map(|review| offered_link(&review.url, &publication.head.hosts).map(str::to_owned))
            }),
        })
    }

    /// Why an entry is retracted by its source's head, or apart from that.
    async fn reason(&self, source: &str, entry: &str, publication: &Publication) -> Option<Correction> {
        let stored = self.state.borrow().sources.get(source).cloned();
        let apart = match &stored {
            Some(stored) => self.stored_retractions(stored, &[]).await.ok().flatten(),
            None => None,
        };
        let apart = apart.iter().flat_map(|apart| &apart.retractions);
        let retraction = publication.head.retractions.iter().chain(apart).find(|retraction| retraction.id == entry)?;
        let text = Texts::from([(String::new(), retraction.reason.clone())]);
        Some(Correction { text, date: None, extra: Default::default() })
    }

    /// What a source is called on this device.
    fn name_of(&self, id: &str, publication: &Publication) -> String {
        let loaded = self.loaded.borrow();
        let source = loaded.iter().find(|source| source.id == id);
        SourceName::of(source.and_then(|source| source.catalogue_name.as_deref()), &publication.head.name).text
    }

    /// Takes a notice away, or all.
    pub(super) async fn dismiss(&self, notice: Option<u32>) -> Reply {
        let _one_at_a_time = self.logs.keeping.lock().await;
        let dismissed = async {
            let mut notices = self.notice_log().await?;
            notices.0.retain(|held| notice.is_some_and(|id| id != held.id));
            let left = !notices.0.is_empty();
            let put = if left { vec![(NOTICES_FILE.to_owned(), notices.encode())] } else { Vec::new() };
            self.change_logs(|logs| logs.notices = left, put).await?;
            *self.logs.notices.borrow_mut() = Some(notices);
            Ok(())
        };
        match dismissed.await {
            Ok(()) => {
                self.tell(Event::StatusChanged);
                Reply::Done
            }
            Err(failure) => Reply::Error(failure),
        }
    }
}

/// The ids in a file of new entries.
fn fresh_ids(file: &[u8]) -> Result<Vec<String>, DamagedLog> {
    let text = str::from_utf8(file).map_err(|_| DamagedLog)?;
    let ids: Vec<String> = text.lines().map(str::to_owned).collect();
    let sound = ids.len() <= MAX_FRESH && ids.iter().all(|id| is_id(id));
    sound.then_some(ids).ok_or(DamagedLog)
}
