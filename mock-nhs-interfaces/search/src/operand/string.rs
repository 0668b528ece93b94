//! Conditions on texts. Source: <https://hl7.org/fhir/R4/search.html#string>.

use crate::fold::{cut, fold};
use crate::key::{Key, KeyRange, STRING, split_text};
use crate::value::Text;

/// What is asked of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StringTest {
    /// The folded text begins so, or is so.
    Starts(Box<str>),
    /// `:contains`: the folded text holds this somewhere.
    Contains(Box<str>),
    /// `_filter`'s `ew`: the folded text ends so.
    Ends(Box<str>),
    /// `:exact`: the text as written is this.
    Exact(Box<str>),
    /// The folded text is this.
    Is(Box<str>),
}

impl StringTest {
    pub(super) fn matches(&self, value: &Text) -> bool {
        match self {
            Self::Starts(text) => value.folded.starts_with(&**text),
            Self::Contains(text) => value.folded.contains(&**text),
            Self::Ends(text) => value.folded.ends_with(&**text),
            Self::Exact(text) => *value.written == *cut(text),
            Self::Is(text) => value.folded == *text,
        }
    }

    pub(super) fn ranges(&self) -> Vec<KeyRange> {
        vec![match self {
            Self::Starts(text) => KeyRange::prefix(&Key::new(STRING).text(text).bytes),
            Self::Contains(_) | Self::Ends(_) => KeyRange::prefix(&[STRING]),
            Self::Exact(text) => {
                let folded = fold(text);
                let written = if *folded == *cut(text) { "" } else { text };
                KeyRange::exact(&Key::new(STRING).ended(&folded).text(written).bytes)
            }
            Self::Is(text) => KeyRange::prefix(&Key::new(STRING).ended(text).bytes),
        }]
    }

    pub(super) fn accepts(&self, key: &[u8]) -> bool {
        let Some((&STRING, rest)) = key.split_first() else {
            return false;
        };
        let (folded, written) = split_text(rest);
        match self {
            Self::Starts(text) => folded.starts_with(text.as_bytes()),
            Self::Contains(text) => std::str::from_utf8(folded).is_ok_and(|own| own.contains(&**text)),
            Self::Ends(text) => folded.ends_with(text.as_bytes()),
            Self::Exact(text) => {
                let written = if written.is_empty() { folded } else { written };
                written == cut(text).as_bytes()
            }
            Self::Is(text) => folded == text.as_bytes(),
        }
    }
}
