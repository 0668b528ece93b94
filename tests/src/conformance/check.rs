//! What must hold for an answer.

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use super::place::at;
use crate::client::Answer;

/// One line that begins with `<`, `=`, `~`, `!` or `#`.
#[derive(Debug)]
pub(super) enum Check {
    Status(Vec<u16>),
    NoBody,
    Header { name: String, value: String },
    Equals { place: String, value: String },
    Contains { place: String, words: String },
    Absent { place: String },
    Length { place: String, length: usize },
}

impl Check {
    /// `filled` puts in what was kept.
    pub(super) fn hold(&self, answer: &Answer, filled: impl Fn(&str) -> String) -> anyhow::Result<()> {
        let body = || answer.json().with_context(|| format!("status {}", answer.status));
        match self {
            Self::Status(statuses) => {
                ensure!(statuses.contains(&answer.status), "not status {statuses:?}");
            }
            Self::NoBody => ensure!(answer.body.is_empty(), "there is a body"),
            Self::Header { name, value } => {
                let found = answer.header(name).with_context(|| format!("no header {name}"))?;
                let wanted = filled(value);
                ensure!(alike(found, &wanted), "header {name} is {found}, not {wanted}");
            }
            Self::Equals { place, value } => {
                let body = body()?;
                let found = at(&body, place).with_context(|| format!("no {place}"))?;
                let wanted = filled(value);
                let holds = match serde_json::from_str::<Value>(&wanted) {
                    Ok(wanted) => *found == wanted,
                    Err(_) => wanted == "*" || found.as_str().is_some_and(|found| alike(found, &wanted)),
                };
                ensure!(holds, "{place} is {found}, not {wanted}");
            }
            Self::Contains { place, words } => {
                let words = filled(words);
                let text = if place == "." {
                    answer.text()
                } else {
                    let body = body()?;
                    let found = at(&body, place).with_context(|| format!("no {place}"))?;
                    found.as_str().map_or_else(|| found.to_string(), str::to_owned)
                };
                ensure!(text.contains(&words), "{place} does not speak of {words}");
            }
            Self::Absent { place } => {
                let body = body()?;
                if let Some(found) = at(&body, place) {
                    bail!("{place} is {found}, and should not be there");
                }
            }
            Self::Length { place, length } => {
                let body = body()?;
                let found = at(&body, place).and_then(Value::as_array).map_or(0, Vec::len);
                ensure!(found == *length, "{place} has {found}, not {length}");
            }
        }
        Ok(())
    }
}

/// Equal, or beginning with what stands before a `*`.
fn alike(found: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => found.starts_with(start),
        None => found == wanted,
    }
}

/// `@ name PLACE`: a value for later.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) name: String,
    pub(super) place: String,
}

impl Kept {
    pub(super) fn value(&self, answer: &Answer) -> anyhow::Result<String> {
        if let Some(name) = self.place.strip_prefix("header ") {
            return Ok(answer
                .header(name)
                .with_context(|| format!("no {name}"))?
                .to_owned());
        }
        let body = answer.json()?;
        let found = at(&body, &self.place).and_then(Value::as_str);
        Ok(found.with_context(|| format!("no {}", self.place))?.to_owned())
    }
}

/// What a query finds.
#[derive(Debug)]
pub(super) enum Found {
    /// It is refused with this status, and the outcome names this.
    Refused { status: u16, names: String },
    /// Ids of what matches, in order or in any, and of what comes with it in any.
    Ids {
        in_order: bool,
        matches: Vec<String>,
        included: Vec<String>,
    },
}

impl Found {
    pub(super) fn check(&self, answer: &Answer) -> anyhow::Result<()> {
        let start: String = answer.text().chars().take(400).collect();
        match self {
            Self::Refused { status, names } => {
                ensure!(answer.status == *status, "{} {start}", answer.status);
                let outcome = answer.json()?;
                ensure!(is(&outcome, "resourceType", "OperationOutcome"), "{start}");
                ensure!(
                    at(&outcome, "issue").is_some_and(|issues| issues.to_string().contains(names)),
                    "{names} is not named: {start}"
                );
            }
            Self::Ids {
                in_order,
                matches,
                included,
            } => {
                ensure!(answer.status == 200, "{} {start}", answer.status);
                let bundle = answer.json()?;
                ensure!(is(&bundle, "type", "searchset"), "{start}");
                let (mut wanted, mut found) = (matches.clone(), ids(&bundle, "match"));
                if !in_order {
                    wanted.sort();
                    found.sort();
                }
                ensure!(found == wanted, "found {found:?}, not {wanted:?}");
                let (mut wanted, mut found) = (included.clone(), ids(&bundle, "include"));
                wanted.sort();
                found.sort();
                ensure!(found == wanted, "included {found:?}, not {wanted:?}");
                if let Some(total) = bundle.get("total") {
                    ensure!(*total == matches.len(), "total is {total}");
                }
            }
        }
        Ok(())
    }
}

/// Whether this text is at this place.
fn is(value: &Value, place: &str, text: &str) -> bool {
    at(value, place).and_then(Value::as_str) == Some(text)
}

/// Ids of the entries with this search mode.
fn ids(bundle: &Value, mode: &str) -> Vec<String> {
    let entries = at(bundle, "entry").and_then(Value::as_array);
    entries
        .into_iter()
        .flatten()
        .filter(|entry| is(entry, "search.mode", mode))
        .filter_map(|entry| at(entry, "resource.id")?.as_str().map(str::to_owned))
        .collect()
}
