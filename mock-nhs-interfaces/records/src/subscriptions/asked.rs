//! What a `Subscription` asks for, and whether it can be had.

use fhir::date::DateTime;
use fhir::json::Json;
use fhir::media::{BodyType, body_type};
use fhir_types::outcome::{Finding, IssueType};
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderName, HeaderValue};

use super::criteria::Criteria;
use super::{MAX_SUBSCRIPTIONS, subscription_type};
use crate::server::{Call, Refusal, outcome, shown::shown};
use crate::{Draft, Instant, Record};

/// Headers of one subscription at most.
const MAX_HEADERS: usize = 20;
/// Headers that say how a request is sent, and not what it is about.
const NOT_ASKED: [HeaderName; 8] = [
    CONNECTION,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    HOST,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// What a `Subscription` asks for, understood.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) criteria: Criteria,
    pub(super) endpoint: String,
    /// The media type of the resource, when that is to be sent.
    pub(super) payload: Option<HeaderValue>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// When it ends.
    pub(super) end: Option<Instant>,
}

/// Where a `Subscription` stands. <https://hl7.org/fhir/R4/valueset-subscription-status.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Somebody wants it to begin.
    Requested,
    Active,
    /// It is off, or has failed: nothing is sent.
    Still,
}

impl Status {
    pub(super) fn of(tree: &Json) -> Self {
        match tree.text("status") {
            Some("requested") => Self::Requested,
            Some("active") => Self::Active,
            _ => Self::Still,
        }
    }
}

impl Asked {
    /// Understands a `Subscription`.
    ///
    /// # Errors
    /// The element that cannot be had, with the reason.
    pub(super) fn of(tree: &Json) -> Result<Self, Finding> {
        let criteria = Criteria::split(tree.text("criteria").unwrap_or_default())
            .map_err(|reason| refused("criteria", reason))?;
        let channel = |key: &str| tree.at(&["channel", key]);
        let kind = channel("type").and_then(Json::as_str).unwrap_or_default();
        if kind != "rest-hook" {
            return Err(refused(
                "channel.type",
                format!("Notifications are sent as rest-hook only, not as {}", shown(kind)),
            ));
        }
        let end = tree
            .text("end")
            .and_then(|end| DateTime::parse_date_time(end).ok());
        Ok(Self {
            criteria,
            endpoint: channel("endpoint")
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned(),
            payload: channel("payload")
                .and_then(Json::as_str)
                .map(payload)
                .transpose()?,
            headers: headers(channel("header"))?,
            end: end.map(|end| Instant::from_micros_up(end.interval().low)),
        })
    }
}

/// The type of what is sent: a resource is only kept as JSON.
fn payload(text: &str) -> Result<HeaderValue, Finding> {
    match (body_type(Some(text)), HeaderValue::from_str(text)) {
        (Ok(BodyType::Json), Ok(value)) => Ok(value),
        _ => Err(refused(
            "channel.payload",
            format!(
                "Notifications carry application/fhir+json, or nothing when there is no payload; not {}",
                shown(text)
            ),
        )),
    }
}

fn headers(list: Option<&Json>) -> Result<Vec<(HeaderName, HeaderValue)>, Finding> {
    let texts: Vec<&str> = list
        .into_iter()
        .flat_map(Json::items)
        .filter_map(Json::as_str)
        .collect();
    let refused = |reason: String| refused("channel.header", reason);
    if texts.len() > MAX_HEADERS {
        return Err(refused(format!("A subscription may have {MAX_HEADERS} headers")));
    }
    let header = |text: &&str| {
        let (name, value) = text.split_once(':')?;
        Some((
            name.trim().parse().ok()?,
            HeaderValue::from_str(value.trim()).ok()?,
        ))
    };
    let all = texts.iter().map(|text| {
        let header: Option<(HeaderName, HeaderValue)> = header(text);
        header
            .filter(|(name, _)| !NOT_ASKED.contains(name))
            .ok_or_else(|| {
                refused(format!(
                    "{} is no header that can be sent; write Name: value",
                    shown(text)
                ))
            })
    });
    all.collect()
}

fn refused(place: &str, reason: String) -> Finding {
    Finding {
        expression: Some(format!("Subscription.{place}")),
        ..outcome::error(IssueType::BusinessRule, reason)
    }
}

/// Refuses what a change made of subscriptions when it can never be had; what may come right, such as an app that is not there
/// yet, is said in the resource itself.
pub(crate) fn check_made(call: &Call<'_>, draft: &Draft) -> Result<(), Refusal> {
    let Some(kind) = subscription_type() else {
        return Ok(());
    };
    for record in draft
        .made()
        .iter()
        .filter(|record| record.kind == kind && !record.is_deleted())
    {
        check(call, draft, record).map_err(|finding| Refusal::Unprocessable(vec![finding]))?;
    }
    Ok(())
}

fn check(call: &Call<'_>, draft: &Draft, record: &Record) -> Result<(), Finding> {
    let tree = Json::parse(&record.text).map_err(|error| refused("status", error.to_string()))?;
    if Status::of(&tree) == Status::Still {
        return Ok(());
    }
    if draft.view().count(record.kind) > MAX_SUBSCRIPTIONS {
        let reason = format!("A workspace may have {MAX_SUBSCRIPTIONS} subscriptions; delete one first");
        return Err(refused("status", reason));
    }
    let asked = Asked::of(&tree)?;
    let parsed = asked
        .criteria
        .understand(draft.view(), &call.tenant.base_url, call.now, &[]);
    parsed.map_err(|reason| refused("criteria", reason))?;
    let (records, workspace) = (call.server.records(), call.tenant.workspace);
    match records.hooks() {
        Some(hooks) => hooks
            .check(workspace, &asked.endpoint)
            .map_err(|reason| refused("channel.endpoint", reason)),
        None => Err(refused(
            "channel",
            "This server sends no notifications; a subscription that is off can be kept".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use fhir::json::Json;

    use super::Asked;

    #[test]
    fn what_cannot_be_had_is_named() {
        let check = |criteria: &str, channel: &str, expected: Result<&str, &str>| {
            let text = format!(
                r#"{{"resourceType":"Subscription","status":"requested","reason":"x","criteria":"{criteria}","channel":{{{channel}}}}}"#
            );
            let asked = Asked::of(&Json::parse(text.as_bytes()).unwrap());
            let found = asked.as_ref().map(|asked| asked.endpoint.as_str());
            let found = found.map_err(|finding| finding.expression.as_deref().unwrap());
            assert_eq!(found, expected, "{text}");
        };
        let hook = r#""type":"rest-hook","endpoint":"https://a""#;
        check("Patient?name=x", hook, Ok("https://a"));
        check("Patient", hook, Ok("https://a"));
        check("Pateint?name=x", hook, Err("Subscription.criteria"));
        check("Subscription?status=off", hook, Err("Subscription.criteria"));
        check("", hook, Err("Subscription.criteria"));
        check(
            "Patient",
            r#""type":"email","endpoint":"mailto:a@b""#,
            Err("Subscription.channel.type"),
        );
        let with = |more: &str| format!("{hook},{more}");
        check(
            "Patient",
            &with(r#""payload":"application/fhir+json; fhirVersion=4.0""#),
            Ok("https://a"),
        );
        check(
            "Patient",
            &with(r#""payload":"application/fhir+xml""#),
            Err("Subscription.channel.payload"),
        );
        check(
            "Patient",
            &with(r#""header":["Authorization: Bearer x","X-Mine:y"]"#),
            Ok("https://a"),
        );
        for header in [
            "no colon",
            "Host: evil",
            "content-length: 0",
            "a b: c",
            "x: \\u0001",
        ] {
            check(
                "Patient",
                &with(&format!(r#""header":["{header}"]"#)),
                Err("Subscription.channel.header"),
            );
        }
    }
}
