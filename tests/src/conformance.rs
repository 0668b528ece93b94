//! An exam in REST and search that we set ourselves: cases in plain text, each with its clause of the specification.
//!
//! The tables are in `tests/conformance`, where the grammar is explained.

mod check;
mod parse;
mod place;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};

pub use parse::parse;

use crate::client::{Answer, Client};
use check::{Check, Found, Kept};

/// What the exam's resources carry, so that a search finds them among a workspace's people.
const TAG: &str = "exam";

/// One question of the exam.
#[derive(Debug)]
pub struct Case {
    /// `file:line: title`.
    pub name: String,
    /// Address of the clause that it is about.
    pub clause: String,
    task: Task,
}

#[derive(Debug)]
enum Task {
    /// Requests and what must hold for their answers, in order.
    Steps(Vec<Step>),
    /// A query and what it finds among the fixtures.
    Search { query: String, found: Found },
}

#[derive(Debug)]
enum Step {
    Ask(Ask),
    Check(Check),
    Keep(Kept),
}

/// A request; everything may name what was kept, in double braces.
#[derive(Debug, Default)]
struct Ask {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// The server under examination.
#[derive(Debug)]
pub struct Candidate {
    client: Client,
    /// Path of the FHIR server, without a slash at its end.
    path: String,
}

impl Candidate {
    /// The FHIR server at `path` of the program that `client` talks to.
    #[must_use]
    pub fn new(client: Client, path: &str) -> Self {
        Self {
            client,
            path: path.to_owned(),
        }
    }

    /// Puts one resource a line into the workspace, in one transaction.
    ///
    /// # Errors
    /// When the server does not take them.
    pub async fn load(&self, lines: &str) -> anyhow::Result<()> {
        let mut entries = Vec::new();
        for line in lines.lines() {
            let mut resource: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
            let tag = json!({"system": "https://example.com/tags", "code": TAG});
            let meta = resource
                .as_object_mut()
                .context("a resource")?
                .entry("meta")
                .or_insert(json!({}));
            let tags = meta
                .as_object_mut()
                .context("meta")?
                .entry("tag")
                .or_insert(json!([]));
            tags.as_array_mut().context("tags")?.push(tag);
            let url = format!("{}/{}", text(&resource, "resourceType")?, text(&resource, "id")?);
            entries.push(json!({"resource": resource, "request": {"method": "PUT", "url": url}}));
        }
        let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries});
        let request = self
            .client
            .request(Method::POST, &self.path)
            .header("content-type", "application/fhir+json");
        self.client
            .send(request.body(bundle.to_string()))
            .await?
            .expect(200)?;
        Ok(())
    }

    /// Asks one question.
    ///
    /// # Errors
    /// What did not hold.
    pub async fn examine(&self, case: &Case) -> anyhow::Result<()> {
        match &case.task {
            Task::Search { query, found } => self.search(query, found).await,
            Task::Steps(steps) => self.steps(steps).await,
        }
    }

    async fn search(&self, query: &str, found: &Found) -> anyhow::Result<()> {
        let query = self.filled(query, &BTreeMap::new());
        let separator = if query.ends_with('?') { "" } else { "&" };
        let slash = if query.starts_with('?') { "" } else { "/" };
        let answer = self
            .client
            .get(&format!(
                "{}{slash}{query}{separator}_tag={TAG}&_count=100",
                self.path
            ))
            .await?;
        found.check(&answer)
    }

    async fn steps(&self, steps: &[Step]) -> anyhow::Result<()> {
        let mut kept = BTreeMap::new();
        let mut last: Option<(Answer, String)> = None;
        for step in steps {
            match step {
                Step::Ask(ask) => {
                    let asked = format!("{} {}", ask.method, self.filled(&ask.path, &kept));
                    last = Some((self.ask(ask, &kept).await?, asked));
                }
                Step::Check(check) => {
                    let (answer, asked) = last.as_ref().context("a check before any request")?;
                    check
                        .hold(answer, |text| self.filled(text, &kept))
                        .with_context(|| {
                            let start: String = answer.text().chars().take(600).collect();
                            format!("{asked}: {} {start}", answer.status)
                        })?;
                }
                Step::Keep(keep) => {
                    let (answer, asked) = last.as_ref().context("a value before any request")?;
                    let value = keep.value(answer).with_context(|| asked.clone())?;
                    kept.insert(keep.name.clone(), value);
                }
            }
        }
        Ok(())
    }

    async fn ask(&self, ask: &Ask, kept: &BTreeMap<String, String>) -> anyhow::Result<Answer> {
        let path = self.filled(&ask.path, kept);
        // A link of an answer is absolute; it must lead back here.
        let path = match path.strip_prefix(self.client.base()) {
            Some(path) => path.to_owned(),
            None if path.starts_with("http") => bail!("{path} leads away from {}", self.client.base()),
            None => format!("{}{path}", self.path),
        };
        let mut request = self
            .client
            .request(Method::from_bytes(ask.method.as_bytes())?, &path);
        for (name, value) in &ask.headers {
            request = request.header(name, self.filled(value, kept));
        }
        if !ask.body.is_empty() {
            if !ask.headers.iter().any(|(name, _)| name == "content-type") {
                request = request.header("content-type", "application/fhir+json");
            }
            request = request.body(self.filled(&ask.body, kept));
        }
        self.client.send(request).await
    }

    fn filled(&self, text: &str, kept: &BTreeMap<String, String>) -> String {
        let base = format!("{}{}", self.client.base(), self.path);
        kept.iter()
            .fold(text.replace("{{base}}", &base), |text, (name, value)| {
                text.replace(&format!("{{{{{name}}}}}"), value)
            })
    }
}

fn text<'a>(resource: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    let found = resource.get(name).and_then(Value::as_str);
    found.with_context(|| format!("no {name} in {resource}"))
}

/// The cases of several tables; two of the same name are one mistake.
///
/// # Errors
/// When a table cannot be read.
pub fn exam(tables: &[(&str, &str)]) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (file, table) in tables {
        cases.extend(parse(file, table)?);
    }
    let mut titles = BTreeSet::new();
    for case in &cases {
        let title = case.name.split_once(": ").map_or("", |(_, title)| title);
        ensure!(titles.insert(title), "{}: another case has this name", case.name);
    }
    Ok(cases)
}
