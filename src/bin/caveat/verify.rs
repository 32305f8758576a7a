//! `caveat verify`: what a fresh client would accept.

use std::path::Path;

use caveat::source::{
    FetchError, Head, HeadError, Held, PublicKey, SegmentName, SourceAddress, UpdateError, fetch_update, load_index,
    load_keypoints,
};
use serde::Serialize;

use crate::fault::Fault;
use crate::fingerprint::print_json;
use crate::inspect::describe;
use crate::remote::Remote;
use crate::{folder, keys};

#[derive(Serialize)]
struct Report<'a> {
    accepted: bool,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<&'a Head>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub fn run(source: &str, key: &str, json: bool) -> Result<(), Fault> {
    let key = keys::public(key)?;
    let checked = if source.contains("://") { remote(source, &key) } else { local(source, &key) };
    if json {
        let error = checked.as_ref().err().map(ToString::to_string);
        print_json(&Report { accepted: checked.is_ok(), source, head: checked.as_ref().ok(), error })?;
    }
    let head = checked?;
    if !json {
        println!("accepted: a fresh client that trusts key {} would use this source", key.fingerprint());
        describe(&head, &key);
    }
    Ok(())
}

fn local(source: &str, key: &PublicKey) -> Result<Head, Fault> {
    Ok(folder::read(Path::new(source), Some(key))?.head)
}

fn remote(url: &str, key: &PublicKey) -> Result<Head, Fault> {
    let address = SourceAddress::parse(url).map_err(|error| Fault::Address { url: url.to_owned(), error })?;
    let fault = |error: UpdateError| Fault::Update { url: url.to_owned(), error };
    let update = pollster::block_on(fetch_update(&Remote::new(), &address, key, &Held::default(), &mut |_| {}))
        .map_err(fault)?;
    let update = update.ok_or(UpdateError::Fetch(FetchError::Unreachable)).map_err(fault)?;
    let files = |names: Vec<&SegmentName>| -> Vec<Vec<u8>> {
        let file = |name: &&SegmentName| update.segments.iter().find(|(file, _)| *file == name.sha256);
        names.iter().filter_map(file).map(|(_, bytes)| bytes.clone()).collect()
    };
    let refused = |error: HeadError| fault(error.into());
    let index = load_index(&update.head, files(update.head.required_segments().collect())).map_err(refused)?;
    load_keypoints(&update.head, &index, files(update.head.keypoint_segments().collect())).map_err(refused)?;
    Ok(update.head)
}
