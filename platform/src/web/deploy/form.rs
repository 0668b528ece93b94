//! The form that deploys an app, as the page shows it: with what was filled in before, and what was wrong with it.

use crate::error::{AppError, Unfit};

/// The form, with what was filled in before. Chosen files are not among that: no browser takes them back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::web) struct DeployForm {
    pub(in crate::web) name: String,
    /// The pasted script.
    pub(in crate::web) script: String,
    pub(in crate::web) problem: Option<FormProblem>,
}

/// Why a form was sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct FormProblem {
    pub(in crate::web) field: DeployField,
    pub(in crate::web) sentence: String,
    /// The line of the builder's own text that it is about.
    pub(in crate::web) line: Option<Box<SourceLine>>,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum DeployField {
    Files,
    Folder,
    Script,
    Name,
}

/// A line of source, in three parts so that the place in it can be marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct SourceLine {
    /// Where it is, such as `app.js, line 3`.
    pub(in crate::web) place: String,
    pub(in crate::web) before: String,
    /// Empty where no place in the line is known.
    pub(in crate::web) marked: String,
    pub(in crate::web) after: String,
}

impl DeployField {
    /// Its id in the page.
    pub(in crate::web) fn id(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Folder => "folder",
            Self::Script => "script",
            Self::Name => "name",
        }
    }
}

impl DeployForm {
    /// The problem, if it is about this field.
    pub(in crate::web) fn problem_at(&self, field: DeployField) -> Option<&FormProblem> {
        self.problem.as_ref().filter(|problem| problem.field == field)
    }

    /// Whether a script was pasted before, so that its part of the form is open.
    pub(in crate::web) fn has_script(&self) -> bool {
        !self.script.is_empty() || self.problem_at(DeployField::Script).is_some()
    }
}

impl FormProblem {
    pub(super) fn new(field: DeployField, sentence: impl Into<String>) -> Self {
        Self {
            field,
            sentence: sentence.into(),
            line: None,
        }
    }

    /// What is wrong with what was sent in `field`, in the words of the table.
    pub(in crate::web) fn of(error: &AppError, field: DeployField) -> Self {
        let line = if let AppError::Unfit(unfit) = error {
            SourceLine::of(unfit).map(Box::new)
        } else {
            None
        };
        Self {
            line,
            ..Self::new(field, error.public().detail)
        }
    }
}

impl SourceLine {
    fn of(unfit: &Unfit) -> Option<Self> {
        let place = unfit.place();
        let (file, line, text) = (place.file?, place.line?, place.source_line?);
        let at = place
            .column
            .and_then(|column| usize::try_from(column).ok()?.checked_sub(1));
        let mut before = text;
        let (mut marked, mut after) = (String::new(), String::new());
        let start = at.and_then(|at| before.char_indices().nth(at).map(|(start, _)| start));
        if let Some(start) = start {
            marked = before.split_off(start);
            let end = marked.chars().next().map_or(0, char::len_utf8);
            after = marked.split_off(end);
        }
        Some(Self {
            place: format!("{file}, line {line}"),
            before: before.trim_start().to_owned(),
            marked,
            after: after.trim_end().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use sandbox_runtime::script::ScriptError;

    use super::*;

    #[test]
    fn the_place_in_the_line_is_marked_where_it_is_known() {
        for (column, text, expected) in [
            (Some(13), "  const x = ;\r", ("const x = ", ";", "")),
            (Some(3), "  cönst x", ("", "c", "önst x")),
            (Some(4), "ab\u{20ac}\u{20ac}", ("ab\u{20ac}", "\u{20ac}", "")),
            // Behind the end, as for a bracket that is missing.
            (Some(99), "f(", ("f(", "", "")),
            (Some(0), "f(", ("f(", "", "")),
            (None, " f(", ("f(", "", "")),
        ] {
            let error = ScriptError {
                code: "script-syntax",
                message: "no".to_owned(),
                file: Some("a.js".to_owned()),
                line: Some(3),
                column,
                source_line: Some(text.to_owned()),
            };
            let line = SourceLine::of(&Unfit::Script(Box::new(error))).unwrap();
            assert_eq!(line.place, "a.js, line 3");
            assert_eq!((&*line.before, &*line.marked, &*line.after), expected, "{text:?}");
        }
        assert_eq!(SourceLine::of(&Unfit::Files("nothing".to_owned())), None);
    }
}
