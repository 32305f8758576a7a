//! The background as JavaScript sees it.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::clock::BrowserClock;
use super::fetcher::BrowserFetch;
use super::idb_store::IdbStore;
use super::value::{from_js, to_js};
use crate::engine::Background as Core;
use crate::protocol::Fields;

/// The extension's background: one an instance.
#[wasm_bindgen]
pub struct Background(Rc<Core<BrowserFetch, IdbStore, BrowserClock>>);

#[wasm_bindgen]
impl Background {
    /// Starts: when it is there, settings are read and sources are being loaded. `packaged` is the address of the packaged
    /// index's folder; `policy` what an organisation has set, as JSON; `events` hears every `Event`.
    pub async fn open(packaged: String, policy: Option<String>, events: js_sys::Function) -> Background {
        let tell = Box::new(move |event| {
            // A page that closed while it was told is no concern of ours.
            let _heard = events.call1(&JsValue::NULL, &to_js(&event));
        });
        let core =
            Core::open(BrowserFetch::default(), IdbStore, BrowserClock, Some(packaged), policy.as_deref(), tell).await;
        let core = Rc::new(core);
        let loading = Rc::clone(&core);
        spawn_local(async move { loading.ready().await });
        Background(core)
    }

    /// Answers a content script's `PageRequest`; in a private window it leaves no trace.
    #[wasm_bindgen(js_name = pageRequest, unchecked_return_type = "Reply")]
    pub async fn page_request(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PageRequest")] message: JsValue,
        private: bool,
    ) -> JsValue {
        let core = Rc::clone(&self.0);
        match from_js(message, Fields::page_request) {
            Ok(request) if private => to_js(&core.page_request(request).await),
            Ok(request) => to_js(&core.noted_page_request(request).await),
            Err(refusal) => refusal,
        }
    }

    /// Answers an `OwnRequest` of the extension's own pages.
    #[wasm_bindgen(js_name = ownRequest, unchecked_return_type = "Reply")]
    pub async fn own_request(&self, #[wasm_bindgen(unchecked_param_type = "OwnRequest")] message: JsValue) -> JsValue {
        let core = Rc::clone(&self.0);
        match from_js(message, Fields::own_request) {
            Ok(request) => to_js(&core.own_request(request).await),
            Err(refusal) => refusal,
        }
    }

    /// Takes an organisation's policy into force: the JSON of managed storage, or nothing.
    #[wasm_bindgen(js_name = setPolicy)]
    pub async fn set_policy(&self, text: Option<String>) {
        let core = Rc::clone(&self.0);
        core.set_policy(text.as_deref()).await;
    }

    /// Fetches the organisation's sources that nobody was asked for yet.
    #[wasm_bindgen(js_name = fetchManaged)]
    pub async fn fetch_managed(&self) {
        let core = Rc::clone(&self.0);
        core.fetch_managed().await;
    }

    /// Holds what is stored against its names, some time after the start, when nobody waits; how many files are damaged.
    #[wasm_bindgen(js_name = verifyStoredLater)]
    pub async fn verify_stored_later(&self) -> u32 {
        let core = Rc::clone(&self.0);
        core.verify_stored_later().await as u32
    }

    /// The alarm rang.
    #[wasm_bindgen(unchecked_return_type = "Reply")]
    pub async fn alarm(&self) -> JsValue {
        let core = Rc::clone(&self.0);
        to_js(&core.alarm().await)
    }

    /// Goes on with updates in which the background was ended. Whether one is under way, or is still to be gone on with.
    #[wasm_bindgen(js_name = goOn)]
    pub async fn go_on(&self) -> bool {
        let core = Rc::clone(&self.0);
        core.go_on().await
    }

    /// It has been quiet since `logsWaiting`.
    #[wasm_bindgen(js_name = keepLogs)]
    pub async fn keep_logs(&self) {
        let core = Rc::clone(&self.0);
        core.keep_logs().await;
    }

    /// Whether a site is checked.
    #[wasm_bindgen(js_name = checksSite)]
    pub fn checks_site(&self, host: &str) -> bool {
        self.0.checks_site(host)
    }

    /// The language that was chosen, if one was.
    #[wasm_bindgen(getter)]
    pub fn language(&self) -> Option<String> {
        self.0.language()
    }

    /// The language of cards, resolved from the setting and the browser's.
    #[wasm_bindgen(js_name = setCardLanguage)]
    pub fn set_card_language(&self, language: &str) {
        self.0.set_card_language(language);
    }

    /// Counts the changes of the index since the background started.
    #[wasm_bindgen(getter)]
    pub fn generation(&self) -> u32 {
        self.0.generation()
    }
}
