//! Reading `app.toml`: strict, one sentence for the first thing that cannot be used, with its line.

mod tables;
mod values;

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, Login, Manifest, ManifestError, Use};
use crate::model::{AppName, FilePath, SecretName};
use crate::nearest::nearest;

/// Longest file, in bytes: a long one has a thousand.
const FILE_BYTES: usize = 64 * 1024;

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
}

#[cfg(test)]
mod tests;
