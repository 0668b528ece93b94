//! `GET` and `POST /w/{workspace}/people/{number}/change/{kind}/{id}`: a record's values as a form; what is saved, every
//! interface shows.

mod values;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{Method, StatusCode};
use serde_json::Value;

use self::values::{Editable, editable, patch};
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;
use crate::web::ask::{self, Question};
use crate::web::page::{Frame, render};
use crate::web::summary::{kinds, say};
use crate::web::words;

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
    problem: Option<Problem>,
}

/// Why it was not saved.
#[derive(Debug)]
struct Problem {
    sentence: String,
    details: Vec<String>,
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

    fn page(&self, fields: Vec<Editable>, problem: Option<Problem>) -> ChangePage {
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
            field.value = value.replace("\r\n", "\n").trim().to_owned();
        }
    }
    let is_stale = say::at(&record.json, "/meta/versionId")
        .as_str()
        .is_some_and(|now| now != version);
    if is_stale {
        let problem = Problem {
            sentence: "Somebody else has changed this record in the meantime. Here is what it says now: make your change again.".to_owned(),
            details: Vec::new(),
        };
        return Ok(render(StatusCode::CONFLICT, &record.page(before, Some(problem))));
    }
    let operations = match patch(&record.json, &before, &mut after) {
        Ok(operations) => operations,
        Err(sentence) => {
            let problem = Problem {
                sentence,
                details: Vec::new(),
            };
            return Ok(render(
                StatusCode::UNPROCESSABLE_ENTITY,
                &record.page(after, Some(problem)),
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
        let said = say::list(say::at(&answer, "/issue"))
            .iter()
            .take(5)
            .filter_map(|issue| say::text(&issue["diagnostics"]).or_else(|| say::concept(&issue["details"])));
        let problem = Problem {
            sentence: "This could not be saved: the record would break a rule.".to_owned(),
            details: said
                .map(|said| words::shorten(&words::visible(&said), 300))
                .collect(),
        };
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
