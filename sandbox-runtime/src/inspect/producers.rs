//! Who made a component, from the custom section that toolchains write about themselves.

use std::collections::BTreeMap;

use wasmparser::ProducersSectionReader;

/// Longest name or version that is taken seriously.
const TEXT: usize = 40;

/// Languages and tools, each with its version.
#[derive(Debug, Default)]
pub(super) struct Producers {
    languages: BTreeMap<String, String>,
    tools: BTreeMap<String, String>,
}

impl Producers {
    /// Notes one section. A section that makes no sense is left out: it is decoration.
    pub(super) fn note(&mut self, section: ProducersSectionReader<'_>) {
        for field in section.into_iter().filter_map(Result::ok) {
            let list = match field.name {
                "language" => &mut self.languages,
                _ => &mut self.tools,
            };
            for value in field.values.into_iter().filter_map(Result::ok) {
                list.entry(clean(value.name).to_lowercase())
                    .or_insert_with(|| clean(value.version));
            }
        }
    }

    /// One line for people. The language of the app comes first; interpreters are themselves made with Rust and C.
    pub(super) fn made_with(&self) -> Option<String> {
        for (tool, words) in [
            ("componentize-js", "JavaScript (componentize-js"),
            ("componentizejs", "JavaScript (componentize-js"),
            ("componentize-py", "Python (componentize-py"),
            // The one trace that componentize-py 0.25 leaves, with a version of its own.
            (
                "component-init-transform",
                "Python (componentize-py; component-init-transform",
            ),
            ("componentize-go", "Go (componentize-go"),
            ("tinygo", "Go (TinyGo"),
        ] {
            if let Some(version) = self.tools.get(tool) {
                return Some(format!("{}{})", words, spaced(version)));
            }
        }
        if let Some(version) = self.tools.get("rustc") {
            // `1.95.0 (abcdef 2026-04-14)`: the number is enough.
            let number = version.split(' ').next().unwrap_or_default();
            return Some(format!("Rust{}", spaced(number)));
        }
        if self.languages.contains_key("rust") {
            return Some("Rust".to_owned());
        }
        if let Some(version) = self.tools.get("go") {
            return Some(format!("Go{}", spaced(version)));
        }
        if let Some(version) = self.tools.get("clang") {
            let number = version.split(' ').next().unwrap_or_default();
            return Some(format!("C or C++ (clang{})", spaced(number)));
        }
        None
    }
}

fn spaced(version: &str) -> String {
    if version.is_empty() {
        String::new()
    } else {
        format!(" {version}")
    }
}

fn clean(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(TEXT)
        .collect()
}
