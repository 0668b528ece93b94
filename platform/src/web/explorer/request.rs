//! From a form to the request that it stands for. Pure.

use http::{HeaderName, HeaderValue, Method};
use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::interface::{FieldKind, Need, Place};
use mock_nhs_interfaces::statement::{FieldStatement, OperationStatement, Statement};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::form::{Filled, has_own_body};
use super::login::Who;

/// What stays as it is in a value of the query: what people write in names, dates and codes.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'*')
    .remove(b':')
    .remove(b',')
    .remove(b'/');
/// The same inside of a segment of a path.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// Longest address, in bytes.
const LONGEST: usize = 8_000;

/// A request, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prepared {
    pub(super) method: Method,
    /// Below the interface's prefix.
    pub(super) path_and_query: String,
    /// Without the login.
    pub(super) headers: Vec<(String, String)>,
    /// Media type and text.
    pub(super) body: Option<(String, String)>,
    pub(super) profile: Option<Profile>,
    pub(super) who: Who,
}

/// Why a form is no request: the id of each field that is wrong, and what to do about it.
pub(super) type Problems = Vec<(String, String)>;

/// Makes the request; `id` is for headers that want a new one.
pub(super) fn prepare(
    interface: &Statement,
    operation: &OperationStatement,
    filled: &Filled,
    id: &str,
) -> Result<Prepared, Problems> {
    let mut problems = Problems::new();
    let path_and_query = address(operation, filled, &mut problems);
    let headers = headers(operation, filled, id, &mut problems);
    let body = body(interface, operation, filled, &mut problems);
    if path_and_query.len() > LONGEST {
        problems.push((
            "f0".to_owned(),
            "Enter less: the address would be too long".to_owned(),
        ));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Prepared {
        method: operation.method.clone(),
        path_and_query,
        headers,
        body,
        profile: filled.profile,
        who: filled.who.clone(),
    })
}

fn fields<'f>(
    operation: &'f OperationStatement,
    filled: &'f Filled,
    place: Place,
) -> impl Iterator<Item = (String, &'f FieldStatement, &'f str)> {
    let fields = operation.fields.iter().zip(&filled.values).enumerate();
    fields
        .filter(move |(_, (field, _))| field.place == place)
        .map(|(index, (field, value))| (format!("f{index}"), field, value.trim()))
}

fn address(operation: &OperationStatement, filled: &Filled, problems: &mut Problems) -> String {
    let mut path = operation.path.to_string();
    for (id, field, value) in fields(operation, filled, Place::Path) {
        // Spaces are how people write NHS numbers.
        let value = if field.kind == FieldKind::NhsNumber {
            value.replace([' ', '-'], "")
        } else {
            value.to_owned()
        };
        if value.is_empty() {
            problems.push((id, format!("Enter the {}", lower(&field.title))));
            continue;
        }
        let written = utf8_percent_encode(&value, IN_PATH).to_string();
        // A segment of dots would be a step up.
        let written = if written.bytes().all(|byte| byte == b'.') {
            written.replace('.', "%2E")
        } else {
            written
        };
        path = path.replace(&format!("{{{}}}", field.name), &written);
    }
    let mut pairs: Vec<String> = Vec::new();
    for (_, field, value) in fields(operation, filled, Place::Query) {
        let repeats = matches!(field.need, Need::RequiredRepeatable | Need::OptionalRepeatable);
        let lines: Vec<&str> = if repeats {
            value.lines().collect()
        } else {
            vec![value]
        };
        for line in lines.into_iter().map(str::trim).filter(|line| !line.is_empty()) {
            let name = utf8_percent_encode(&field.name, IN_QUERY);
            pairs.push(format!("{name}={}", utf8_percent_encode(line, IN_QUERY)));
        }
    }
    for (name, value) in form_urlencoded::parse(filled.more_query.trim().trim_start_matches('?').as_bytes()) {
        let name = utf8_percent_encode(&name, IN_QUERY);
        pairs.push(format!("{name}={}", utf8_percent_encode(&value, IN_QUERY)));
    }
    if pairs.is_empty() {
        path
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

fn headers(
    operation: &OperationStatement,
    filled: &Filled,
    id: &str,
    problems: &mut Problems,
) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    let mut add = |place: &str, name: &str, value: &str| {
        let fits = HeaderName::try_from(name).is_ok() && HeaderValue::from_str(value).is_ok();
        if fits && value.is_ascii() && !is_ours(name) {
            headers.push((name.to_owned(), value.to_owned()));
        } else {
            problems.push((
                place.to_owned(),
                format!("The header {name} cannot be sent like this: use plain letters on one line"),
            ));
        }
    };
    for (place, field, value) in fields(operation, filled, Place::Header) {
        if field.is_credential {
            continue;
        }
        let is_needed = matches!(field.need, Need::Required | Need::RequiredRepeatable);
        let value = if value.is_empty() && field.kind == FieldKind::Uuid && is_needed {
            id
        } else {
            value
        };
        if !value.is_empty() {
            add(&place, &field.name, value);
        }
    }
    for line in filled
        .more_headers
        .lines()
        .take(20)
        .filter(|line| !line.trim().is_empty())
    {
        match line.split_once(':') {
            Some((name, value)) => add("more-headers", name.trim(), value.trim()),
            None => add("more-headers", line.trim(), "\n"),
        }
    }
    headers
}

/// Headers that the explorer itself decides.
fn is_ours(name: &str) -> bool {
    [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "x-c4h-fault",
        "content-encoding",
    ]
    .iter()
    .any(|own| name.eq_ignore_ascii_case(own))
}

fn body(
    interface: &Statement,
    operation: &OperationStatement,
    filled: &Filled,
    problems: &mut Problems,
) -> Option<(String, String)> {
    let example = operation
        .examples
        .iter()
        .find_map(|example| example.body.as_ref());
    let usual = if interface.fhir_version.is_some() {
        "application/fhir+json"
    } else {
        "application/json"
    };
    let media = example.map_or(usual, |(media, _)| media);
    let text = if has_own_body(operation) {
        filled.body.clone()
    } else {
        let mut parts = fields(operation, filled, Place::Body).peekable();
        parts.peek()?;
        let parts: Vec<_> = parts.collect();
        match parts.iter().find(|(_, field, _)| field.name == "body") {
            Some((_, _, whole)) => (*whole).to_owned(),
            None => members(media, &parts),
        }
    };
    if text.is_empty() {
        return None;
    }
    if media.contains('\n') || HeaderValue::from_str(media).is_err() {
        problems.push((
            "more-headers".to_owned(),
            "The body's media type cannot be sent".to_owned(),
        ));
    }
    Some((media.to_owned(), text))
}

/// The members of a form or of a JSON object.
fn members(media: &str, parts: &[(String, &FieldStatement, &str)]) -> String {
    let filled = parts.iter().filter(|(_, _, value)| !value.is_empty());
    if media.contains("json") {
        let members: serde_json::Map<String, serde_json::Value> = filled
            .map(|(_, field, value)| {
                let read = serde_json::from_str(value)
                    .ok()
                    .filter(|_| field.kind == FieldKind::Json);
                (field.name.to_string(), read.unwrap_or_else(|| (*value).into()))
            })
            .collect();
        return if members.is_empty() {
            String::new()
        } else {
            serde_json::Value::Object(members).to_string()
        };
    }
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (_, field, value) in filled {
        form.append_pair(&field.name, value);
    }
    form.finish()
}

/// A label in the middle of a sentence: an abbreviation stays as it is.
fn lower(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::explorer::fhir_server;

    fn made(operation: &str, values: &[&str], more: &str) -> Result<Prepared, Problems> {
        let interface = fhir_server::statement();
        let operation = interface
            .operations
            .iter()
            .find(|one| one.id == operation)
            .unwrap();
        let filled = Filled {
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            more_query: more.to_owned(),
            ..Filled::at_first(&interface, operation)
        };
        prepare(&interface, operation, &filled, "id-1")
    }

    #[test]
    fn what_is_filled_in_stands_in_the_address_and_nowhere_else() {
        let address =
            |operation, values: &[&str], more| made(operation, values, more).unwrap().path_and_query;
        assert_eq!(
            address(
                "search-patients",
                &["O'Brien & Co", "", "1957-03-17", "", ""],
                "?_total=none"
            ),
            "/Patient?family=O%27Brien%20%26%20Co&birthdate=1957-03-17&_total=none"
        );
        assert_eq!(
            address("everything", &["900 000 0009", ""], ""),
            "/Patient/9000000009/$everything"
        );
        assert_eq!(
            address("read", &["Patient", "../../x?y#z"], ""),
            "/Patient/..%2F..%2Fx%3Fy%23z"
        );
        assert_eq!(address("read", &["Patient", ".."], ""), "/Patient/%2E%2E");
    }

    #[test]
    fn what_is_missing_is_said_at_its_field() {
        let problems = made("read", &["Patient", " "], "").unwrap_err();
        assert_eq!(
            problems,
            [("f1".to_owned(), "Enter the id of the record".to_owned())]
        );
        let problems = made("everything", &["", ""], "").unwrap_err();
        assert_eq!(problems, [("f0".to_owned(), "Enter the NHS number".to_owned())]);
    }

    #[test]
    fn nobody_smuggles_headers() {
        let interface = fhir_server::statement();
        let operation = interface
            .operations
            .iter()
            .find(|one| one.id == "capabilities")
            .unwrap();
        for lines in [
            "Host: elsewhere",
            "x-c4h-fault: slow",
            "No colon",
            "Bad name: x",
            "A: b\u{7}",
        ] {
            let filled = Filled {
                more_headers: lines.to_owned(),
                ..Filled::at_first(&interface, operation)
            };
            assert!(prepare(&interface, operation, &filled, "").is_err(), "{lines}");
        }
    }

    #[test]
    fn the_examples_of_every_operation_come_out_as_they_stand() {
        let interface = fhir_server::statement();
        for operation in &interface.operations {
            for example in &operation.examples {
                let filled = Filled::of_example(&interface, operation, example);
                let prepared = prepare(&interface, operation, &filled, "id-1").unwrap();
                assert_eq!(prepared.path_and_query, example.path_and_query);
                assert_eq!(
                    prepared.body.is_some(),
                    example.body.is_some() || operation.id == "update"
                );
            }
        }
    }
}
