//! What belongs to a value set: listed, asked about, and refused.

use definitions::terminology::Terminology;

use super::{codes, library, value_set};
use crate::Library;
use crate::terminology::{ExpansionRequest, TerminologyError};

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
