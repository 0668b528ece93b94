//! What a server answers instead, as the command line tells it: a sentence, and for scripts the line itself.

use std::fmt;

use serde::Deserialize;

/// How much of a long line is shown on each side of the mark, in characters.
const AROUND: usize = 60;

/// A problem document.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::cli) struct Refusal {
    pub(in crate::cli) detail: String,
    pub(in crate::cli) code: String,
    /// Where in the sent files the reason lies, for scripts.
    #[serde(default)]
    pub(in crate::cli) file: Option<String>,
    #[serde(default)]
    pub(in crate::cli) line: Option<u32>,
    #[serde(default)]
    pub(in crate::cli) column: Option<u32>,
    /// The text of that line.
    #[serde(default)]
    pub(in crate::cli) source_line: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place() {
            Some(place) => write!(f, "{place}: {} ({})", self.reason(), self.code),
            None => write!(f, "{} ({})", self.detail, self.code),
        }
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// `app.js:3:7`, which editors and terminals turn into a link.
    fn place(&self) -> Option<String> {
        let (file, line) = (self.file.as_deref()?, self.line?);
        Some(match self.column {
            Some(column) => format!("{file}:{line}:{column}"),
            None => format!("{file}:{line}"),
        })
    }

    /// The sentence without the place, which is told in front of it, and without the line, which is shown below it.
    fn reason(&self) -> &str {
        let (file, line) = (
            self.file.as_deref().unwrap_or_default(),
            self.line.unwrap_or_default(),
        );
        let mut reason = self.detail.as_str();
        let places = [
            format!("{file} line {line}, column {}: ", self.column.unwrap_or_default()),
            format!("{file} line {line}: "),
        ];
        for place in &places {
            reason = reason.strip_prefix(place.as_str()).unwrap_or(reason);
        }
        let shown = self.source_line.as_deref().map(str::trim).unwrap_or_default();
        if !shown.is_empty()
            && let Some(sentence) = reason.trim_end().strip_suffix(shown)
        {
            reason = sentence.trim_end().trim_end_matches('|').trim_end();
        }
        reason
    }

    /// The line with a mark under the place, where the server told them.
    pub(in crate::cli) fn picture(&self) -> Vec<String> {
        let (Some(text), Some(line)) = (&self.source_line, self.line) else {
            return Vec::new();
        };
        let column = usize::try_from(self.column.unwrap_or(0)).unwrap_or(usize::MAX);
        let skipped = column.saturating_sub(AROUND);
        let shown: String = text.trim_end().chars().skip(skipped).take(2 * AROUND).collect();
        let number = line.to_string();
        let mut lines = vec![format!("  {number} | {shown}")];
        if column > 0 {
            // A tab stays a tab, so that the mark stands where the terminal shows the place.
            let before = shown.chars().take(column - 1 - skipped.min(column - 1));
            let space: String = before
                .map(|character| if character == '\t' { '\t' } else { ' ' })
                .collect();
            lines.push(format!("  {} | {space}^", " ".repeat(number.len())));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(column: u32, source_line: &str) -> Refusal {
        Refusal {
            detail: format!("app.js line 3, column {column}: unexpected token. | {source_line}"),
            code: "script-syntax".to_owned(),
            file: Some("app.js".to_owned()),
            line: Some(3),
            column: Some(column),
            source_line: Some(source_line.to_owned()),
        }
    }

    #[test]
    fn the_place_is_told_and_shown() {
        let refused = refusal(11, "const x = ;");
        assert_eq!(
            refused.to_string(),
            "app.js:3:11: unexpected token. (script-syntax)"
        );
        assert_eq!(refused.picture(), ["  3 | const x = ;", "    |           ^"]);
        assert_eq!(refusal(3, "\t\t;").picture(), ["  3 | \t\t;", "    | \t\t^"]);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let long = format!("{};{}", "a".repeat(500), "b".repeat(500));
        let picture = refusal(501, &long).picture();
        let mark = picture[1].find('^').unwrap();
        assert_eq!(picture[0].chars().nth(mark), Some(';'));
        assert!(picture[0].len() < 140, "{picture:?}");
    }

    #[test]
    fn without_a_place_it_is_the_sentence() {
        let refused: Refusal =
            serde_json::from_str(r#"{"detail": "There is no such app.", "code": "unknown-app"}"#).unwrap();
        assert_eq!(refused.to_string(), "There is no such app. (unknown-app)");
        assert!(refused.picture().is_empty());
    }
}
