//! An operation's page: the sentence, the form, what could go wrong, what was sent before, and the answer.

mod body;
mod page;
mod sending;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use mock_nhs_interfaces::Clinician;
use mock_nhs_interfaces::statement::{OperationStatement, Statement};
use mock_nhs_interfaces::value::NhsNumber;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use records::ResourceType;
use serde::Deserialize;

pub(in crate::web) use self::body::read_body;
use self::page::page;
pub(in crate::web) use self::sending::{send_again, send_operation};
use super::form::Filled;
use super::history::Sent;
use super::request::Problems;
use super::{known, people};
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;
use crate::web::extract::{Path, Query};
use crate::web::page::render;

/// Which operation.
type Names = Path<(String, String, String)>;

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    sent: Option<u32>,
    beside: Option<u32>,
    example: Option<usize>,
    person: Option<String>,
}

/// Everything about the operation that a request names.
struct Here {
    workspace: Arc<Workspace>,
    interface: Arc<Statement>,
    place: usize,
    clinicians: Vec<Clinician>,
    origin: String,
}

impl Here {
    async fn find(
        app: &App,
        names: &(String, String, String),
        headers: &HeaderMap,
    ) -> Result<Self, AppError> {
        let (workspace, interface, operation) = names;
        let workspace = app.workspace(workspace).await?;
        let interface = known::one(app, &workspace, interface).await?;
        let place = interface
            .operations
            .iter()
            .position(|known| known.id == *operation);
        Ok(Self {
            clinicians: app.nhs.clinicians(workspace.id).await?,
            place: place.ok_or(AppError::UnknownAddress)?,
            origin: crate::web::origin(headers, app),
            workspace,
            interface,
        })
    }

    fn operation(&self) -> Result<&OperationStatement, AppError> {
        self.interface
            .operations
            .get(self.place)
            .ok_or(AppError::UnknownAddress)
    }

    fn address(&self) -> Result<String, AppError> {
        Ok(address(
            &self.workspace,
            &self.interface.id,
            &self.operation()?.id,
        ))
    }
}

fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-")
        .replace("%5F", "_")
}

fn address(workspace: &Workspace, interface: &str, operation: &str) -> String {
    format!(
        "/w/{}/interfaces/{}/{}",
        workspace.name,
        segment(interface),
        segment(operation)
    )
}

/// `GET /w/{workspace}/interfaces/{interface}/{operation}`
pub(in crate::web) async fn read_operation(
    State(app): State<Arc<App>>,
    Path(names): Names,
    Query(pairs): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let here = Here::find(&app, &names, &headers).await?;
    let number = |name: &str| {
        let found = pairs.iter().find(|(known, _)| known == name);
        found.and_then(|(_, value)| value.parse::<u32>().ok())
    };
    let asked = Asked {
        sent: number("sent"),
        beside: number("beside"),
        example: number("example").and_then(|place| usize::try_from(place).ok()),
        person: pairs
            .iter()
            .find(|(name, _)| name == "person")
            .map(|(_, value)| value.clone()),
    };
    let sent = asked
        .sent
        .and_then(|number| app.explored.get(here.workspace.id, number));
    let sent = sent.filter(|sent| names.1 == sent.interface && names.2 == sent.operation);
    let beside = asked
        .beside
        .and_then(|number| app.explored.get(here.workspace.id, number));
    let filled = filled(&app, &here, &asked, sent.as_deref(), &pairs).await?;
    let shown = sent.as_deref().map(|sent| (sent, beside.as_deref()));
    let page = page(
        &app,
        &here,
        &filled,
        asked.person.as_deref(),
        shown,
        Problems::new(),
    )?;
    Ok(render(StatusCode::OK, &page))
}

/// What stands in the form.
async fn filled(
    app: &App,
    here: &Here,
    asked: &Asked,
    sent: Option<&Sent>,
    pairs: &[(String, String)],
) -> Result<Filled, AppError> {
    let (interface, operation) = (&here.interface, here.operation()?);
    let is_filled = pairs.iter().any(|(name, _)| name == "f0");
    let example = asked.example.and_then(|place| operation.examples.get(place));
    let filled = match (sent, example) {
        (Some(sent), _) => Filled::of_pairs(interface, operation, &sent.pairs),
        (None, Some(example)) => Filled::of_example(interface, operation, example),
        (None, None) if is_filled => Filled::of_pairs(interface, operation, pairs),
        (None, None) => Filled::at_first(interface, operation),
    };
    let number = asked
        .person
        .as_ref()
        .and_then(|number| NhsNumber::from_written(number).ok());
    let Some(number) = number else {
        return Ok(filled);
    };
    let view = app.records.view(here.workspace.id).await?;
    let record = ResourceType::parse("Patient").and_then(|kind| view.read(kind, &number.to_string()));
    let patient = record
        .and_then(|record| serde_json::from_slice(&record.text).ok())
        .unwrap_or_default();
    Ok(filled.with_person(operation, &people::Known::of_patient(number, &patient)))
}
