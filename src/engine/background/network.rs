//! Downloads, each written into the network log that people can read.

use super::Background;
use crate::engine::failure::Coded;
use crate::protocol::NetworkRecord;
use crate::source::{Clock, Fetch, FetchError, Request, Store, What};

/// Downloads remembered.
const NETWORK_LOG: usize = 50;

/// The background's downloads as a port.
pub(super) struct Logged<'a, F, S, C>(pub(super) &'a Background<F, S, C>);

impl<F: Fetch, S: Store, C: Clock> Fetch for Logged<'_, F, S, C> {
    async fn get(&self, request: Request<'_>, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, FetchError> {
        self.0.download(request, on_bytes).await
    }

    fn cancel(&self) {
        self.0.fetch.cancel();
    }
}

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// Downloads, and writes it into the network log.
    pub(super) async fn download(
        &self,
        request: Request<'_>,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<Vec<u8>, FetchError> {
        let what = match request.what {
            What::Head => "head",
            What::Segment => "segment",
            What::Image => "image",
            // A file of the extension itself is no download.
            What::Packaged => return self.fetch.get(request, on_bytes).await,
        };
        if request.what == What::Segment {
            // Between two downloads nothing is under way that could be stopped.
            self.check_cancelled()?;
        }
        let when = self.clock.now();
        let mut received = 0;
        let mut count = |bytes| {
            received = bytes;
            on_bytes(bytes);
        };
        let goes_on = request.part.as_ref().is_some_and(|part| part.start > 0);
        let url: String = request.url.chars().take(2048).collect();
        let result = self.fetch.get(request, &mut count).await;
        let bytes = result.as_ref().map_or(received, |bytes| bytes.len() as u64);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let outcome = result.as_ref().map_or_else(Coded::code, |_| "ok").to_owned();
        let mut network = self.network.borrow_mut();
        let mut lines = network.iter_mut().filter(|line| goes_on && line.url == url);
        match lines.next().filter(|last| last.outcome == "ok") {
            // The parts of one file are one download.
            Some(last) => (last.bytes, last.outcome) = (last.bytes.saturating_add(bytes), outcome),
            None => network.push_front(NetworkRecord { when, url, what: what.to_owned(), outcome, bytes }),
        }
        network.truncate(NETWORK_LOG);
        result
    }
}
