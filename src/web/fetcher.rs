//! Downloads with the browser's `fetch`: no cookies, no referrer, bytes counted as they come.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response,
};

use super::stream::{Pieces, append};
use crate::source::range::{self, PARTIAL, asking_for};
use crate::source::{Fetch, FetchError, Pace, Request, What, is_busy, retry_after};

/// Chrome ends a background whose fetch has no answer after 30 seconds.
const ANSWER: Duration = Duration::from_secs(25);
/// Longest silence inside an answer.
const SILENCE: Duration = Duration::from_secs(20);
/// Longest answer of a picture or a head, and of a segment: a server that drips must not hold us for ever.
const SHORT: f64 = 60_000.0;
const LONG: f64 = 15.0 * 60_000.0;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn global_fetch(url: &str, init: &RequestInit) -> js_sys::Promise;
}

/// The browser.
#[derive(Default)]
pub struct BrowserFetch {
    /// Downloads of heads and segments under way.
    running: RefCell<Vec<AbortController>>,
}

impl Fetch for BrowserFetch {
    async fn get(&self, request: Request<'_>, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, FetchError> {
        let controller = AbortController::new().map_err(|_| FetchError::Unreachable)?;
        let of_index = matches!(request.what, What::Head | What::Segment);
        if of_index {
            self.running.borrow_mut().push(controller.clone());
        }
        let mut web_page = false;
        let result = download(request, &controller, on_bytes, &mut web_page).await;
        self.running.borrow_mut().retain(|other| *other != controller);
        match result {
            // A time-out of ours aborts as well, but says so itself.
            Err(FetchError::Unreachable | FetchError::CutShort) if controller.signal().aborted() => {
                Err(FetchError::Cancelled)
            }
            // Too long or too short for what was asked, and HTML: that explains it.
            Err(FetchError::TooLarge | FetchError::CutShort) if of_index && web_page => {
                controller.abort();
                Err(FetchError::WebPage)
            }
            Err(error) => {
                controller.abort();
                Err(error)
            }
            ok => ok,
        }
    }

    fn cancel(&self) {
        for controller in self.running.borrow_mut().drain(..) {
            controller.abort();
        }
    }
}

async fn download(
    request: Request<'_>,
    controller: &AbortController,
    on_bytes: &mut dyn FnMut(u64),
    web_page: &mut bool,
) -> Result<Vec<u8>, FetchError> {
    let promise = global_fetch(request.url, &init(&request, controller)?);
    let answer = within(ANSWER, JsFuture::from(promise)).await.ok_or(FetchError::TimedOut)?;
    let response: Response = answer.map_err(|_| FetchError::Unreachable)?.unchecked_into();
    if response.type_() == web_sys::ResponseType::Opaqueredirect {
        return Err(FetchError::Redirected);
    }
    let header = response.headers().get("retry-after").ok().flatten();
    if is_busy(response.status(), header.is_some()) {
        let now = (js_sys::Date::now() / 1000.0) as u64;
        return Err(FetchError::Busy(header.and_then(|header| retry_after(&header, now))));
    }
    let content_range = response.headers().get("content-range").ok().flatten();
    if !response.ok() {
        return Err(FetchError::Status(response.status()));
    }
    range::check(response.status(), content_range.as_deref(), request.part.as_ref())?;
    let limit = match &request.part {
        Some(part) if response.status() == PARTIAL => (part.end - part.start) as usize,
        _ => request.limit,
    };
    let kind = response.headers().get("content-type").ok().flatten().unwrap_or_default();
    *web_page = kind.starts_with("text/html");
    let announced = announced(&response);
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(FetchError::TooLarge);
    }
    let Some(body) = response.body() else { return Ok(Vec::new()) };
    let pieces = Pieces::of(&body);
    // Room for a whole segment at once: growing, it would be copied again and again.
    let room = announced.filter(|_| request.what == What::Segment).unwrap_or_default();
    let mut bytes = Vec::with_capacity(room as usize);
    let began = js_sys::Date::now();
    let end = began + if request.what == What::Segment { LONG } else { SHORT };
    let mut pace = Pace::from(began);
    loop {
        let now = js_sys::Date::now();
        if now > end || pace.is_too_slow(now, bytes.len() as u64) {
            return Err(FetchError::Stalled);
        }
        let piece = within(SILENCE, pieces.next()).await.ok_or(FetchError::Stalled)?;
        let Some(piece) = piece.map_err(|_| FetchError::CutShort)? else { break };
        if bytes.len() + piece.length() as usize > limit {
            return Err(FetchError::TooLarge);
        }
        append(&mut bytes, &piece);
        on_bytes(bytes.len() as u64);
    }
    match announced {
        Some(length) if length > bytes.len() as u64 => Err(FetchError::CutShort),
        _ => Ok(bytes),
    }
}

fn init(request: &Request<'_>, controller: &AbortController) -> Result<RequestInit, FetchError> {
    let init = RequestInit::new();
    init.set_signal(Some(&controller.signal()));
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    if let Some(part) = &request.part {
        let headers = Headers::new().map_err(|_| FetchError::Unreachable)?;
        headers.set("range", &asking_for(part)).map_err(|_| FetchError::Unreachable)?;
        init.set_headers(&headers);
    }
    match request.what {
        // Segments are stored once verified; a cache would hold them twice, and keep a redirect.
        What::Head | What::Segment => {
            init.set_cache(RequestCache::NoStore);
            init.set_redirect(RequestRedirect::Manual);
        }
        // The page has just loaded it, so a cached copy is the one the person sees.
        What::Image => init.set_cache(RequestCache::ForceCache),
        What::Packaged => {}
    }
    Ok(init)
}

/// The announced length, unless the body is compressed, when it is the length of something else.
fn announced(response: &Response) -> Option<u64> {
    let headers = response.headers();
    let encoding = headers.get("content-encoding").ok().flatten().unwrap_or_default();
    if !encoding.is_empty() && encoding != "identity" {
        return None;
    }
    headers.get("content-length").ok().flatten()?.parse().ok()
}

/// The outcome of a future, or `None` when it takes longer.
async fn within<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut timer = pin!(TimeoutFuture::new(limit.as_millis() as u32));
    std::future::poll_fn(|context| {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(context) {
            return std::task::Poll::Ready(Some(value));
        }
        timer.as_mut().poll(context).map(|()| None)
    })
    .await
}
