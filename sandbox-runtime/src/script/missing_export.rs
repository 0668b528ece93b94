//! Where a script imports what is not there: the runner names the module and the name, and neither file nor line of the import.

use super::Script;

/// How the runner says it.
const SAID: &str = "There is no export '";
const IN_MODULE: &str = "' in '";

/// The longest list of names between `import` and `from` that is looked through, in bytes.
const CLAUSE_BYTES: usize = 1_024;

/// How often in a file it is looked for: a stranger may have written the word and nothing else.
const KEYWORDS: usize = 10_000;

/// A place in one of the files.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// The place of the import that `message` is about, if it is about one.
pub(super) fn place(message: &str, script: &Script) -> Option<Place> {
    let said = message.split_once(SAID)?.1;
    let (name, rest) = said.split_once(IN_MODULE)?;
    let module = base_name(rest.split_once('\'')?.0);
    script.files.iter().find_map(|(file, bytes)| {
        let text = std::str::from_utf8(bytes).ok()?;
        let at = import(text, name, module)?;
        let before = text.get(..at)?;
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Some(Place {
            file: file.clone(),
            line: count(before.matches('\n').count())?,
            column: count(before.get(line_start..)?.chars().count())?,
        })
    })
}

/// From 1.
fn count(before: usize) -> Option<u32> {
    u32::try_from(before).ok()?.checked_add(1)
}

/// Where in `text` `name` is imported, or passed on, from a module of this file name.
fn import(text: &str, name: &str, module: &str) -> Option<usize> {
    let keywords = text.match_indices("import").chain(text.match_indices("export"));
    keywords
        .take(KEYWORDS)
        .filter(|(at, keyword)| is_word(text, *at, keyword.len()))
        .find_map(|(at, keyword)| {
            let start = at + keyword.len();
            let rest = text.get(start..)?;
            let end = rest
                .char_indices()
                .map(|(end, _)| end)
                .take_while(|end| *end <= CLAUSE_BYTES)
                .last()?;
            let (clause, from) = rest.get(..end)?.split_once("from")?;
            let quote = from
                .trim_start()
                .chars()
                .next()
                .filter(|sign| matches!(sign, '"' | '\''))?;
            let specifier = from.trim_start().get(1..)?.split(quote).next()?;
            if clause.contains([';', '(', '=', '"', '\'']) || base_name(specifier) != module {
                return None;
            }
            let word = clause
                .match_indices(name)
                .find(|(at, _)| is_word(text, start + at, name.len()));
            match word {
                Some((at, _)) => Some(start + at),
                None => (name == "default").then_some(at),
            }
        })
}

/// Whether what stands there is a name of its own and not a part of one.
fn is_word(text: &str, at: usize, length: usize) -> bool {
    let is_part =
        |sign: Option<char>| sign.is_some_and(|sign| sign.is_alphanumeric() || matches!(sign, '_' | '$'));
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    let after = text.get(at + length..).and_then(|after| after.chars().next());
    !is_part(before) && !is_part(after)
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(files: &[(&str, &str)], message: &str) -> Option<(String, u32, u32)> {
        let script = Script {
            files: files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned().into()))
                .collect(),
            main: "app.js".to_owned(),
            tests: false,
        };
        place(message, &script).map(|place| (place.file, place.line, place.column))
    }

    #[test]
    fn the_import_is_found_in_whichever_file_it_is() {
        let said = |name: &str| format!("There is no export '{name}' in 'lib/pds.js'; it exports nothing");
        for (text, name, expected) in [
            (
                "import { readPatient } from './lib/pds.js';",
                "readPatient",
                Some((1, 10)),
            ),
            (
                "// import {\nimport {\n  other,\n  readPatient as read,\n} from \"../lib/pds.js\";",
                "readPatient",
                Some((4, 3)),
            ),
            (
                "const readPatient = 1;\nexport { readPatient } from './pds.js'",
                "readPatient",
                Some((2, 10)),
            ),
            ("import pds from './pds.js'", "default", Some((1, 1))),
            ("import { readPatients } from './pds.js'", "readPatient", None),
            ("import { readPatient } from './other.js'", "readPatient", None),
            (
                "const important = 'x'; import('./pds.js'); export const from = 'readPatient'",
                "readPatient",
                None,
            ),
            ("import", "readPatient", None),
            ("ö import { a } from", "a", None),
        ] {
            let expected = expected.map(|(line, column)| ("b.js".to_owned(), line, column));
            assert_eq!(
                at(&[("app.js", "import './b.js'"), ("b.js", text)], &said(name)),
                expected,
                "{text}"
            );
        }
        assert_eq!(
            at(&[("app.js", "import { a } from './pds.js'")], "something else"),
            None
        );
    }
}
