//! `FHIRPath` Patch: every operation, with and without definitions.

use fhir::json::Json;
use fhir::patch::fhirpath::{Environment, apply};
use fhir::patch::{PatchError, PatchErrorKind};

use crate::model::FewTypes;

/// An operation in short: `add Patient birthDate`, with the parts that carry values after it.
fn operation(words: &str, parts: &str) -> String {
    let mut words = words.split(' ');
    let kind = words.next().unwrap_or_default();
    let mut all = vec![
        format!(r#"{{"name":"type","valueCode":"{kind}"}}"#),
        format!(
            r#"{{"name":"path","valueString":"{}"}}"#,
            words.next().unwrap_or_default()
        ),
    ];
    let rest: Vec<_> = words.collect();
    match (kind, rest.as_slice()) {
        ("add", [name]) => all.push(format!(r#"{{"name":"name","valueString":"{name}"}}"#)),
        ("insert", [index]) => all.push(format!(r#"{{"name":"index","valueInteger":{index}}}"#)),
        ("move", [source, destination]) => {
            all.push(format!(r#"{{"name":"source","valueInteger":{source}}}"#));
            all.push(format!(
                r#"{{"name":"destination","valueInteger":{destination}}}"#
            ));
        }
        _ => {}
    }
    if !parts.is_empty() {
        all.push(format!(r#"{{"name":"value",{parts}}}"#));
    }
    format!(r#"{{"name":"operation","part":[{}]}}"#, all.join(","))
}

fn patched(resource: &str, operations: &[(&str, &str)], typed: bool) -> Result<String, PatchError> {
    let operations: Vec<_> = operations
        .iter()
        .map(|(words, parts)| operation(words, parts))
        .collect();
    let parameters = format!(
        r#"{{"resourceType":"Parameters","parameter":[{}]}}"#,
        operations.join(",")
    );
    let resource = resource
        .replacen('{', r#"{"resourceType":"Patient","#, 1)
        .replace(",}", "}");
    let environment = Environment {
        model: typed.then_some(&FewTypes),
        now_micros: 0,
    };
    let json = |text: &str| Json::parse(text.as_bytes()).unwrap();
    let result = apply(&json(&resource), &json(&parameters), &environment)?;
    Ok(result
        .to_text()
        .replacen(r#"{"resourceType":"Patient","#, "{", 1)
        .replacen(r#"{"resourceType":"Patient"}"#, "{}", 1))
}

type Case = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

const BOTH: &[Case] = &[
    ("{}", &[], "{}"),
    (
        r#"{"birthDate":"1920-01-01"}"#,
        &[("replace Patient.birthDate", r#""valueDate":"1930-01-01""#)],
        r#"{"birthDate":"1930-01-01"}"#,
    ),
    (
        r#"{"birthDate":"1920-01-01","_birthDate":{"id":"a"}}"#,
        &[("delete Patient.birthDate", "")],
        "{}",
    ),
    ("{}", &[("delete Patient.birthDate", "")], "{}"),
    (
        "{}",
        &[("add Patient birthDate", r#""valueDate":"1930-01-01""#)],
        r#"{"birthDate":"1930-01-01"}"#,
    ),
    (
        "{}",
        &[("add Patient birthDate", r#""_valueDate":{"id":"x"}"#)],
        r#"{"_birthDate":{"id":"x"}}"#,
    ),
    (
        r#"{"_birthDate":{"id":"x"}}"#,
        &[("replace birthDate", r#""valueDate":"1930-01-01""#)],
        r#"{"birthDate":"1930-01-01"}"#,
    ),
    (
        r#"{"contact":[{"name":{"text":"a"},"gender":"male"}]}"#,
        &[("replace Patient.contact[0].gender", r#""valueCode":"female""#)],
        r#"{"contact":[{"name":{"text":"a"},"gender":"female"}]}"#,
    ),
    (
        r#"{"contact":[{"name":{"text":"a"},"gender":"male"}]}"#,
        &[("delete Patient.contact[0].name.text", "")],
        r#"{"contact":[{"gender":"male"}]}"#,
    ),
    (
        r#"{"contact":[{"name":{"text":"a"}}],"x":1}"#,
        &[("delete contact.name.text", "")],
        r#"{"x":1}"#,
    ),
    (
        r#"{"contact":[{"gender":"male"}]}"#,
        &[("delete Patient.contact[0]", "")],
        "{}",
    ),
    (
        r#"{"maritalStatus":{"id":"1","text":"married"}}"#,
        &[(
            "replace maritalStatus",
            r#""valueCodeableConcept":{"id":"2","text":"not"}"#,
        )],
        r#"{"maritalStatus":{"id":"2","text":"not"}}"#,
    ),
    (
        r#"{"identifier":[{"value":"1"},{"value":"2"}]}"#,
        &[
            ("replace Patient.identifier[0].value", r#""valueString":"2""#),
            ("replace Patient.identifier[1].value", r#""valueString":"1""#),
        ],
        r#"{"identifier":[{"value":"2"},{"value":"1"}]}"#,
    ),
    (
        r#"{"identifier":[{"value":"1"},{"value":"2"}]}"#,
        &[
            (
                "insert Patient.identifier 1",
                r#""valueIdentifier":{"value":"3"}"#,
            ),
            (
                "insert Patient.identifier 3",
                r#""valueIdentifier":{"value":"4"}"#,
            ),
        ],
        r#"{"identifier":[{"value":"1"},{"value":"3"},{"value":"2"},{"value":"4"}]}"#,
    ),
    (
        "{}",
        &[(
            "insert Patient.identifier 0",
            r#""valueIdentifier":{"value":"3"}"#,
        )],
        r#"{"identifier":[{"value":"3"}]}"#,
    ),
    (
        r#"{"identifier":[{"value":"1"},{"value":"2"}]}"#,
        &[
            ("add Patient identifier", r#""valueIdentifier":{"value":"3"}"#),
            ("delete Patient.identifier[0]", ""),
        ],
        r#"{"identifier":[{"value":"2"},{"value":"3"}]}"#,
    ),
    (
        r#"{"identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]}"#,
        &[
            ("move Patient.identifier 2 0", ""),
            ("move Patient.identifier 0 1", ""),
        ],
        r#"{"identifier":[{"value":"1"},{"value":"3"},{"value":"2"}]}"#,
    ),
    (
        r#"{"name":[{"given":["a","b"],"_given":[null,{"id":"x"}]}]}"#,
        &[
            (
                "insert name[0].given 1",
                r#""valueString":"c","_valueString":{"id":"y"}"#,
            ),
            ("delete name[0].given[2]", ""),
            ("replace name.given[0]", r#""valueString":"d""#),
        ],
        r#"{"name":[{"given":["d","c"],"_given":[null,{"id":"y"}]}]}"#,
    ),
    (
        r#"{"name":[{"given":["a","b"],"_given":[null,{"id":"x"}]}]}"#,
        &[
            ("move name[0].given 1 0", ""),
            ("delete name.given.where($this='b')", ""),
        ],
        r#"{"name":[{"given":["a"]}]}"#,
    ),
    (
        r#"{"deceasedBoolean":true,"extension":[{"url":"u","valueString":"a"}],"y":1.10}"#,
        &[(
            "replace Patient.extension.where(url='u').value",
            r#""valueString":"b""#,
        )],
        r#"{"deceasedBoolean":true,"extension":[{"url":"u","valueString":"b"}],"y":1.10}"#,
    ),
];

const TYPED: &[Case] = &[
    (
        "{}",
        &[("add Patient name", r#""valueHumanName":{"family":"a"}"#)],
        r#"{"name":[{"family":"a"}]}"#,
    ),
    (
        "{}",
        &[(
            "add Patient contact",
            r#""part":[{"name":"name","valueHumanName":{"text":"a"}},{"name":"gender","valueCode":"male"}]"#,
        )],
        r#"{"contact":[{"name":{"text":"a"},"gender":"male"}]}"#,
    ),
    (
        r#"{"contact":[{"gender":"male"}]}"#,
        &[(
            "insert Patient.contact 0",
            r#""part":[{"name":"name","part":[{"name":"given","valueString":"a"},{"name":"given","valueString":"b"}]}]"#,
        )],
        r#"{"contact":[{"name":{"given":["a","b"]}},{"gender":"male"}]}"#,
    ),
    (
        "{}",
        &[("add Patient deceased", r#""valueBoolean":true"#)],
        r#"{"deceasedBoolean":true}"#,
    ),
    (
        "{}",
        &[("add Patient deceased[x]", r#""valueDateTime":"2026""#)],
        r#"{"deceasedDateTime":"2026"}"#,
    ),
    (
        r#"{"deceasedBoolean":true,"active":true}"#,
        &[("replace Patient.deceased", r#""valueDateTime":"2026""#)],
        r#"{"deceasedDateTime":"2026","active":true}"#,
    ),
    (
        "{}",
        &[
            (
                "add Patient contained",
                r#""resource":{"resourceType":"Patient","id":"i"}"#,
            ),
            (
                "add Patient.contained[0] name",
                r#""valueHumanName":{"family":"a"}"#,
            ),
        ],
        r#"{"contained":[{"resourceType":"Patient","id":"i","name":[{"family":"a"}]}]}"#,
    ),
];

#[test]
fn operations_change_the_resource() {
    for (resource, operations, expected) in BOTH {
        for typed in [false, true] {
            let expected = Ok((*expected).to_owned());
            assert_eq!(
                patched(resource, operations, typed),
                expected,
                "{operations:?} {typed}"
            );
        }
    }
    for (resource, operations, expected) in TYPED {
        assert_eq!(
            patched(resource, operations, true),
            Ok((*expected).to_owned()),
            "{operations:?}"
        );
    }
}

#[test]
fn failures_name_the_operation() {
    use PatchErrorKind as Kind;
    let resource = r#"{"active":true,"deceasedBoolean":false,"name":[{"family":"a"},{"family":"b"}],"birthDate":"2000"}"#;
    let check = |words: &str, parts: &str, kind: Kind| {
        let operations = [("delete gender", ""), (words, parts)];
        assert_eq!(
            patched(resource, &operations, true),
            Err(PatchError { operation: 1, kind }),
            "{words}"
        );
    };
    let text = r#""valueString":"x""#;
    check("delete Patient.name", "", Kind::NotOneElement(2));
    let syntax = fhir::fhirpath::PathError::Syntax {
        at: 13,
        wanted: "a name",
    };
    check("delete Patient.name.(", "", Kind::Path(syntax));
    check("replace Patient.name.family", text, Kind::NotOneElement(2));
    check("replace gender", text, Kind::NotOneElement(0));
    check("replace Patient", text, Kind::WholeResource);
    check("delete Patient", "", Kind::WholeResource);
    check(
        "add Patient birthDate",
        text,
        Kind::AlreadyThere("birthDate".into()),
    );
    check(
        "add Patient deceased",
        r#""valueDateTime":"2026""#,
        Kind::AlreadyThere("deceased".into()),
    );
    check(
        "add Patient nonsense",
        text,
        Kind::UnknownElement("nonsense".into()),
    );
    check("add contact gender", text, Kind::NotOneElement(0));
    check("add Patient.birthDate value", text, Kind::NotInResource);
    check("insert Patient.name 3", text, Kind::Index { index: 3, length: 2 });
    check(
        "insert Patient.identifier 1",
        text,
        Kind::Index { index: 1, length: 0 },
    );
    check("insert Patient.name.where(family='a') 0", text, Kind::NotAList);
    check("insert Patient.birthDate 0", text, Kind::NotAList);
    check("insert Patient.gender 0", text, Kind::NotAList);
    check("move Patient.name 0 2", "", Kind::Index { index: 2, length: 2 });
    check("move Patient.name -1 0", "", Kind::Member("source"));
    check("delete 'a'", "", Kind::NotInResource);
    check("fly Patient", "", Kind::UnknownOperation("fly".into()));
    check("add Patient", text, Kind::Member("name"));
    check(
        "add Patient gender",
        r#""valueCode":"a","valueString":"b""#,
        Kind::Member("value"),
    );
    check("replace active", "", Kind::Member("value"));
    let deep = format!(
        r#""valueExtension":{}{{}}{}"#,
        r#"{"a":"#.repeat(50),
        "}".repeat(50)
    );
    let twice = [
        ("add Patient extension", &*deep),
        ("add Patient.extension.descendants().last() extension", &*deep),
    ];
    assert_eq!(
        patched("{}", &twice, true),
        Err(PatchError {
            operation: 1,
            kind: Kind::TooDeep
        })
    );
}
