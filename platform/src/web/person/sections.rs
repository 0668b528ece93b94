//! Problems, medicines, allergies, immunisations, appointments and documents, each as a list with what counts first.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::gathered::{Gathered, Of};
use crate::web::summary::{Alert, administration, clinical, kinds, say};
use crate::web::words;

/// Records of one section on the page.
const MOST: usize = 40;

/// One section.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What is said where there is none.
    pub(super) none: &'static str,
    pub(super) rows: Vec<Row>,
    /// Those that are over, shown on demand.
    pub(super) past: Vec<Row>,
    pub(super) past_title: &'static str,
    pub(super) left_out: u64,
}

/// One record.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) title: String,
    /// When, how, with whom: one line each.
    pub(super) lines: Vec<String>,
    pub(super) alerts: Vec<Alert>,
    /// Type and id, to change it.
    pub(super) record: (String, String),
}

/// All sections.
pub(super) fn all(gathered: &Gathered, now: OffsetDateTime) -> Vec<Section> {
    let is_not_given = |record: &Value| record["status"] != "completed";
    let is_not_ahead = |record: &Value| record["status"] == "cancelled" || !is_ahead(record, now);
    let is_replaced = |record: &Value| record["status"] == "superseded";
    vec![
        section(
            ("problems", "Problems"),
            "No problems are recorded.",
            "Past problems",
            &gathered.conditions,
            is_over,
            problem,
        ),
        section(
            ("medicines", "Medicines"),
            "No medicines are recorded.",
            "Past medicines",
            &gathered.medicines,
            is_stopped,
            medicine,
        ),
        section(
            ("allergies", "Allergies"),
            "No allergies are recorded. That does not mean that there are none.",
            "Past allergies",
            &gathered.allergies,
            is_over,
            allergy,
        ),
        section(
            ("immunisations", "Immunisations"),
            "No immunisations are recorded.",
            "Not given",
            &gathered.immunisations,
            is_not_given,
            immunisation,
        ),
        section(
            ("appointments", "Appointments"),
            "No appointments are planned.",
            "Past and cancelled appointments",
            &gathered.appointments,
            is_not_ahead,
            appointment,
        ),
        section(
            ("documents", "Documents"),
            "No documents are recorded.",
            "Replaced documents",
            &gathered.documents,
            is_replaced,
            document,
        ),
    ]
}

fn section(
    (id, title): (&'static str, &'static str),
    none: &'static str,
    past_title: &'static str,
    records: &Of,
    is_past: impl Fn(&Value) -> bool,
    lines: impl Fn(&Value) -> Vec<Option<String>>,
) -> Section {
    let row = |record: &Value| Row {
        title: words::shorten(&words::visible(&kinds::title(record)), 200),
        lines: lines(record)
            .into_iter()
            .flatten()
            .map(|line| words::shorten(&words::visible(&line), 400))
            .collect(),
        alerts: administration::alerts(record),
        record: (
            record["resourceType"].as_str().unwrap_or_default().to_owned(),
            record["id"].as_str().unwrap_or_default().to_owned(),
        ),
    };
    let (past, current): (Vec<&Value>, Vec<&Value>) =
        records.found.iter().partition(|record| is_past(record));
    let rows: Vec<Row> = current.iter().take(MOST).map(|record| row(record)).collect();
    let past: Vec<Row> = past.iter().take(MOST).map(|record| row(record)).collect();
    let shown = u64::try_from(rows.len() + past.len()).unwrap_or_default();
    Section {
        id,
        title,
        none,
        left_out: records.total.saturating_sub(shown),
        rows,
        past,
        past_title,
    }
}

fn is_over(record: &Value) -> bool {
    let status = say::at(record, "/clinicalStatus/coding/0/code");
    let checked = say::at(record, "/verificationStatus/coding/0/code");
    matches!(status.as_str(), Some("resolved" | "inactive" | "remission"))
        || matches!(checked.as_str(), Some("entered-in-error" | "refuted"))
}

fn is_stopped(record: &Value) -> bool {
    matches!(
        record["status"].as_str(),
        Some("completed" | "stopped" | "cancelled" | "entered-in-error")
    )
}

fn is_ahead(record: &Value, now: OffsetDateTime) -> bool {
    let start = record["start"]
        .as_str()
        .and_then(|start| OffsetDateTime::parse(start, &Rfc3339).ok());
    start.is_none_or(|start| start >= now)
}

fn dated(label: &str, date: &Value) -> Option<String> {
    say::date(date).map(|date| format!("{label} {date}"))
}

fn problem(record: &Value) -> Vec<Option<String>> {
    vec![
        dated("Since", &record["onsetDateTime"]),
        dated("Until", &record["abatementDateTime"]),
        say::concept(&record["severity"]),
        say::text(say::at(record, "/note/0/text")),
    ]
}

fn medicine(record: &Value) -> Vec<Option<String>> {
    let how = clinical::dosages(record).join("; ");
    vec![
        (!how.is_empty()).then_some(how),
        dated("Prescribed", &record["authoredOn"]),
        say::concept(&record["reasonCode"]).map(|why| format!("For {why}")),
    ]
}

fn allergy(record: &Value) -> Vec<Option<String>> {
    let signs: Vec<String> = say::list(&record["reaction"])
        .iter()
        .flat_map(|reaction| say::list(&reaction["manifestation"]))
        .filter_map(say::concept)
        .collect();
    vec![
        (!signs.is_empty()).then(|| format!("Reaction: {}", signs.join(", "))),
        say::code(&record["criticality"])
            .map(|criticality| format!("Criticality: {}", criticality.to_lowercase())),
        dated("Written down", &record["recordedDate"]),
    ]
}

fn immunisation(record: &Value) -> Vec<Option<String>> {
    let diseases: Vec<String> = say::list(&record["protocolApplied"])
        .iter()
        .flat_map(|protocol| say::list(&protocol["targetDisease"]))
        .filter_map(say::concept)
        .collect();
    let dose = say::at(record, "/protocolApplied/0/doseNumberPositiveInt").as_u64();
    vec![
        dated("Given", &record["occurrenceDateTime"]),
        (!diseases.is_empty()).then(|| format!("Against {}", diseases.join(", "))),
        dose.map(|dose| format!("Dose {dose}")),
        say::concept(&record["statusReason"]),
    ]
}

fn appointment(record: &Value) -> Vec<Option<String>> {
    let with: Vec<String> = say::list(&record["participant"])
        .iter()
        .filter(|one| {
            say::at(one, "/actor/reference")
                .as_str()
                .is_none_or(|actor| !actor.contains("Patient/"))
        })
        .filter_map(|one| say::text(say::at(one, "/actor/display")))
        .collect();
    vec![
        say::date(&record["start"]),
        say::code(&record["status"]),
        (!with.is_empty()).then(|| format!("With {}", with.join(", "))),
    ]
}

fn document(record: &Value) -> Vec<Option<String>> {
    vec![say::date(&record["date"]), say::concept(&record["type"])]
}
