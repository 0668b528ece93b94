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
            ("componentize-go", "Go (componentize-go"),
            ("tinygo", "Go (TinyGo"),
        ] {
            if let Some(version) = self.tools.get(tool) {
                return Some(format!("{}{})", words, spaced(version)));
            }
        }
        // The one trace that componentize-py 0.25 leaves; its version is another tool's.
        if self.tools.contains_key("component-init-transform") {
            return Some("Python (componentize-py)".to_owned());
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(languages: &[(&str, &str)], tools: &[(&str, &str)], expected: Option<&str>) {
        let list = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(name, version)| ((*name).to_owned(), (*version).to_owned()))
                .collect()
        };
        let producers = Producers {
            languages: list(languages),
            tools: list(tools),
        };
        assert_eq!(producers.made_with().as_deref(), expected);
    }

    #[test]
    fn the_language_of_the_app_is_named_and_not_the_interpreters() {
        check(&[], &[], None);
        check(
            &[("rust", "")],
            &[
                ("rustc", "1.95.0 (abcdef 2026-04-14)"),
                ("wit-component", "0.245.1"),
            ],
            Some("Rust 1.95.0"),
        );
        check(
            &[("javascript", ""), ("rust", ""), ("c11", "")],
            &[
                ("componentizejs", "0.23.0"),
                ("rustc", "1.98.0"),
                ("clang", "21.1.4-wasi-sdk (x)"),
            ],
            Some("JavaScript (componentize-js 0.23.0)"),
        );
        check(
            &[("rust", "")],
            &[("component-init-transform", "0.2.0"), ("rustc", "1.75.0")],
            Some("Python (componentize-py)"),
        );
        check(
            &[("c11", "")],
            &[("clang", "21.1.4 (x)")],
            Some("C or C++ (clang 21.1.4)"),
        );
    }
}
