//! `GET` and `POST /w/{workspace}/people/{number}/change/{kind}/{id}`: a record's values as a form; what is saved, every
//! interface shows.

mod values;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{Method, StatusCode};
use serde_json::Value;

use self::values::{Editable, editable, patch};
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;
use crate::web::ask::{self, Question};
use crate::web::extract::{Form, Path};
use crate::web::page::{Frame, render};
use crate::web::summary::{kinds, say};
use crate::web::words;

/// Mistakes that a refused change is told of.
const MOST_ISSUES: usize = 5;

/// The form.
#[derive(Debug, Template)]
#[template(path = "person_change.html")]
struct ChangePage {
    frame: Frame,
    person_page: String,
    address: String,
    kind: String,
    title: String,
    /// The version that the form shows.
    version: String,
    fields: Vec<Editable>,
    problem: Option<String>,
}

type Names = Path<(String, String, String, String)>;

/// A record of a person.
struct Record {
    workspace: Arc<Workspace>,
    number: String,
    kind: String,
    json: Value,
}

impl Record {
    /// The record, when it is this person's own.
    async fn find(app: &App, names: (String, String, String, String)) -> Result<Self, AppError> {
        let (workspace, number, kind, id) = names;
        let workspace = app.workspace(&workspace).await?;
        let is_word = |text: &str| {
            !text.is_empty()
                && text.len() <= 64
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        };
        if !is_word(&kind) || !is_word(&id) || !is_word(&number) {
            return Err(AppError::UnknownAddress);
        }
        let (status, json) = ask::get(app, &workspace, format!("/{kind}/{id}")).await?;
        let whole = format!("Patient/{number}");
        let is_about = |reference: &Value| {
            let reference = reference["reference"].as_str().unwrap_or_default();
            reference == whole || reference.ends_with(&format!("/{whole}"))
        };
        let people = say::list(say::at(&json, "/participant")).iter();
        let is_theirs = (kind == "Patient" && id == number)
            || is_about(say::at(&json, "/subject"))
            || is_about(say::at(&json, "/patient"))
            || people.into_iter().any(|one| is_about(&one["actor"]));
        if status != 200 || !is_theirs {
            return Err(AppError::UnknownAddress);
        }
        Ok(Self {
            workspace,
            number,
            kind,
            json,
        })
    }

    fn person_page(&self) -> String {
        format!("/w/{}/people/{}", self.workspace.name, self.number)
    }

    fn address(&self) -> String {
        let id = say::at(&self.json, "/id").as_str().unwrap_or_default();
        format!("{}/change/{}/{id}", self.person_page(), self.kind)
    }

    fn page(&self, fields: Vec<Editable>, problem: Option<String>) -> ChangePage {
        ChangePage {
            frame: Frame {
                heading: "Change a record".to_owned(),
                section: Some(format!("People – Workspace {}", self.workspace.name)),
                workspace: Some(self.workspace.name.to_string()),
                problem: problem.is_some(),
            },
            person_page: self.person_page(),
            address: self.address(),
            kind: kinds::name(&self.kind).to_owned(),
            title: words::shorten(&words::visible(&kinds::title(&self.json)), 200),
            version: say::at(&self.json, "/meta/versionId")
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            fields,
            problem,
        }
    }
}

/// `GET /w/{workspace}/people/{number}/change/{kind}/{id}`
pub(in crate::web) async fn read_change(
    State(app): State<Arc<App>>,
    Path(names): Names,
) -> Result<Response, AppError> {
    let record = Record::find(&app, names).await?;
    let fields = editable(&record.kind, &record.json);
    Ok(render(StatusCode::OK, &record.page(fields, None)))
}

/// `POST /w/{workspace}/people/{number}/change/{kind}/{id}`
pub(in crate::web) async fn change_record(
    State(app): State<Arc<App>>,
    Path(names): Names,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let record = Record::find(&app, names).await?;
    let get = |name: &str| {
        let found = sent.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    let version = get("version").unwrap_or_default().to_owned();
    let before = editable(&record.kind, &record.json);
    let mut after = before.clone();
    for field in &mut after {
        if let Some(value) = get(&field.pointer) {
            // What a browser does to the ends and the lines of a text is no change.
            let sent = value.replace("\r\n", "\n");
            if sent.trim() != field.value.replace("\r\n", "\n").trim() {
                field.value = sent.trim().to_owned();
            }
        }
    }
    let is_stale = say::at(&record.json, "/meta/versionId")
        .as_str()
        .is_some_and(|now| now != version);
    if is_stale {
        let problem = "Somebody else has changed this record in the meantime. Here is what it says now: make your change again.".to_owned();
        return Ok(render(StatusCode::CONFLICT, &record.page(before, Some(problem))));
    }
    let operations = match patch(&record.json, &before, &mut after) {
        Ok(operations) => operations,
        Err(sentence) => {
            return Ok(render(
                StatusCode::UNPROCESSABLE_ENTITY,
                &record.page(after, Some(sentence)),
            ));
        }
    };
    let Some(operations) = operations else {
        return Ok(Redirect::to(&record.person_page()).into_response());
    };
    let question = Question {
        method: Method::PATCH,
        path_and_query: format!(
            "/{}/{}",
            record.kind,
            say::at(&record.json, "/id").as_str().unwrap_or_default()
        ),
        body: Some(("application/json-patch+json", operations)),
        if_match: Some(format!("W/\"{version}\"")),
    };
    let (status, answer) = ask::ask(&app, &record.workspace, question).await?;
    if status >= 300 {
        mark(&before, &mut after, &answer);
        let problem = "This could not be saved: the record would break a rule.".to_owned();
        return Ok(render(
            StatusCode::UNPROCESSABLE_ENTITY,
            &record.page(after, Some(problem)),
        ));
    }
    Ok(Redirect::to(&format!(
        "{}?changed={}#changed",
        record.person_page(),
        record.kind
    ))
    .into_response())
}

/// Says beside the fields what the answer has against them: where it names none, beside the first that was changed.
fn mark(before: &[Editable], after: &mut [Editable], answer: &Value) {
    let changed = before
        .iter()
        .zip(after.iter())
        .position(|(old, new)| old.value != new.value);
    for issue in say::list(say::at(answer, "/issue")).iter().take(MOST_ISSUES) {
        let said = say::text(&issue["diagnostics"]).or_else(|| say::concept(&issue["details"]));
        let Some(said) = said else { continue };
        let said = words::shorten(&words::visible(&said), 300);
        let expressions = say::list(&issue["expression"]);
        let pointer = expressions.first().and_then(Value::as_str).map(pointer_of);
        let place = pointer.and_then(|pointer| {
            let below = format!("{pointer}/");
            let mut fields = after.iter();
            fields.position(|field| field.pointer == pointer || field.pointer.starts_with(&below))
        });
        let Some(field) = place.or(changed).and_then(|place| after.get_mut(place)) else {
            continue;
        };
        field.problem = Some(match field.problem.take() {
            Some(before) => format!("{before} {said}"),
            None => said,
        });
    }
}

/// Where `Patient.name[0].family` is in a record: `/name/0/family`.
fn pointer_of(expression: &str) -> String {
    let mut pointer = String::new();
    for member in expression.split('.').skip(1) {
        pointer.push('/');
        pointer.push_str(&member.replace('[', "/").replace(']', ""));
    }
    pointer
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_is_said_beside_its_field() {
        let patient = json!({"resourceType":"Patient","name":[{"family":"Smith"}],"birthDate":"2010-10-22","gender":"female"});
        let before = editable("Patient", &patient);
        let told = |changed: &str, expression: Value| {
            let mut after = before.clone();
            for field in after.iter_mut().filter(|field| field.pointer == changed) {
                field.value.push('!');
            }
            let answer =
                json!({"issue":[{"diagnostics":"No.","expression":expression},{"diagnostics":"Never."}]});
            mark(&before, &mut after, &answer);
            let marked = after
                .into_iter()
                .filter_map(|field| Some((field.pointer, field.problem?)));
            marked.collect::<Vec<_>>()
        };
        let owned = |pointer: &str, sentence: &str| (pointer.to_owned(), sentence.to_owned());
        assert_eq!(
            told("/birthDate", json!(["Patient.birthDate"])),
            [owned("/birthDate", "No. Never.")]
        );
        assert_eq!(
            told("/birthDate", json!(["Patient.name[0]"])),
            [owned("/name/0/family", "No."), owned("/birthDate", "Never.")]
        );
        assert_eq!(told("/gender", json!(null)), [owned("/gender", "No. Never.")]);
        assert!(told("/none", json!(["Patient.photo"])).is_empty());
    }
}
