//! What is different between two answers or two versions of a record: field by field where both are JSON.

use serde_json::Value;

use super::send::Received;
use super::table::walk;
use crate::web::words;

/// Fields of one side that are compared.
const MOST_FIELDS: usize = 5_000;
/// Differences that are told.
const MOST_ROWS: usize = 100;
/// Headers that are another each time.
const FLEETING: [&str; 6] = [
    "date",
    "x-request-id",
    "x-correlation-id",
    "content-length",
    "last-modified",
    "server-timing",
];

/// The differences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Differences {
    pub(crate) rows: Vec<Row>,
    pub(crate) left_out: usize,
}

/// One difference: where, before, after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) place: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Between two records.
pub(crate) fn of_records(before: &Value, after: &Value) -> Differences {
    let mut found = Differences::default();
    let (before, after) = (leaves(before), leaves(after));
    let known: std::collections::HashMap<&str, &str> = after
        .iter()
        .map(|(place, value)| (place.as_str(), value.as_str()))
        .collect();
    let was: std::collections::HashSet<&str> = before.iter().map(|(place, _)| place.as_str()).collect();
    for (place, value) in &before {
        let now = known.get(place.as_str()).map(|now| (*now).to_owned());
        if now.as_deref() != Some(value) {
            found.add(place, Some(value.clone()), now);
        }
    }
    for (place, value) in after.iter().filter(|(place, _)| !was.contains(place.as_str())) {
        found.add(place, None, Some(value.clone()));
    }
    found
}

fn leaves(record: &Value) -> Vec<(String, String)> {
    let mut leaves = Vec::new();
    walk(&mut Vec::new(), record, &mut |path, value| {
        if leaves.len() < MOST_FIELDS {
            leaves.push((path.join(" › "), value));
        }
    });
    leaves
}

impl Differences {
    fn add(&mut self, place: &str, before: Option<String>, after: Option<String>) {
        if self.rows.len() >= MOST_ROWS {
            self.left_out += 1;
            return;
        }
        let short = |value: Option<String>| {
            value.map_or_else(|| "Nothing".to_owned(), |value| words::shorten(&value, 300))
        };
        self.rows.push(Row {
            place: if place.is_empty() {
                "The answer".to_owned()
            } else {
                place.to_owned()
            },
            before: short(before),
            after: short(after),
        });
    }
}

/// Between two answers: status, headers, body.
pub(super) fn of_answers(before: &Received, after: &Received) -> Differences {
    let mut found = Differences::default();
    if before.status != after.status || before.no_answer != after.no_answer {
        let status = |received: &Received| {
            Some(
                received
                    .no_answer
                    .map_or_else(|| words::status(received.status), str::to_owned),
            )
        };
        found.add("Status", status(before), status(after));
    }
    let is_lasting = |name: &str| {
        !FLEETING
            .iter()
            .any(|fleeting| name.eq_ignore_ascii_case(fleeting))
    };
    for (name, value) in before.headers.iter().filter(|(name, _)| is_lasting(name)) {
        let now = after.header(name);
        if now != Some(value) {
            found.add(
                &format!("Header {name}"),
                Some(value.clone()),
                now.map(str::to_owned),
            );
        }
    }
    for (name, value) in after.headers.iter().filter(|(name, _)| is_lasting(name)) {
        if before.header(name).is_none() {
            found.add(&format!("Header {name}"), None, Some(value.clone()));
        }
    }
    match (before.json(), after.json()) {
        (Some(before), Some(after)) => {
            let body = of_records(&before, &after);
            found.left_out += body.left_out;
            let room = MOST_ROWS.saturating_sub(found.rows.len());
            found.left_out += body.rows.len().saturating_sub(room);
            found.rows.extend(body.rows.into_iter().take(room));
        }
        _ if before.body != after.body => {
            let text = |received: &Received| {
                let text = String::from_utf8_lossy(&received.body);
                (!text.is_empty()).then(|| words::visible(&text).into_owned())
            };
            found.add("Body", text(before), text(after));
        }
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_changed_came_and_went_is_told() {
        let before = json!({"name":[{"family":"Smith"}],"gender":"female","a":[1,2]});
        let after = json!({"name":[{"family":"Smythe"}],"birthDate":"2010-10-22","a":[1,2]});
        let rows: Vec<_> = of_records(&before, &after)
            .rows
            .into_iter()
            .map(|row| (row.place, row.before, row.after))
            .collect();
        let row =
            |place: &str, before: &str, after: &str| (place.to_owned(), before.to_owned(), after.to_owned());
        assert_eq!(
            rows,
            [
                row("Gender", "female", "Nothing"),
                row("Name › Family", "Smith", "Smythe"),
                row("Birth date", "Nothing", "2010-10-22"),
            ]
        );
        assert!(of_records(&before, &before).rows.is_empty());
    }

    #[test]
    fn answers_differ_by_status_header_and_body_and_not_by_the_hour() {
        let received = |status: u16, etag: &str, date: &str, body: &'static str| Received {
            status,
            headers: vec![
                ("etag".to_owned(), etag.to_owned()),
                ("date".to_owned(), date.to_owned()),
            ],
            body: Bytes::from_static(body.as_bytes()),
            ..Received::default()
        };
        let same = of_answers(&received(200, "1", "a", "{}"), &received(200, "1", "b", "{}"));
        assert!(same.rows.is_empty());
        let other = of_answers(&received(200, "1", "a", "{}"), &received(503, "2", "a", "gone"));
        let places: Vec<&str> = other.rows.iter().map(|row| row.place.as_str()).collect();
        assert_eq!(places, ["Status", "Header etag", "Body"]);
    }
}
