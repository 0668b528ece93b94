//! What happened to somebody, year by year, the newest first; what is planned comes before what was.

use serde_json::Value;
use time::OffsetDateTime;

use super::gathered::Gathered;
use crate::web::summary::{kinds, say};
use crate::web::words;

/// Events on the page.
const MOST: usize = 80;

/// The events of one year.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Year {
    pub(super) title: String,
    pub(super) events: Vec<Event>,
}

/// One event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// For machines, and to sort by.
    pub(super) date: String,
    pub(super) when: String,
    pub(super) kind: &'static str,
    pub(super) what: String,
    pub(super) is_planned: bool,
}

/// The years, and how many events are left out.
pub(super) fn years(gathered: &Gathered, now: OffsetDateTime) -> (Vec<Year>, usize) {
    let today = now.date().to_string();
    let mut events = Vec::new();
    let mut add = |kind: &'static str, date: &Value, what: String| {
        let Some(written) = date.as_str().filter(|date| date.len() >= 4) else {
            return;
        };
        events.push(Event {
            is_planned: written.get(..10).is_some_and(|day| day > today.as_str()),
            date: written.to_owned(),
            when: say::date(date).unwrap_or_default(),
            kind,
            what: words::shorten(&words::visible(&what), 200),
        });
    };
    let patient = &gathered.patient;
    add("Life", &patient["birthDate"], "Born".to_owned());
    add("Life", &patient["deceasedDateTime"], "Died".to_owned());
    let plain: [(&'static str, &[Value], &str); 6] = [
        ("Problem", &gathered.conditions.found, "onsetDateTime"),
        ("Prescription", &gathered.medicines.found, "authoredOn"),
        ("Vaccination", &gathered.immunisations.found, "occurrenceDateTime"),
        ("Appointment", &gathered.appointments.found, "start"),
        ("Document", &gathered.documents.found, "date"),
        ("Allergy", &gathered.allergies.found, "recordedDate"),
    ];
    for (kind, records, member) in plain {
        for record in records {
            let is_cancelled = if record["status"] == "cancelled" {
                " (cancelled)"
            } else {
                ""
            };
            add(
                kind,
                &record[member],
                format!("{}{is_cancelled}", kinds::title(record)),
            );
        }
    }
    for record in &gathered.conditions.found {
        add(
            "Problem",
            &record["abatementDateTime"],
            format!("{} is over", kinds::title(record)),
        );
    }
    for record in &gathered.encounters.found {
        add("Contact", say::at(record, "/period/start"), kinds::title(record));
    }
    for record in &gathered.procedures.found {
        let when = &record["performedDateTime"];
        let when = if when.is_string() {
            when
        } else {
            say::at(record, "/performedPeriod/start")
        };
        add("Procedure", when, kinds::title(record));
    }
    grouped(events)
}

fn grouped(mut events: Vec<Event>) -> (Vec<Year>, usize) {
    events.sort_by(|one, other| other.date.cmp(&one.date));
    let left_out = events.len().saturating_sub(MOST);
    let mut years: Vec<Year> = Vec::new();
    for event in events.into_iter().take(MOST) {
        let title = event.date.get(..4).unwrap_or_default().to_owned();
        match years.last_mut() {
            Some(year) if year.title == title => year.events.push(event),
            _ => years.push(Year {
                title,
                events: vec![event],
            }),
        }
    }
    (years, left_out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::super::gathered::Of;
    use super::*;

    #[test]
    fn events_come_by_year_and_what_is_planned_is_marked() {
        let of = |found: Vec<Value>| Of { found, total: 0 };
        let gathered = Gathered {
            patient: json!({"birthDate":"1990-05"}),
            conditions: of(vec![
                json!({"code":{"text":"Asthma"},"onsetDateTime":"2020-03-01","abatementDateTime":"2026-01-01"}),
            ]),
            appointments: of(vec![
                json!({"resourceType":"Appointment","description":"Review","start":"2026-12-18T09:00:00Z"}),
            ]),
            ..Gathered::default()
        };
        let (years, left_out) = years(&gathered, datetime!(2026-11-26 12:00 UTC));
        assert_eq!(left_out, 0);
        let titles: Vec<&str> = years.iter().map(|year| year.title.as_str()).collect();
        assert_eq!(titles, ["2026", "2020", "1990"]);
        let planned: Vec<bool> = years[0].events.iter().map(|event| event.is_planned).collect();
        assert_eq!(planned, [true, false]);
        assert_eq!(years[2].events[0].when, "May 1990");
    }
}
