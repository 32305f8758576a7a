//! A publisher's desk: a folder in which the document is followed, a server for it, and clients that look.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::document::Section;
use super::server::serve;

/// Where the server's files lie, and where the document says that they are found.
const PLACES: [(&str, &str); 2] =
    [("https://example.org/index/", "/var/www/index/"), ("https://new.example.net/caveat/", "/srv/caveat/")];
const DAY: u64 = 86_400;

/// A machine with sticks, a server, and the command line.
pub struct World {
    folder: PathBuf,
    address: String,
    /// Seconds since 1970.
    now: Cell<u64>,
}

impl World {
    pub fn new(name: &str, now: u64) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _gone = fs::remove_dir_all(&folder);
        for stick in ["anna", "boris", "chen", "dana", "duty", "courier"] {
            fs::create_dir_all(folder.join("media").join(stick)).unwrap();
        }
        fs::create_dir_all(folder.join("bin")).unwrap();
        symlink(env!("CARGO_BIN_EXE_caveat"), folder.join("bin/caveat")).unwrap();
        let rsync = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/publisher/publishing/rsync.sh");
        symlink(rsync, folder.join("bin/rsync")).unwrap();
        let address = serve(&folder.join("www"));
        Self { folder, address, now: Cell::new(now) }
    }

    pub fn days_pass(&self, days: u64) {
        self.now.set(self.now.get() + days * DAY);
    }

    /// The files of everybody's server.
    pub fn served(&self) -> PathBuf {
        self.folder.join("www")
    }
}

/// A publisher's folder.
pub struct Desk<'a> {
    world: &'a World,
    name: &'static str,
    pub folder: PathBuf,
}

impl<'a> Desk<'a> {
    pub fn new(world: &'a World, name: &'static str) -> Self {
        let folder = world.folder.join(name);
        fs::create_dir_all(folder.join("states")).unwrap();
        Self { world, name, folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn served(&self) -> PathBuf {
        self.world.served().join(self.name)
    }

    /// The published folder, as the server has it.
    pub fn index(&self) -> PathBuf {
        self.served().join("var/www/index")
    }

    pub fn url(&self) -> String {
        self.at_home(PLACES[0].0)
    }

    /// A text of the document with what stands for places in it replaced.
    fn at_home(&self, text: &str) -> String {
        let media = format!("{}/", self.world.folder.join("media").display());
        let text = text.replace("/media/", &media);
        PLACES
            .iter()
            .fold(text, |text, (url, path)| text.replace(url, &format!("{}/{}{path}", self.world.address, self.name)))
    }

    /// Follows a section of the document; what its commands print.
    pub fn follow(&self, section: &Section) -> String {
        let mut printed = String::new();
        for block in &section.blocks {
            match block.language.as_str() {
                "sh" => {
                    let output = self.shell(&block.text);
                    let told = format!(
                        "{}{}",
                        String::from_utf8_lossy(&output.stdout),
                        String::from_utf8_lossy(&output.stderr)
                    );
                    assert!(output.status.success(), "docs/publishing.md, line {}: {told}", block.line);
                    printed.push_str(&told);
                }
                "json" => block.text.lines().for_each(|line| self.set_entry(line)),
                other => panic!("docs/publishing.md, line {}: nobody runs {other:?}", block.line),
            }
        }
        printed
    }

    pub fn shell(&self, script: &str) -> Output {
        let path = format!("{}:{}", self.world.folder.join("bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", &self.at_home(script)]).current_dir(&self.folder).stdin(Stdio::null());
        command.env_remove("CAVEAT_SIGNING_KEY").env("PATH", path).env("SERVER", self.served());
        command.env("SOURCE_DATE_EPOCH", self.world.now.get().to_string());
        command.output().unwrap()
    }

    /// What a script prints.
    pub fn ok(&self, script: &str) -> String {
        let output = self.shell(script);
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a script complains of.
    pub fn fails(&self, script: &str) -> String {
        let output = self.shell(script);
        assert!(!output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }

    /// Puts a line into the entries, in place of the one with its id.
    pub fn set_entry(&self, line: &str) {
        let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
        let path = self.path("entries.jsonl");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut lines: BTreeMap<String, &str> = text.lines().map(|line| (id(line), line)).collect();
        lines.insert(id(line), line);
        let lines: Vec<&str> = lines.into_values().collect();
        fs::write(path, lines.join("\n") + "\n").unwrap();
    }

    /// Keeps what the server has now, as the state of a client.
    pub fn keep_state(&self, name: &str) {
        self.ok(&format!("rm -rf states/{name} && cp -R {} states/{name}", self.index().display()));
    }

    /// What `caveat verify` reports.
    pub fn verify(&self, arguments: &str) -> Value {
        let anchor = if self.path("anchor").exists() { "anchor" } else { "publisher.key.pub" };
        let output = self.shell(&format!("caveat verify --json --key {anchor} {arguments}"));
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("verify {arguments}: {}", String::from_utf8_lossy(&output.stderr)))
    }

    /// What a client takes that comes for the first time.
    pub fn fresh(&self) -> Value {
        self.accepted("")
    }

    /// What a client takes that was last here in a state.
    pub fn returning(&self, state: &str) -> Value {
        self.accepted(&format!("--from states/{state}"))
    }

    fn accepted(&self, arguments: &str) -> Value {
        let report = self.verify(&format!("{} {arguments}", self.url()));
        assert_eq!(report["accepted"], true, "{report}");
        report
    }

    /// Why a client refuses what lies in a folder.
    pub fn refused(&self, folder: &str, from: Option<&str>) -> String {
        let from = from.map_or_else(String::new, |state| format!("--from states/{state}"));
        let report = self.verify(&format!("{folder} {from}"));
        assert_eq!(report["accepted"], false, "{report}");
        report["error"].as_str().unwrap().to_owned()
    }

    /// What is said of a picture by what the server has.
    pub fn verdict(&self, picture: &str) -> String {
        let printed = self.ok(&format!("caveat check --json --index {} {picture}", self.index().display()));
        serde_json::from_str::<Value>(&printed).unwrap()["verdict"].as_str().unwrap().to_owned()
    }
}
