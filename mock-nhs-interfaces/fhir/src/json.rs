//! JSON as it was written: the text of every number and the order of every key are kept.

mod edit;
mod error;
mod parse;
mod same;
mod write;

pub use error::{JsonError, JsonErrorKind};
pub use parse::{MAX_DEPTH, MAX_EXPONENT, MAX_NUMBER_DIGITS, MAX_VALUES};

/// One JSON value. A number is its text, so `1.10` stays `1.10`, and no exponent is ever expanded.
///
/// Two trees are equal when they would be written the same: `1.0` is not `1.00`, and the order of keys counts.
/// Numbers are compared by value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Json {
    #[default]
    Null,
    Bool(bool),
    /// Invariant: a number by the grammar of JSON, within [`MAX_NUMBER_DIGITS`] and [`MAX_EXPONENT`], when it was parsed.
    Number(Box<str>),
    String(Box<str>),
    Array(Vec<Json>),
    /// Members in the order they were written. Invariant: no key twice, when it was parsed.
    Object(Vec<(Box<str>, Json)>),
}

impl Json {
    /// The value that these bytes are, and nothing else around it but white space. A byte order mark is dropped.
    ///
    /// # Errors
    /// The first thing that is not JSON or not within the limits of this module, with its place.
    pub fn parse(bytes: &[u8]) -> Result<Json, JsonError> {
        parse::parse(bytes)
    }

    /// An object's member of this name.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.as_object()?
            .iter()
            .find(|(name, _)| &**name == key)
            .map(|(_, value)| value)
    }

    /// The text of a member that is a string: `resource.text("resourceType")`.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The value at the end of a path of keys, without looking into arrays.
    #[must_use]
    pub fn at(&self, keys: &[&str]) -> Option<&Json> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Json::String(text) = self {
            Some(text)
        } else {
            None
        }
    }

    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Json::Bool(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    /// A number's text, as it was written.
    #[must_use]
    pub fn as_number(&self) -> Option<&str> {
        if let Json::Number(text) = self {
            Some(text)
        } else {
            None
        }
    }

    #[must_use]
    pub fn as_array(&self) -> Option<&[Json]> {
        if let Json::Array(items) = self {
            Some(items)
        } else {
            None
        }
    }

    /// An object's members, in the order they were written.
    #[must_use]
    pub fn as_object(&self) -> Option<&[(Box<str>, Json)]> {
        if let Json::Object(members) = self {
            Some(members)
        } else {
            None
        }
    }

    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }

    /// An array's items, or the value itself: what FHIR means by "the repetitions of an element".
    pub fn items(&self) -> std::slice::Iter<'_, Json> {
        match self {
            Json::Array(items) => items.iter(),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
                std::slice::from_ref(self).iter()
            }
        }
    }

    /// The compact text of this value: no white space outside strings.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    /// Appends the compact text of this value.
    pub fn write_to(&self, out: &mut String) {
        write::value(self, out);
    }
}

/// Appends `text` as a JSON string, with its quotation marks.
pub fn write_string(text: &str, out: &mut String) {
    write::string(text, out);
}

impl std::fmt::Display for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_text())
    }
}
