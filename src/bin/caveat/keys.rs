//! Keys on disk: text files with comments, so that nobody wonders what they are.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use caveat::source::{Anchor, PublicKey, SecretKey};

use crate::fault::Fault;

/// The secret key as the environment may carry it.
pub const KEY_VARIABLE: &str = "CAVEAT_SIGNING_KEY";

pub fn generate(out: &Path) -> Result<(), Fault> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| Fault::Usage(format!("the system gives no random numbers: {error}")))?;
    let key = SecretKey::from_seed(&seed);
    let public_path = public_path(out);
    if let Some(there) = [out, &public_path].into_iter().find(|path| path.exists()) {
        return Err(Fault::Usage(format!(
            "{}: there is a key already, and a key is never overwritten",
            there.display()
        )));
    }
    let mut public_file = fs::File::create_new(&public_path).map_err(Fault::file(&public_path))?;
    write_secret(out, &key).map_err(Fault::file(out))?;
    writeln!(public_file, "{}", key.public()).map_err(Fault::file(&public_path))?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "public key   {}", key.public())?;
    writeln!(stdout, "fingerprint  {}", key.public().fingerprint())?;
    Ok(())
}

fn public_path(secret: &Path) -> std::path::PathBuf {
    let mut name = secret.as_os_str().to_owned();
    name.push(".pub");
    name.into()
}

/// A key is never overwritten: whoever loses it loses the source.
fn write_secret(path: &Path, key: &SecretKey) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(
        file,
        "# Caveat secret key. Whoever has it can publish in this source's name: keep it offline, keep a copy."
    )?;
    writeln!(file, "{}", hex::encode(key.seed()))
}

/// The key in `path`, or without one in the environment.
pub fn secret(path: Option<&Path>) -> Result<SecretKey, Fault> {
    let (text, what) = match path {
        Some(path) => (fs::read_to_string(path).map_err(Fault::file(path))?, path.display().to_string()),
        None => match std::env::var(KEY_VARIABLE) {
            Ok(text) => (text, KEY_VARIABLE.to_owned()),
            Err(_) => return Err(Fault::Usage(format!("give --key KEY, or the key itself in {KEY_VARIABLE}"))),
        },
    };
    let digits = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    let mut seed = [0; 32];
    hex::decode_to_slice(digits.unwrap_or_default(), &mut seed)
        .map_err(|_| Fault::Usage(format!("{what}: not a secret key made by `caveat keygen`")))?;
    Ok(SecretKey::from_seed(&seed))
}

/// What a source is trusted by, a key or a root, given as such or as a file.
pub fn anchor(text: &str) -> Result<Anchor, Fault> {
    let direct = text.parse::<Anchor>();
    if let Ok(anchor) = direct {
        return Ok(anchor);
    }
    match fs::read_to_string(text) {
        Ok(content) => content.parse().map_err(|error| Fault::Anchor { what: text.to_owned(), error }),
        Err(_) => direct.map_err(|error| Fault::Anchor { what: text.to_owned(), error }),
    }
}

/// A public key, given as such or as a file.
pub fn public(text: &str) -> Result<PublicKey, Fault> {
    match anchor(text)? {
        Anchor::Key(key) => Ok(key),
        Anchor::Root(_) => Err(Fault::Usage(format!("{text}: a root stands for a source, not for a key"))),
    }
}

/// Keys in a sentence.
pub fn list(keys: &[PublicKey]) -> String {
    match keys {
        [] => "no key".to_owned(),
        keys => keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}
