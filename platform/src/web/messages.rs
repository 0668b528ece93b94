//! `GET /w/{workspace}/messages`: what people were sent through NHS Notify, as they would find it.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::Value;
use store::Clock as _;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ask;
use super::page::{Frame, render};
use super::summary::say;
use super::words::{self, Moment};
use crate::app::App;
use crate::error::AppError;
use crate::web::extract::Path;

/// The newest messages, each with whom it was for. Notify keeps every message as a `Communication` of this category.
const NEWEST: &str = "/Communication?category:text=NHS%20Notify%20message&_sort=-sent&_count=50&_include=Communication:subject";
/// Longest part of a message that is shown, in characters.
const LONGEST: usize = 2_000;

/// The page.
#[derive(Debug, Template)]
#[template(path = "messages.html")]
struct MessagesPage {
    frame: Frame,
    workspace: String,
    /// What the list is, in one sentence.
    told: String,
    messages: Vec<Message>,
}

/// One message.
#[derive(Debug)]
struct Message {
    id: String,
    /// What the routing plan is called.
    plan: String,
    /// Whom it was for; empty for a message to an address that was given with it.
    to: String,
    /// The NHS number, where the workspace knows the person.
    number: Option<String>,
    sent: Option<Moment>,
    state: &'static str,
    tone: &'static str,
    /// By what it went, or why it did not.
    how: String,
    parts: Vec<String>,
}

/// `GET /w/{workspace}/messages`
pub(super) async fn read_messages(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let (_, bundle) = ask::get(&app, &workspace, NEWEST.to_owned()).await?;
    let resources = || {
        let entries = say::list(say::at(&bundle, "/entry")).iter();
        entries.map(|entry| &entry["resource"])
    };
    let names: HashMap<&str, String> = resources()
        .filter(|resource| resource["resourceType"] == "Patient")
        .filter_map(|patient| Some((patient["id"].as_str()?, say::name(say::usual_name(patient)?)?)))
        .collect();
    let now = workspace.conditions.clock.now();
    let messages: Vec<Message> = resources()
        .filter(|resource| resource["resourceType"] == "Communication")
        .map(|resource| message(resource, &names, now))
        .collect();
    let shown = u64::try_from(messages.len()).unwrap_or_default();
    let total = say::at(&bundle, "/total").as_u64().unwrap_or(shown);
    let told = match (shown, total) {
        (0, _) => "Nothing was sent yet.".to_owned(),
        (shown, total) if total > shown => {
            format!("The newest {shown} of {} messages.", words::thousands(total))
        }
        (shown, _) => format!("{}, the newest first.", words::count(shown, "message")),
    };
    let page = MessagesPage {
        frame: Frame {
            heading: "Messages".to_owned(),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        workspace: workspace.name.to_string(),
        told,
        messages,
    };
    Ok(render(StatusCode::OK, &page))
}

/// A channel in plain words.
fn channel(name: &str) -> &str {
    match name {
        "nhsapp" => "the NHS App",
        "sms" => "text message",
        other => other,
    }
}

fn message(resource: &Value, names: &HashMap<&str, String>, now: OffsetDateTime) -> Message {
    let text = |pointer: &str| say::at(resource, pointer).as_str().unwrap_or_default();
    let shown = |text: &str| words::visible(&words::shorten(text, LONGEST)).into_owned();
    let moment = |pointer: &str| OffsetDateTime::parse(text(pointer), &Rfc3339).ok();
    let number = text("/subject/identifier/value");
    let known = names.get(number);
    let under_way = moment("/received").is_none_or(|received| received > now);
    let (state, tone) = match text("/status") {
        "completed" if under_way => ("On its way", "nhsuk-tag--grey"),
        "completed" => ("Delivered", "nhsuk-tag--green"),
        _ => ("Not delivered", "nhsuk-tag--red"),
    };
    let media = say::list(say::at(resource, "/medium")).iter();
    let media: Vec<_> = media
        .filter_map(|medium| medium["text"].as_str())
        .map(channel)
        .collect();
    let failure = text("/statusReason/text");
    let failure = failure.strip_prefix("Failed reason: ").unwrap_or(failure);
    let how = match (media.as_slice(), failure) {
        ([], failure) => failure.to_owned(),
        ([.., last], "") => format!("By {last}"),
        (tried, failure) => format!("{failure}. Tried: {}", tried.join(", ")),
    };
    let parts = say::list(say::at(resource, "/payload")).iter();
    Message {
        id: text("/id").to_owned(),
        plan: shown(text("/topic/text")),
        to: match known {
            Some(name) => format!("{}, {}", shown(name), say::spaced(number)),
            None => say::spaced(number),
        },
        number: known.map(|_| number.to_owned()),
        sent: moment("/sent").map(words::moment),
        state,
        tone,
        how: shown(&how),
        parts: parts
            .filter_map(|part| part["contentString"].as_str())
            .map(shown)
            .collect(),
    }
}
