//! `caveat`: the publisher's and tester's command line.

mod build;
mod check;
mod descriptor;
mod differences;
mod eval;
mod fault;
mod ffmpeg;
mod fingerprint;
mod folder;
mod hosts;
mod inspect;
mod keys;
mod lock;
mod progress;
mod remote;
mod retract;
mod root;
mod sensitivity;
mod sign;
mod sweep;
mod verify;
mod video;

use std::path::PathBuf;
use std::process::ExitCode;

use caveat::fingerprint::keypoints::select::DEFAULT_KEYPOINTS;
use caveat::protocol::Sensitivity;
use clap::{CommandFactory, Parser, Subcommand};

/// Fingerprints pictures and builds, verifies and asks signed indexes of known misattributed media.
#[derive(Parser)]
#[command(name = "caveat", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a new Ed25519 key pair.
    Keygen {
        /// File for the secret key; the public key goes beside it, with `.pub` added.
        #[arg(long, value_name = "KEY")]
        out: PathBuf,
    },
    /// Print one JSON line a picture or frame of a video: file, frame_ms, pdq, quality, canonical, fingerprint.
    Fingerprint {
        /// Pictures and videos; with none, their paths come from standard input, one a line.
        files: Vec<PathBuf>,
        /// The unedited original of the pictures: what tells their copies from its own goes into their fingerprints.
        #[arg(long, value_name = "FILE")]
        original: Vec<PathBuf>,
        /// Most keypoints of a picture; 0 for none.
        #[arg(long, value_name = "N", default_value_t = DEFAULT_KEYPOINTS, value_parser = clap::value_parser!(u16).range(0..=255))]
        keypoints: u16,
    },
    /// Make or extend a publishable source.
    Build(build::Arguments),
    /// Sign a head or root that another machine has left unsigned; publish it once enough keys have signed.
    Sign(sign::Arguments),
    /// Prepare the next root file of a source: which keys may sign heads, retractions and roots.
    Root(root::Arguments),
    /// Retract an entry at once, without building.
    Retract(retract::Arguments),
    /// Say what a client would accept, and download, or why not.
    Verify(verify::Arguments),
    /// Print the verdict for pictures, one line each.
    Check {
        /// A source's folder.
        #[arg(long, value_name = "DIR")]
        index: PathBuf,
        /// Accept the index only with this public key (or a file that holds it); without, its own word is taken.
        #[arg(long, value_name = "PUB")]
        key: Option<String>,
        /// Print JSON lines.
        #[arg(long)]
        json: bool,
        /// Language of the texts, BCP 47.
        #[arg(long, default_value = "en")]
        language: String,
        /// How readily to speak: cautious, balanced or keen, as in the extension's settings.
        #[arg(long, default_value = "balanced", value_parser = sensitivity::parse)]
        sensitivity: Sensitivity,
        /// Pictures; with none, their paths come from standard input, one a line.
        images: Vec<PathBuf>,
    },
    /// Measure how many edited copies of a folder's pictures are found, and how many others are taken for them.
    Eval(eval::Arguments),
    /// Show a source's head, segments, counts, sizes and ages.
    Inspect {
        /// A source's folder.
        source: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write the small file by which people add a source: its address and its key.
    Descriptor(descriptor::Arguments),
    /// Print a source's entries as JSON Lines.
    Export {
        /// A source's folder.
        source: PathBuf,
    },
    /// Print a completion script.
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let result = match command {
        Command::Keygen { out } => keys::generate(&out),
        Command::Fingerprint { files, original, keypoints } => {
            fingerprint::run(&files, &original, usize::from(keypoints))
        }
        Command::Build(arguments) => build::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Root(arguments) => root::run(&arguments),
        Command::Retract(arguments) => retract::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Check { index, key, json, language, sensitivity, images } => {
            check::run(&check::Arguments { index, key, json, language, sensitivity, images })
        }
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Inspect { source, json } => inspect::run(&source, json),
        Command::Descriptor(arguments) => descriptor::run(&arguments),
        Command::Export { source } => inspect::export(&source),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "caveat", &mut std::io::stdout());
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that has seen enough (`caveat export | head`) is no failure.
        Err(fault) if fault.is_broken_pipe() => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("caveat: {fault}");
            ExitCode::from(2)
        }
    }
}
