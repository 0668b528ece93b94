//! Reads what a language's runtime says about an error that the app did not handle: a message, the steps in the app's own files, and the
//! line of the first of them.
//!
//! ```text
//! TypeError: cannot read property 'x' of undefined
//!     at name (app.js:12:5)
//!     at lib/patients.js:3:9
//!     > const x = patient.name[0].x
//! ```

use crate::trace::Frame;

/// Steps that a trace keeps.
const FRAMES: usize = 32;

/// The longest message that is kept, in characters: an error that carries a whole answer is not read to its end.
const MESSAGE_CHARS: usize = 4_000;

/// The message and the steps.
pub(super) fn read(text: &str) -> (String, Vec<Frame>) {
    let mut message = String::new();
    let mut frames: Vec<Frame> = Vec::new();
    for line in text.lines() {
        if let Some(source) = line.strip_prefix("    > ") {
            if let Some(first) = frames.first_mut() {
                first.source.get_or_insert_with(|| shortened(source));
            }
        } else if let Some(step) = line.strip_prefix("    at ")
            && let Some(frame) = frame(step)
        {
            if frames.len() < FRAMES {
                frames.push(frame);
            }
        } else {
            if !message.is_empty() {
                message.push('\n');
            }
            message.push_str(line);
        }
    }
    (shortened(message.trim()), frames)
}

fn shortened(text: &str) -> String {
    text.chars().take(MESSAGE_CHARS).collect()
}

/// `name (file:line:column)` or `file:line:column`.
fn frame(step: &str) -> Option<Frame> {
    let (function, place) = match step.strip_suffix(')').and_then(|step| step.rsplit_once(" (")) {
        Some((function, place)) => (function, place),
        None => ("", step),
    };
    let (place, column) = place.rsplit_once(':')?;
    let (file, line) = place.rsplit_once(':')?;
    Some(Frame {
        function: if function.is_empty() {
            "(top level)".to_owned()
        } else {
            shortened(function)
        },
        module: None,
        file: Some(shortened(file)),
        line: Some(line.parse().ok()?),
        column: Some(column.parse().ok()?),
        source: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_a_script_is_taken_apart() {
        let (message, frames) = read(
            "TypeError: cannot read property 'x' of undefined\n    at name (app.js:12:5)\n    at lib/patients.js:3:9\n    > const x = a.b",
        );
        assert_eq!(message, "TypeError: cannot read property 'x' of undefined");
        let places: Vec<_> = frames
            .iter()
            .map(|frame| {
                (
                    frame.function.as_str(),
                    frame.file.as_deref(),
                    frame.line,
                    frame.column,
                )
            })
            .collect();
        assert_eq!(
            places,
            [
                ("name", Some("app.js"), Some(12), Some(5)),
                ("(top level)", Some("lib/patients.js"), Some(3), Some(9)),
            ]
        );
        assert_eq!(frames[0].source.as_deref(), Some("const x = a.b"));
    }

    #[test]
    fn what_is_not_a_step_belongs_to_the_message() {
        let (message, frames) = read("Error: first\nsecond\n    at the end of the day\n    > nothing");
        assert_eq!(message, "Error: first\nsecond\n    at the end of the day");
        assert!(frames.is_empty());
        assert_eq!(read(""), (String::new(), Vec::new()));
    }
}
