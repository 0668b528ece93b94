//! Spans of time. Source: <https://hl7.org/fhir/R4/search.html#date>.

use super::check;

fn birthdate(written: &str, rows: &[(&str, bool)]) {
    let patient = format!(r#"{{"resourceType":"Patient","birthDate":"{written}"}}"#);
    for (value, expected) in rows {
        check(&patient, &[(&format!("birthdate={value}"), *expected)]);
    }
}

#[test]
fn a_day() {
    birthdate(
        "2013-01-14",
        &[
            ("2013-01-14", true),
            ("eq2013-01-14", true),
            ("eq2013-01", true),
            ("eq2013", true),
            ("eq2013-01-14T10:00", false),
            ("2013-01-15", false),
            ("ne2013-01-15", true),
            ("ne2013-01-14", false),
            ("gt2013-01-13", true),
            ("gt2013-01-14", false),
            ("gt2013-01-14T10:00", true),
            ("lt2013-01-15", true),
            ("lt2013-01-14", false),
            ("lt2013-01-14T10:00", true),
            ("ge2013-01-14", true),
            ("ge2013-01-15", false),
            ("ge2013-01", true),
            ("le2013-01-14", true),
            ("le2013-01-13", false),
            ("le2013-01", true),
            ("sa2013-01-13", true),
            ("sa2013-01-14", false),
            ("eb2013-01-15", true),
            ("eb2013-01-14", false),
            // A tenth of nearly 14 years is more than a year.
            ("ap2012-03", true),
            ("ap2000", false),
            ("1990,2013", true),
        ],
    );
}

#[test]
fn a_year_is_wider_than_what_is_asked_for() {
    birthdate(
        "2013",
        &[
            ("2013", true),
            ("2013-01", false),
            ("ne2013-01", true),
            ("gt2013-01", true),
            ("gt2013", false),
            ("ge2013-12-31", false),
            ("ge2013", true),
            ("gt2013-12-30", true),
            ("lt2013-02", true),
            ("lt2013", false),
            ("le2013", true),
            ("sa2012", true),
            ("sa2012-12-31", true),
            ("sa2013-01-01", false),
            ("eb2014", true),
            ("eb2013-12-31", false),
        ],
    );
}

#[test]
fn periods_may_be_open() {
    let encounter = |period: &str| format!(r#"{{"resourceType":"Encounter","period":{period}}}"#);
    check(
        &encounter(r#"{"start":"2020-03-01T09:00:00Z"}"#),
        &[
            ("date=gt2050", true),
            ("date=lt2020-03-02", true),
            ("date=lt2020-03-01", false),
            ("date=sa2020-02", true),
            ("date=eb2030", false),
            ("date=2020", false),
            ("date=ge2020-03-01", true),
        ],
    );
    check(
        &encounter(r#"{"end":"2020-03-01"}"#),
        &[
            ("date=lt1900", true),
            ("date=gt2020-03-01", false),
            ("date=gt2020-02-29", true),
            ("date=eb2020-03-02", true),
        ],
    );
    check(
        &encounter(r#"{"start":"2020-03-01","end":"2020-03-09"}"#),
        &[
            ("date=2020-03", true),
            ("date=2020-03-05", false),
            ("date=ge2020-03-05", true),
            ("date=ge2020-03-05&date=le2020-03-06", true),
            ("date=gt2020-03-09", false),
            ("date=gt2020-03-08", true),
        ],
    );
    check(
        &encounter("{}"),
        &[("date:missing=true", true), ("date=ne2020", false)],
    );
    check(
        &encounter(r#"{"start":"2021","end":"2020"}"#),
        &[("date:missing=true", true)],
    );
}

#[test]
fn times_have_their_zone() {
    let observation = r#"{"resourceType":"Observation","effectiveDateTime":"2020-01-01T00:30:00+01:00"}"#;
    check(
        observation,
        &[
            ("date=2019-12-31", true),
            ("date=2020-01-01", false),
            ("date=2020-01-01T00:30:00%2B01:00", true),
            ("date=2020-01-01T00:30:00+01:00", true),
            ("date=2019-12-31T23:30:00Z", true),
            ("date=2019-12-31T23:30", true),
            ("date=gt2019-12-31T23:30:00.5Z", true),
        ],
    );
    let instant = r#"{"resourceType":"Observation","effectiveInstant":"2020-01-01T00:30:00.123Z"}"#;
    check(
        instant,
        &[
            ("date=2020-01-01T00:30:00Z", true),
            ("date=2020-01-01T00:30:00.123Z", true),
            ("date=gt2020-01-01T00:30:00.123Z", false),
        ],
    );
}

#[test]
fn timings_count_by_their_outer_limits() {
    let observation = r#"{"resourceType":"Observation","effectiveTiming":{"event":["2020-03-01","2020-01-01"],
        "repeat":{"boundsPeriod":{"start":"2020-02-01","end":"2020-04-01"}}}}"#;
    check(
        observation,
        &[
            ("date=2020", true),
            ("date=2020-02", false),
            ("date=gt2020-03-31", true),
            ("date=lt2020-01-02", true),
            ("date=sa2019", true),
        ],
    );
    check(
        r#"{"resourceType":"Observation","effectiveTiming":{"code":{"text":"daily"}}}"#,
        &[("date:missing=true", true)],
    );
}

#[test]
fn the_edges_of_the_calendar() {
    birthdate(
        "9999-12-31",
        &[
            ("ge9999-12-31", true),
            ("gt9999", false),
            ("eq9999", true),
            ("sa9998", true),
        ],
    );
    birthdate(
        "0001-01-01",
        &[("lt0001-01-02", true), ("lt0001-01-01", false), ("eq0001", true)],
    );
    birthdate("2023-02-30", &[("2023", false)]);
}
