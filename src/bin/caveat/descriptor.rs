//! `caveat descriptor`: the small file by which a source is handed on.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use caveat::source::{DESCRIPTOR, DESCRIPTOR_FILE, Descriptor, SourceAddress};
use serde::Serialize;

use crate::fault::Fault;
use crate::folder;

#[derive(clap::Args)]
pub struct Arguments {
    /// A source's folder.
    source: PathBuf,
    /// Where its files can be fetched.
    #[arg(long, value_name = "URL")]
    url: String,
    /// The publisher's own pages.
    #[arg(long, value_name = "URL")]
    homepage: Option<String>,
    /// File to write; `-` for standard output.
    #[arg(long, value_name = "FILE", default_value = DESCRIPTOR_FILE)]
    out: PathBuf,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    caveat_source: u32,
    url: &'a str,
    key: String,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage: Option<&'a str>,
}

pub fn run(arguments: &Arguments) -> Result<(), Fault> {
    let read = folder::read(&arguments.source, None)?;
    let url = SourceAddress::parse(&arguments.url).map_err(|error| Fault::Usage(format!("--url: {error}")))?;
    let file = File {
        caveat_source: DESCRIPTOR,
        url: url.as_str(),
        key: read.anchor().to_string(),
        name: &read.head.name,
        homepage: arguments.homepage.as_deref(),
    };
    let text = serde_json::to_string_pretty(&file).map_err(std::io::Error::from)? + "\n";
    // What every client would refuse must not be handed on.
    Descriptor::parse(&text).map_err(|error| Fault::Usage(error.to_string()))?;
    if arguments.out == Path::new("-") {
        return Ok(std::io::stdout().write_all(text.as_bytes())?);
    }
    std::fs::write(&arguments.out, text).map_err(Fault::file(&arguments.out))
}
