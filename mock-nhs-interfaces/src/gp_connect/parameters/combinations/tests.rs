//! Which parameters go together, and which do not.

use fhir::json::Json;
use serde_json::{Value, json};
use time::macros::date;

use crate::gp_connect::parameters::{Form, Wanted};
use crate::gp_connect::refused::INVALID_PARAMETER;

/// Asks for these on 26 November 2026.
fn ask(form: Form, parameters: &[Value]) -> Result<Wanted, String> {
    let mut all = vec![json!({
        "name": "patientNHSNumber",
        "valueIdentifier": { "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9999100007" },
    })];
    all.extend(parameters.iter().cloned());
    let body = json!({ "resourceType": "Parameters", "parameter": all }).to_string();
    let body = Json::parse(body.as_bytes()).unwrap();
    Wanted::parse(&body, form, date!(2026 - 11 - 26)).map_err(|refused| {
        assert!(refused.is(&INVALID_PARAMETER), "{refused:?}");
        format!("{refused:?}")
    })
}

fn parameter(name: &str, part: Value) -> Value {
    json!({ "name": name, "part": [part] })
}

const BOTH: [bool; 2] = [true, true];
const NEITHER: [bool; 2] = [false, false];
const SINCE: &str = r#"{"valuePeriod":{"start":"2020-01-01"}}"#;

/// A parameter, its part with what is in it, and whether that is refused beside consultations and beside problems: in the
/// classic form and in the patient-facing one.
type Row = (&'static str, &'static str, &'static str, [bool; 2], [bool; 2]);
const TABLE: [Row; 13] = [
    (
        "includeMedication",
        "medicationSearchFromDate",
        r#"{"valueDate":"2020-01-01"}"#,
        BOTH,
        BOTH,
    ),
    (
        "includeUncategorisedData",
        "uncategorisedDataSearchPeriod",
        SINCE,
        BOTH,
        BOTH,
    ),
    ("includeReferrals", "referralSearchPeriod", SINCE, BOTH, BOTH),
    (
        "includeProblems",
        "filterSignificance",
        r#"{"valueCode":"major"}"#,
        [true, false],
        NEITHER,
    ),
    (
        "includeProblems",
        "filterStatus",
        r#"{"valueCode":"active"}"#,
        [true, false],
        NEITHER,
    ),
    // Unknown to the patient-facing form, which says so in a warning.
    (
        "includeDiaryEntries",
        "diaryEntriesSearchDate",
        r#"{"valueDate":"2027-01-01"}"#,
        BOTH,
        NEITHER,
    ),
    (
        "includeImmunisations",
        "includeNotGiven",
        r#"{"valueBoolean":false}"#,
        BOTH,
        NEITHER,
    ),
    (
        "includeImmunisations",
        "includeStatus",
        r#"{"valueBoolean":true}"#,
        BOTH,
        NEITHER,
    ),
    (
        "includeMedication",
        "includePrescriptionIssues",
        r#"{"valueBoolean":false}"#,
        NEITHER,
        NEITHER,
    ),
    (
        "includeAllergies",
        "includeResolvedAllergies",
        r#"{"valueBoolean":false}"#,
        NEITHER,
        NEITHER,
    ),
    (
        "includeInvestigations",
        "investigationSearchPeriod",
        SINCE,
        NEITHER,
        NEITHER,
    ),
    (
        "includeConsultations",
        "consultationSearchPeriod",
        SINCE,
        NEITHER,
        NEITHER,
    ),
    (
        "includeConsultations",
        "includeNumberOfMostRecent",
        r#"{"valuePositiveInt":2}"#,
        NEITHER,
        NEITHER,
    ),
];

#[test]
fn every_refused_combination_is_refused_with_the_name_of_the_part_and_no_other_is() {
    for (name, part, value, classic, patient_facing) in TABLE {
        let mut value: Value = serde_json::from_str(value).unwrap();
        value["name"] = part.into();
        let given = parameter(name, value);
        for (form, expected) in [(Form::Classic, classic), (Form::PatientFacing, patient_facing)] {
            assert!(ask(form, std::slice::from_ref(&given)).is_ok(), "{form:?} {part}");
            for (beside, is_refused) in ["includeConsultations", "includeProblems"]
                .into_iter()
                .zip(expected)
            {
                if beside == name && name == "includeConsultations" {
                    continue;
                }
                let with = json!({ "name": beside });
                for order in [[&given, &with], [&with, &given]] {
                    let asked = ask(form, &order.map(Clone::clone));
                    assert_eq!(asked.is_err(), is_refused, "{form:?} {part} beside {beside}");
                    if let Err(said) = asked {
                        assert!(
                            said.contains(&format!("{name}.{part}")) && said.contains(beside),
                            "{said}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn whole_areas_go_together() {
    let whole = [
        "includeMedication",
        "includeConsultations",
        "includeProblems",
        "includeImmunisations",
        "includeUncategorisedData",
        "includeInvestigations",
        "includeReferrals",
    ];
    let whole = whole.map(|name| json!({ "name": name }));
    for form in [Form::Classic, Form::PatientFacing] {
        assert!(ask(form, &whole).is_ok());
    }
}

/// The predefined search, with medicines since a day, and so many of the last consultations.
fn predefined(since: &str, number: u32) -> Vec<Value> {
    vec![
        parameter(
            "includeConsultations",
            json!({ "name": "includeNumberOfMostRecent", "valuePositiveInt": number }),
        ),
        json!({ "name": "includeProblems" }),
        parameter(
            "includeAllergies",
            json!({ "name": "includeResolvedAllergies", "valueBoolean": true }),
        ),
        parameter(
            "includeMedication",
            json!({ "name": "medicationSearchFromDate", "valueDate": since }),
        ),
    ]
}

#[test]
fn the_two_predefined_searches_are_permitted_as_they_are_written() {
    let more = |names: &[&str]| {
        let mut asked = predefined("2025-11-26", 3);
        asked.extend(names.iter().map(|name| json!({ "name": name })));
        asked
    };
    for (asked, is_permitted) in [
        (predefined("2025-11-26", 3), true),
        (predefined("2025-11-25", 3), true),
        (predefined("2026-01-01", 3), false),
        (predefined("2025-11-26", 4), false),
        (more(&["includeImmunisations", "includeUncategorisedData"]), true),
        (more(&["includeImmunisations"]), false),
        (more(&["includeReferrals"]), false),
    ] {
        assert_eq!(ask(Form::Classic, &asked).is_ok(), is_permitted, "{asked:?}");
    }
}
