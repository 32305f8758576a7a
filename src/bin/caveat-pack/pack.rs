//! Reproducible archives.

use std::fs;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Fault;

pub fn zip(folder: &Path, out: &Path) -> Result<(), Fault> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    if files.is_empty() {
        return Err(format!("{}: nothing to pack", folder.display()).into());
    }
    let archive = fs::File::create(out)?;
    write(folder, &files, archive)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Fault> {
    let mut children: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|child| Ok(child?.path())).collect::<Result<_, Fault>>()?;
    children.sort();
    for child in children {
        if child.is_dir() {
            collect(&child, files)?;
        } else {
            files.push(child);
        }
    }
    Ok(())
}

fn write(folder: &Path, files: &[PathBuf], archive: impl Write + Seek) -> Result<(), Fault> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(archive);
    for file in files {
        let name = file.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        writer.start_file(name, options)?;
        writer.write_all(&fs::read(file)?)?;
    }
    writer.finish()?;
    Ok(())
}
