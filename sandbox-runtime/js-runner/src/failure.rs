//! What a script threw, in words for its builder: message, frames in the app's own files, and the line itself.

use std::fmt;

use rquickjs::{CaughtError, Coerced, Object, Value};

use crate::{Problem, advice, modules, source};

/// Said when nothing can settle the promise that the answer hangs on.
pub(crate) const DEADLOCK: &str = "The app waits for something that will never happen: its fetch returned a promise, and no call or timer is left that could settle it. Look for a promise whose resolve is never called.";

/// Frames shown.
const FRAMES: usize = 20;

/// Causes followed.
const CAUSES: usize = 4;

/// Length of a message, in characters.
const MESSAGE_CHARS: usize = 2_000;

/// Length of the shown line, in characters.
const LINE_CHARS: usize = 200;

pub(crate) struct Failure {
    code: &'static str,
    message: String,
    frames: Vec<Frame>,
    file: Option<String>,
}

struct Frame {
    function: String,
    file: String,
    line: u32,
    column: u32,
}

impl Failure {
    pub(crate) fn plain(code: &'static str, message: String) -> Self {
        Self {
            code,
            message,
            frames: Vec::new(),
            file: None,
        }
    }

    pub(crate) fn of_caught(error: CaughtError<'_>) -> Self {
        match error {
            CaughtError::Exception(exception) => Self::of_value(exception.as_object().as_value()),
            CaughtError::Value(value) => Self::of_value(&value),
            CaughtError::Error(error) => {
                Self::plain("script-exception", format!("The runner failed: {error}"))
            }
        }
    }

    pub(crate) fn of_value(value: &Value<'_>) -> Self {
        let Some(error) = value.as_object().filter(|object| is_error(object)) else {
            return Self::plain("script-exception", thrown(value));
        };
        let name = text(error, "name").unwrap_or_default();
        let mut message = headline(error);
        let mut cause = error.get::<_, Value<'_>>("cause").ok();
        for _ in 0..CAUSES {
            let Some(object) = cause
                .as_ref()
                .and_then(Value::as_object)
                .filter(|object| is_error(object))
            else {
                break;
            };
            message.push_str(&format!("\nCaused by: {}", headline(object)));
            cause = object.get("cause").ok();
        }
        let message = message.chars().take(MESSAGE_CHARS).collect();
        let stack = text(error, "stack").unwrap_or_default();
        // A message may hold the steps of another error.
        let stack = stack.strip_prefix(&headline(error)).unwrap_or(&stack);
        let of_engine = stack
            .lines()
            .find_map(|line| line.trim_start().strip_prefix("at "))
            .and_then(|first| first.strip_suffix(" (native)"));
        let frames: Vec<_> = stack.lines().filter_map(Frame::parse).take(FRAMES).collect();
        let mut failure = Self {
            code: "script-exception",
            message,
            frames,
            file: None,
        };
        match name.as_str() {
            "SyntaxError" => failure.code = "script-syntax",
            "ImportError" => failure.importing(),
            _ => {}
        }
        match of_engine {
            None => failure.explain(),
            // What a function of the engine throws is about what it was given.
            Some(function) if !failure.message.contains(function) => {
                failure.message.push_str(&format!(" (in {function})"));
            }
            Some(_) => {}
        }
        failure
    }

    /// Adds what the engine leaves out and a beginner needs.
    fn explain(&mut self) {
        let line = self
            .frames
            .first()
            .and_then(|frame| Some((modules::line(&frame.file, frame.line)?, frame.column)));
        let line = line.as_ref().map(|(line, column)| (line.as_str(), *column));
        if let Some(said) = advice::of(&self.message, line) {
            self.message = said;
        }
    }

    fn importing(&mut self) {
        self.code = "script-import";
        if let Some(message) = self.message.strip_prefix("ImportError: ") {
            self.message = message.to_owned();
        }
        self.frames.clear();
        if let Some((file, line, column)) = modules::take_missing() {
            self.frames.push(Frame {
                function: String::new(),
                file,
                line,
                column,
            });
        }
    }

    /// For a run that was stopped: shows the loop.
    pub(crate) fn show_loop(&mut self) {
        let Some(first) = self.frames.first_mut() else {
            return;
        };
        let Some(text) = modules::text(&first.file) else {
            return;
        };
        let Some((line, column)) = source::stopped_loop(&text, &first.function, first.line, first.column)
        else {
            return;
        };
        (first.line, first.column) = (line, column);
    }

    pub(crate) fn set_code(&mut self, code: &'static str) {
        self.code = code;
    }

    pub(crate) fn set_file(&mut self, file: &str) {
        self.file = Some(file.to_owned());
        if let Some(message) = self.message.strip_prefix("TypeError: ") {
            self.message = message.to_owned();
        }
    }

    pub(crate) fn into_problem(self) -> Problem {
        let first = self.frames.first();
        Problem {
            code: self.code.to_owned(),
            file: first.map(|frame| frame.file.clone()).or(self.file),
            line: first.map(|frame| frame.line),
            column: first.map(|frame| frame.column),
            message: self.message,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for Frame {
            function,
            file,
            line,
            column,
        } in &self.frames
        {
            let function = if function.is_empty() {
                "<anonymous>"
            } else {
                function
            };
            write!(f, "\n    at {function} ({file}:{line}:{column})")?;
        }
        if let Some(line) = self
            .frames
            .first()
            .and_then(|frame| modules::line(&frame.file, frame.line))
        {
            let line: String = line.trim().chars().take(LINE_CHARS).collect();
            write!(f, "\n    > {line}")?;
        }
        Ok(())
    }
}

impl Frame {
    /// `    at name (app.js:12:5)` or, of a syntax error, `    at app.js:12:5`. Frames outside the app's files are left out. The engine counts
    /// columns in bytes, people in characters.
    fn parse(line: &str) -> Option<Self> {
        let line = line.trim().strip_prefix("at ")?;
        let (function, place) = match line.rsplit_once(" (") {
            Some((function, place)) => (function, place.strip_suffix(')')?),
            None => ("", line),
        };
        let mut parts = place.rsplitn(3, ':');
        let column: u32 = parts.next()?.parse().ok()?;
        let number = parts.next()?.parse().ok()?;
        let file = parts.next()?;
        let column = modules::line(file, number)
            .and_then(|line| source::characters(&line, column))
            .unwrap_or(column);
        if file.starts_with("c4h:") || file.starts_with('<') {
            return None;
        }
        Some(Self {
            function: function.to_owned(),
            file: file.to_owned(),
            line: number,
            column,
        })
    }
}

/// Whether it is an error: one of JavaScript's, or one of the web's, which is of another kind to the engine.
fn is_error(object: &Object<'_>) -> bool {
    let is_of_the_web = || {
        let class: rquickjs::Result<Object<'_>> = object.ctx().globals().get("DOMException");
        class.is_ok_and(|class| object.is_instance_of(class))
    };
    object.is_error() || is_of_the_web()
}

/// What was thrown that is no error, in a sentence.
fn thrown(value: &Value<'_>) -> String {
    let class = value
        .as_object()
        .and_then(|object| object.get::<_, Object<'_>>("constructor").ok())
        .and_then(|class| text(&class, "name"));
    // Whatever a failed attempt threw is not the matter here.
    let _ = value.ctx().catch();
    match class.as_deref() {
        Some("Response") => {
            "The app threw a Response. Return it instead: what is thrown is an error.".to_owned()
        }
        Some(class) if !matches!(class, "Object" | "Array" | "") && value.is_object() => {
            format!("The app threw an object of class {class}, which is not an Error.")
        }
        _ => format!("The app threw {}, which is not an Error.", shown(value)),
    }
}

fn headline(error: &Object<'_>) -> String {
    let name = text(error, "name")
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "Error".to_owned());
    match text(error, "message").filter(|message| !message.is_empty()) {
        Some(message) => format!("{name}: {message}"),
        None => name,
    }
}

fn text(object: &Object<'_>, name: &str) -> Option<String> {
    object
        .get::<_, Option<Coerced<String>>>(name)
        .ok()
        .flatten()
        .map(|text| text.0)
}

fn shown(value: &Value<'_>) -> String {
    let ctx = value.ctx();
    let json = ctx
        .json_stringify(value.clone())
        .ok()
        .flatten()
        .and_then(|text| text.to_string().ok());
    // Whatever a failed attempt threw is not the matter here.
    let _ = ctx.catch();
    match json {
        Some(json) => json.chars().take(LINE_CHARS).collect(),
        None => value.type_name().to_owned(),
    }
}
