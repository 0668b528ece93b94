//! What is checked before a script reaches the worker: names, sizes, and that it is text.

use super::error::ScriptError;
use super::wire::{File, Order};
use super::{FILE_BYTES, FILES, SCRIPT_BYTES, Script};
use crate::limits::bytes_in_words;

/// Extensions of modules.
const MODULES: [&str; 3] = ["js", "mjs", "ts"];

/// Extensions of what can be imported as data or text.
const TEXTS: [&str; 7] = ["json", "txt", "html", "css", "csv", "md", "svg"];

/// The longest path, in bytes.
const PATH_BYTES: usize = 200;

/// Whether a file of this name can be part of a script.
#[must_use]
pub fn takes(path: &str) -> bool {
    extension(path).is_some_and(|extension| MODULES.contains(&extension) || TEXTS.contains(&extension))
}

fn extension(path: &str) -> Option<&str> {
    path.rsplit('/')
        .next()?
        .rsplit_once('.')
        .map(|(_, extension)| extension)
}

pub(super) fn check(script: &Script) -> Result<Order, ScriptError> {
    let refuse = |message: String| ScriptError::new("script-file", message);
    if script.files.len() > FILES {
        let message = format!(
            "The script has {} files and may have {FILES}; bundle some of them into one.",
            script.files.len()
        );
        return Err(ScriptError::limit(&message));
    }
    let total: usize = script.files.values().map(bytes::Bytes::len).sum();
    if total > SCRIPT_BYTES {
        let message = format!(
            "The script's files are {} together and may be {}.",
            words(total),
            words(SCRIPT_BYTES)
        );
        return Err(ScriptError::limit(&message));
    }
    if !script.files.contains_key(&script.main) {
        return Err(refuse(format!(
            "There is no file {} among the files of the script.",
            script.main
        )));
    }
    if !extension(&script.main).is_some_and(|extension| MODULES.contains(&extension)) {
        return Err(refuse(format!(
            "{} is no script: its name ends in .js, .mjs or .ts.",
            script.main
        )));
    }
    let mut files = Vec::with_capacity(script.files.len());
    for (path, contents) in &script.files {
        check_path(path)?;
        if contents.len() > FILE_BYTES {
            let message = format!(
                "The file is {} and may be {}; {}.",
                words(contents.len()),
                words(FILE_BYTES),
                if extension(path).is_some_and(|extension| MODULES.contains(&extension)) {
                    "a bundle gets smaller when it is minified, or without what the app does not use"
                } else {
                    "large data belongs in the app's store or behind a call"
                }
            );
            return Err(ScriptError::limit(&message).in_file(path));
        }
        let text = std::str::from_utf8(contents).map_err(|error| {
            let before = contents.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            ScriptError {
                line: u32::try_from(line).ok(),
                ..refuse("The file is not text in UTF-8; save it as UTF-8.".to_owned()).in_file(path)
            }
        })?;
        if extension(path) == Some("json")
            && let Err(error) = check_json(path, text)
        {
            if is_named(script, path) {
                return Err(error);
            }
            // Settings of some tool, which like comments. A module that puts the name together will not find it.
            continue;
        }
        files.push(File {
            path: path.clone(),
            text: text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
        });
    }
    Ok(Order {
        main: script.main.clone(),
        files,
        tests: script.tests,
    })
}

fn check_path(path: &str) -> Result<(), ScriptError> {
    let refuse = |message: &str| Err(ScriptError::new("script-file", format!("{message}: {path:?}.")));
    if path.len() > PATH_BYTES {
        return refuse("The name of a file is too long (200 bytes are allowed)");
    }
    let odd_part = |part: &str| part.is_empty() || part == "." || part == "..";
    if path.contains('\\')
        || path.contains(':')
        || path.chars().any(char::is_control)
        || path.split('/').any(odd_part)
    {
        return refuse("The name of a file must be a path inside the app's folder, with / between its parts");
    }
    if takes(path) {
        return Ok(());
    }
    let known: Vec<_> = MODULES
        .iter()
        .chain(&TEXTS)
        .map(|known| format!(".{known}"))
        .collect();
    refuse(&format!(
        "A script consists of files that end in {}; this is none",
        known.join(", ")
    ))
}

/// Whether the name of this file stands in any module: no module imports a file without it, nearly always.
fn is_named(script: &Script, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).as_bytes();
    let mut modules = script
        .files
        .iter()
        .filter(|(path, _)| extension(path).is_some_and(|extension| MODULES.contains(&extension)));
    modules.any(|(_, contents)| contents.windows(name.len()).any(|part| part == name))
}

fn check_json(path: &str, text: &str) -> Result<(), ScriptError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) else {
        return Ok(());
    };
    // Skipping a value knows less about what is wrong than reading it: a trailing comma is no key to it.
    let error = serde_json::from_str::<serde_json::Value>(text)
        .err()
        .unwrap_or(error);
    let line = text.lines().nth(error.line().saturating_sub(1));
    // serde counts bytes, people characters.
    let before = line.and_then(|line| line.get(..error.column().checked_sub(1)?));
    let column = before.map_or(error.column(), |before| before.chars().count() + 1);
    Err(ScriptError {
        line: u32::try_from(error.line()).ok(),
        column: u32::try_from(column).ok(),
        source_line: line.map(|line| line.chars().take(200).collect()),
        ..ScriptError::new("script-syntax", format!("This is not JSON: {}.", plain(&error))).in_file(path)
    })
}

/// serde's sentence without its own place.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ")
        .map_or(text.clone(), |(sentence, _)| sentence.to_owned())
}

fn words(bytes: usize) -> String {
    bytes_in_words(u64::try_from(bytes).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        for bad in [
            "",
            "/app.js",
            "../app.js",
            "a//b.js",
            "a/./b.js",
            "C:\\app.js",
            "a\nb.js",
            "app.exe",
            "app",
            ".js/",
        ] {
            assert!(check_path(bad).is_err(), "{bad}");
        }
        for good in ["app.js", "lib/fhir.ts", "page.html", "data/codes.json"] {
            assert_eq!(check_path(good), Ok(()));
        }
    }

    #[test]
    fn json_shows_its_place() {
        for (text, expected) in [
            (
                "{\n  \"a\": 1,\n}",
                "lib/data.json line 3, column 1: This is not JSON: trailing comma. | }",
            ),
            (
                "[\"\u{e9}\u{e9}\", x]",
                "lib/data.json line 1, column 8: This is not JSON: expected value. | [\"\u{e9}\u{e9}\", x]",
            ),
        ] {
            let mut script = Script::single("app.js", "import data from './lib/data.json';");
            script.files.insert("lib/data.json".to_owned(), text.into());
            assert_eq!(check(&script).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn json_that_nothing_imports_may_be_none() {
        let mut script = Script::single("app.js", "import data from './data.json';");
        for (path, text) in [("data.json", "{}"), ("deno.json", "{ // settings\n}")] {
            script.files.insert(path.to_owned(), text.into());
        }
        let order = check(&script).unwrap();
        let paths: Vec<_> = order.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["app.js", "data.json"]);
    }

    #[test]
    fn text_is_utf8_and_of_a_bounded_size() {
        let error = check(&Script::single("app.js", &b"// 1\n// \xff\n"[..])).unwrap_err();
        assert_eq!((error.code, error.line), ("script-file", Some(2)));
        let error = check(&Script::single("app.js", vec![b' '; FILE_BYTES + 1])).unwrap_err();
        assert_eq!(error.code, "script-limit");
        assert_eq!(check(&Script::default()).unwrap_err().code, "script-file");
    }
}
