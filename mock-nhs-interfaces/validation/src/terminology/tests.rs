//! Questions about codes: over R4's own systems, a workspace's, and hostile ones.

use std::sync::Arc;

use definitions::terminology::Terminology;
use fhir::json::Json;

use super::{Coded, ExpansionRequest, Subsumption, TerminologyError};
use crate::Library;

const ANIMALS: &str = r#"{"resourceType":"CodeSystem","url":"http://x/animals","version":"2","name":"Animals","content":"complete",
  "caseSensitive":true,"concept":[
    {"code":"animal","display":"Animal","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
      {"code":"cat","display":"Cat","definition":"Purrs","designation":[{"language":"cy","value":"Cath"}],
       "property":[{"code":"legs","valueInteger":4}],"concept":[{"code":"kitten","display":"Young cat"}]},
      {"code":"dodo","display":"Dodo","property":[{"code":"status","valueCode":"retired"},{"code":"legs","valueInteger":2}]}]},
    {"code":"stone","display":"Stone"}]}"#;

const SNOMED: &str = r#"{"resourceType":"CodeSystem","url":"http://snomed.info/sct","content":"fragment","concept":[
  {"code":"73211009","display":"Diabetes mellitus","concept":[{"code":"44054006","display":"Diabetes mellitus type 2"}]}]}"#;

fn parse(text: &str) -> Arc<Json> {
    Arc::new(Json::parse(text.as_bytes()).unwrap())
}

fn value_set(url: &str, compose: &str) -> Arc<Json> {
    parse(&format!(
        r#"{{"resourceType":"ValueSet","url":"{url}","compose":{compose}}}"#
    ))
}

fn library() -> Library {
    let include = |rest: &str| format!(r#"{{"include":[{{"system":"http://x/animals"{rest}}}]}}"#);
    let filter = |property: &str, op: &str, value: &str| {
        include(&format!(
            r#","filter":[{{"property":"{property}","op":"{op}","value":"{value}"}}]"#
        ))
    };
    Library::new(
        Vec::new(),
        [
            parse(ANIMALS),
            parse(SNOMED),
            parse(
                r#"{"resourceType":"CodeSystem","url":"http://x/more","content":"supplement","supplements":"http://x/animals",
            "concept":[{"code":"cat","designation":[{"language":"fr","value":"Chat"}]}]}"#,
            ),
            value_set("http://x/all", &include("")),
            value_set("http://x/is-a", &filter("concept", "is-a", "cat")),
            value_set("http://x/below", &filter("concept", "descendent-of", "cat")),
            value_set("http://x/not", &filter("concept", "is-not-a", "cat")),
            value_set("http://x/above", &filter("concept", "generalizes", "kitten")),
            value_set("http://x/legs", &filter("legs", "=", "4")),
            value_set("http://x/legged", &filter("legs", "exists", "true")),
            value_set("http://x/some", &filter("code", "in", "stone, cat")),
            value_set("http://x/others", &filter("code", "not-in", "stone,cat")),
            value_set("http://x/regex", &filter("display", "regex", "(Young )?[Cc]at")),
            value_set("http://x/bad", &filter("display", "regex", "(")),
            value_set("http://x/operator", &filter("display", "like", "x")),
            value_set(
                "http://x/listed",
                &include(r#","concept":[{"code":"cat","display":"Moggy"},{"code":"dodo"}]"#),
            ),
            value_set(
                "http://x/without",
                r#"{"include":[{"valueSet":["http://x/all"]}],"exclude":[{"valueSet":["http://x/is-a"]}]}"#,
            ),
            value_set(
                "http://x/both",
                r#"{"include":[{"valueSet":["http://x/listed","http://x/is-a"]}]}"#,
            ),
            value_set(
                "http://x/circle",
                r#"{"include":[{"valueSet":["http://x/circle"]}]}"#,
            ),
            value_set(
                "http://x/parts",
                r#"{"include":[
                {"system":"http://snomed.info/sct","filter":[{"property":"constraint","op":"=","value":"memberOf 1"}]},
                {"system":"http://snomed.info/sct","filter":[{"property":"constraint","op":"=","value":"descendantOf 73211009"}]},
                {"system":"http://x/animals","concept":[{"code":"cat"}]}]}"#,
            ),
            value_set(
                "http://x/snomed",
                r#"{"include":[{"system":"http://snomed.info/sct"}]}"#,
            ),
            parse(
                r#"{"resourceType":"ValueSet","url":"http://x/made","expansion":{"contains":[
            {"system":"http://x/animals","abstract":true,"code":"animal","contains":[{"system":"http://x/animals","code":"cat"}]}]}}"#,
            ),
            parse(
                r#"{"resourceType":"ConceptMap","url":"http://x/map","group":[{"source":"http://x/animals","target":"http://x/noises",
            "element":[{"code":"cat","target":[{"code":"miaow","equivalence":"relatedto"}]},
                       {"code":"stone","target":[{"equivalence":"unmatched"}]}],"unmapped":{"mode":"fixed","code":"silence"}}]}"#,
            ),
        ],
    )
}

fn codes(library: &Library, url: &str) -> Vec<String> {
    let expansion = library.expand(url, &ExpansionRequest::default()).unwrap();
    expansion.entries.into_iter().map(|entry| entry.code).collect()
}

#[test]
fn value_sets_are_listed_and_asked_alike() {
    let library = library();
    let cases: [(&str, &[&str]); 14] = [
        ("http://x/all", &["animal", "cat", "kitten", "dodo", "stone"]),
        ("http://x/is-a", &["cat", "kitten"]),
        ("http://x/below", &["kitten"]),
        ("http://x/not", &["animal", "dodo", "stone"]),
        ("http://x/above", &["animal", "cat", "kitten"]),
        ("http://x/legs", &["cat"]),
        ("http://x/legged", &["cat", "dodo"]),
        ("http://x/some", &["cat", "stone"]),
        ("http://x/others", &["animal", "kitten", "dodo"]),
        ("http://x/regex", &["cat", "kitten"]),
        ("http://x/listed", &["cat", "dodo"]),
        ("http://x/without", &["animal", "dodo", "stone"]),
        ("http://x/both", &["cat"]),
        ("http://x/made", &["cat"]),
    ];
    for (url, expected) in cases {
        assert_eq!(codes(&library, url), expected, "{url}");
        for code in ["animal", "cat", "kitten", "dodo", "stone", "unicorn"] {
            let member = library.in_value_set(url, Some("http://x/animals"), code);
            assert_eq!(member, Some(expected.contains(&code)), "{code} in {url}");
            assert_eq!(library.in_value_set(url, None, code), member);
            assert_eq!(library.in_value_set(url, Some("http://y"), code), Some(false));
        }
    }
}

#[test]
fn refusals_teach() {
    let library = library();
    let cases = [
        ("http://x/leg", "Did you mean"),
        ("http://x/circle", "includes itself"),
        ("http://x/bad", "no regular expression"),
        ("http://x/operator", "no such operator"),
        ("http://x/snomed", "not here whole"),
    ];
    for (url, reason) in cases {
        let error = library
            .expand(url, &ExpansionRequest::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn pages_and_words() {
    let library = library();
    let ask = |request: ExpansionRequest| {
        let expansion = library.expand("http://x/all", &request).unwrap();
        let codes: Vec<String> = expansion.entries.into_iter().map(|entry| entry.code).collect();
        (expansion.total, codes.join(" "))
    };
    let request = ExpansionRequest::default;
    assert_eq!(
        ask(ExpansionRequest {
            offset: 1,
            count: Some(2),
            ..request()
        }),
        (5, "cat kitten".into())
    );
    assert_eq!(
        ask(ExpansionRequest {
            count: Some(0),
            ..request()
        }),
        (5, String::new())
    );
    assert_eq!(
        ask(ExpansionRequest {
            filter: Some("CAT young".into()),
            ..request()
        }),
        (1, "kitten".into())
    );
    assert_eq!(
        ask(ExpansionRequest {
            active_only: true,
            exclude_abstract: true,
            ..request()
        }),
        (3, "cat kitten stone".into())
    );
    assert_eq!(
        ask(ExpansionRequest {
            offset: usize::MAX,
            ..request()
        }),
        (5, String::new())
    );

    let many: Vec<String> = (0..1_500)
        .map(|number| format!(r#"{{"code":"c{number}"}}"#))
        .collect();
    let compose = format!(
        r#"{{"include":[{{"system":"http://y","concept":[{}]}}]}}"#,
        many.join(",")
    );
    let large = value_set("http://y/large", &compose);
    let all = library.expand_resource(&large, &request());
    assert!(matches!(all, Err(TerminologyError::TooCostly { .. })));
    let page = library
        .expand_resource(
            &large,
            &ExpansionRequest {
                count: Some(10),
                offset: 1_495,
                ..request()
            },
        )
        .unwrap();
    assert_eq!((page.total, page.entries.len()), (1_500, 5));
}

#[test]
fn value_sets_that_include_each_other_many_times_end_early() {
    let nested = (0..12).map(|number| {
        let next = format!(r#"{{"valueSet":["http://x/n{}"]}}"#, number + 1);
        let many = vec![next; 40].join(",");
        value_set(
            &format!("http://x/n{number}"),
            &format!(r#"{{"include":[{many}]}}"#),
        )
    });
    let last = value_set(
        "http://x/n12",
        r#"{"include":[{"system":"http://y","concept":[{"code":"a"}]}]}"#,
    );
    let library = Library::new(Vec::new(), nested.chain([last]));
    let expansion = library.expand("http://x/n0", &ExpansionRequest::default());
    assert_eq!(expansion, Err(TerminologyError::TooMuchWork));
    assert_eq!(library.in_value_set("http://x/n0", Some("http://y"), "b"), None);
}

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
fn a_system_that_is_not_here_whole_is_said_to_be_unknown() {
    let library = library();
    let system = Some("http://snomed.info/sct");
    assert_eq!(
        library.in_value_set("http://x/snomed", system, "73211009"),
        Some(true)
    );
    assert_eq!(library.in_value_set("http://x/snomed", system, "1"), None);
    let below = "http://snomed.info/sct?fhir_vs=isa/73211009";
    assert_eq!(library.in_value_set(below, system, "44054006"), Some(true));
    assert_eq!(library.in_value_set(below, system, "1"), None);
    assert_eq!(
        library.in_value_set(below, Some("http://x/animals"), "cat"),
        Some(false)
    );
    assert_eq!(codes(&library, below), ["73211009", "44054006"]);
    assert_eq!(
        codes(&library, "http://snomed.info/sct?fhir_vs=ecl/< 73211009 OR 1"),
        ["44054006"]
    );
    assert_eq!(
        library.in_value_set("http://x/parts", system, "44054006"),
        Some(true)
    );
    assert_eq!(library.in_value_set("http://x/parts", system, "73211009"), None);
    assert_eq!(
        library.in_value_set("http://x/parts", Some("http://x/animals"), "cat"),
        Some(true)
    );
    assert_eq!(
        library.in_value_set("http://x/parts", Some("http://x/animals"), "dodo"),
        Some(false)
    );
    assert_eq!(Library::default().in_value_set(below, system, "44054006"), None);
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
