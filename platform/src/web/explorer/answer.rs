//! An answer as the page shows it: what happened in one sentence, then the same answer in four views.

use mock_nhs_interfaces::Clinician;
use mock_nhs_interfaces::statement::{OperationStatement, Statement};

use super::code::{Snippet, snippets};
use super::difference::{Differences, of_answers};
use super::faults::lesson;
use super::history::Sent;
use super::links::{Links, links};
use super::login;
use super::record::{Record, record};
use super::table::{Table, tables};
use crate::web::summary::{Told, tell};
use crate::web::words::{self, Moment};

/// An answer.
#[derive(Debug)]
pub(super) struct AnswerView {
    pub(super) number: u32,
    /// Such as "200 OK", or why there is none.
    pub(super) status: String,
    /// The class of its colour.
    pub(super) tone: &'static str,
    pub(super) took: String,
    pub(super) when: Moment,
    pub(super) login: String,
    /// What was done to it on purpose.
    pub(super) fault: Option<String>,
    /// What that means for an app.
    pub(super) lesson: &'static str,
    pub(super) told: Told,
    pub(super) tables: Vec<Table>,
    pub(super) record: Record,
    pub(super) links: Links,
    /// What the record is, when it is no JSON.
    pub(super) odd: Option<String>,
    pub(super) is_cut: bool,
    pub(super) headers: Vec<(String, String)>,
    pub(super) request_line: String,
    pub(super) request_headers: Vec<(String, String)>,
    pub(super) request_body: Option<String>,
    pub(super) snippets: Vec<Snippet>,
    /// Who could log in to be answered: what to send, and their name.
    pub(super) offers: Vec<(String, String)>,
    pub(super) beside: Option<Beside>,
}

/// Another answer to compare with.
#[derive(Debug)]
pub(super) struct Beside {
    pub(super) number: u32,
    pub(super) differences: Differences,
}

/// Where a page shows an answer.
pub(super) struct Around<'a> {
    pub(super) interface: &'a Statement,
    pub(super) operation: &'a OperationStatement,
    pub(super) clinicians: &'a [Clinician],
    /// For example `http://127.0.0.1:8080/w/demo`.
    pub(super) workspace_address: &'a str,
    pub(super) token: &'a str,
}

/// Makes the view.
pub(super) fn view(sent: &Sent, beside: Option<&Sent>, around: &Around<'_>) -> AnswerView {
    let received = &sent.received;
    let json = received.json();
    let text = String::from_utf8_lossy(&received.body);
    let told = told(sent, json.as_ref());
    AnswerView {
        number: sent.number,
        status: received
            .no_answer
            .map_or_else(|| words::status(received.status), str::to_owned),
        tone: match received.status {
            200..=299 => "nhsuk-tag--green",
            300..=399 => "nhsuk-tag--blue",
            _ => "nhsuk-tag--red",
        },
        took: words::duration(received.took_us),
        when: words::moment(sent.at),
        login: received.login.clone(),
        fault: received.fault.clone(),
        lesson: if received.fault.is_some() {
            lesson(&sent.fault)
        } else {
            ""
        },
        tables: json.as_ref().map(|json| tables(json, &told)).unwrap_or_default(),
        links: json.as_ref().map(links).unwrap_or_default(),
        record: record(&text, json.is_some()),
        odd: odd(sent, json.is_some()),
        told,
        is_cut: received.is_cut,
        headers: shown(&received.headers),
        request_line: format!(
            "{} {}{}",
            sent.prepared.method, around.interface.path_prefix, sent.prepared.path_and_query
        ),
        request_headers: shown(&sent.prepared.headers),
        request_body: sent
            .prepared
            .body
            .as_ref()
            .map(|(_, text)| words::shorten(&words::visible(text), 20_000)),
        snippets: snippets(
            around.interface,
            around.operation,
            &sent.prepared,
            around.workspace_address,
            around.token,
        ),
        offers: offers(sent, around.clinicians),
        beside: beside.map(|other| Beside {
            number: other.number,
            differences: of_answers(&other.received, received),
        }),
    }
}

fn shown(headers: &[(String, String)]) -> Vec<(String, String)> {
    let shown = |text: &String| words::shorten(&words::visible(text), 500);
    headers
        .iter()
        .map(|(name, value)| (shown(name), shown(value)))
        .collect()
}

/// Whoever could be logged in with one press: three clinicians, and the workspace's own.
fn offers(sent: &Sent, clinicians: &[Clinician]) -> Vec<(String, String)> {
    let prepared = &sent.prepared;
    if sent.received.fault.is_some()
        || !login::would_help(sent.received.status, prepared.profile, &prepared.who)
    {
        return Vec::new();
    }
    let named = clinicians.iter().take(3);
    named
        .map(|clinician| {
            (
                login::Who::Clinician(clinician.id.clone()).value(),
                clinician.name.clone(),
            )
        })
        .chain([(
            login::Who::Workspace.value(),
            "the workspace's own clinician".to_owned(),
        )])
        .collect()
}

fn told(sent: &Sent, json: Option<&serde_json::Value>) -> Told {
    let received = &sent.received;
    if let Some(no_answer) = received.no_answer {
        return Told {
            lead: no_answer.to_owned(),
            ..Told::default()
        };
    }
    match json {
        Some(json) => tell(received.status, json),
        None => Told {
            lead: match (received.status, received.body.is_empty()) {
                (200..=299, true) if sent.prepared.method == http::Method::DELETE => {
                    "It is deleted.".to_owned()
                }
                (200..=299, true) => "It is done; the answer has nothing more to say.".to_owned(),
                (300..=399, _) => {
                    "The answer leads to another address; it is in the header Location.".to_owned()
                }
                (400.., _) => crate::web::summary::meaning(received.status).to_owned(),
                (_, true) => "The answer is empty.".to_owned(),
                (_, false) => "The answer cannot be told in words: it is not a record.".to_owned(),
            },
            ..Told::default()
        },
    }
}

/// What came instead of JSON.
fn odd(sent: &Sent, is_json: bool) -> Option<String> {
    let received = &sent.received;
    if is_json || received.body.is_empty() {
        return None;
    }
    let media = received.header("content-type").unwrap_or_default();
    if media.contains("json") {
        return Some(if received.is_cut {
            "The answer is too long to be shown in words, as a table or as links.".to_owned()
        } else {
            "This says that it is JSON, and it cannot be read as such.".to_owned()
        });
    }
    Some(format!(
        "This is {}, as it was sent.",
        if media.is_empty() { "text" } else { media }
    ))
}
