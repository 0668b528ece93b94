//! The one question this app asks: the Personal Demographics Service's "read a patient".

use serde_json::Value;
use wstd::http::{Body, Client, Request};
use wstd::prelude::*;
use wstd::time::Duration;

use crate::nhs_number::NhsNumber;

/// The integration environment. To go live is to change this host, and to be allowed to.
const BASE: &str = "https://int.api.service.nhs.uk/personal-demographics/FHIR/R4";

/// People press the button again after about this long; the page must have been told by then.
const PATIENCE_SECONDS: u64 = 5;

/// What came of asking.
pub enum Answer {
    Found(Patient),
    /// No record has this number, or not any more.
    NotFound,
    /// Nothing came in time, or the service was busy: worth trying again.
    TryAgain,
    /// Everything else, with the reason for the people who run the app.
    Failed(String),
}

/// What this app shows of a patient. Any of it may be missing in a record.
pub struct Patient {
    pub nhs_number: String,
    pub name: String,
    pub born: String,
    pub gender: String,
    pub died: bool,
    /// Where this person lives must not be found out from here.
    pub restricted: bool,
    /// The lines of the home address. Empty when restricted.
    pub address: Vec<String>,
}

/// Asks for one patient. Says on the log what happened, never whom it is about.
pub async fn read_patient(number: &NhsNumber) -> Answer {
    let request_id = uuid();
    println!("Asking for a patient, request {request_id}");
    // No Authorization: the sandbox signs this app in. Elsewhere an app adds its own access token here.
    let request = Request::get(format!("{BASE}/Patient/{}", number.digits()))
        .header("accept", "application/fhir+json")
        .header("x-request-id", request_id)
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
            println!("It answered {status}");
            understand(status, &body)
        }
        Ok(Err(error)) => {
            println!("No answer: {error:#}");
            Answer::Failed("it could not be reached".to_owned())
        }
        Err(_) => {
            println!("No answer in time");
            Answer::TryAgain
        }
    }
}

fn understand(status: u16, body: &[u8]) -> Answer {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match status {
        200 if body["resourceType"] == "Patient" => Answer::Found(read(&body)),
        // Only the service itself can say that nobody has the number; a wrong address is 404 as well.
        404 if body["resourceType"] == "OperationOutcome" => Answer::NotFound,
        408 | 429 | 502..=504 => Answer::TryAgain,
        _ => Answer::Failed(format!("it answered {status}")),
    }
}

fn read(patient: &Value) -> Patient {
    // `U` is unrestricted; every other code asks for care.
    let marks = patient["meta"]["security"].as_array();
    let restricted = marks.into_iter().flatten().any(|mark| mark["code"] != "U");
    let name = chosen(&patient["name"], "usual");
    let address = chosen(&patient["address"], "home");
    Patient {
        nhs_number: text(&patient["id"]),
        name: [
            texts(&name["prefix"]),
            texts(&name["given"]),
            vec![text(&name["family"])],
        ]
        .concat()
        .join(" ")
        .trim()
        .to_owned(),
        born: text(&patient["birthDate"]),
        gender: text(&patient["gender"]),
        died: patient["deceasedBoolean"] == true || patient["deceasedDateTime"].is_string(),
        restricted,
        address: if restricted {
            Vec::new()
        } else {
            [texts(&address["line"]), vec![text(&address["postalCode"])]].concat()
        },
    }
}

/// Of several names or addresses the one with the wanted use, else the first.
fn chosen<'a>(list: &'a Value, wanted: &str) -> &'a Value {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let found = list.iter().find(|item| item["use"] == wanted);
    found.or(list.first()).unwrap_or(&Value::Null)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().trim().to_owned()
}

fn texts(list: &Value) -> Vec<String> {
    let texts = list.as_array().into_iter().flatten().map(text);
    texts.filter(|text| !text.is_empty()).collect()
}

/// A version 4 UUID: 122 random bits.
fn uuid() -> String {
    let mut bytes = [0; 16];
    wstd::rand::get_random_bytes(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
