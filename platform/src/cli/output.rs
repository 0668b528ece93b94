//! The only file that prints. Whatever it prints is made harmless for terminals first.

use std::io::{self, Write as _};

use serde::Serialize;

/// Prints one line of an answer.
pub(super) fn line(text: &str) {
    // A reader that has gone away (`c4h logs | head`) is no error.
    let _gone = writeln!(io::stdout().lock(), "{}", harmless(text));
}

/// Prints an answer for programs.
pub(super) fn json(value: &impl Serialize) {
    // JSON escapes control characters by itself.
    if let Ok(text) = serde_json::to_string_pretty(value) {
        let _gone = writeln!(io::stdout().lock(), "{text}");
    }
}

/// Says why something did not work.
pub(super) fn error(text: &str) {
    let _gone = writeln!(io::stderr().lock(), "c4h: {}", harmless(text));
}

/// Shows what an error is about, below its sentence.
pub(super) fn aside(lines: &[String]) {
    for line in lines {
        let _gone = writeln!(io::stderr().lock(), "{}", harmless(line));
    }
}

/// Asks for something that is typed behind the question.
pub(super) fn ask(question: &str) {
    let mut stderr = io::stderr().lock();
    let _gone = write!(stderr, "{}", harmless(question)).and_then(|()| stderr.flush());
}

/// Prints help, or what is wrong with the arguments.
pub(super) fn usage(error: &clap::Error) {
    let _gone = error.print();
}

/// Prints rows in columns that line up; the last column is not padded.
pub(super) fn table(rows: &[Vec<String>]) {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| harmless(cell)).collect())
        .collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns)
        .map(|column| width(column).unwrap_or_default())
        .collect();
    for row in &rows {
        let mut text = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            text.push_str(&format!("{cell:width$}  "));
        }
        line(text.trim_end());
    }
}

/// Text of strangers (apps print what they like) without what a terminal would act on: escape sequences, carriage
/// returns, and the marks that turn the reading direction. Line ends stay.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => out.push(character),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}' => {
                out.extend(character.escape_unicode());
            }
            control if control.is_control() => out.extend(control.escape_default()),
            plain => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn terminals_are_not_told_what_to_do() {
        for (text, shown) in [
            ("plain – ü 🏥\tx\n", "plain – ü 🏥\tx\n"),
            ("\u{1b}[2J\u{1b}]0;title\u{7}", "\\u{1b}[2J\\u{1b}]0;title\\u{7}"),
            ("over\rwritten", "over\\rwritten"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
        ] {
            assert_eq!(harmless(text), shown);
        }
    }
}
