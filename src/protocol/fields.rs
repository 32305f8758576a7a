//! Requests as they arrive: one flat object for all of them.
//!
//! Serde's own reading of tagged enums buffers every message and costs 40 KB of WebAssembly; this costs one struct.

use serde::Deserialize;

use super::{LogSettings, OwnRequest, PageRequest, Sensitivity};

/// Every field that a request may have.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Fields {
    kind: String,
    accept_mass_change: bool,
    bytes: Option<serde_bytes::ByteBuf>,
    enabled: Option<bool>,
    entry: Option<String>,
    head: Option<String>,
    host: Option<String>,
    key: Option<String>,
    language: Option<String>,
    logs: Option<LogSettings>,
    notice: Option<u32>,
    sensitivity: Option<Sensitivity>,
    source: Option<String>,
    text: Option<String>,
    url: Option<String>,
}

impl Fields {
    /// The request that a content script makes, or `None` when it is none.
    pub fn page_request(self) -> Option<PageRequest> {
        Some(match self.kind.as_str() {
            "lookUp" => PageRequest::LookUp { key: self.key? },
            "checkImage" => {
                let bytes = self.bytes.map(serde_bytes::ByteBuf::into_vec);
                PageRequest::CheckImage { key: self.key?, url: self.url?, bytes }
            }
            "muteMatch" => PageRequest::MuteMatch { source: self.source?, entry: self.entry? },
            _ => return None,
        })
    }

    /// The request that one of our own pages makes, or `None` when it is none.
    pub fn own_request(self) -> Option<OwnRequest> {
        Some(match self.kind.as_str() {
            "status" => OwnRequest::Status,
            "updateSources" => {
                OwnRequest::UpdateSources { source: self.source, accept_mass_change: self.accept_mass_change }
            }
            "cancelUpdate" => OwnRequest::CancelUpdate,
            "previewSource" => OwnRequest::PreviewSource { url: self.url?, key: self.key? },
            "previewDescriptor" => OwnRequest::PreviewDescriptor { text: self.text? },
            "addSource" => OwnRequest::AddSource { url: self.url?, key: self.key?, head: self.head },
            "removeSource" => OwnRequest::RemoveSource { source: self.source? },
            "setSourceEnabled" => OwnRequest::SetSourceEnabled { source: self.source?, enabled: self.enabled? },
            "siteState" => OwnRequest::SiteState { host: self.host? },
            "setSite" => OwnRequest::SetSite { host: self.host?, enabled: self.enabled? },
            "setLanguage" => OwnRequest::SetLanguage { language: self.language },
            "setSensitivity" => OwnRequest::SetSensitivity { sensitivity: self.sensitivity? },
            "unmute" => OwnRequest::Unmute { source: self.source?, entry: self.entry? },
            "setLogs" => OwnRequest::SetLogs { logs: self.logs? },
            "dismissNotice" => OwnRequest::DismissNotice { notice: self.notice },
            "forgetEverything" => OwnRequest::ForgetEverything,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Fields {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn requests_are_read_by_kind() {
        let update = fields(r#"{"kind":"updateSources"}"#).own_request();
        assert!(matches!(update, Some(OwnRequest::UpdateSources { source: None, accept_mass_change: false })));
        let check = fields(r#"{"kind":"checkImage","key":"k","url":"u","bytes":null}"#).page_request();
        assert!(matches!(check, Some(PageRequest::CheckImage { bytes: None, .. })));
    }

    #[test]
    fn pages_cannot_ask_what_only_our_own_pages_may_and_nothing_is_guessed() {
        for kind in ["status", "setLogs", "dismissNotice", "forgetEverything"] {
            let logs = r#"{"shown":true,"seen":true,"days":30,"notify":false}"#;
            let request = format!(r#"{{"kind":"{kind}","logs":{logs}}}"#);
            assert!(fields(&request).page_request().is_none() && fields(&request).own_request().is_some(), "{kind}");
        }
        assert!(fields(r#"{"kind":"addSource","url":"u"}"#).own_request().is_none());
        assert!(fields("{}").own_request().is_none());
    }
}
