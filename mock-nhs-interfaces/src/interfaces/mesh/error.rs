//! What goes wrong in MESH, in the shapes of both versions of its answers.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::media_type::{self, Version};
use crate::api_platform::X_C4H_HINT;
use crate::auth::WHERE_THE_TOKEN_IS;
use crate::exchange::{Exchange, reply};
use crate::interface::Fault;

/// What is wrong: the status, what MESH calls the step, the code, and the words.
///
/// An error without code has only words.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) fault: Fault,
    event: &'static str,
}

macro_rules! known {
    ($($name:ident $status:literal $event:literal $code:literal $words:literal $when:literal;)*) => {
        $(
            pub(super) static $name: Known = Known {
                fault: Fault { status: $status, code: $code, display: $words, when: $when },
                event: $event,
            };
        )*
    };
}

known! {
    UNREADABLE_TOKEN 403 "" "" "Error reading from Authorization header" "The header Authorization is missing or holds no mailbox token.";
    OTHER_MAILBOX 403 "" "" "Mailbox id does not match token" "The token is that of another mailbox.";
    WRONG_TOKEN 403 "" "" "Invalid Authentication Token" "The HMAC is wrong, or its time is more than two hours off.";
    USED_TOKEN 403 "" "" "Error Duplicated Authentication Token" "The token was used before.";
    NO_MAILBOX 403 "SEND" "EPL-151" "No mailbox matched" "Nobody has this mailbox.";
    WRONG_ACCEPT 400 "" "" "Accept header api format incorrect" "The header Accept asks for a version that is none.";
    FORBIDDEN 403 "" "" "" "The message is in another mailbox.";
    NO_MESSAGE 404 "RECEIVE" "20" "Message does not exist" "No message has this id, or it has fewer parts.";
    NOT_FOUND 404 "" "" "" "Nothing was sent from this mailbox under this id.";
    SEVERAL 300 "" "" "" "Several messages have this local id.";
    GONE 410 "SEND" "Message already accepted" "Message no longer available for download" "The message is still being sent.";
    MISSING_HEADER 400 "" "missing" "Field required" "A header that must be there is not.";
    WRONG_PARAMETER 400 "" "" "Input should be a valid integer between 10 and 5000" "max_results is not a number from 10 to 5000.";
    MALFORMED 400 "TRANSFER" "06" "MalformedControlFile" "A header holds control characters or an address of the web.";
    WRONG_CHECKSUM 400 "SEND" "Invalid checksum" "Invalid checksum" "The header mex-Content-Checksum holds other characters than a checksum has.";
    NO_RECIPIENT 400 "SEND" "08" "TO_DTS missing" "The header mex-To is empty.";
    UNSUPPORTED_ENCODING 422 "SEND" "UnsupportedContentEncoding" "Unsupported content encoding" "The body is packed with something else than gzip.";
    WRONG_RANGE 417 "SEND" "InvalidHeaderChunks" "Invalid chunk values sent in mex-Chunk-Range header" "The header mex-Chunk-Range does not say which part of how many this is.";
    UNREGISTERED 417 "SEND" "12" "Unregistered to address" "Nobody has the mailbox that it is sent to.";
    EMPTY 417 "COLLECT" "02" "Data file is missing or inaccessible." "The body is empty.";
    ENCODING_CHANGED 417 "" "" "cannot change content encoding" "A later part is packed otherwise than the first.";
    LOCKED 423 "" "" "" "All parts of the message are there already.";
    NO_SUCH_PART 406 "" "" "" "The message has fewer parts.";
    TOO_LARGE 413 "" "" "The body is larger than 1.4 MB: send it in smaller chunks." "The body is too long.";
    FULL 507 "" "" "The workspace holds as much as it may: reset it, or delete messages." "The workspace is full.";
    NO_WORKFLOW 400 "" "" "workflow id missing" "The workflow is empty.";
    NO_ORGANISATION 400 "" "" "ods code missing" "The organisation is empty.";
    UNKNOWN_PATH 404 "" "" "Not Found" "There is nothing at this address.";
    UNKNOWN_METHOD 405 "" "" "Method Not Allowed" "The address is not asked with this method.";
    NOT_MONITORING 401 "" "" "Invalid Api Key" "The header apikey does not hold the platform's monitoring key.";
    INTERNAL 500 "" "" "An internal error occurred.\n\nPlease contact support." "MESH itself failed.";
}

/// Something wrong, with what it is about.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) known: &'static Known,
    message: Option<String>,
    /// The header that is missing, or the headers that are malformed.
    fields: Vec<&'static str>,
}

impl From<&'static Known> for Problem {
    fn from(known: &'static Known) -> Self {
        Self {
            known,
            message: None,
            fields: Vec::new(),
        }
    }
}

impl Problem {
    pub(super) fn of_message(known: &'static Known, id: &str) -> Self {
        Self {
            message: Some(id.to_owned()),
            ..Self::from(known)
        }
    }

    pub(super) fn of_headers(known: &'static Known, fields: Vec<&'static str>) -> Self {
        Self {
            fields,
            ..Self::from(known)
        }
    }
}

/// Answers with a problem, in the version that the caller asked for.
pub(super) fn answer(exchange: &Exchange<'_>, problem: &Problem) -> Response<Body> {
    let version = media_type::version(exchange.headers()).unwrap_or(Version::One);
    let known = problem.known;
    let status = StatusCode::from_u16(known.fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let document = document(problem, version);
    let media_type = if known.event.is_empty() {
        Version::One.media_type()
    } else {
        version.media_type()
    };
    let mut response = reply(status, media_type, document.to_string());
    let sent_nothing = !exchange.headers().contains_key(http::header::AUTHORIZATION);
    if sent_nothing && std::ptr::eq(known, &raw const UNREADABLE_TOKEN) {
        response
            .headers_mut()
            .insert(X_C4H_HINT, HeaderValue::from_static(WHERE_THE_TOKEN_IS));
    }
    response
}

fn document(problem: &Problem, version: Version) -> Value {
    let Known { fault, event } = problem.known;
    if std::ptr::eq(problem.known, &raw const MISSING_HEADER) {
        let missing = problem.fields.iter().map(|name| {
            json!({ "type": fault.code, "loc": ["header", name], "msg": fault.display, "input": null })
        });
        return json!({ "detail": missing.collect::<Value>() });
    }
    if fault.display.is_empty() {
        return json!({ "message": INTERNAL.fault.display });
    }
    let code = fault.code;
    let words = fault.display;
    if event.is_empty()
        && code.is_empty()
        && fault.status != 403
        && fault.status != 417
        && fault.status != 400
    {
        return json!({ "detail": words });
    }
    let mut document = match version {
        Version::One => json!({ "errorEvent": event, "errorCode": code, "errorDescription": words }),
        Version::Two => json!({ "detail": [{ "event": event, "code": code, "msg": words }] }),
    };
    let members = document.as_object_mut();
    if let (Some(members), Some(message)) = (members, &problem.message) {
        let name = match version {
            Version::One => "messageID",
            Version::Two => "message_id",
        };
        members.insert(name.to_owned(), message.as_str().into());
    }
    if let (Some(members), false) = (document.as_object_mut(), problem.fields.is_empty()) {
        members.insert("fields".to_owned(), json!(problem.fields));
    }
    document
}
