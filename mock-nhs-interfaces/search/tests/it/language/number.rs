//! Numbers and quantities. Source: <https://hl7.org/fhir/R4/search.html#number>.

use super::check;

fn probability(written: &str, rows: &[(&str, bool)]) {
    let assessment =
        format!(r#"{{"resourceType":"RiskAssessment","prediction":[{{"probabilityDecimal":{written}}}]}}"#);
    for (value, expected) in rows {
        check(&assessment, &[(&format!("probability={value}"), *expected)]);
    }
}

#[test]
fn precision_is_what_was_written() {
    probability(
        "100",
        &[
            ("100", true),
            ("100.00", true),
            ("1e2", true),
            ("99", false),
            ("ne100", false),
            ("ne101", true),
            ("lt100", false),
            ("le100", true),
            ("gt100", false),
            ("ge100", true),
            ("gt99.9", true),
            ("ap95", true),
            ("ap91", true),
            ("ap90", false),
            ("sa99", true),
            ("sa100", false),
            ("eb101", true),
            ("eb100", false),
        ],
    );
    probability("99.5", &[("100", true), ("100.0", false), ("99.5", true)]);
    probability("100.5", &[("100", false), ("101", true)]);
    probability("104.9", &[("1e2", true), ("100", false)]);
    probability(
        "-0.50",
        &[
            ("-0.5", true),
            ("lt0", true),
            ("gt-1", true),
            ("ge-0.5", true),
            ("ap-0.5", true),
        ],
    );
    probability(
        "0",
        &[
            ("0", true),
            ("-0", true),
            ("0.0", true),
            ("gt0", false),
            ("gt-0.001", true),
        ],
    );
    probability(
        "0.0000000000000000001",
        &[("gt0", true), ("0", true), ("1e-19", true)],
    );
    probability("1e300", &[("gt1e299", true), ("1e300", true)]);
}

fn quantity(written: &str, rows: &[(&str, bool)]) {
    let observation = format!(r#"{{"resourceType":"Observation","valueQuantity":{written}}}"#);
    for (value, expected) in rows {
        check(&observation, &[(&format!("value-quantity={value}"), *expected)]);
    }
}

#[test]
fn units_without_a_system_are_compared_as_they_are() {
    quantity(
        r#"{"value":5.4,"unit":"milligram","system":"http://unitsofmeasure.org","code":"mg"}"#,
        &[
            ("5.4", true),
            ("5.4|http://unitsofmeasure.org|mg", true),
            ("5.4|http://unitsofmeasure.org|Mg", false),
            ("5.4|http://unitsofmeasure.org|", true),
            ("5.4||mg", true),
            ("5.4||milligram", true),
            ("5.4|http://unitsofmeasure.org|milligram", false),
            ("5.4|http://other|mg", false),
            ("5.40", true),
            ("5.40000", true),
            ("5", true),
            ("gt5||mg", true),
            ("gt5.4||mg", false),
            ("ge5.4||mg", true),
            ("le5.4|http://unitsofmeasure.org|mg", true),
            ("lt5.4||mg", false),
            ("ne5.4||mg", false),
            ("ne6||mg", true),
            ("ne6||kg", false),
            ("ap5||mg", true),
            ("ap4||mg", false),
            ("4,5.4", true),
        ],
    );
    quantity(
        r#"{"value":5,"unit":"x"}"#,
        &[("5||x", true), ("5|http://unitsofmeasure.org|x", false)],
    );
    quantity(r#"{"unit":"mg"}"#, &[("ne5", false)]);
}

#[test]
fn units_of_ucum_are_converted() {
    const UCUM: &str = "http://unitsofmeasure.org";
    let asked = |written: &str, rows: &[(&str, &str, bool)]| {
        for (number, code, expected) in rows {
            quantity(written, &[(&format!("{number}|{UCUM}|{code}"), *expected)]);
        }
    };
    asked(
        r#"{"value":0.01,"unit":"g","system":"http://unitsofmeasure.org","code":"g"}"#,
        &[
            ("gt5.4", "mg", true),
            ("10", "mg", true),
            ("10.0", "mg", true),
            ("11", "mg", false),
            ("lt10", "mg", false),
            ("le10", "mg", true),
            ("ge10000", "ug", true),
            ("ne10", "mg", false),
            ("ne9", "mg", true),
            ("sa9", "mg", true),
            ("eb11", "mg", true),
            ("ap10.5", "mg", true),
            ("10", "mL", false),
            ("ne9", "mL", false),
            ("10", "furlong", false),
        ],
    );
    asked(
        r#"{"value":98.6,"system":"http://unitsofmeasure.org","code":"[degF]"}"#,
        &[
            ("37", "Cel", true),
            ("37.0", "Cel", true),
            ("gt37", "Cel", false),
            ("310.15", "K", true),
        ],
    );
    asked(
        r#"{"value":5,"comparator":"<","system":"http://unitsofmeasure.org","code":"mg/L"}"#,
        &[
            ("lt1", "ug/L", true),
            ("gt5", "g/kL", false),
            ("eb6", "ug/mL", true),
        ],
    );
    // What cannot be read as a unit is still found by what is written.
    asked(
        r#"{"value":5,"system":"http://unitsofmeasure.org","code":"cells"}"#,
        &[("5", "cells", true), ("5", "mg", false)],
    );
    quantity(
        r#"{"value":0.01,"system":"http://other","code":"g"}"#,
        &[
            ("10|http://unitsofmeasure.org|mg", false),
            ("0.01|http://other|g", true),
        ],
    );
}

#[test]
fn a_comparator_leaves_one_end_open() {
    quantity(
        r#"{"value":5,"comparator":"<"}"#,
        &[
            ("lt1", true),
            ("gt5", false),
            ("ge5", true),
            ("sa0", false),
            ("eb6", true),
            ("5", false),
        ],
    );
    quantity(
        r#"{"value":5,"comparator":">="}"#,
        &[
            ("gt1000", true),
            ("lt5", false),
            ("le5", true),
            ("sa4", true),
            ("eb100", false),
        ],
    );
}

#[test]
fn ranges_samples_and_money() {
    let age = r#"{"resourceType":"Condition","onsetRange":{"low":{"value":40,"unit":"a"},"high":{"value":50,"unit":"a"}}}"#;
    check(
        age,
        &[
            ("onset-age=gt45", true),
            ("onset-age=lt45", true),
            ("onset-age=45", false),
            ("onset-age=gt50", false),
            ("onset-age=ge50||a", true),
            ("onset-age=sa39", true),
            ("onset-age=eb50", false),
        ],
    );
    let open = r#"{"resourceType":"Condition","onsetRange":{"low":{"value":40}}}"#;
    check(open, &[("onset-age=gt1000", true), ("onset-age=lt40", false)]);
    let samples = r#"{"resourceType":"Observation","valueSampledData":{"origin":{"value":10,"unit":"mV"},"period":1,"dimensions":1,
        "factor":2,"data":"E 1 -3 L 4 U"}}"#;
    check(
        samples,
        &[
            ("value-quantity=ge18||mV", true),
            ("value-quantity=gt18", false),
            ("value-quantity=le4", true),
            ("value-quantity=lt4", false),
        ],
    );
    let charge = r#"{"resourceType":"ChargeItem","priceOverride":{"value":12.50,"currency":"GBP"}}"#;
    check(
        charge,
        &[
            ("price-override=12.5|urn:iso:std:iso:4217|GBP", true),
            ("price-override=12.5||EUR", false),
        ],
    );
}
