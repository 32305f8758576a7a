//! Brings the segments of a head to the shelf, by the cheapest way.

use super::merging::{Made, merge_unit};
use super::{Asked, Progress, Stage, UpdateError};
use crate::source::head::KEYPOINTS;
use crate::source::plan::{MANY_KEYPOINTS, Plan, Recipes, Step};
use crate::source::unpack::unpack;
use crate::source::{Fetch, FetchError, FileName, Head, Request, SegmentName, Shelf, StoreError, What};

/// What was brought to the shelf.
pub(super) struct Brought {
    /// Bytes that were downloaded for it.
    pub(super) downloaded: u64,
    /// Whether keypoints are not there yet.
    pub(super) keypoints_follow: bool,
}

impl<F: Fetch, S: Shelf> Asked<'_, F, S> {
    /// Brings what is missing; many keypoints not, where they may follow.
    pub(super) async fn segments(
        &self,
        head: &Head,
        keypoints_may_follow: bool,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Brought, UpdateError> {
        let has = |name: &str| self.shelf.has(name);
        let recipes = self.recipes(head, &has).await?;
        if let Some(recipes) = &recipes {
            let named = || head.segments.iter().chain(&recipes.segments).map(|name| name.wire().0);
            self.shelf.keep_parts_of(&|sha256| named().any(|file| file.sha256 == sha256)).await?;
        }
        let recipes = recipes.unwrap_or_default();
        let whole = Plan::new(head, &recipes, &has);
        let keypoints_follow = keypoints_may_follow && whole.bytes_of(KEYPOINTS) >= MANY_KEYPOINTS;
        let plan = if keypoints_follow { Plan::of_entries(head, &recipes, &has) } else { whole };
        let mut total = plan.bytes;
        let mut received = 0;
        for step in plan.steps {
            match step {
                Step::Download(name) => received = self.download(&name, received, total, progress).await?,
                Step::Merge { unit, parts } => {
                    progress(Progress { stage: Stage::Verify, received, total: Some(total) });
                    match merge_unit(self.shelf, &unit, &parts).await? {
                        Made::Whole => {}
                        // Another way of merging than ours: what the publisher made is there to be downloaded.
                        Made::Otherwise => {
                            for name in std::iter::once(&unit.entries).chain(&unit.keypoints) {
                                if !has(&name.sha256) {
                                    total += name.wire().0.bytes;
                                    received = self.download(name, received, total, progress).await?;
                                }
                            }
                        }
                    }
                }
            }
        }
        progress(Progress { stage: Stage::Verify, received, total: Some(total) });
        Ok(Brought { downloaded: received, keypoints_follow })
    }

    /// The recipes, where they can spare a download; `None` where they did not come.
    async fn recipes(&self, head: &Head, has: &dyn Fn(&str) -> bool) -> Result<Option<Recipes>, UpdateError> {
        let Some(file) = Recipes::wanted(head, has) else { return Ok(Some(Recipes::default())) };
        match self.file(file).await {
            Ok(bytes) if file.is(&bytes) => Ok(Recipes::parse(&bytes).ok()),
            Err(UpdateError::Fetch(error @ (FetchError::Cancelled | FetchError::Busy(_)))) => Err(error.into()),
            // Without them it is more to download, and nothing else.
            _ => Ok(None),
        }
    }

    async fn file(&self, name: &FileName) -> Result<Vec<u8>, UpdateError> {
        let limit = name.bytes as usize;
        let request = Request { url: &self.address.file(&name.path()), what: What::Segment, limit, part: None };
        Ok(self.fetch.get(request, &mut |_| {}).await?)
    }

    /// Bytes downloaded with those before.
    async fn download(
        &self,
        name: &SegmentName,
        before: u64,
        total: u64,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<u64, UpdateError> {
        let (file, _) = name.wire();
        let at = |bytes| Progress { stage: Stage::Segments, received: before + bytes, total: Some(total) };
        progress(at(0));
        let mut told = |bytes| progress(at(bytes));
        let unpacked = async |bytes| unpack(name, bytes, &mut async || self.shelf.pause().await).await;
        let mut segment = unpacked(self.bytes_of(&file, &mut told).await?).await;
        if segment.is_err() && self.is_in_parts(&file).await {
            // Nobody knows which part is wrong, or whether the server knows how to answer with parts.
            self.drop_parts_of(&file).await?;
            segment = unpacked(self.in_one_go(&file, &mut told).await?).await;
        }
        match self.shelf.keep(&name.sha256, segment?, &file.sha256).await {
            Err(UpdateError::Store(StoreError::Full)) if self.is_in_parts(&file).await => {
                // There need not be room for both: the parts are read once more, before they make room for the whole.
                let segment = unpacked(self.bytes_of(&file, &mut told).await?).await?;
                self.drop_parts_of(&file).await?;
                self.shelf.keep(&name.sha256, segment, &file.sha256).await?;
            }
            kept => kept?,
        }
        Ok(before + file.bytes)
    }
}
