//! What an operation's page shows.

use askama::Template;
use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::interface::Place;
use mock_nhs_interfaces::statement::{OperationStatement, Statement};
use mock_nhs_interfaces::value::NhsNumber;

use super::{Here, address, segment};
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;
use crate::web::explorer::answer::{AnswerView, Around, view};
use crate::web::explorer::faults::{self, Button};
use crate::web::explorer::form::{FieldView, Filled, has_own_body, is_of_the_usual_type, views};
use crate::web::explorer::history::Sent;
use crate::web::explorer::request::Problems;
use crate::web::explorer::{login, people};
use crate::web::page::Frame;
use crate::web::words::{self, Moment};

/// Fields that are shown at once, unless more are filled in or must be.
const AT_ONCE: usize = 4;
/// Requests in the list of those that were sent.
const HISTORY: usize = 12;

/// The page.
#[derive(Debug, Template)]
#[template(path = "explorer_operation.html")]
pub(super) struct OperationPage {
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

impl OperationPage {
    fn sentence_at(&self, field: &str) -> Option<&str> {
        let here = self.problems.iter().find(|(at, _)| at == field);
        here.map(|(_, sentence)| sentence.as_str())
    }

    /// Whether something is wrong among what is folded up: nobody can go to a field that is not shown.
    fn is_wrong_along(&self) -> bool {
        self.sentence_at("more-headers").is_some() || self.headers.iter().any(|field| field.problem.is_some())
    }
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

/// Puts the page together.
pub(super) fn page(
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
