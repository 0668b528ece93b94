//! What a check found: one issue each, at most a hundred, each with its place as a `FHIRPath` expression.

mod place;

pub(crate) use place::{Place, Step};

/// How many issues one check reports; who has made more mistakes than that learns nothing from the rest.
pub const MAX_ISSUES: usize = 100;

/// How many of them may be less than errors, so that many small remarks never hide an error.
const MAX_REMARKS: usize = 50;

/// How much of a value a sentence repeats, in characters: values come from strangers and may be long.
const MAX_QUOTED: usize = 60;
/// The same for addresses.
const MAX_QUOTED_ADDRESS: usize = 160;

/// How bad an issue is: <https://hl7.org/fhir/R4/valueset-issue-severity.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Information,
    Warning,
    Error,
}

impl Severity {
    /// The code that R4 gives it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What kind of issue it is: the part of <https://hl7.org/fhir/R4/valueset-issue-type.html> that checks need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IssueCode {
    /// Not the shape that the definition gives: an unknown element, the wrong kind of JSON, too many values.
    Structure,
    /// Something that must be there is missing.
    Required,
    /// A value is not of its type's form.
    Value,
    /// A rule of the definition is broken.
    Invariant,
    /// A code that the value set or the code system does not have.
    CodeInvalid,
    /// An extension that is not allowed here or not known.
    Extension,
    /// A profile, value set, code system or resource that is not here.
    NotFound,
    /// The check would take too much work.
    TooCostly,
    /// More was found than is told.
    Incomplete,
    /// A rule that cannot be checked here.
    NotSupported,
}

impl IssueCode {
    /// The code that R4 gives it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Required => "required",
            Self::Value => "value",
            Self::Invariant => "invariant",
            Self::CodeInvalid => "code-invalid",
            Self::Extension => "extension",
            Self::NotFound => "not-found",
            Self::TooCostly => "too-costly",
            Self::Incomplete => "incomplete",
            Self::NotSupported => "not-supported",
        }
    }
}

/// One thing that a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub severity: Severity,
    pub code: IssueCode,
    /// Where, as `FHIRPath`: `Patient.name[0].given[1]`.
    pub expression: String,
    /// What is wrong, for people; repeats at most a few characters of what was sent.
    pub diagnostics: String,
}

/// The issues of one check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issues {
    list: Vec<Issue>,
    dropped: usize,
}

impl Issues {
    pub(crate) fn error(&mut self, place: &Place<'_>, code: IssueCode, diagnostics: impl FnOnce() -> String) {
        self.add(Severity::Error, place, code, diagnostics);
    }

    pub(crate) fn add(
        &mut self,
        severity: Severity,
        place: &Place<'_>,
        code: IssueCode,
        diagnostics: impl FnOnce() -> String,
    ) {
        if !self.has_room(severity) {
            self.dropped += 1;
            return;
        }
        let issue = Issue {
            severity,
            code,
            expression: place.expression(),
            diagnostics: diagnostics(),
        };
        if !self.list.contains(&issue) {
            self.list.push(issue);
        }
    }

    fn has_room(&self, severity: Severity) -> bool {
        let remarks = || {
            self.list
                .iter()
                .filter(|issue| issue.severity < Severity::Error)
                .count()
        };
        self.list.len() < MAX_ISSUES && (severity == Severity::Error || remarks() < MAX_REMARKS)
    }

    /// Adds what another check found.
    pub(crate) fn append(&mut self, other: Issues) {
        self.dropped += other.dropped;
        for issue in other.list {
            if self.list.contains(&issue) {
                continue;
            }
            if self.has_room(issue.severity) {
                self.list.push(issue);
            } else {
                self.dropped += 1;
            }
        }
    }

    /// Whether so much was found that going on would tell nobody anything.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= MAX_ISSUES
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|issue| issue.severity == Severity::Error)
    }

    /// Whether there is none at all.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The issues in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Issue> {
        self.list.iter()
    }

    /// The issues; a last one says that there are more, when there are.
    pub fn into_vec(mut self) -> Vec<Issue> {
        if self.dropped > 0 || self.is_full() {
            self.list.push(Issue {
                severity: Severity::Information,
                code: IssueCode::Incomplete,
                expression: String::new(),
                diagnostics: format!("More was found than is listed: at most {MAX_ISSUES} issues are, and {MAX_REMARKS} that are no errors."),
            });
        }
        self.list
    }
}

impl<'a> IntoIterator for &'a Issues {
    type Item = &'a Issue;
    type IntoIter = std::slice::Iter<'a, Issue>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A value of a stranger inside a sentence: short, in quotation marks, without control characters.
pub(crate) fn quoted(text: &str) -> String {
    // The end of an address says what it is the address of.
    let most = if text.starts_with("http") {
        MAX_QUOTED_ADDRESS
    } else {
        MAX_QUOTED
    };
    let short: String = text.chars().take(most).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("\"{}{more}\"", short.escape_debug())
}

/// Names in a sentence: `a`, `b` or `c`.
pub(crate) fn one_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [rest @ .., last] => {
            let rest: Vec<String> = rest.iter().map(|name| format!("`{name}`")).collect();
            format!("{} or `{last}`", rest.join(", "))
        }
    }
}

/// A sentence that offers the near names, with a space before it; empty when there are none.
pub(crate) fn did_you_mean(near: &[&str]) -> String {
    if near.is_empty() {
        String::new()
    } else {
        format!(" Did you mean {}?", one_of(near))
    }
}

#[cfg(test)]
mod tests {
    use super::{IssueCode, Issues, MAX_ISSUES, MAX_REMARKS, Place, Severity, one_of, quoted};

    #[test]
    fn no_more_than_a_hundred_and_it_says_so() {
        let mut issues = Issues::default();
        for number in 0..2 * MAX_ISSUES {
            issues.error(&Place::root("Patient"), IssueCode::Value, || {
                format!("number {number}")
            });
        }
        let list = issues.into_vec();
        assert_eq!(list.len(), MAX_ISSUES + 1);
        assert_eq!(list.last().unwrap().code, IssueCode::Incomplete);
    }

    #[test]
    fn remarks_do_not_hide_an_error() {
        let mut issues = Issues::default();
        let place = Place::root("Patient");
        for number in 0..2 * MAX_ISSUES {
            issues.add(Severity::Warning, &place, IssueCode::Extension, || {
                format!("number {number}")
            });
        }
        assert!(!issues.is_full());
        issues.error(&place, IssueCode::Value, || "wrong".to_owned());
        assert!(issues.has_errors());
        assert_eq!(issues.into_vec().len(), MAX_REMARKS + 2);
    }

    #[test]
    fn values_of_strangers_are_short_and_printable() {
        assert_eq!(quoted("a\u{1b}[31m\n"), r#""a\u{1b}[31m\n""#);
        assert!(quoted(&"é".repeat(10_000)).chars().count() < 70);
        assert_eq!(one_of(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
