//! Whole searches, from the text of a query to the ids on the page: both halves of the package together.

use definitions::terminology::NoTerminology;
use search::execute::{ExecuteError, SearchResult, TotalCount};
use search::parse::{Handling, Request, Scope, parse};
use search::query::{Compartment, Query};
use search::registry::Registry;

use super::world::{World, ids, kind};

const WORLD: [&str; 10] = [
    r#"{"resourceType":"Patient","id":"anna","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009"}],
        "name":[{"family":"O'Brien","given":["Anna","Zoë"]}],"gender":"female","birthDate":"1950-03-04",
        "generalPractitioner":[{"reference":"Organization/gp"}]}"#,
    r#"{"resourceType":"Patient","id":"bea","name":[{"family":"Brown"}],"gender":"female","birthDate":"1950"}"#,
    r#"{"resourceType":"Patient","id":"carl","name":[{"family":"brown"}],"deceasedBoolean":true}"#,
    r#"{"resourceType":"Organization","id":"gp","name":"The Surgery"}"#,
    r#"{"resourceType":"Encounter","id":"visit","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/anna"}}"#,
    r#"{"resourceType":"Observation","id":"pulse","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},
        "subject":{"reference":"Patient/anna"},"encounter":{"reference":"Encounter/visit"},"effectiveDateTime":"2024-02-01T10:00:00Z",
        "valueQuantity":{"value":72,"system":"http://unitsofmeasure.org","code":"/min"}}"#,
    r#"{"resourceType":"Observation","id":"weight","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},
        "subject":{"reference":"Patient/anna"},"effectiveDateTime":"2024-03-01","valueQuantity":{"value":80.5,"unit":"kg"}}"#,
    r#"{"resourceType":"Observation","id":"other","status":"amended","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},
        "subject":{"reference":"Patient/bea"},"effectivePeriod":{"start":"2023-01-01","end":"2024-02-15"},
        "valueQuantity":{"value":90,"system":"http://unitsofmeasure.org","code":"/min"}}"#,
    r#"{"resourceType":"List","id":"ward","status":"current","mode":"working","entry":[{"item":{"reference":"Patient/bea"}}]}"#,
    r#"{"resourceType":"Condition","id":"asthma","subject":{"reference":"Patient/carl"}}"#,
];

fn understand(scope: &Scope, text: &str) -> Query {
    let request = Request {
        scope,
        texts: &[text],
        handling: Handling::Strict,
        base_url: "http://localhost/fhir",
        now_us: 1_790_000_000_000_000,
        terminology: &NoTerminology,
    };
    parse(Registry::r4(), &request).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

fn answer(world: &World, scope: &Scope, text: &str) -> SearchResult {
    world.search(&understand(scope, text)).unwrap()
}

#[test]
fn searches_of_a_type_find() {
    let world = World::new(&WORLD);
    for (of, text, expected) in [
        ("Patient", "", "anna bea carl"),
        ("Patient", "identifier=9000000009", "anna"),
        (
            "Patient",
            "identifier=https://fhir.nhs.uk/Id/nhs-number|9000000009",
            "anna",
        ),
        ("Patient", "identifier=http://other|9000000009", ""),
        ("Patient", "family=o%E2%80%99bri", "anna"),
        ("Patient", "family=Brown", "bea carl"),
        ("Patient", "family:exact=brown", "carl"),
        ("Patient", "given=zoe", "anna"),
        ("Patient", "name:contains=row", "bea carl"),
        ("Patient", "gender=female&family=brown", "bea"),
        ("Patient", "gender:not=female", "carl"),
        ("Patient", "gender:missing=true", "carl"),
        ("Patient", "gender:missing=false&_sort=-family", "anna bea"),
        ("Patient", "birthdate=1950", "anna bea"),
        ("Patient", "birthdate=1950-03", "anna"),
        ("Patient", "birthdate=gt1950-03-04", "bea"),
        ("Patient", "deceased=true", "carl"),
        ("Patient", "general-practitioner=Organization/gp", "anna"),
        ("Patient", "general-practitioner:Organization.name=the", "anna"),
        ("Patient", "_id=bea,anna,nobody", "anna bea"),
        ("Patient", "_list=ward", "bea"),
        ("Patient", "_content=surgery", ""),
        ("Patient", "_has:Observation:patient:code=8867-4", "anna bea"),
        (
            "Patient",
            "_has:Observation:patient:value-quantity=gt80",
            "anna bea",
        ),
        (
            "Patient",
            "_has:Observation:patient:code=8867-4&_has:Encounter:subject:status=finished",
            "anna",
        ),
        ("Patient", "_filter=family co \"row\" and gender eq female", "bea"),
        ("Patient", "_filter=not (gender eq female)", "carl"),
        ("Patient", "_sort=family,birthdate", "carl bea anna"),
        ("Patient", "_sort=-birthdate", "anna bea carl"),
        ("Patient", "_sort=_id&_count=2", "anna bea"),
        ("Observation", "patient=anna&code=8867-4&date=ge2024", "pulse"),
        (
            "Observation",
            "patient.identifier=9000000009&code=http://loinc.org|",
            "pulse weight",
        ),
        ("Observation", "subject:Patient.family=brown", "other"),
        ("Observation", "encounter.subject:Patient.given=anna", "pulse"),
        ("Observation", "date=2024-02", "pulse"),
        ("Observation", "date=lt2024", "other"),
        ("Observation", "date=sa2024-02-01", "weight"),
        ("Observation", "value-quantity=le80.5", "pulse weight"),
        ("Observation", "code-value-quantity=8867-4$gt80", "other"),
        (
            "Observation",
            "status=final,amended&_sort=-date",
            "weight pulse other",
        ),
        ("Observation", "code=no-such-code", ""),
    ] {
        let found = answer(&world, &Scope::Type(kind(of)), text);
        assert_eq!(
            ids(&world, found.matches).join(" "),
            expected,
            "{of}?{text}\n{}",
            found.explain
        );
    }
}

#[test]
fn includes_are_understood_and_followed() {
    let world = World::new(&WORLD);
    for (of, text, expected) in [
        ("Observation", "code=29463-7&_include=Observation:subject", "anna"),
        ("Observation", "_id=pulse&_include=Observation:*", "anna visit"),
        (
            "Observation",
            "_id=pulse&_include=Observation:subject&_include:iterate=Patient:general-practitioner",
            "anna gp",
        ),
        (
            "Patient",
            "_id=anna&_revinclude=Observation:patient",
            "pulse weight",
        ),
        ("Patient", "_id=carl&_revinclude=*", "asthma"),
    ] {
        let found = answer(&world, &Scope::Type(kind(of)), text);
        let mut included = ids(&world, found.included.iter().map(|one| one.doc));
        included.sort();
        assert_eq!(included.join(" "), expected, "{of}?{text}\n{}", found.explain);
    }
}

#[test]
fn searches_of_the_system_and_of_compartments_find() {
    let world = World::new(&WORLD);
    let of = |id: &str, only: Option<&str>| {
        let compartment = Compartment {
            resource_type: kind("Patient"),
            id: id.into(),
        };
        Scope::Compartment(compartment, only.map(kind))
    };
    for (scope, text, expected) in [
        (Scope::System, "_type=Organization,List", "gp ward"),
        (
            Scope::System,
            "_type=Patient,Organization&_sort=-_id",
            "gp carl bea anna",
        ),
        (Scope::System, "_id=pulse", "pulse"),
        (of("anna", Some("Observation")), "", "pulse weight"),
        (of("anna", Some("Observation")), "code=8867-4", "pulse"),
        (of("carl", None), "_type=Condition,Observation", "asthma"),
    ] {
        let found = answer(&world, &scope, text);
        assert_eq!(ids(&world, found.matches).join(" "), expected, "{scope:?}?{text}");
    }
    let everything = answer(&world, &Scope::System, "_summary=count");
    assert_eq!(everything.total, TotalCount::Accurate(10));
    assert_eq!(everything.matches, []);
}

#[test]
fn a_page_of_one_compartment_is_not_continued_in_another() {
    let world = World::new(&WORLD);
    let of = |id: &str| {
        let compartment = Compartment {
            resource_type: kind("Patient"),
            id: id.into(),
        };
        understand(
            &Scope::Compartment(compartment, Some(kind("Observation"))),
            "_count=1",
        )
    };
    let token = world.search(&of("anna")).unwrap().next.unwrap();
    let with = |query: Query| Query {
        cursor: Some(token.as_str().into()),
        ..query
    };
    assert_eq!(
        ids(&world, world.search(&with(of("anna"))).unwrap().matches),
        ["weight"]
    );
    assert_eq!(world.search(&with(of("bea"))).unwrap_err(), ExecuteError::Cursor);
}
