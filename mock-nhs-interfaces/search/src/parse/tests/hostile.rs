//! Queries that would cost too much, or were made to do harm.

use super::{of, understand};
use crate::parse::{Handling, QueryErrorKind as Kind, fuzz_query};

#[test]
fn search_bombs_end_as_too_costly() {
    let chain = format!("{}.status=final", ["has-member:Observation"; 9].join("."));
    let has = format!("{}code=x", "_has:Observation:has-member:".repeat(10));
    let open = "entity.subject.subject.subject.name=x".to_owned();
    for (scope, text) in [
        ("Patient", "name=a&".repeat(1_000)),
        ("Patient", format!("name={}", "a,".repeat(10_000))),
        ("Patient", format!("name={}", "a".repeat(100_000))),
        ("Observation", chain),
        ("Observation", has),
        ("AuditEvent", open),
        (
            "Patient",
            format!("_filter={}name eq a{}", "(".repeat(100), ")".repeat(100)),
        ),
        ("Patient", format!("_filter={}", ["name eq a"; 100].join(" or "))),
        ("Patient", format!("_filter=name eq {}", "a".repeat(20_000))),
        ("Patient", format!("_text={}", "word ".repeat(100))),
        ("Patient", format!("_sort={}", ["name"; 50].join(","))),
        ("Patient", "_include=Patient:link&".repeat(50)),
        (
            "Patient",
            format!(
                "_filter={}name eq a{}",
                "link[".repeat(12),
                "] pr true".repeat(12)
            ),
        ),
    ] {
        let errors = understand(&of(scope), &text, Handling::Strict).unwrap_err().0;
        let shown = text.get(..40).unwrap_or(&text);
        assert!(
            errors.iter().any(|error| error.kind == Kind::TooCostly),
            "{shown}: {errors:?}"
        );
    }
}

#[test]
fn errors_repeat_little_of_what_was_sent_and_nothing_that_moves() {
    let text = format!("{}=1", "<script>\u{202e}\u{7}".repeat(1_000));
    let errors = understand(&of("Patient"), &text, Handling::Strict).unwrap_err().0;
    let error = errors.first().unwrap();
    assert!(error.message.len() < 8_000 && error.parameter.len() < 4_000);
    assert!(!error.message.contains(['\u{202e}', '\u{7}']));
    let dates = format!("birthdate={}", "9".repeat(5_000));
    let errors = understand(&of("Patient"), &dates, Handling::Strict)
        .unwrap_err()
        .0;
    assert!(errors.first().unwrap().message.len() < 400);
}

/// Queries that once were, or easily could be, misread.
const CORPUS: &[&str] = &[
    "code=http://loinc.org|8480-6&value-quantity=gt140|http://unitsofmeasure.org|mm[Hg]",
    "_has:Observation:patient:_has:AuditEvent:entity:agent=x",
    "subject:Patient.general-practitioner:Practitioner.name:exact=a\\,b",
    "_filter=(code eq x or not(status eq final)) and subject[active eq true].name co \"a\\\"b\"",
    "code-value-quantity=8480-6$gt1",
    "_include=*&_revinclude:iterate=Provenance:target",
    "date=ap9999&date=ne0001",
    "near=51.5|-0.1|5|km",
    "_content=%F0%9F%92%89&_text=a,b",
    "subject=\\|\\$\\,\\\\",
    "=&==&:=1&.=1&_has=1&_has:=1&_has:::=1&a.b.c.d.e.f=1",
    "_sort=-,_id",
    "value-quantity=ap-0.00e-400",
    "_id=%EF%BF%BF,%ED%A0%80",
];

#[test]
fn the_corpus_is_read_without_harm() {
    CORPUS.iter().for_each(|text| fuzz_query(text.as_bytes()));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
        fuzz_query(&bytes);
    }

    #[test]
    fn pieces_of_queries_are_read_without_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..14)) {
        fuzz_query(pieces.concat().as_bytes());
    }
}

const PIECES: &[&str] = &[
    "code",
    "date",
    "subject",
    "value-quantity",
    "_id",
    "_filter",
    "_has:",
    "Observation",
    "Patient",
    "name",
    ":",
    ".",
    "=",
    "&",
    ",",
    "|",
    "$",
    "\\",
    "gt",
    "ap",
    "ne",
    "1",
    "-0.50",
    "1e5",
    "2020-02",
    "9999",
    "http://x/y",
    "%20",
    "+",
    "(",
    ")",
    "[",
    "]",
    " and ",
    " or ",
    "not",
    " eq ",
    " co ",
    "\"",
    "missing",
    "true",
    "_sort",
    "_include",
    "*",
    "_type",
    "é",
    "_text",
    "identifier",
    "not",
];
