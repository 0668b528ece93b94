//! TypeScript becomes JavaScript by losing its types: blanks take their place, so that every line and column stays where it was.
//!
//! Types are not checked. What has a meaning at run time beyond JavaScript (`enum`, `namespace`, parameter properties) is refused with its place.

use std::sync::mpsc;
use std::thread;

use swc_common::errors::{DiagnosticBuilder, Emitter, Handler};
use swc_common::sync::Lrc;
use swc_common::{BytePos, GLOBALS, Globals, SourceMap};
use swc_ts_fast_strip::{ErrorCode, operate};

use super::wire::{File, Problem};

/// Stack of the thread that reads TypeScript, in bytes: its parser calls itself for each bracket. Addresses, not memory.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Brackets in each other. Code that people write has twenty.
const NESTING: usize = 2_000;

/// Strips the types of all files. Declarations of types alone are left out. A file that cannot be stripped and that no other file seems to
/// import says so only when it is imported all the same: a folder often holds more than an app needs.
pub(super) fn strip_all(main: &str, files: &[File]) -> Result<Vec<File>, Problem> {
    let mut stripped = Vec::with_capacity(files.len());
    for File { path, text } in files {
        if path.ends_with(".d.ts") {
            continue;
        }
        let text = if path.ends_with(".ts") {
            match strip(path, text) {
                Ok(text) => text,
                Err(problem) if path != main && !is_named(path, files) => saying(&problem),
                Err(problem) => return Err(problem),
            }
        } else {
            text.clone()
        };
        stripped.push(File {
            path: path.clone(),
            text,
        });
    }
    Ok(stripped)
}

/// A module that says what is wrong with the file in whose place it stands.
fn saying(problem: &Problem) -> String {
    let file = problem.file.as_deref().unwrap_or_default();
    let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
    let text = serde_json::Value::from(format!("{file}{line}: {}", problem.message));
    format!("throw new SyntaxError({text})")
}

/// Whether one of the texts holds the file's name as an import would: `/patients.ts"`, `/patients.js'`.
fn is_named(path: &str, files: &[File]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some(stem) = name.strip_suffix(".ts") else {
        return true;
    };
    let names = [".ts", ".js", ""].map(|ending| format!("/{stem}{ending}"));
    files.iter().any(|File { text, .. }| {
        names.iter().any(|name| {
            text.match_indices(name.as_str()).any(|(at, _)| {
                text.get(at + name.len()..)
                    .is_some_and(|rest| rest.starts_with(['"', '\'', '`']))
            })
        })
    })
}

/// Strips the types of one file.
fn strip(path: &str, source: &str) -> Result<String, Problem> {
    if nesting(source) > NESTING {
        let message = format!("The file has more than {NESTING} brackets in each other; split it.");
        return Err(problem("script-limit", path, message, None));
    }
    let worker = thread::Builder::new().stack_size(STACK_BYTES);
    let (path_there, source_there) = (path.to_owned(), source.to_owned());
    let stripped = worker
        .spawn(move || strip_here(&path_there, source_there))
        .map(thread::JoinHandle::join);
    match stripped {
        Ok(Ok(stripped)) => stripped,
        Ok(Err(_)) | Err(_) => {
            let message = "The types of the file could not be taken out.".to_owned();
            Err(problem("script-type", path, message, None))
        }
    }
}

fn strip_here(path: &str, source: String) -> Result<String, Problem> {
    let options = serde_json::json!({ "module": true, "filename": path, "mode": "strip-only" });
    let options = serde_json::from_value(options)
        .map_err(|error| problem("script-type", path, error.to_string(), None))?;
    let map = Lrc::new(SourceMap::default());
    let (said, first) = mpsc::channel();
    let handler = Handler::with_emitter(false, false, Box::new(Listening(said)));
    let stripped = GLOBALS.set(&Globals::new(), || operate(&map, &handler, source, options));
    match stripped {
        Ok(output) => Ok(output.code),
        Err(error) => {
            let code = if matches!(error.code, ErrorCode::InvalidSyntax) {
                "script-syntax"
            } else {
                "script-type"
            };
            let (message, at) = first.try_recv().unwrap_or((error.message, None));
            let message = message.replace(
                " in strip-only mode",
                " here, because it is more than a type, and types are only taken out",
            );
            let place = at.filter(|at| !at.is_dummy()).map(|at| {
                let place = map.lookup_char_pos(at);
                (number(place.line), number(place.col.0 + 1))
            });
            Err(problem(code, path, message, place))
        }
    }
}

/// Takes the message and the place of each complaint.
struct Listening(mpsc::Sender<(String, Option<BytePos>)>);

impl Emitter for Listening {
    fn emit(&mut self, complaint: &mut DiagnosticBuilder<'_>) {
        let message = complaint.message.iter().map(|part| part.0.as_str()).collect();
        let at = complaint.span.primary_span().map(|span| span.lo);
        // Nobody listens after the first.
        let _ = self.0.send((message, at));
    }
}

fn problem(code: &str, path: &str, message: String, place: Option<(u32, u32)>) -> Problem {
    Problem {
        code: code.to_owned(),
        message,
        file: Some(path.to_owned()),
        line: place.map(|place| place.0),
        column: place.map(|place| place.1),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How deep brackets go, roughly: those in texts are counted as well.
fn nesting(source: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_become_blanks_and_nothing_moves() {
        let source = "interface A { x: number }\nconst f = (a: A, b?: string): number => a.x as number;\n";
        let stripped = strip("app.ts", source).unwrap();
        assert_eq!(stripped.len(), source.len());
        assert_eq!(stripped.find("a.x"), source.find("a.x"));
        assert!(
            !stripped.contains("interface") && !stripped.contains("number"),
            "{stripped}"
        );
    }

    #[test]
    fn what_is_more_than_types_is_refused_with_its_place() {
        let error = strip("app.ts", "const a = 1;\n  enum Colour { Red }\n").unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.line, error.column),
            ("script-type", Some(2), Some(3)),
            "{error:?}"
        );
        let error = strip("app.ts", "const a: number = ;\n").unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.line, error.column),
            ("script-syntax", Some(1), Some(19)),
            "{error:?}"
        );
    }

    #[test]
    fn deep_nesting_is_a_sentence() {
        let error = strip("app.ts", &"[".repeat(100_000)).unwrap_err();
        assert_eq!(error.code, "script-limit");
        let long = format!("const a = {}1;", "1 + ".repeat(20_000));
        assert!(strip("app.ts", &long).is_ok());
    }
}
