//! Why a script did not become an app, with the place in its source.

use std::fmt;

use super::wire::Problem;
use super::{Script, missing_export};
use crate::compile::CompileError;

/// The longest source line that is shown, in characters.
const LINE_CHARS: usize = 200;

/// What is wrong with a script, for its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// The stable code: `script-syntax`, `script-type`, `script-import`, `script-exception`, `script-export`, `script-limit` or `script-file`.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
    /// The file it is about.
    pub file: Option<String>,
    /// The line in it, counted from 1.
    pub line: Option<u32>,
    /// The column in that, counted from 1.
    pub column: Option<u32>,
    /// The line itself.
    pub source_line: Option<String>,
}

impl ScriptError {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            file: None,
            line: None,
            column: None,
            source_line: None,
        }
    }

    pub(super) fn limit(message: &str) -> Self {
        Self::new("script-limit", message)
    }

    pub(super) fn in_file(mut self, file: &str) -> Self {
        self.file = Some(file.to_owned());
        self
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            f.write_str(file)?;
            if let Some(line) = self.line {
                write!(f, " line {line}")?;
            }
            if let Some(column) = self.column {
                write!(f, ", column {column}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)?;
        if let Some(source) = &self.source_line {
            write!(f, " | {}", source.trim())?;
        }
        Ok(())
    }
}

impl std::error::Error for ScriptError {}

/// Why a script was not built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptBuildError {
    /// Something is wrong with the script.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// It could not be compiled, mostly for no fault of its own.
    #[error(transparent)]
    Compile(#[from] CompileError),
}

impl ScriptBuildError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Script(error) => error.code,
            Self::Compile(error) => error.code(),
        }
    }
}

/// The codes that a worker may answer with.
const CODES: [&str; 6] = [
    "script-syntax",
    "script-type",
    "script-import",
    "script-exception",
    "script-export",
    "script-limit",
];

/// The worker's words, with the line from the script as it was sent.
pub(super) fn of_problem(mut problem: Problem, script: &Script) -> ScriptError {
    if problem.line.is_none()
        && let Some(place) = missing_export::place(&problem.message, script)
    {
        problem.file = Some(place.file);
        problem.line = Some(place.line);
        problem.column = Some(place.column);
    }
    let code = CODES
        .into_iter()
        .find(|code| *code == problem.code)
        .unwrap_or("script-exception");
    let source_line = problem.file.as_ref().zip(problem.line).and_then(|(file, line)| {
        let text = std::str::from_utf8(script.files.get(file)?).ok()?;
        let line = text.lines().nth(usize::try_from(line.checked_sub(1)?).ok()?)?;
        Some(line.chars().take(LINE_CHARS).collect())
    });
    ScriptError {
        code,
        message: problem.message,
        // What has no place of its own came up while the main file was evaluated; a limit is about all files.
        file: problem
            .file
            .or_else(|| (code != "script-limit").then(|| script.main.clone())),
        line: problem.line,
        column: problem.column,
        source_line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_the_place_and_the_line() {
        let script = Script::single("app.js", "let a;\n  const x = ;\n");
        let problem = Problem {
            code: "script-syntax".to_owned(),
            message: "unexpected token".to_owned(),
            file: Some("app.js".to_owned()),
            line: Some(2),
            column: Some(13),
        };
        assert_eq!(
            of_problem(problem, &script).to_string(),
            "app.js line 2, column 13: unexpected token | const x = ;"
        );
    }
}
