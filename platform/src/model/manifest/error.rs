//! What is wrong with an `app.toml`, and where.

use std::fmt;

use super::MANIFEST_FILE;

/// Longest line that is shown, in characters.
const SHOWN: usize = 160;

/// The first thing in an `app.toml` that cannot be used; `Display` is one sentence with the line's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError {
    /// What is wrong and what would be right, without the place.
    pub message: String,
    /// The line, counted from 1; `None` for what is missing from the whole file.
    pub line: Option<u32>,
    /// The character in the line, counted from 1.
    pub column: Option<u32>,
    /// The line as it was written, cut where it is long.
    pub source_line: Option<String>,
}

impl ManifestError {
    /// About the file as a whole.
    pub(crate) fn whole(message: String) -> Self {
        Self {
            message,
            line: None,
            column: None,
            source_line: None,
        }
    }

    /// About the first place where this is written; about the whole file when it is nowhere.
    pub(crate) fn near(text: &str, written: &str, message: String) -> Self {
        match text.find(written) {
            Some(offset) => Self::at(text, offset, message),
            None => Self::whole(message),
        }
    }

    /// About the place of this byte.
    pub(super) fn at(text: &str, offset: usize, message: String) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let line = count(before.matches('\n').count()).saturating_add(1);
        let column = count(before.chars().rev().take_while(|c| *c != '\n').count()).saturating_add(1);
        let source_line = text.get(line_start..).and_then(|rest| rest.lines().next());
        Self {
            message,
            line: Some(line),
            column: Some(column),
            source_line: source_line.map(|line| line.chars().take(SHOWN).collect()),
        }
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{MANIFEST_FILE} line {line}: {}", self.message),
            None => write!(f, "{MANIFEST_FILE}: {}", self.message),
        }
    }
}

impl std::error::Error for ManifestError {}
