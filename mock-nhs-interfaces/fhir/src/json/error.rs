//! Why bytes are not JSON that FHIR can use, and where.

use std::fmt::Write as _;

/// A refusal of [`Json::parse`](super::Json::parse). Its text is one plain sentence with line and column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (line {line}, column {column})")]
pub struct JsonError {
    pub kind: JsonErrorKind,
    /// The element as a `FHIRPath` expression: `Patient.name[0].given`. The root is `Resource` where no `resourceType` came first.
    pub expression: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonErrorKind {
    #[error("There is no JSON here: the text is empty.")]
    Empty,
    #[error("The text ends in the middle of {0}.")]
    UnexpectedEnd(&'static str),
    #[error("Here {wanted} is expected, not {found}.")]
    Unexpected { wanted: &'static str, found: Box<str> },
    #[error("There is more text after the end of the JSON value.")]
    TrailingText,
    #[error("Arrays and objects are nested deeper than {max} levels.", max = super::MAX_DEPTH)]
    TooDeep,
    #[error("There are more than {max} values.", max = super::MAX_VALUES)]
    TooManyValues,
    #[error("The key \"{0}\" is there twice.")]
    DuplicateKey(Box<str>),
    #[error("These bytes are not UTF-8.")]
    InvalidUtf8,
    #[error("A \\u escape holds half of a surrogate pair.")]
    LoneSurrogate,
    #[error("A text holds the character U+0000.")]
    NulCharacter,
    #[error("A text holds a control character that is not escaped.")]
    ControlCharacter,
    #[error("A text holds an escape that JSON does not have.")]
    BadEscape,
    #[error("This number does not follow the grammar of JSON.")]
    BadNumber,
    #[error("This number has more than {max} digits.", max = super::MAX_NUMBER_DIGITS)]
    NumberTooLong,
    #[error("The exponent of this number is beyond {max}.", max = super::MAX_EXPONENT)]
    ExponentTooLarge,
}

/// A step from a value to its parent, collected from the inside out while a failure travels up.
#[derive(Debug)]
pub(super) enum Step {
    Key(Box<str>),
    Index(usize),
}

/// A failure on its way up. Boxed, so that the way of success moves few bytes.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) kind: JsonErrorKind,
    pub(super) offset: usize,
    pub(super) steps: Vec<Step>,
}

impl Failure {
    pub(super) fn within(mut self: Box<Self>, step: Step) -> Box<Self> {
        self.steps.push(step);
        self
    }

    pub(super) fn locate(self, bytes: &[u8], root: Option<&str>) -> JsonError {
        let before = bytes.get(..self.offset).unwrap_or(bytes);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        // Bytes 0b10xx_xxxx continue a character.
        let column = 1 + before
            .iter()
            .skip(start)
            .filter(|byte| **byte & 0xC0 != 0x80)
            .count();
        JsonError {
            kind: self.kind,
            expression: expression(root, &self.steps),
            line,
            column,
        }
    }
}

fn expression(root: Option<&str>, steps: &[Step]) -> String {
    let mut out = String::new();
    push_name(&mut out, root.unwrap_or("Resource"));
    for step in steps.iter().rev() {
        match step {
            Step::Key(key) => {
                out.push('.');
                // `_birthDate` carries the id and extensions of `birthDate`: in FHIRPath it is the same element.
                push_name(&mut out, key.strip_prefix('_').unwrap_or(key));
            }
            Step::Index(index) => {
                let _infallible = write!(out, "[{index}]");
            }
        }
    }
    out
}

/// Keys come from the caller and go into answers and logs: longer ones are cut here.
const MAX_NAME_CHARACTERS: usize = 64;

fn push_name(out: &mut String, name: &str) {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain && !name.is_empty() && name.len() <= MAX_NAME_CHARACTERS {
        out.push_str(name);
        return;
    }
    out.push('`');
    for character in name.chars().take(MAX_NAME_CHARACTERS) {
        if character == '`' || character == '\\' {
            out.push('\\');
        }
        out.push(if character.is_control() {
            '\u{FFFD}'
        } else {
            character
        });
    }
    out.push('`');
}

/// Text of the caller, safe to repeat: short, and without control characters.
pub(super) fn reflected(text: &str) -> Box<str> {
    text.chars()
        .take(MAX_NAME_CHARACTERS)
        .map(|character| {
            if character.is_control() {
                '\u{FFFD}'
            } else {
                character
            }
        })
        .collect::<String>()
        .into()
}
