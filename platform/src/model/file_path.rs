//! The path of a file in an app folder: one that is safe to use on every system, and in an address.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest path, in bytes: room for a few folders, and far below what any file system takes.
const LENGTH: usize = 200;
/// Deepest folder.
const DEPTH: usize = 10;
/// Marks that may stand in a name beside letters and digits.
const MARKS: &str = "._-+@()~, ";
/// Folders that tools fill, and that no app is made of.
const OF_TOOLS: &[&str] = &["node_modules", "target", "__pycache__", "venv"];
/// Names that are devices on Windows, whatever stands behind their first full stop.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A relative path such as `lib/patients.js`: plain names, parted by `/`, that lead neither up nor out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FilePath(Box<str>);

/// Why a text is no path in an app folder; `Display` is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found} cannot be a file of an app: {reason}.")]
pub struct FilePathError {
    /// The text, quoted, escaped and cut.
    pub found: String,
    /// What is wrong with it, and what would be right.
    pub reason: &'static str,
}

impl FilePath {
    /// Checks `text` and takes it as a path.
    ///
    /// # Errors
    /// [`FilePathError`] says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, FilePathError> {
        match check(text) {
            Ok(()) => Ok(Self(text.into())),
            Err(reason) => Err(FilePathError {
                found: format!("{:?}", text.chars().take(80).collect::<String>()),
                reason,
            }),
        }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the last full stop of the file's name.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        let name = self.0.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map(|(_, extension)| extension)
    }

    /// The path below `public/`, for a file that is served as it is.
    #[must_use]
    pub fn below_public(&self) -> Option<&str> {
        self.0.strip_prefix("public/")
    }
}

/// Whether a file or folder of this name is no part of an app, wherever in its folder it lies: hidden ones, packages, builds.
#[must_use]
pub(crate) fn is_left_out(name: &str) -> bool {
    name.starts_with('.') || OF_TOOLS.contains(&name)
}

fn check(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        return Err("it has no name");
    }
    if text.len() > LENGTH {
        return Err("its path is longer than 200 bytes");
    }
    if text.contains('\\') {
        return Err("folders are parted by / and not by \\");
    }
    if text.starts_with('/') || text.as_bytes().get(1) == Some(&b':') {
        return Err("its path must begin in the app's folder and not at the root of a disk");
    }
    if text.split('/').count() > DEPTH {
        return Err("it lies more than 10 folders deep");
    }
    text.split('/').try_for_each(check_name)
}

fn check_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("a folder or file in its path has no name");
    }
    if name == "." || name == ".." {
        return Err("its path must not lead up or stay where it is with . or ..");
    }
    let plain = |character: char| character.is_ascii_alphanumeric() || MARKS.contains(character);
    if !name.chars().all(plain) {
        return Err("use letters a to z, digits, spaces and the marks . _ - + @ ( ) ~ , in names");
    }
    if name.starts_with(' ') || name.ends_with([' ', '.']) {
        return Err(
            "a name must not begin with a space or end with a space or full stop, which Windows would cut off",
        );
    }
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_lowercase();
    let numbered = |port: &str| {
        stem.strip_prefix(port)
            .is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))
    };
    if DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt") {
        return Err("its name is that of a device on Windows");
    }
    Ok(())
}

impl TryFrom<String> for FilePath {
    type Error = FilePathError;
    fn try_from(text: String) -> Result<Self, FilePathError> {
        Self::new(&text)
    }
}

impl From<FilePath> for String {
    fn from(path: FilePath) -> Self {
        path.0.into()
    }
}

impl std::borrow::Borrow<str> for FilePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_names_what_is_left_out() {
        let page = include_str!("../../../docs/reference/app-toml.md");
        for name in OF_TOOLS {
            assert!(page.contains(&format!("`{name}`")), "{name}");
        }
    }

    #[test]
    fn plain_paths() {
        for good in [
            "app.toml",
            "lib/patients.js",
            "public/.well-known/x",
            "a b (2).txt",
            "a..b",
            "console.js",
            "company/com10.txt",
            "a/b/c/d/e/f/g/h/i/j",
        ] {
            assert_eq!(FilePath::new(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn hostile_paths() {
        for bad in [
            "",
            ".",
            "..",
            "../app.js",
            "a/../../b",
            "a/./b",
            "a//b",
            "a/",
            "/etc/passwd",
            "C:/x",
            "c:x",
            "a\\b",
            "..\\x",
            "\\\\host\\share",
            "a\0b",
            "a\nb",
            "a:b",
            "x.txt:stream",
            "con",
            "CON.txt",
            "lib/nul.js",
            "Com1",
            "lpt9.x.y",
            "aux .js",
            "trailing.",
            "trailing ",
            " leading",
            "a%2fb",
            "a*b",
            "a?b",
            "<a>",
            "a|b",
            "\"a\"",
            "p\u{0430}tient.js",
            "a\u{202e}gpj.exe",
            "a/b/c/d/e/f/g/h/i/j/k",
            &"x".repeat(201),
        ] {
            let error = FilePath::new(bad).unwrap_err().to_string();
            assert!(
                error.ends_with('.') && error.contains("cannot be a file of an app"),
                "{bad:?}: {error}"
            );
        }
    }
}
