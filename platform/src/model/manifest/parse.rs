//! Reading `app.toml`: strict, one sentence for the first thing that cannot be used, with its line.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, Every, LimitName, Login, Manifest, ManifestError, ManifestLimits, Schedule, Use};
use crate::model::{AppName, FilePath, SecretName};
use crate::nearest::nearest;

/// Longest file, in bytes: a long one has a thousand.
const FILE_BYTES: usize = 64 * 1024;
/// Entries of a list or table.
const ENTRIES: usize = 64;
/// Longest value of `[config]`, in bytes.
const CONFIG_BYTES: usize = 4096;

/// Every key of the file.
const KEYS: [&str; 13] = [
    "name",
    "title",
    "description",
    "owner",
    "main",
    "component",
    "build",
    "uses",
    "login",
    "secrets",
    "config",
    "schedule",
    "limits",
];

type Read<T> = Result<T, ManifestError>;
type Value<'t> = Spanned<DeValue<'t>>;

/// Reads a whole file.
pub(super) fn parse(text: &str) -> Read<Manifest> {
    if text.len() > FILE_BYTES {
        return Err(ManifestError::whole(format!(
            "the file is larger than {FILE_BYTES} bytes."
        )));
    }
    let file = File { text };
    let table = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
        file.error(
            &span,
            format!("this is not written as TOML: {}.", message.trim_end_matches('.')),
        )
    })?;
    let mut manifest = Manifest::default();
    // In the order of the file, so that the first mistake is the one that is told.
    let mut lines: Vec<_> = table.get_ref().iter().collect();
    lines.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in lines {
        file.take(&mut manifest, key.get_ref(), &key.span(), value)?;
    }
    for secret in &manifest.secrets {
        if manifest.config.contains_key(secret.as_str()) {
            return Err(ManifestError::whole(format!(
                "{secret} is both in secrets and in [config]; an environment variable has one value."
            )));
        }
    }
    Ok(manifest)
}

struct File<'t> {
    text: &'t str,
}

impl File<'_> {
    fn error(&self, span: &Range<usize>, message: String) -> ManifestError {
        ManifestError::at(self.text, span.start, message)
    }

    fn unknown(&self, span: &Range<usize>, found: &str, known: &[&str], within: &str) -> ManifestError {
        let shown: String = found
            .chars()
            .take(60)
            .collect::<String>()
            .escape_debug()
            .to_string();
        let hint = match nearest(found, known.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the keys{within} are {}.", known.join(", ")),
        };
        self.error(span, format!("there is no key {shown}{within}; {hint}"))
    }

    fn take(
        &self,
        manifest: &mut Manifest,
        key: &str,
        key_span: &Range<usize>,
        value: &Value<'_>,
    ) -> Read<()> {
        match key {
            "name" => {
                let name = AppName::new(self.text_of(key, value)?);
                manifest.name = Some(name.map_err(|error| self.error(&value.span(), error.to_string()))?);
            }
            "title" => manifest.title = Some(self.line_of(key, value, 80)?),
            "description" => manifest.description = Some(self.line_of(key, value, 1_000)?),
            "owner" => manifest.owner = Some(self.line_of(key, value, 120)?),
            "build" => manifest.build = Some(self.line_of(key, value, 1_000)?),
            "main" | "component" => {
                let path = FilePath::new(self.text_of(key, value)?)
                    .map_err(|error| self.error(&value.span(), error.to_string()))?;
                if manifest.entry.is_some() {
                    let message = "an app has either main, a script, or component, a file that is built; leave one out.";
                    return Err(self.error(key_span, message.to_owned()));
                }
                manifest.entry = Some(self.entry(key, path, value)?);
            }
            "uses" => manifest.uses = Some(self.list_of(key, value, |text| Use::try_from(text.to_owned()))?),
            "login" => {
                let text = self.text_of(key, value)?.to_owned();
                manifest.login =
                    Login::try_from(text).map_err(|message| self.error(&value.span(), message))?;
            }
            "secrets" => {
                manifest.secrets = self.list_of(key, value, |text| {
                    SecretName::new(text).map_err(|error| error.to_string())
                })?;
            }
            "config" => manifest.config = self.config(value)?,
            "schedule" => manifest.schedule = Some(self.schedule(value)?),
            "limits" => manifest.limits = self.limits(value)?,
            unknown => return Err(self.unknown(key_span, unknown, &KEYS, "")),
        }
        Ok(())
    }

    fn entry(&self, key: &str, path: FilePath, value: &Value<'_>) -> Read<Entry> {
        let extension = path.extension().unwrap_or_default();
        if path.below_public().is_some() {
            let message =
                format!("{key} lies under public/, whose files are sent to everybody; move it out.");
            return Err(self.error(&value.span(), message));
        }
        if key == "main" {
            if matches!(extension, "js" | "mjs" | "ts") {
                return Ok(Entry::Main(path));
            }
            let message =
                "main is a script: a file that ends in .js, .mjs or .ts; name a built file with component.";
            return Err(self.error(&value.span(), message.to_owned()));
        }
        if extension == "wasm" {
            return Ok(Entry::Component(path));
        }
        let message = "component is a file that ends in .wasm; name a script with main.";
        Err(self.error(&value.span(), message.to_owned()))
    }

    fn config(&self, value: &Value<'_>) -> Read<BTreeMap<String, String>> {
        let mut config = BTreeMap::new();
        for (key, value) in self.table_of("config", value)?.iter() {
            let name = &**key.get_ref();
            let first = name
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
            let rest = name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !(first && rest && name.len() <= 64) {
                let message = format!(
                    "{:?} cannot be an environment variable: use 1 to 64 letters, digits and underscores, such as GREETING.",
                    name.chars().take(60).collect::<String>()
                );
                return Err(self.error(&key.span(), message));
            }
            let text = self.text_of(name, value)?;
            if text.len() > CONFIG_BYTES || text.contains('\0') {
                let message =
                    format!("{name} is longer than {CONFIG_BYTES} bytes or holds a zero character.");
                return Err(self.error(&value.span(), message));
            }
            config.insert(name.to_owned(), text.to_owned());
        }
        Ok(config)
    }

    fn schedule(&self, value: &Value<'_>) -> Read<Schedule> {
        let (mut every, mut path) = (None, Schedule::PATH.to_owned());
        for (key, value) in self.table_of("schedule", value)?.iter() {
            match &**key.get_ref() {
                "every" => {
                    let text = self.text_of("every", value)?;
                    every = Some(
                        text.parse::<Every>()
                            .map_err(|error| self.error(&value.span(), error))?,
                    );
                }
                "path" => {
                    let text = self.text_of("path", value)?;
                    let parses = text.parse::<http::uri::PathAndQuery>().is_ok();
                    if !(text.starts_with('/') && text.len() <= 200 && parses && !text.contains('#')) {
                        let message = "path is where the app is asked, such as \"/scheduled\": it begins with / and holds what an address may hold.";
                        return Err(self.error(&value.span(), message.to_owned()));
                    }
                    text.clone_into(&mut path);
                }
                unknown => {
                    return Err(self.unknown(&key.span(), unknown, &["every", "path"], " in [schedule]"));
                }
            }
        }
        let missing = || {
            let message = "[schedule] does not say how often; add a line such as every = \"15m\".";
            self.error(&value.span(), message.to_owned())
        };
        Ok(Schedule {
            every: every.ok_or_else(missing)?,
            path,
        })
    }

    fn limits(&self, value: &Value<'_>) -> Read<ManifestLimits> {
        let names = LimitName::ALL.map(LimitName::name);
        let mut limits = Vec::new();
        for (key, value) in self.table_of("limits", value)?.iter() {
            let found = &**key.get_ref();
            let Some(name) = LimitName::ALL.into_iter().find(|name| name.name() == found) else {
                return Err(self.unknown(&key.span(), found, &names, " in [limits]"));
            };
            let number = value.get_ref().as_integer();
            let number = number.and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
            let Some(number) = number.filter(|number| *number > 0) else {
                let message = format!("{found} is a whole number of at least 1, without quotation marks.");
                return Err(self.error(&value.span(), message));
            };
            limits.push((name, number));
        }
        Ok(limits.into_iter().collect())
    }

    fn table_of<'v, 't>(&self, key: &str, value: &'v Value<'t>) -> Read<&'v DeTable<'t>> {
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| {
            self.error(
                &value.span(),
                format!("{key} is a table: a line [{key}] with lines NAME = … below it."),
            )
        })?;
        if table.len() > ENTRIES {
            return Err(self.error(&value.span(), format!("[{key}] has more than {ENTRIES} lines.")));
        }
        Ok(table)
    }

    fn list_of<T: PartialEq>(
        &self,
        key: &str,
        value: &Value<'_>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Read<Vec<T>> {
        let wrong = |span: &Range<usize>| {
            self.error(
                span,
                format!("{key} is a list of texts, such as {key} = [\"…\", \"…\"]."),
            )
        };
        let list = value.get_ref().as_array().ok_or_else(|| wrong(&value.span()))?;
        if list.len() > ENTRIES {
            return Err(self.error(&value.span(), format!("{key} has more than {ENTRIES} entries.")));
        }
        let mut found: Vec<T> = Vec::new();
        for entry in list.iter() {
            let text = entry.get_ref().as_str().ok_or_else(|| wrong(&entry.span()))?;
            let item = read(text).map_err(|error| self.error(&entry.span(), error))?;
            if found.contains(&item) {
                return Err(self.error(&entry.span(), format!("{key} names {text} twice.")));
            }
            found.push(item);
        }
        Ok(found)
    }

    fn text_of<'v>(&self, key: &str, value: &'v Value<'_>) -> Read<&'v str> {
        value.get_ref().as_str().ok_or_else(|| {
            self.error(
                &value.span(),
                format!("{key} is a text: put it between quotation marks."),
            )
        })
    }

    /// One line for people: white space as single spaces, nothing that hides or turns letters around.
    fn line_of(&self, key: &str, value: &Value<'_>, most: usize) -> Read<String> {
        let line = self
            .text_of(key, value)?
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let count = line.chars().count();
        if count == 0 || count > most {
            return Err(self.error(
                &value.span(),
                format!("{key} has 1 to {most} characters; this has {count}."),
            ));
        }
        if line.chars().any(is_hidden) {
            let message =
                format!("{key} holds a character that cannot be seen or that turns the writing around.");
            return Err(self.error(&value.span(), message));
        }
        Ok(line)
    }
}

/// Control characters, marks that change the direction of writing, and spaces without width.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
name = "bmi"
title = "BMI"
description = """One
paragraph."""
owner = "Physiotherapy, Ward 7"
main = "app.js"
uses = ["pds", "app:letters"]
login = "own"
secrets = ["NOTIFY_KEY"]
[config]
GREETING = "hello"
[schedule]
every = "15m"
[limits]
cpu_ms = 500
"#;

    #[test]
    fn a_whole_manifest() {
        let manifest = parse(WHOLE).unwrap();
        assert_eq!(manifest.name.as_ref().unwrap().as_str(), "bmi");
        assert_eq!(manifest.description.as_deref(), Some("One paragraph."));
        assert_eq!(
            manifest.entry,
            Some(Entry::Main(FilePath::new("app.js").unwrap()))
        );
        assert_eq!(manifest.config["GREETING"], "hello");
        assert_eq!(manifest.login, Login::Own);
        let schedule = manifest.schedule.clone().unwrap();
        assert_eq!(
            (schedule.every.seconds(), schedule.path.as_str()),
            (900, "/scheduled")
        );
        assert_eq!(
            manifest.limits.iter().collect::<Vec<_>>(),
            [(LimitName::CpuMs, 500)]
        );
        assert!(manifest.allows_interface("pds") && manifest.allows_app("letters"));
        assert!(!manifest.allows_interface("letters") && !manifest.allows_app("pds"));
        let more = Use::try_from("hello-world".to_owned()).unwrap();
        assert_eq!(
            manifest.uses_line_with(&more),
            r#"uses = ["pds", "app:letters", "hello-world"]"#
        );
        // As it is kept.
        let kept = serde_json::to_string(&manifest).unwrap();
        assert_eq!(serde_json::from_str::<Manifest>(&kept).unwrap(), manifest);
        assert_eq!(serde_json::to_string(&Manifest::default()).unwrap(), "{}");
        assert_eq!(parse("").unwrap(), Manifest::default());
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, line, words) in [
            ("title = \"x\"\ntitel = \"y\"", 2, "did you mean title?"),
            ("\n\nwhatever = 1", 3, "the keys are name, title"),
            ("title = x", 1, "not written as TOML"),
            ("title = \"a\"\ntitle = \"b\"", 2, "not written as TOML"),
            ("title = 5", 1, "quotation marks"),
            ("title = \"\"", 1, "1 to 80"),
            ("title = \"a\u{202e}b\"", 1, "cannot be seen"),
            ("name = \"Admin\"", 1, "for example patient-lookup"),
            ("main = \"../app.js\"", 1, "lead up"),
            ("main = \"app.py\"", 1, "ends in .js"),
            ("main = \"public/app.js\"", 1, "public/"),
            ("component = \"app.js\"", 1, ".wasm"),
            ("main = \"a.js\"\ncomponent = \"a.wasm\"", 2, "either main"),
            ("uses = \"pds\"", 1, "a list of texts"),
            ("uses = [\"PDS\"]", 1, "neither an interface"),
            ("uses = [\"app:X\"]", 1, "is not a name"),
            ("uses = [\"pds\",\n\"pds\"]", 2, "twice"),
            ("login = \"auto\"", 1, "\"managed\""),
            ("login = \"managed:patient:123\"", 1, "NHS number"),
            ("secrets = [\"key\"]", 1, "NOTIFY_KEY"),
            ("[config]\nA = 1", 2, "quotation marks"),
            ("[config]\n\"a b\" = \"1\"", 2, "environment variable"),
            ("config = 1", 1, "a line [config]"),
            ("[schedule]\npath = \"/x\"", 1, "how often"),
            ("[schedule]\nevery = \"15\"", 2, "\"15m\""),
            ("[schedule]\nevry = \"15m\"", 2, "did you mean every?"),
            ("[schedule]\nevery = \"15m\"\npath = \"x\"", 3, "begins with /"),
            ("[limits]\ncpu = 1", 2, "did you mean"),
            ("[limits]\ncpu_ms = \"1\"", 2, "whole number"),
            ("[limits]\ncpu_ms = -1", 2, "whole number"),
            ("[limits]\ncpu_ms = 0", 2, "at least 1"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.line, Some(line), "{text}: {error}");
            let sentence = error.to_string();
            assert!(
                sentence.contains(words) && sentence.ends_with(['.', '?']),
                "{text}: {sentence}"
            );
            assert_eq!(
                error.source_line.as_deref(),
                text.lines().nth(line as usize - 1),
                "{text}"
            );
        }
        let both = parse("secrets = [\"A\"]\n[config]\nA = \"1\"").unwrap_err();
        assert!(both.to_string().contains("both in secrets"), "{both}");
    }

    #[test]
    fn every_example_of_the_reference_reads() {
        let page = include_str!("../../../../docs/reference/app-toml.md");
        let examples: Vec<&str> = page
            .split("```toml\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
            .collect();
        assert!(examples.len() >= 4);
        for example in examples {
            parse(example).unwrap();
        }
        for key in KEYS.into_iter().chain(LimitName::ALL.map(LimitName::name)) {
            assert!(
                page.contains(&format!("`{key}`")) || page.contains(&format!("`[{key}]`")),
                "{key}"
            );
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let deep = format!("a = {}", "[".repeat(10_000));
        for text in [
            "\u{feff}",
            "\0",
            "=",
            "[",
            "[[x]]",
            "[a",
            "a.b.c = 1",
            "\"\" = 1",
            "ü = \"ü\"",
            "a = \"\\ud800\"",
            &deep,
            &"x".repeat(70_000),
        ] {
            assert!(parse(text).is_err() || text == "\u{feff}", "{text:.20}");
        }
        for length in 0..WHOLE.len() {
            let _read = parse(WHOLE.get(..length).unwrap_or_default());
        }
    }
}
