//! What is wrong with a query, in words for whoever wrote it.

use std::fmt::Write as _;

use super::limits::SHOWN;

/// One thing that is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QuerySyntaxError {
    /// The parameter's name as it was given, cut and without control characters; empty when it is about the query as a whole.
    pub parameter: Box<str>,
    /// What kind of thing.
    pub kind: QueryErrorKind,
    /// What is wrong, and what could have been written instead.
    pub message: String,
}

/// Everything that is wrong with a query. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the query cannot be understood: {}", .0.first().map(|first| first.message.as_str()).unwrap_or_default())]
pub struct QuerySyntaxErrors(pub Vec<QuerySyntaxError>);

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueryErrorKind {
    /// There is no such parameter.
    UnknownParameter,
    /// There is no such modifier, or not on this parameter.
    UnknownModifier,
    /// There is no such resource type, or it cannot stand here.
    UnknownType,
    /// The value is none that the parameter takes.
    InvalidValue,
    /// The parameter has no value.
    EmptyValue,
    /// R4 has it, this server does not.
    NotSupported,
    /// A code or value set that this server does not know.
    UnknownCode,
    /// The query asks for too much.
    TooCostly,
    /// The text is not percent-encoded UTF-8.
    Encoding,
}

/// An error whose parameter is not known yet.
#[derive(Debug)]
pub(super) struct Problem {
    kind: QueryErrorKind,
    what: String,
}

impl Problem {
    pub(super) fn new(kind: QueryErrorKind, what: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
        }
    }

    pub(super) fn value(what: impl Into<String>) -> Self {
        Self::new(QueryErrorKind::InvalidValue, what)
    }

    pub(super) fn too_costly(what: impl Into<String>) -> Self {
        Self::new(QueryErrorKind::TooCostly, what)
    }

    pub(super) fn empty() -> Self {
        Self::new(
            QueryErrorKind::EmptyValue,
            "it has no value; leave it out, or give it one",
        )
    }

    /// A name that nobody knows, with the names that are near.
    pub(super) fn unknown<'n>(
        kind: QueryErrorKind,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let mut text = format!("{what} `{}` is not known", shown(name));
        let near = definitions::near(name, known);
        if !near.is_empty() {
            let _ = write!(text, "; did you mean {}?", listed(near));
        }
        Self::new(kind, text)
    }

    /// Says one thing more.
    pub(super) fn and(mut self, more: &str) -> Self {
        let separator = if self.what.ends_with('?') { ' ' } else { ';' };
        self.what.push(separator);
        self.what.push_str(if separator == ';' { " " } else { "" });
        self.what.push_str(more);
        self
    }

    /// Whether another type could not say it better.
    pub(super) fn ends_all(&self) -> bool {
        matches!(self.kind, QueryErrorKind::TooCostly | QueryErrorKind::EmptyValue)
    }

    /// The same about a part of a chain, whose first part is known: no reason to drop the whole.
    pub(super) fn in_chain(self) -> Self {
        let kind = if self.kind == QueryErrorKind::UnknownParameter {
            QueryErrorKind::InvalidValue
        } else {
            self.kind
        };
        Self { kind, ..self }
    }

    pub(super) fn may_be_ignored(&self) -> bool {
        self.kind == QueryErrorKind::UnknownParameter
    }

    /// Whether the parameter is known and has no value.
    pub(super) fn is_empty(&self) -> bool {
        self.kind == QueryErrorKind::EmptyValue
    }

    pub(super) fn about(self, parameter: &str) -> QuerySyntaxError {
        let parameter = shown(parameter);
        let message = if parameter.is_empty() {
            format!("The query: {}.", self.what.trim_end_matches(['.', '?']))
        } else {
            let end = if self.what.ends_with('?') { "" } else { "." };
            format!("Search parameter `{parameter}`: {}{end}", self.what)
        };
        QuerySyntaxError {
            parameter: parameter.into(),
            kind: self.kind,
            message,
        }
    }
}

/// Names as one reads them out: `a`, `b` or `c`.
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => String::new(),
    }
}

/// A caller's text as an error may repeat it: cut, and without characters that could move a cursor or end a line.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::new();
    let mut characters = text.chars();
    for character in characters.by_ref().take(SHOWN) {
        // Also what changes the direction of writing or has no width.
        if character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}
