//! `caveat-pack`: what `build.sh` needs to make the extension out of its parts. Not for publishers.
//!
//! `bindgen` runs wasm-bindgen in the very version of `Cargo.lock` (so there is no second version number to keep),
//! `manifest` lays a browser's manifest over the common one, `zip` packs a folder so that the same files give the same
//! bytes.

mod manifest;
mod pack;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use wasm_bindgen_cli_support::Bindgen;

#[derive(Parser)]
#[command(name = "caveat-pack")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the JavaScript and TypeScript side of a .wasm.
    Bindgen {
        /// The compiler's output.
        wasm: PathBuf,
        /// Folder for the module, its glue and its types.
        #[arg(long)]
        out: PathBuf,
    },
    /// Lay one manifest over another: objects are merged key by key, everything else is replaced.
    Manifest {
        /// The common manifest.
        base: PathBuf,
        /// The browser's.
        overlay: PathBuf,
        /// Where to write the result.
        #[arg(long)]
        out: PathBuf,
    },
    /// Pack a folder: names sorted, times fixed.
    Zip {
        /// What to pack.
        folder: PathBuf,
        /// Where to write the archive.
        #[arg(long)]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Bindgen { wasm, out } => bindgen(&wasm, &out),
        Command::Manifest { base, overlay, out } => manifest::merge_files(&base, &overlay, &out),
        Command::Zip { folder, out } => pack::zip(&folder, &out),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("caveat-pack: {error}");
            ExitCode::FAILURE
        }
    }
}

/// An error of this tool: only ever printed.
type Fault = Box<dyn std::error::Error>;

fn bindgen(wasm: &std::path::Path, out: &std::path::Path) -> Result<(), Fault> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name("caveat").typescript(true).omit_default_module_path(false);
    // Names and producers are a third of the file and nothing to a reader: the source is at hand.
    bindgen.remove_name_section(true).remove_producers_section(true);
    // An instance that broke is given up for another one.
    bindgen.reset_state_function(true);
    bindgen.web(true)?;
    Ok(bindgen.generate(out)?)
}
