//! Texts, names, addresses. Source: <https://hl7.org/fhir/R4/search.html#string>.

use super::check;

#[test]
fn names_by_all_their_parts() {
    let patient = r#"{"resourceType":"Patient","name":[
        {"family":"O’Brien-Łukasz","given":["Zoë","Ann Marie"],"prefix":["Dr"],"text":"Dr Zoë O’Brien"},
        {"family":"<script>"}]}"#;
    check(
        patient,
        &[
            ("name=zoe", true),
            ("name=ann mar", true),
            ("name=marie", false),
            ("name=dr", true),
            ("name:contains=marie", true),
            ("name:contains=BRIEN", true),
            ("family=o'brien", true),
            ("family=OBRIEN", false),
            ("family=o%27brien-lukasz", true),
            ("family:exact=O’Brien-Łukasz", true),
            ("family:exact=o'brien-lukasz", false),
            ("family:exact=O’Brien", false),
            ("given=x,zo", true),
            ("given=zo&given=ann", true),
            ("given=zo&given=x", false),
            ("family=%3Cscript%3E", true),
            ("name:missing=false", true),
            ("phonetic=Obrian-Lukash", true),
            ("phonetic=Zoey", true),
            ("phonetic=Smith", false),
        ],
    );
}

#[test]
fn exact_is_exact_about_accents_and_case() {
    check(
        r#"{"resourceType":"Patient","name":[{"family":"smith"}]}"#,
        &[
            ("family:exact=smith", true),
            ("family:exact=Smith", false),
            ("family=SMITH", true),
        ],
    );
}

#[test]
fn addresses_by_all_their_parts() {
    let patient = r#"{"resourceType":"Patient","address":[{"use":"home","line":["1 High Street","Flat 2"],"city":"Leeds",
        "postalCode":"LS1 4AP","country":"GBR"}]}"#;
    check(
        patient,
        &[
            ("address=flat", true),
            ("address=ls1", true),
            ("address-postalcode=LS1  4AP", true),
            ("address-city=leeds", true),
            ("address-city=high", false),
            ("address:contains=high st", true),
            ("address-use=home", true),
        ],
    );
}

#[test]
fn long_texts_are_found_by_their_beginning() {
    let text = "ab".repeat(2_000);
    let patient = format!(r#"{{"resourceType":"Patient","name":[{{"family":"{text}"}}]}}"#);
    let rows = [
        ("family=abab".to_owned(), true),
        (format!("family:exact={text}"), true),
        (format!("family={text}"), true),
        ("family=ba".to_owned(), false),
    ];
    for (query, expected) in rows {
        check(&patient, &[(&query, expected)]);
    }
}
