//! An operation's page: the sentence, the form, what could go wrong, what was sent before, and the answer.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mock_nhs_interfaces::interface::Place;
use mock_nhs_interfaces::statement::{OperationStatement, Statement};
use mock_nhs_interfaces::value::NhsNumber;
use mock_nhs_interfaces::{Clinician, Profile};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use records::ResourceType;
use serde::Deserialize;
use store::Clock as _;

use super::answer::{AnswerView, Around, view};
use super::faults::{self, Button};
use super::form::{FieldView, Filled, has_own_body, is_of_the_usual_type, views};
use super::history::Sent;
use super::request::{Problems, prepare};
use super::send::send;
use super::{known, login, people};
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;
use crate::web::page::{Frame, render};
use crate::web::words::{self, Moment};

/// Fields that are shown at once, unless more are filled in or must be.
const AT_ONCE: usize = 4;
/// Requests in the list of those that were sent.
const HISTORY: usize = 12;

/// The page.
#[derive(Debug, Template)]
#[template(path = "explorer_operation.html")]
struct OperationPage {
    frame: Frame,
    workspace: String,
    interface: (String, String),
    /// The page's own address.
    address: String,
    summary: String,
    method: String,
    path: String,
    fields: Vec<FieldView>,
    /// Fields that few people fill in.
    more: Vec<FieldView>,
    body: Vec<FieldView>,
    headers: Vec<FieldView>,
    own_body: Option<String>,
    more_query: String,
    more_headers: String,
    profiles: Vec<(&'static str, &'static str, bool)>,
    who: Vec<login::Choice>,
    asks_for_login: bool,
    people: Vec<people::Choice>,
    examples: Vec<(usize, String, u16)>,
    common: Vec<Button>,
    own: Vec<Button>,
    history: Vec<Row>,
    answer: Option<AnswerView>,
    problems: Problems,
    use_address: String,
}

/// One request of the list.
#[derive(Debug)]
struct Row {
    number: u32,
    title: String,
    asked: String,
    status: String,
    tone: &'static str,
    when: Moment,
    fault: String,
    address: String,
    is_shown: bool,
    /// Whether it can be compared with what is shown.
    is_comparable: bool,
}

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
    interface: Statement,
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

/// `POST /w/{workspace}/interfaces/{interface}/{operation}`: sends what was filled in.
pub(in crate::web) async fn send_operation(
    State(app): State<Arc<App>>,
    Path(names): Names,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let here = Here::find(&app, &names, &headers).await?;
    let (interface, operation) = (&here.interface, here.operation()?);
    let filled = Filled::of_pairs(interface, operation, &pairs);
    let fault = pairs.iter().find(|(name, _)| name == "fault");
    let fault = fault.map(|(_, fault)| fault.clone()).unwrap_or_default();
    let id = uuid::Uuid::new_v4().to_string();
    let prepared = match prepare(interface, operation, &filled, &id) {
        Ok(prepared) => prepared,
        Err(problems) => {
            let page = page(&app, &here, &filled, None, None, problems)?;
            return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    let received = send(&app, &here.workspace, interface, &prepared, &fault, &here.origin).await?;
    let sent = app.explored.keep(here.workspace.id, |number| Sent {
        number,
        at: here.workspace.conditions.clock.now(),
        interface: interface.id.to_string(),
        operation: operation.id.to_string(),
        title: operation.title.to_string(),
        pairs: filled.pairs(),
        prepared,
        fault,
        received,
    });
    Ok(Redirect::to(&format!("{}?sent={}#answer", here.address()?, sent.number)).into_response())
}

/// What a repetition needs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Again {
    sent: u32,
    /// Who asks this time; whoever asked before when it is empty.
    who: String,
}

/// `POST /w/{workspace}/interfaces/{interface}/{operation}/again`: sends the same once more, and compares.
pub(in crate::web) async fn send_again(
    State(app): State<Arc<App>>,
    Path(names): Names,
    headers: HeaderMap,
    Form(again): Form<Again>,
) -> Result<Response, AppError> {
    let here = Here::find(&app, &names, &headers).await?;
    let before = app.explored.get(here.workspace.id, again.sent);
    let before = before.filter(|sent| names.1 == sent.interface && names.2 == sent.operation);
    let Some(before) = before else {
        // It is older than what is kept.
        return Ok(Redirect::to(&here.address()?).into_response());
    };
    let mut prepared = before.prepared.clone();
    let mut pairs = before.pairs.clone();
    if let Some(who) = login::Who::parse(&again.who) {
        pairs.retain(|(name, _)| name != "who");
        pairs.push(("who".to_owned(), who.value()));
        prepared.who = who;
    }
    let received = send(
        &app,
        &here.workspace,
        &here.interface,
        &prepared,
        &before.fault,
        &here.origin,
    )
    .await?;
    let sent = app.explored.keep(here.workspace.id, |number| Sent {
        number,
        at: here.workspace.conditions.clock.now(),
        interface: before.interface.clone(),
        operation: before.operation.clone(),
        title: before.title.clone(),
        pairs,
        prepared,
        fault: before.fault.clone(),
        received,
    });
    let address = here.address()?;
    Ok(Redirect::to(&format!(
        "{address}?sent={}&beside={}#answer",
        sent.number, before.number
    ))
    .into_response())
}

/// `GET /w/{workspace}/interfaces/{interface}/{operation}/sent/{number}`: the body of an answer, to be kept as a file.
pub(in crate::web) async fn read_body(
    State(app): State<Arc<App>>,
    Path((workspace, interface, operation, number)): Path<(String, String, String, u32)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let sent = app
        .explored
        .get(workspace.id, number)
        .filter(|sent| sent.interface == interface && sent.operation == operation);
    let sent = sent.ok_or(AppError::UnknownAddress)?;
    let is_json = sent.received.json().is_some();
    let mut response = Response::new(Body::from(sent.received.body.clone()));
    let headers = response.headers_mut();
    // Never a page, whatever an interface calls it.
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(if is_json {
            "application/json"
        } else {
            "application/octet-stream"
        }),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = if is_json {
        "attachment; filename=\"answer.json\""
    } else {
        "attachment; filename=\"answer\""
    };
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    Ok(response)
}

fn page(
    app: &App,
    here: &Here,
    filled: &Filled,
    person: Option<&str>,
    shown: Option<(&Sent, Option<&Sent>)>,
    problems: Problems,
) -> Result<OperationPage, AppError> {
    let (workspace, interface, operation) = (&here.workspace, &here.interface, here.operation()?);
    let number = person.and_then(|number| NhsNumber::from_written(number).ok());
    let chosen = number.map(|number| number.to_string()).unwrap_or_default();
    let around = Around {
        interface,
        operation,
        clinicians: &here.clinicians,
        workspace_address: &format!("{}/w/{}", here.origin, workspace.name),
        token: &workspace.access_token,
    };
    let (fields, more) = parted(views(operation, filled, &[Place::Path, Place::Query], &problems));
    Ok(OperationPage {
        frame: Frame {
            heading: operation.title.to_string(),
            section: Some(format!("{} – Workspace {}", interface.title, workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: !problems.is_empty(),
        },
        workspace: workspace.name.to_string(),
        interface: (segment(&interface.id), interface.title.to_string()),
        address: here.address()?,
        summary: operation.summary.to_string(),
        method: operation.method.to_string(),
        path: format!("{}{}", interface.path_prefix, operation.path),
        fields,
        more,
        body: views(operation, filled, &[Place::Body], &problems),
        headers: views(operation, filled, &[Place::Header], &problems),
        own_body: has_own_body(operation).then(|| filled.body.clone()),
        more_query: filled.more_query.clone(),
        more_headers: filled.more_headers.clone(),
        profiles: profiles(interface, filled),
        who: login::choices(&here.clinicians, &filled.who),
        asks_for_login: !interface.profiles.is_empty(),
        people: people::choices(app, &chosen),
        examples: examples(operation),
        common: faults::common(operation),
        own: faults::own(operation),
        history: rows(app, workspace, shown.map(|(sent, _)| sent)),
        answer: shown.map(|(sent, beside)| view(sent, beside, &around)),
        problems,
        use_address: format!(
            "/w/{}/build?use={}/{}",
            workspace.name,
            segment(&interface.id),
            segment(&operation.id)
        ),
    })
}

/// Those that are shown at once, and those that are optional and empty once there are enough.
fn parted(fields: Vec<FieldView>) -> (Vec<FieldView>, Vec<FieldView>) {
    let mut shown = 0;
    fields.into_iter().partition(|field| {
        let is_shown =
            !field.is_optional || !field.value.is_empty() || field.problem.is_some() || shown < AT_ONCE;
        shown += usize::from(is_shown);
        is_shown
    })
}

/// The NHS's hosts that the interface can be asked on: name, what that means, whether it is chosen.
fn profiles(interface: &Statement, filled: &Filled) -> Vec<(&'static str, &'static str, bool)> {
    let offered = interface.profiles.iter();
    offered
        .map(|profile| {
            let told = match profile {
                Profile::Int => {
                    "The workspace's people: changes are kept, and it is checked who is logged in (int)"
                }
                Profile::Sandbox => {
                    "The NHS's own examples: always the same answers, and nobody has to log in (sandbox)"
                }
            };
            (profile.name(), told, filled.profile == Some(*profile))
        })
        .collect()
}

fn examples(operation: &OperationStatement) -> Vec<(usize, String, u16)> {
    let all = operation.examples.iter().enumerate();
    // One whose body is of another type than the form makes has no form to be shown in.
    let all = all.filter(|(_, example)| is_of_the_usual_type(operation, example));
    all.map(|(place, example)| (place, example.title.to_string(), example.status))
        .collect()
}

fn rows(app: &App, workspace: &Workspace, shown: Option<&Sent>) -> Vec<Row> {
    let sent = app.explored.list(workspace.id);
    let rows = sent.iter().take(HISTORY).map(|sent| {
        let received = &sent.received;
        Row {
            number: sent.number,
            title: sent.title.clone(),
            asked: words::shorten(
                &words::visible(&format!(
                    "{} {}",
                    sent.prepared.method, sent.prepared.path_and_query
                )),
                90,
            ),
            status: received
                .no_answer
                .map_or_else(|| words::status(received.status), |_| "No answer".to_owned()),
            tone: if (200..400).contains(&received.status) {
                "nhsuk-tag--green"
            } else {
                "nhsuk-tag--red"
            },
            when: words::moment(sent.at),
            fault: received.fault.clone().unwrap_or_default(),
            address: address(workspace, &sent.interface, &sent.operation),
            is_shown: shown.is_some_and(|shown| shown.number == sent.number),
            is_comparable: shown.is_some_and(|shown| {
                shown.number != sent.number
                    && shown.interface == sent.interface
                    && shown.operation == sent.operation
            }),
        }
    });
    rows.collect()
}
