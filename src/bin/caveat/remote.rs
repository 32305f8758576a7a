//! Downloads for `caveat verify URL`: the same update code as the extension's, behind another port.

use std::io::Read as _;
use std::time::Duration;

use caveat::source::range::{self, asking_for};
use caveat::source::{Fetch, FetchError, Request, is_busy};

/// Downloads over HTTP.
pub struct Remote(ureq::Agent);

impl Remote {
    pub fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(true)
            .timeout_resolve(Some(Duration::from_secs(25)))
            .timeout_connect(Some(Duration::from_secs(25)))
            .timeout_recv_response(Some(Duration::from_secs(25)))
            .timeout_recv_body(Some(Duration::from_secs(300)));
        Self(config.build().new_agent())
    }
}

impl Fetch for Remote {
    async fn get(&self, request: Request<'_>, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, FetchError> {
        let asked = self.0.get(request.url);
        let asked = match &request.part {
            Some(part) => asked.header("range", asking_for(part)),
            None => asked,
        };
        let response = asked.call().map_err(fault)?;
        let content_range = response.headers().get("content-range").and_then(|header| header.to_str().ok());
        range::check(response.status().as_u16(), content_range, request.part.as_ref())?;
        let announced = response.body().content_length();
        let mut bytes = Vec::new();
        let mut body = response.into_body().into_reader().take(request.limit as u64 + 1);
        body.read_to_end(&mut bytes).map_err(|error| match error.kind() {
            std::io::ErrorKind::TimedOut => FetchError::Stalled,
            _ => FetchError::CutShort,
        })?;
        on_bytes(bytes.len() as u64);
        if bytes.len() > request.limit {
            return Err(FetchError::TooLarge);
        }
        match announced {
            Some(length) if length != bytes.len() as u64 => Err(FetchError::CutShort),
            _ => Ok(bytes),
        }
    }

    fn cancel(&self) {}
}

fn fault(error: ureq::Error) -> FetchError {
    match error {
        ureq::Error::StatusCode(status) if is_busy(status, false) => FetchError::Busy(None),
        ureq::Error::StatusCode(status) => FetchError::Status(status),
        ureq::Error::Timeout(_) => FetchError::TimedOut,
        ureq::Error::TooManyRedirects | ureq::Error::RedirectFailed => FetchError::Redirected,
        _ => FetchError::Unreachable,
    }
}
