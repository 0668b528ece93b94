//! What to say when a file imports what another one does not export.

use crate::modules;

/// How the engine says it.
const SAID: &str = "SyntaxError: Could not find export '";
const IN_MODULE: &str = "' in module '";

/// Names that are listed.
const NAMES: usize = 6;
/// Letters of a name for each that may be wrong in a slip.
const LETTERS_A_SLIP: usize = 4;

/// The engine's sentence with what the module does export; `None` when it is about something else.
pub(crate) fn missing(message: &str) -> Option<String> {
    let (name, rest) = message.strip_prefix(SAID)?.split_once(IN_MODULE)?;
    let module = rest.split_once('\'')?.0;
    let text = modules::text(module)?;
    let shown = match module.strip_prefix(modules::WEB) {
        Some("nhs.js") => "nhs",
        Some(other) => other,
        None => module,
    };
    let names = names(&text);
    let near = names
        .iter()
        .map(|known| (modules::distance(known, name), known))
        .filter(|(distance, _)| distance * LETTERS_A_SLIP <= name.len())
        .min();
    let advice = if let Some((_, near)) = near {
        format!("did you mean {near}?")
    } else if names.is_empty() && (text.contains("module.exports") || text.contains("exports.")) {
        "it is written for Node.js (CommonJS); bundle it into a file with exports first, for instance with esbuild"
            .to_owned()
    } else if declares_type(&text, name) {
        format!("{name} is a type there: import {{ type {name} }}")
    } else if names.is_empty() {
        "it exports nothing".to_owned()
    } else {
        let more = if names.len() > NAMES { " and more" } else { "" };
        let first: Vec<_> = names.iter().take(NAMES).map(String::as_str).collect();
        format!("it exports {}{more}", first.join(", "))
    };
    Some(format!("There is no export '{name}' in '{shown}'; {advice}"))
}

/// Names that a module exports, as far as a look at its text tells.
fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, word) in text.match_indices("export") {
        let Some(rest) = text.get(at + word.len()..).map(str::trim_start) else {
            continue;
        };
        if let Some(list) = rest.strip_prefix('{').and_then(|list| list.split_once('}')) {
            let listed = list.0.split(',').filter_map(|one| one.split_whitespace().last());
            names.extend(listed.map(str::to_owned));
            continue;
        }
        let mut words = rest
            .split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '$')))
            .filter(|word| !word.is_empty());
        match words.next() {
            Some("default") => names.push("default".to_owned()),
            Some("async") => names.extend(words.nth(1).map(str::to_owned)),
            Some("const" | "let" | "var" | "function" | "class") => {
                names.extend(words.next().map(str::to_owned));
            }
            _ => {}
        }
    }
    names
}

/// Whether the file, before its types were taken out, might have declared it: they leave blanks behind, so all there is to see is that it
/// is TypeScript and the name is nowhere else.
fn declares_type(text: &str, name: &str) -> bool {
    let blanks = " ".repeat("export interface ".len());
    !text.contains(name) && text.contains(&blanks)
}
