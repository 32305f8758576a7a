//! Checking pictures in a page of ours, without the extension.

use wasm_bindgen::prelude::*;

use super::clock::BrowserClock;
use super::value::to_js;
use crate::engine::{Coded, Manner, Searched, check_bytes, reason_of};
use crate::fingerprint::keypoints::Sight;
use crate::fingerprint::{Fingerprint, encoding, pdq};
use crate::image::{Limits, Orientation, decode};
use crate::index::segment::{at_once, unbroken};
use crate::index::{Index, KeypointTier};
use crate::protocol::{Failure, Sensitivity};
use crate::source::{
    Anchor, Clock, ENTRIES, Head, KEYPOINTS, SegmentName, Trust, accept, load_index, load_keypoints, next_root,
    retracted,
};

/// Sources in memory, and the same verdicts as the extension's.
#[wasm_bindgen]
#[derive(Default)]
pub struct Checker(Vec<Source>);

struct Source {
    key: Anchor,
    catalogue_name: Option<String>,
    head: Head,
    index: Index,
    keypoints: KeypointTier,
}

#[wasm_bindgen]
impl Checker {
    /// Without any source.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Checker {
        Checker::default()
    }

    /// Adds a source; `segments` in the order of `segmentNames`, `retractions` if it has them apart from its head,
    /// `catalogue_name` what the site calls it. Gives the key's fingerprint, which is what people compare.
    ///
    /// # Errors
    /// A `Failure`, when a file does not verify.
    #[wasm_bindgen(js_name = addSource)]
    pub fn add_source(
        &mut self,
        publication: &Publication,
        segments: Vec<js_sys::Uint8Array>,
        retractions: Option<Vec<u8>>,
        catalogue_name: Option<String>,
    ) -> Result<String, JsValue> {
        let trust = &publication.trust;
        let head = publication.accept()?;
        let names: Vec<&SegmentName> = head.known_segments().collect();
        let of_tier = |tier: &str| -> Vec<Vec<u8>> {
            let pairs = names.iter().zip(&segments).filter(|(name, _)| name.tier == tier);
            pairs.map(|(_, file)| file.to_vec()).collect()
        };
        let mut index = load_index(&head, of_tier(ENTRIES)).map_err(thrown)?;
        if let Some(file) = retractions {
            let apart = trust.accept_retractions(&file, BrowserClock.seconds()).map_err(thrown)?;
            index = unbroken(index.retracting(&retracted(&head, Some(&apart)), at_once));
        }
        let keypoints = load_keypoints(&head, &index, of_tier(KEYPOINTS)).map_err(thrown)?;
        let key = trust.anchor();
        let fingerprint = key.fingerprint();
        self.0.push(Source { key, catalogue_name, head, index, keypoints });
        Ok(fingerprint)
    }

    /// The verdict on a picture's bytes, with texts in `language`.
    #[wasm_bindgen(unchecked_return_type = "Verdict")]
    pub fn check(&self, bytes: &[u8], language: &str) -> JsValue {
        let sources: Vec<Searched<'_>> = self
            .0
            .iter()
            .map(|source| Searched {
                key: &source.key,
                catalogue_name: source.catalogue_name.as_deref(),
                head: &source.head,
                index: &source.index,
                keypoints: Some(&source.keypoints),
            })
            .collect();
        let manner = Manner { sensitivity: Sensitivity::default(), language, now: BrowserClock.now() };
        to_js(&check_bytes(bytes, &sources, manner))
    }
}

/// A source's head and roots, as they come in.
#[wasm_bindgen]
pub struct Publication {
    head: Vec<u8>,
    trust: Trust,
}

#[wasm_bindgen]
impl Publication {
    /// The head's file, of a source that is trusted by `key`: a public key or `root:…`.
    ///
    /// # Errors
    /// A `Failure`, when that is no key.
    #[wasm_bindgen(constructor)]
    pub fn new(head: Vec<u8>, key: &str) -> Result<Publication, JsValue> {
        let anchor: Anchor = key.parse().map_err(thrown)?;
        Ok(Self { head, trust: Trust::new(anchor) })
    }

    /// The version of the root file that is needed next, for `addRoot`; none when no more are.
    ///
    /// # Errors
    /// A `Failure`, when the head is malformed.
    #[wasm_bindgen(js_name = nextRoot)]
    pub fn next_root(&self) -> Result<Option<u32>, JsValue> {
        let next = next_root(&self.head, &self.trust).map_err(thrown)?;
        Ok(next.map(|version| version as u32))
    }

    /// Takes the next root file.
    ///
    /// # Errors
    /// A `Failure`, when those before do not vouch for it.
    #[wasm_bindgen(js_name = addRoot)]
    pub fn add_root(&mut self, file: &[u8]) -> Result<(), JsValue> {
        self.trust = self.trust.next(file).map_err(thrown)?;
        Ok(())
    }

    /// Whether retractions may come apart from the head.
    #[wasm_bindgen(js_name = mayRetractApart)]
    pub fn may_retract_apart(&self) -> bool {
        self.trust.root().is_some_and(|root| !root.retraction_keys.is_empty())
    }

    /// The paths of the segments that the head names, from the source's folder.
    ///
    /// # Errors
    /// A `Failure`, when the head does not verify.
    #[wasm_bindgen(js_name = segmentNames)]
    pub fn segment_names(&self) -> Result<Vec<String>, JsValue> {
        Ok(self.accept()?.known_segments().map(SegmentName::path).collect())
    }

    fn accept(&self) -> Result<Head, JsValue> {
        accept(&self.head, &self.trust).map_err(thrown)
    }
}

/// What `caveat fingerprint` prints of a picture.
#[derive(serde::Serialize, tsify::Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Fingerprinted {
    /// Exact PDQ, 64 hexadecimal digits.
    pdq: String,
    /// Its quality, 0..=100.
    quality: u8,
    /// The canonical hash, 64 hexadecimal digits.
    canonical: String,
    /// The fingerprint, base64; without keypoints, which only an index keeps.
    fingerprint: String,
    /// SHA-256 of the keypoints that a look-up takes: the same on every machine.
    sight: String,
    /// Columns, as people see the picture.
    width: u32,
    /// Rows.
    height: u32,
}

/// The fingerprints of a picture's bytes.
///
/// # Errors
/// A `Reason`, when it cannot be read.
#[wasm_bindgen(unchecked_return_type = "Fingerprinted")]
pub fn fingerprint(bytes: &[u8]) -> Result<JsValue, JsValue> {
    let pixels = decode(bytes, &Limits::default(), Orientation::Apply).map_err(|error| to_js(&reason_of(&error)))?;
    let pdq = pdq::pdq(&pixels);
    let fingerprint = Fingerprint::of(&pixels);
    Ok(to_js(&Fingerprinted {
        pdq: pdq.hash.to_string(),
        quality: pdq.quality,
        canonical: fingerprint.regions.first().map_or_else(String::new, |whole| whole.hash.to_string()),
        fingerprint: encoding::to_base64(&fingerprint),
        sight: hex::encode(Sight::of(&pixels).digest()),
        width: pixels.width() as u32,
        height: pixels.height() as u32,
    }))
}

fn thrown(error: impl Coded) -> JsValue {
    to_js(&Failure::from(error))
}
