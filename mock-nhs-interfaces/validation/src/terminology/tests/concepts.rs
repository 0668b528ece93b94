//! What is known of a code: its words, its place, whether it is right, and its translation.

use definitions::terminology::Terminology;

use super::{codes, library, parse};
use crate::Library;
use crate::terminology::{Coded, Subsumption};

#[test]
fn codes_are_looked_up_and_compared() {
    let library = library();
    let cat = library.lookup("http://x/animals", Some("2"), "cat").unwrap();
    assert_eq!(
        (cat.display.as_deref(), cat.definition.as_deref(), cat.is_abstract),
        (Some("Cat"), Some("Purrs"), false)
    );
    let names: Vec<&str> = cat.designations.iter().map(|one| one.value.as_str()).collect();
    assert_eq!(names, ["Cath", "Chat"]);
    let properties: Vec<String> = cat
        .properties
        .iter()
        .map(|one| format!("{} {} {}", one.code, one.key, one.value))
        .collect();
    assert_eq!(
        properties,
        [
            "legs valueInteger 4",
            "parent valueCode \"animal\"",
            "child valueCode \"kitten\""
        ]
    );
    let error = library
        .lookup("http://x/animals", None, "kiten")
        .unwrap_err()
        .to_string();
    assert!(error.contains("Did you mean `kitten`?"), "{error}");
    assert!(library.lookup("http://x/animals", Some("3"), "cat").is_err());

    let subsumes = |a, b| library.subsumes("http://x/animals", None, a, b);
    assert_eq!(subsumes("cat", "cat"), Ok(Subsumption::Equivalent));
    assert_eq!(subsumes("animal", "kitten"), Ok(Subsumption::Subsumes));
    assert_eq!(subsumes("kitten", "cat"), Ok(Subsumption::SubsumedBy));
    assert_eq!(subsumes("stone", "cat"), Ok(Subsumption::NotSubsumed));
    assert!(subsumes("stone", "unicorn").is_err());

    assert_eq!(
        library.codes_below("http://x/animals", "cat").unwrap(),
        ["cat", "kitten"]
    );
    assert_eq!(
        library.codes_above("http://x/animals", "kitten").unwrap(),
        ["kitten", "cat", "animal"]
    );
    assert_eq!(library.codes_below("http://x/nothing", "cat"), None);
}

#[test]
fn systems_of_r4_have_their_order() {
    let library = Library::default();
    // Stated by nesting, and by properties.
    let below = library
        .codes_below(
            "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "_ActEncounterCode",
        )
        .unwrap();
    assert!(below.iter().any(|code| code == "AMB"), "{below:?}");
    let found = library.in_value_set(
        "http://terminology.hl7.org/ValueSet/v3-ActEncounterCode",
        None,
        "AMB",
    );
    assert_eq!(found, Some(true));
    assert_eq!(
        codes(&library, "http://hl7.org/fhir/ValueSet/administrative-gender"),
        ["male", "female", "other", "unknown"]
    );
}

#[test]
fn codes_are_checked_with_their_displays() {
    let library = library();
    let coded = |system: &str, code: &str, display: Option<&str>| Coded {
        system: Some(system.into()),
        code: code.into(),
        display: display.map(str::to_owned),
        ..Coded::default()
    };
    let cases = [
        (
            "http://x/listed",
            coded("http://x/animals", "cat", None),
            true,
            "",
        ),
        (
            "http://x/listed",
            coded("http://x/animals", "cat", Some("moggy")),
            true,
            "",
        ),
        (
            "http://x/listed",
            coded("http://x/animals", "cat", Some("Dog")),
            false,
            "is called \"Moggy\"",
        ),
        (
            "http://x/listed",
            coded("http://x/animals", "stone", None),
            false,
            "is not in the value set",
        ),
        (
            "http://x/listed",
            coded("http://x/animals", "dodo", None),
            true,
            "no longer",
        ),
        (
            "http://x/snomed",
            coded("http://snomed.info/sct", "1", None),
            false,
            "not here whole",
        ),
    ];
    for (url, coded, result, message) in cases {
        let answer = library.validate_code(url, std::slice::from_ref(&coded)).unwrap();
        assert_eq!(answer.result, result, "{coded:?}");
        assert!(answer.message.unwrap_or_default().contains(message));
    }
    let concept =
        parse(r#"{"coding":[{"system":"http://y","code":"x"},{"system":"http://x/animals","code":"dodo"}]}"#);
    let answer = library
        .validate_code("http://x/listed", &Coded::all_of(&concept))
        .unwrap();
    assert_eq!((answer.result, answer.display.as_deref()), (true, Some("Dodo")));
    assert!(library.validate_code("http://x/listed", &[]).is_err());

    let of_system = |code| {
        library
            .validate_code_of_system("http://x/animals", &[coded("http://x/animals", code, None)])
            .unwrap()
    };
    assert!(of_system("cat").result);
    assert!(of_system("kiten").message.unwrap().contains("Did you mean"));
}

#[test]
fn codes_are_translated() {
    let library = library();
    let translate = |code: &str, target| {
        let coded = Coded {
            system: Some("http://x/animals".into()),
            code: code.into(),
            ..Coded::default()
        };
        let answer = library.translate(None, &coded, target).unwrap();
        let matches: Vec<String> = answer
            .matches
            .iter()
            .map(|one| {
                format!(
                    "{} {}",
                    one.equivalence,
                    one.concept.as_ref().map_or("", |concept| &concept.code)
                )
            })
            .collect();
        (answer.result, matches.join(","))
    };
    assert_eq!(translate("cat", None), (true, "relatedto miaow".into()));
    assert_eq!(
        translate("cat", Some("http://x/noises")),
        (true, "relatedto miaow".into())
    );
    assert_eq!(translate("cat", Some("http://x/smells")), (false, String::new()));
    assert_eq!(translate("stone", None), (false, "unmatched ".into()));
    assert_eq!(translate("dodo", None), (true, "inexact silence".into()));
    assert!(
        library
            .translate(Some("http://x/mop"), &Coded::default(), None)
            .unwrap_err()
            .to_string()
            .contains("http://x/map")
    );
}
