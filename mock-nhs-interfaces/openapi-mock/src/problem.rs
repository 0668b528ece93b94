//! What is wrong with a document, in plain words and with its place.

use crate::pointer::Pointer;

/// How much a problem takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something of the document is left out, or answers otherwise than it says.
    Broken,
    /// Something contradicts itself; what was made of it is said.
    Odd,
}

impl Severity {
    /// The name in lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Odd => "odd",
        }
    }
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How much it takes away.
    pub severity: Severity,
    /// Where it is, as a JSON Pointer into the document: `/paths/~1Patient/get`.
    pub pointer: String,
    /// The line of the file, counted from 1, where it could be found.
    pub line: Option<usize>,
    /// What is wrong, and what was made of it.
    pub text: String,
}

/// Problems that are kept of one document: the first hundred tell enough.
pub const MAX_PROBLEMS: usize = 100;
/// Characters of the document that a problem repeats.
const QUOTED_CHARACTERS: usize = 80;

/// Collects problems, up to [`MAX_PROBLEMS`].
#[derive(Debug, Default)]
pub(crate) struct Problems {
    pub(crate) found: Vec<Problem>,
    /// Those beyond the bound.
    pub(crate) unsaid: usize,
}

impl Problems {
    pub(crate) fn broken(&mut self, pointer: &Pointer<'_>, text: impl Into<String>) {
        self.add(Severity::Broken, pointer, text.into());
    }

    pub(crate) fn odd(&mut self, pointer: &Pointer<'_>, text: impl Into<String>) {
        self.add(Severity::Odd, pointer, text.into());
    }

    fn add(&mut self, severity: Severity, pointer: &Pointer<'_>, text: String) {
        let pointer = pointer.to_string();
        let is_said = self
            .found
            .iter()
            .any(|problem| problem.pointer == pointer && problem.text == text);
        if is_said {
            return;
        }
        if self.found.len() >= MAX_PROBLEMS {
            self.unsaid += 1;
            return;
        }
        self.found.push(Problem {
            severity,
            pointer,
            line: None,
            text,
        });
    }
}

/// Text of the document or of a caller, short enough to be repeated and without control characters.
pub(crate) fn quoted(text: &str) -> String {
    let mut short: String = text
        .chars()
        .take(QUOTED_CHARACTERS)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    if text.chars().nth(QUOTED_CHARACTERS).is_some() {
        short.push('…');
    }
    short
}

/// The first line of a longer message, shortened.
pub(crate) fn quoted_line(text: &str) -> String {
    text.lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(300)
        .collect()
}
