//! `GET /{mailbox}/inbox`: lists the messages that wait.

use axum::body::Body;
use http::{Method, Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::error::{INTERNAL, Problem, WRONG_PARAMETER, answer};
use super::handshake::TOKEN_FAULTS;
use super::media_type::Version;
use super::message::{self, Message, communication, inbox_criteria};
use super::{ACCEPT, AUTHORIZATION, MAILBOX, PATH_PREFIX, SPECIFICATION, token};
use crate::exchange::{Exchange, reply};
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};
use crate::lookup;

pub(super) const PATH: &str = "/{mailbox}/inbox";
/// Messages on a page, when the caller does not say.
const PAGE: usize = 500;
/// Most messages that an inbox shows.
pub(super) const MOST: usize = 5_000;

pub(super) const OPERATION: Operation = Operation {
    id: "list_inbox",
    title: "Check an inbox",
    summary: "Lists the messages that wait in a mailbox, the oldest first.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::Mailbox],
    fields: &[
        MAILBOX,
        AUTHORIZATION,
        Field {
            name: "max_results",
            place: Place::Query,
            title: "Most messages",
            hint: "How many messages to list at once.",
            kind: FieldKind::Number {
                least: 10,
                most: 5_000,
            },
            need: Need::Optional,
            example: "100",
        },
        Field {
            name: "workflow_filter",
            place: Place::Query,
            title: "Workflow",
            hint: "Only messages of this workflow; a star stands for any characters at either end, ! for the others.",
            kind: FieldKind::Text { wildcards: true },
            need: Need::Optional,
            example: "TEST_WORKFLOW*",
        },
        Field {
            name: "continue_from",
            place: Place::Query,
            title: "Continue",
            hint: "The last message of the page before.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::Optional,
            example: "00000000000000000000000000000000",
        },
        ACCEPT,
    ],
    examples: &[
        Example::get("The messages that wait", "/X26ABC1/inbox", 200),
        Example::get("A page that is too small", "/X26ABC1/inbox?max_results=1", 400),
    ],
    faults: &[
        TOKEN_FAULTS[0],
        TOKEN_FAULTS[1],
        TOKEN_FAULTS[2],
        TOKEN_FAULTS[3],
        TOKEN_FAULTS[4],
        TOKEN_FAULTS[5],
        WRONG_PARAMETER.fault,
    ],
    media_type: "application/vnd.mesh.v2+json",
    specification: SPECIFICATION,
    handler: list_inbox,
};

/// What may be asked of an inbox.
struct Wish {
    most: usize,
    /// Decoded and as it was written.
    filter: Option<(String, String)>,
    after: Option<String>,
}

fn list_inbox<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        listed(exchange)
            .await
            .unwrap_or_else(|problem| answer(exchange, &problem))
    })
}

async fn listed(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let caller = token::check(exchange, &exchange.path_value(PATH, "mailbox"))?;
    let wish = wish(exchange.query())?;
    let mailbox = caller.mailbox.id;
    let waiting = waiting(exchange, mailbox).await?;
    let count = waiting.len();
    let mut ids: Vec<&str> = waiting
        .iter()
        .filter(|message| {
            wish.filter
                .as_ref()
                .is_none_or(|(filter, _)| passes(filter, &message.workflow))
        })
        .map(|message| message.id.as_str())
        .collect();
    if let Some(after) = &wish.after
        && let Some(place) = ids.iter().position(|id| id.eq_ignore_ascii_case(after))
    {
        ids.drain(..=place);
    }
    let has_more = ids.len() > wish.most;
    ids.truncate(wish.most);
    let document = match caller.version {
        Version::One => json!({ "messages": ids }),
        Version::Two => {
            let mut link = format!("{PATH_PREFIX}/{mailbox}/inbox");
            let mut mark = '?';
            if wish.most != PAGE {
                link += &format!("{mark}max_results={}", wish.most);
                mark = '&';
            }
            if let Some((_, raw)) = &wish.filter {
                link += &format!("{mark}workflow_filter={raw}");
                mark = '&';
            }
            let mut links = json!({ "self": link });
            if let (true, Some(last), Some(links)) = (has_more, ids.last(), links.as_object_mut()) {
                links.insert(
                    "next".to_owned(),
                    format!("{link}{mark}continue_from={last}").into(),
                );
            }
            json!({ "messages": ids, "links": links, "approx_inbox_count": count })
        }
    };
    Ok(reply(
        StatusCode::OK,
        caller.version.media_type(),
        document.to_string(),
    ))
}

/// The messages that wait in a mailbox, the oldest first.
pub(super) async fn waiting(exchange: &Exchange<'_>, mailbox: &str) -> Result<Vec<Message>, Problem> {
    let view = exchange.view().await.map_err(|error| {
        tracing::warn!(%error, "an inbox could not be read");
        &INTERNAL
    })?;
    let found = lookup::find(
        &view,
        communication(),
        &inbox_criteria(mailbox),
        MOST,
        exchange.now(),
    );
    let found = found.map_err(|error| {
        tracing::warn!(%error, "an inbox could not be searched");
        &INTERNAL
    })?;
    let sample = message::find(&view, message::SAMPLE).filter(|sample| {
        let is_untouched = view.latest(communication(), message::SAMPLE).is_none();
        is_untouched && sample.recipient == mailbox
    });
    let kept = found.iter().filter_map(|record| message::read(&record.text));
    Ok(sample.into_iter().chain(kept).collect())
}

fn wish(query: &str) -> Result<Wish, Problem> {
    let mut wish = Wish {
        most: PAGE,
        filter: None,
        after: None,
    };
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, raw) = part.split_once('=').unwrap_or((part, ""));
        let value = percent_decode_str(raw).decode_utf8_lossy().into_owned();
        match name {
            "max_results" => {
                let most = value.parse().ok().filter(|most| (10..=MOST).contains(most));
                wish.most = most.ok_or(&WRONG_PARAMETER)?;
            }
            "workflow_filter" if !value.is_empty() => wish.filter = Some((value, raw.to_owned())),
            "continue_from" if !value.is_empty() => wish.after = Some(value),
            _ => {}
        }
    }
    Ok(wish)
}

/// Whether a workflow passes a filter. Source: the parameter `workflow_filter` of the operation.
fn passes(filter: &str, workflow: &str) -> bool {
    let (is_negated, filter) = match filter.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, filter),
    };
    let passes = match (filter.strip_prefix('*'), filter.strip_suffix('*')) {
        (Some(rest), _) => workflow.contains(rest.strip_suffix('*').unwrap_or(rest)),
        (None, Some(start)) => workflow.starts_with(start),
        (None, None) => workflow == filter,
    };
    passes != is_negated
}

#[cfg(test)]
mod tests {
    use super::passes;

    #[test]
    fn filters_pass_as_they_are_described() {
        for (filter, passing, stopped) in [
            ("WORKFLOW1", "WORKFLOW1", "WORKFLOW12"),
            ("!WORKFLOW1", "WORKFLOW12", "WORKFLOW1"),
            ("WORKFL*", "WORKFLOW1", "AWORKFLOW"),
            ("!WORKFL*", "AWORKFLOW", "WORKFLOW1"),
            ("*_ACK*", "A_ACK_B", "A_NACK"),
            ("!*_ACK*", "A_NACK", "A_ACK_B"),
        ] {
            assert!(passes(filter, passing), "{filter} {passing}");
            assert!(!passes(filter, stopped), "{filter} {stopped}");
        }
    }
}
