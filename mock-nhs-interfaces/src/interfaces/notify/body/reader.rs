//! The members of a JSON object, one by one, remembering what is wrong and where.

use serde_json::{Map, Value};

use super::super::error::{INVALID_VALUE, Known, MISSING_VALUE, MOST_ERRORS, NULL_VALUE, Problem};

/// Reads, and remembers what is wrong.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn say(&mut self, known: &'static Known, pointer: impl Into<String>) {
        if self.problems.len() < MOST_ERRORS {
            self.problems.push(Problem::at(known, pointer));
        }
    }

    /// A member that must be there.
    pub(super) fn needed<'v>(
        &mut self,
        object: &'v Map<String, Value>,
        key: &str,
        at: &str,
    ) -> Option<&'v Value> {
        match object.get(key) {
            None => {
                self.say(&MISSING_VALUE, format!("{at}/{key}"));
                None
            }
            Some(Value::Null) => {
                self.say(&NULL_VALUE, format!("{at}/{key}"));
                None
            }
            Some(value) => Some(value),
        }
    }

    /// A member that may be there; `null` is not the same as nothing.
    pub(super) fn allowed<'v>(
        &mut self,
        object: &'v Map<String, Value>,
        key: &str,
        at: &str,
    ) -> Option<&'v Value> {
        object.get(key)?;
        self.needed(object, key, at)
    }

    pub(super) fn object<'v>(
        &mut self,
        object: &'v Map<String, Value>,
        key: &str,
        at: &str,
    ) -> Option<&'v Map<String, Value>> {
        let value = self.needed(object, key, at)?;
        let inside = value.as_object();
        if inside.is_none() {
            self.say(&INVALID_VALUE, format!("{at}/{key}"));
        }
        inside
    }

    pub(super) fn allowed_object<'v>(
        &mut self,
        object: &'v Map<String, Value>,
        key: &str,
        at: &str,
    ) -> Option<&'v Map<String, Value>> {
        object.get(key)?;
        self.object(object, key, at)
    }

    pub(super) fn text(&mut self, object: &Map<String, Value>, key: &str, at: &str) -> Option<String> {
        let value = self.needed(object, key, at)?;
        match value.as_str() {
            Some(text) if !text.is_empty() => Some(text.to_owned()),
            _ => {
                self.say(&INVALID_VALUE, format!("{at}/{key}"));
                None
            }
        }
    }

    pub(super) fn allowed_text(
        &mut self,
        object: &Map<String, Value>,
        key: &str,
        at: &str,
    ) -> Option<String> {
        object.get(key)?;
        self.text(object, key, at)
    }

    pub(super) fn uuid(&mut self, object: &Map<String, Value>, key: &str, at: &str) -> Option<String> {
        let text = self.text(object, key, at)?;
        if crate::value::is_uuid(text.as_bytes()) {
            return Some(text.to_ascii_lowercase());
        }
        self.say(&INVALID_VALUE, format!("{at}/{key}"));
        None
    }
}
