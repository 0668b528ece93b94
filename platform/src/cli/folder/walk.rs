//! The files of an app's folder, without those that are nobody's business: hidden ones, packages, builds.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, bail, ensure};

use crate::model::is_left_out;

/// More files than an app has; a folder with more is probably the wrong one.
const FILES: usize = 2_000;
/// Deeper than an app's folders are; also the end of links that lead in a circle.
const DEPTH: usize = 12;

/// A file of an app's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Found {
    /// Inside the folder, with `/` between the parts.
    pub(in crate::cli) path: String,
    /// Where it really is.
    pub(in crate::cli) file: PathBuf,
    pub(in crate::cli) size_bytes: u64,
    /// When it was last written, where the system tells.
    pub(in crate::cli) written: Option<SystemTime>,
}

impl Found {
    pub(super) fn at(path: String, file: PathBuf) -> anyhow::Result<Self> {
        let metadata = fs::metadata(&file).with_context(|| format!("{path} cannot be read"))?;
        ensure!(metadata.is_file(), "{path} is not a file");
        Ok(Self {
            path,
            file,
            size_bytes: metadata.len(),
            written: metadata.modified().ok(),
        })
    }
}

/// Lists the files below a folder by path. `root` is canonical: nothing that leads out of it is followed.
pub(in crate::cli) fn walk(root: &Path) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), root.to_owned(), 0)];
    while let Some((above, folder, depth)) = open.pop() {
        let shown = if above.is_empty() {
            "the folder"
        } else {
            above.as_str()
        };
        ensure!(
            depth <= DEPTH,
            "{shown} lies more than {DEPTH} folders deep, or a link leads in a circle"
        );
        for entry in fs::read_dir(&folder).with_context(|| format!("{shown} cannot be read"))? {
            let entry = entry.with_context(|| format!("{shown} cannot be read"))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                bail!("the name of {} is not readable text", entry.path().display());
            };
            if is_left_out(name) {
                continue;
            }
            let path = format!("{above}{name}");
            let file = inside(root, &path, &entry)?;
            // A file that was there a moment ago may be gone: editors write another and rename it.
            let Ok(metadata) = fs::metadata(&file) else {
                continue;
            };
            if metadata.is_dir() {
                open.push((format!("{path}/"), file, depth + 1));
            } else if metadata.is_file() {
                found.push(Found::at(path, file)?);
            }
            ensure!(
                found.len() <= FILES,
                "{} holds more than {FILES} files; is it the folder of an app?",
                root.display()
            );
        }
    }
    found.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(found)
}

/// Where an entry really is; refused when that is outside.
fn inside(root: &Path, path: &str, entry: &fs::DirEntry) -> anyhow::Result<PathBuf> {
    let file = entry.path();
    let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
    if !is_link {
        return Ok(file);
    }
    let target = file
        .canonicalize()
        .with_context(|| format!("{path} is a link that leads nowhere; remove it"))?;
    ensure!(
        target.starts_with(root),
        "{path} is a link that leads out of the folder, to {}; copy what it means into the folder instead",
        target.display()
    );
    Ok(target)
}
