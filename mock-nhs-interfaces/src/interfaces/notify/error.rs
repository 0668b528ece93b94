//! What goes wrong in Notify, in the shape of JSON:API. Source: <https://jsonapi.org/format/1.0/#errors>

use axum::body::Body;
use http::header::{CACHE_CONTROL, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::SPECIFICATION;
use crate::api_platform::X_CORRELATION_ID;
use crate::exchange::{Exchange, reply};
use crate::interface::Fault;

/// Most errors in one answer.
pub(super) const MOST_ERRORS: usize = 100;

/// An error and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) fault: &'static Fault,
    pub(super) title: &'static str,
    pub(super) source: Source,
}

/// Where an error is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Nowhere in particular.
    Nothing,
    /// In the body, as a JSON pointer.
    Pointer(String),
    /// In a request header.
    Header(&'static str),
}

macro_rules! faults {
    ($($name:ident $status:literal $code:literal $title:literal $detail:literal $when:literal;)*) => {
        $(
            pub(super) static $name: (Fault, &str) = (
                Fault { status: $status, code: $code, display: $detail, when: $when },
                $title,
            );
        )*
    };
}

// Status, code, title and detail of every error, and when it happens. Source: the section "Errors" of each operation in the specification.
faults! {
    MISSING_VALUE 400 "CM_MISSING_VALUE" "Missing property" "The property at the specified location is required, but was not present in the request." "A part of the body that must be there is not.";
    NULL_VALUE 400 "CM_NULL_VALUE" "Property cannot be null" "The property at the specified location is required, but a null value was passed in the request." "A part of the body that must hold something holds null.";
    INVALID_VALUE 400 "CM_INVALID_VALUE" "Invalid value" "The property at the specified location does not allow this value." "A part of the body, or all of it, is not what belongs there.";
    INVALID_NHS_NUMBER 400 "CM_INVALID_NHS_NUMBER" "Invalid nhs number" "The value provided in this nhsNumber field is not a valid NHS number." "An NHS number has a wrong check digit or is no number.";
    DUPLICATE_VALUE 400 "CM_DUPLICATE_VALUE" "Duplicate value" "The property at the specified location is a duplicate, duplicated values are not allowed." "Two messages of a batch have one reference.";
    TOO_FEW_ITEMS 400 "CM_TOO_FEW_ITEMS" "Too few items" "The property at the specified location contains too few items." "A batch has no messages.";
    CANNOT_SET_ODS_CODE 400 "CM_CANNOT_SET_ODS_CODE" "Cannot set ODS code" "Your account is not permitted to set originator ODS codes." "The account may not name another sender, and the message does.";
    ODS_CODE_REQUIRED 400 "CM_ODS_CODE_REQUIRED" "Originator odsCode must be provided" "An originator with odsCode must be provided, as your account does not have a default ODS code." "The account has no sender of its own, and the message names none.";
    CANNOT_SET_CONTACT_DETAILS 400 "CM_CANNOT_SET_CONTACT_DETAILS" "Cannot set contact details" "Your account is not allowed to provide alternative contact details." "The account may not bring contact details, and the message does.";
    INVALID_ODS_CODE 400 "CM_INVALID_REQUEST" "Invalid Request" "Invalid ODS Code" "The code of the practice is none.";
    MISSING_ODS_CODE 400 "CM_INVALID_REQUEST" "Invalid Request" "Missing ODS Code" "The practice is not named.";
    DENIED 401 "CM_DENIED" "Access denied" "Access token missing, invalid or expired, or calling application not configured for this operation." "No application is logged in.";
    FORBIDDEN 403 "CM_FORBIDDEN" "Forbidden" "Client not recognised or not yet onboarded." "The application is not known to Notify.";
    SERVICE_BAN 403 "CM_SERVICE_BAN" "Service ban in effect" "A service ban is in effect on your account." "The application is banned.";
    NOT_FOUND 404 "CM_NOT_FOUND" "Resource not found" "The resource at the requested URI was not found." "There is nothing at this address.";
    NO_SUCH_ROUTING_PLAN 404 "CM_NO_SUCH_ROUTING_PLAN" "No such routing plan" "The routing plan specified either does not exist or is not in a usable state." "Nobody made a routing plan with this id.";
    NOT_ALLOWED 405 "CM_NOT_ALLOWED" "Method not allowed" "The method at the requested URI was not allowed." "The address is not asked with this method.";
    NOT_ACCEPTABLE 406 "CM_NOT_ACCEPTABLE" "Not acceptable" "This service can only generate application/vnd.api+json or application/json." "The header Accept asks for something that is not JSON.";
    REQUEST_TIMEOUT 408 "CM_TIMEOUT" "Request timeout" "The service was unable to receive your request within the timeout period." "The request took too long to arrive.";
    TOO_LARGE 413 "CM_TOO_LARGE" "Request too large" "Request message was larger than the service limit" "The body is too long.";
    TOO_MANY_ITEMS 413 "CM_TOO_MANY_ITEMS" "Too many items" "The property at the specified location contains too many items." "A batch has more than 45,000 messages.";
    UNSUPPORTED_MEDIA 415 "CM_UNSUPPORTED_MEDIA" "Unsupported media" "Invalid content-type, this API only supports application/vnd.api+json or application/json." "The header Content-Type says that the body is not JSON.";
    DUPLICATE_MESSAGE 422 "CM_DUPLICATE_REQUEST" "Duplicate message request" "Request exists with identical messageReference" "A message with this reference was sent before.";
    DUPLICATE_BATCH 422 "CM_DUPLICATE_REQUEST" "Duplicate batch request" "Request exists with identical messageBatchReference" "A batch with this reference was sent before.";
    RETRY_TOO_EARLY 425 "CM_RETRY_TOO_EARLY" "Retried too early" "You have retried this request too early, the previous request is still being processed. Re-send the request after the time (in seconds) specified `Retry-After` header." "The same request is still being worked on.";
    QUOTA 429 "CM_QUOTA" "Too many requests" "You have made too many requests. Re-send the request after the time (in seconds) specified `Retry-After` header." "The application asks too often.";
    ACCOUNTS_QUOTA 429 "CM_QUOTA" "Too many requests" "This endpoint is currently receiving a high volume of requests and is being rate limited." "All applications together ask too often.";
    INTERNAL 500 "CM_INTERNAL_SERVER_ERROR" "Error processing request" "There was an internal error whilst processing this request." "Notify itself failed.";
    MISSING_TEMPLATES 500 "CM_MISSING_ROUTING_PLAN_TEMPLATE" "Templates missing" "The templates required to use the routing plan were not found." "The routing plan has no templates.";
    DUPLICATE_TEMPLATES 500 "CM_ROUTING_PLAN_DUPLICATE_TEMPLATES" "Duplicate templates" "The routing plan specified contains duplicate templates." "The routing plan has two templates for one channel.";
    BAD_GATEWAY 502 "CM_BAD_GATEWAY" "Unable to call service" "A downstream service is not responding." "What is behind Notify does not answer.";
    UNAVAILABLE 503 "CM_SERVICE_UNAVAILABLE" "The service is currently unavailable" "The service is currently not able to process this request, try again later." "Notify is not up.";
    GATEWAY_TIMEOUT 504 "CM_TIMEOUT" "Unable to call service" "The downstream service has not responded within the configured timeout period." "What is behind Notify is too slow.";
}

/// An error of the table above.
pub(super) type Known = (Fault, &'static str);

impl Problem {
    /// An error that is nowhere in particular.
    pub(super) const fn plainly(known: &'static Known) -> Self {
        Self {
            fault: &known.0,
            title: known.1,
            source: Source::Nothing,
        }
    }

    /// An error at a place in the body.
    pub(super) fn at(known: &'static Known, pointer: impl Into<String>) -> Self {
        Self {
            source: Source::Pointer(pointer.into()),
            ..Self::plainly(known)
        }
    }

    /// An error of a request header.
    pub(super) fn header(known: &'static Known, name: &'static str) -> Self {
        Self {
            source: Source::Header(name),
            ..Self::plainly(known)
        }
    }
}

/// Answers with these errors; the status is that of the first.
pub(super) fn answer(exchange: &Exchange<'_>, problems: &[Problem]) -> Response<Body> {
    let correlation = correlation_id(exchange);
    let errors: Vec<Value> = problems
        .iter()
        .take(MOST_ERRORS)
        .enumerate()
        .map(|(place, problem)| written(&correlation, place, problem))
        .collect();
    let status = problems.first().map_or(500, |problem| problem.fault.status);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = answer_json(exchange, status, &json!({ "errors": errors }));
    // The seconds that the specification gives as examples.
    let wait = match status {
        StatusCode::TOO_EARLY => Some("300"),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Some("5"),
        _ => None,
    };
    if let Some(wait) = wait {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static(wait));
    }
    response
}

pub(super) fn written(correlation: &str, place: usize, problem: &Problem) -> Value {
    let mut links = json!({ "about": SPECIFICATION });
    if problem.fault.code == INVALID_NHS_NUMBER.0.code
        && let Some(links) = links.as_object_mut()
    {
        links.insert(
            "nhsNumbers".to_owned(),
            "https://www.datadictionary.nhs.uk/attributes/nhs_number.html".into(),
        );
    }
    let mut error = json!({
        "id": format!("{correlation}.{place}"),
        "code": problem.fault.code,
        "links": links,
        "status": problem.fault.status.to_string(),
        "title": problem.title,
        "detail": problem.fault.display,
    });
    let source = match &problem.source {
        Source::Nothing => None,
        Source::Pointer(pointer) => Some(json!({ "pointer": pointer })),
        Source::Header(name) => Some(json!({ "header": name })),
    };
    if let (Some(source), Some(error)) = (source, error.as_object_mut()) {
        error.insert("source".to_owned(), source);
    }
    error
}

/// Answers with a document, in the media type that was asked for, with the headers of every answer of Notify.
pub(super) fn answer_json(exchange: &Exchange<'_>, status: StatusCode, document: &Value) -> Response<Body> {
    let accept = exchange.headers().get(http::header::ACCEPT);
    let plain = accept
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.starts_with("application/json"));
    let media_type = if plain {
        HeaderValue::from_static("application/json; charset=utf-8")
    } else {
        HeaderValue::from_static("application/vnd.api+json; charset=utf-8")
    };
    let mut response = reply(status, media_type, document.to_string());
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-store, must-revalidate"),
    );
    if let Ok(correlation) = HeaderValue::try_from(correlation_id(exchange)) {
        headers.insert(X_CORRELATION_ID, correlation);
    }
    response
}

/// The caller's correlation id, or one that is made for this request.
pub(super) fn correlation_id(exchange: &Exchange<'_>) -> String {
    let given = exchange.headers().get(X_CORRELATION_ID);
    match given.and_then(|given| given.to_str().ok()) {
        Some(given) => given.to_owned(),
        // Shaped as the API platform's own message ids; the number is the moment, so that two requests differ.
        None => format!("rrt-{}-c-geu2-1-1-1", exchange.now().unix_timestamp_nanos()),
    }
}

/// What may go wrong with whatever is sent, and then what is an operation's own.
macro_rules! sending_faults {
    ($($own:ident),*) => {
        &[
            $crate::interfaces::notify::error::DENIED.0,
            $crate::interfaces::notify::error::FORBIDDEN.0,
            $crate::interfaces::notify::error::SERVICE_BAN.0,
            $crate::interfaces::notify::error::NOT_ACCEPTABLE.0,
            $crate::interfaces::notify::error::UNSUPPORTED_MEDIA.0,
            $crate::interfaces::notify::error::REQUEST_TIMEOUT.0,
            $crate::interfaces::notify::error::MISSING_VALUE.0,
            $crate::interfaces::notify::error::NULL_VALUE.0,
            $crate::interfaces::notify::error::INVALID_VALUE.0,
            $crate::interfaces::notify::error::INVALID_NHS_NUMBER.0,
            $crate::interfaces::notify::error::CANNOT_SET_ODS_CODE.0,
            $crate::interfaces::notify::error::ODS_CODE_REQUIRED.0,
            $crate::interfaces::notify::error::CANNOT_SET_CONTACT_DETAILS.0,
            $crate::interfaces::notify::error::NO_SUCH_ROUTING_PLAN.0,
            $crate::interfaces::notify::error::MISSING_TEMPLATES.0,
            $crate::interfaces::notify::error::DUPLICATE_TEMPLATES.0,
            $crate::interfaces::notify::error::RETRY_TOO_EARLY.0,
            $crate::interfaces::notify::error::QUOTA.0,
            $crate::interfaces::notify::error::INTERNAL.0,
            $crate::interfaces::notify::error::UNAVAILABLE.0,
            $crate::interfaces::notify::error::GATEWAY_TIMEOUT.0,
            $($own.0),*
        ]
    };
}
pub(super) use sending_faults;
