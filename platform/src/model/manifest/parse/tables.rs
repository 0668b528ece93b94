//! The tables of the file: configuration, schedule and limits.

use std::collections::BTreeMap;

use super::{File, Read, Value};
use crate::model::manifest::{Every, LimitName, ManifestLimits, Schedule};

/// Longest value of `[config]`, in bytes.
const CONFIG_BYTES: usize = 4096;

/// What scripts find beside the configuration, and would not find if it were configured.
const STORE: &str = "store";

impl File<'_> {
    pub(super) fn config(&self, value: &Value<'_>) -> Read<BTreeMap<String, String>> {
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
            if name == STORE {
                let message = "store cannot be configured: a script's env.store is what the app keeps; use another name, such as STORE.";
                return Err(self.error(&key.span(), message.to_owned()));
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

    pub(super) fn schedule(&self, value: &Value<'_>) -> Read<Schedule> {
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

    pub(super) fn limits(&self, value: &Value<'_>) -> Read<ManifestLimits> {
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
}
