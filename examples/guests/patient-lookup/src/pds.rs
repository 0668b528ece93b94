//! The one question this app asks: the Personal Demographics Service's "read a patient".
//!
//! Specification: <https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir>

mod patient;

use serde_json::Value;
use wstd::http::error::ErrorCode;
use wstd::http::{Body, Client, Request};
use wstd::prelude::*;
use wstd::time::Duration;

use crate::nhs_number::NhsNumber;
pub use patient::{Death, Name, Patient};

/// The integration environment. To go live is to change this host, and to be allowed to.
const BASE: &str = "https://int.api.service.nhs.uk/personal-demographics/FHIR/R4";

/// People wait about this long before they press the button again, and the sandbox ends a run after 10 seconds: the
/// page must have been told by then.
const PATIENCE_SECONDS: u64 = 6;

/// What came of asking for a patient.
#[derive(Debug, PartialEq)]
pub enum Answer {
    Found(Box<Patient>),
    /// No record has this number.
    NotFound,
    /// The number was given out, and has been taken back.
    Invalidated,
    /// 401 or 403: the app, or the person using it, is not signed in or not entitled.
    NotAllowed,
    /// 429: too many requests.
    Busy,
    /// 408, 504, or nothing came within our patience.
    TimedOut,
    /// The service answered that it has a fault.
    Down {
        status: u16,
    },
    /// No connection, or the sandbox refused to make one.
    Unreachable,
    /// The service would not take the request. The reason is its own text.
    Refused {
        status: u16,
        reason: Option<String>,
    },
    /// Something came that is not a patient.
    Unreadable,
}

/// Asks for one patient. Says on the log what happened, never whom it is about.
pub async fn read_patient(number: &NhsNumber) -> Answer {
    let request_id = random_uuid();
    println!("Asking the Personal Demographics Service for a patient, request {request_id}");
    // No Authorization: the sandbox signs this app in. Elsewhere an app adds its own access token here.
    let request = Request::get(format!("{BASE}/Patient/{}", number.digits()))
        .header("Accept", "application/fhir+json")
        .header("X-Request-ID", request_id)
        // One press of the button, one correlation; with several calls they would share it.
        .header("X-Correlation-ID", random_uuid())
        .body(Body::empty())
        .expect("every part of the request is plain ASCII");

    let exchange = async {
        let response = Client::new().send(request).await?;
        let status = response.status().as_u16();
        let body = response.into_body().bytes_contents().await?;
        Ok::<_, wstd::http::Error>((status, body))
    };
    match exchange.timeout(Duration::from_secs(PATIENCE_SECONDS)).await {
        Ok(Ok((status, body))) => {
            println!("It answered {status} with {} bytes", body.len());
            understand(number, status, &body)
        }
        Ok(Err(error)) => {
            println!("No answer: {error:#}");
            failure(error.downcast_ref())
        }
        Err(_) => {
            println!("No answer within {PATIENCE_SECONDS} seconds");
            Answer::TimedOut
        }
    }
}

/// What an answer means. The status alone does not say it: an unknown and an invalidated number are both 404.
fn understand(asked: &NhsNumber, status: u16, body: &[u8]) -> Answer {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    match status {
        200 => body
            .and_then(|body| Patient::read(asked, &body))
            .map_or(Answer::Unreadable, |patient| Answer::Found(Box::new(patient))),
        401 | 403 => Answer::NotAllowed,
        404 if issue(body.as_ref(), "code") == Some("INVALIDATED_RESOURCE") => Answer::Invalidated,
        404 if issue(body.as_ref(), "code") == Some("RESOURCE_NOT_FOUND") => Answer::NotFound,
        408 | 504 => Answer::TimedOut,
        429 => Answer::Busy,
        400..=499 => {
            let reason = issue(body.as_ref(), "display").map(str::to_owned);
            Answer::Refused { status, reason }
        }
        500..=599 => Answer::Down { status },
        _ => Answer::Unreadable,
    }
}

/// A member of the first issue of an `OperationOutcome`, the form in which FHIR services report errors.
fn issue<'a>(body: Option<&'a Value>, member: &str) -> Option<&'a str> {
    let body = body?;
    if body["resourceType"] != "OperationOutcome" {
        return None;
    }
    body["issue"][0]["details"]["coding"][0][member].as_str()
}

/// Tells "too slow" from "not there". A host that the sandbox does not offer is `HttpRequestDenied`.
fn failure(code: Option<&ErrorCode>) -> Answer {
    match code {
        Some(
            ErrorCode::DnsTimeout
            | ErrorCode::ConnectionTimeout
            | ErrorCode::ConnectionReadTimeout
            | ErrorCode::ConnectionWriteTimeout
            | ErrorCode::HttpResponseTimeout,
        ) => Answer::TimedOut,
        _ => Answer::Unreachable,
    }
}

/// A version 4 UUID: 122 random bits.
fn random_uuid() -> String {
    let mut bytes = [0; 16];
    wstd::rand::get_random_bytes(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(code: &str, display: &str) -> String {
        let coding = serde_json::json!([{"code": code, "display": display}]);
        serde_json::json!({"resourceType": "OperationOutcome", "issue": [{"details": {"coding": coding}}]})
            .to_string()
    }

    #[test]
    fn every_answer_is_understood() {
        let unknown = outcome("RESOURCE_NOT_FOUND", "Resource not found");
        let invalidated = outcome(
            "INVALIDATED_RESOURCE",
            "Resource that has been marked as invalid was requested",
        );
        let missing = outcome("MISSING_VALUE", "Required value is missing");
        let refused = |status, reason: Option<&str>| Answer::Refused {
            status,
            reason: reason.map(str::to_owned),
        };
        for (status, body, expected) in [
            (404, unknown.as_str(), Answer::NotFound),
            (404, &invalidated, Answer::Invalidated),
            // A wrong address is no statement about a patient.
            (404, "<html>", refused(404, None)),
            (400, &missing, refused(400, Some("Required value is missing"))),
            (401, "", Answer::NotAllowed),
            (403, "", Answer::NotAllowed),
            (408, "", Answer::TimedOut),
            (429, "", Answer::Busy),
            (503, "", Answer::Down { status: 503 }),
            (504, "", Answer::TimedOut),
            (200, "{\"resourceType\":\"Pat", Answer::Unreadable),
            (200, &unknown, Answer::Unreadable),
            (200, "[]", Answer::Unreadable),
            (302, "", Answer::Unreadable),
        ] {
            let asked = NhsNumber::parse("9000000009").unwrap();
            assert_eq!(
                understand(&asked, status, body.as_bytes()),
                expected,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn slow_is_not_absent() {
        assert_eq!(failure(Some(&ErrorCode::HttpResponseTimeout)), Answer::TimedOut);
        assert_eq!(failure(Some(&ErrorCode::HttpRequestDenied)), Answer::Unreachable);
        assert_eq!(failure(None), Answer::Unreachable);
    }
}
