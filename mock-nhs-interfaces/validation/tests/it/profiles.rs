//! Profiles made for one question each: slices, fixed values, patterns, types, targets, rules.

use std::sync::Arc;

use fhir::json::Json;
use validation::{Library, Severity, Validator};

fn parse(text: &str) -> Json {
    Json::parse(text.as_bytes()).unwrap()
}

/// A profile on `type_name` with these elements of a snapshot.
fn profile(url: &str, type_name: &str, elements: &str) -> Arc<Json> {
    Arc::new(parse(&format!(
        r#"{{"resourceType":"StructureDefinition","url":"http://x/{url}","type":"{type_name}","snapshot":{{"element":[
            {{"id":"{type_name}","path":"{type_name}","min":0,"max":"*"}},{elements}]}}}}"#
    )))
}

/// What is said of `members` of a Patient under a profile with `elements`: errors, and warnings with a `?`.
fn check(elements: &str, members: &str, expected: &[&str]) {
    let library = Library::new(
        Vec::new(),
        [
            profile("p", "Patient", elements),
            extension(),
            address(),
            value_set(),
        ],
    );
    let resource = parse(&format!(r#"{{"resourceType":"Patient",{members}}}"#));
    let issues = Validator::new(&library, 0).validate(&resource, &["http://x/p"]);
    let told: Vec<String> = issues
        .iter()
        .filter(|issue| issue.severity > Severity::Information)
        .map(|issue| {
            let mark = if issue.severity == Severity::Warning {
                "?"
            } else {
                ""
            };
            format!("{}{mark} {}", issue.code.code(), issue.expression)
        })
        .collect();
    assert_eq!(told, expected, "{elements}\n{members}");
}

fn extension() -> Arc<Json> {
    profile(
        "e",
        "Extension",
        r#"{"path":"Extension.url","min":1,"max":"1","fixedUri":"http://x/e"},
           {"path":"Extension.value[x]","min":1,"max":"1","type":[{"code":"code"}]}"#,
    )
}

fn address() -> Arc<Json> {
    profile(
        "address",
        "Address",
        r#"{"path":"Address.city","min":1,"max":"1","type":[{"code":"string"}]}"#,
    )
}

fn value_set() -> Arc<Json> {
    Arc::new(parse(
        r#"{"resourceType":"ValueSet","url":"http://x/v","compose":{"include":[{"system":"http://x/s","concept":[{"code":"a"}]}]}}"#,
    ))
}

#[test]
fn counts_and_lengths() {
    let birth_date = r#"{"path":"Patient.birthDate","min":1,"max":"1","type":[{"code":"date"}]}"#;
    check(birth_date, r#""birthDate":"2020""#, &[]);
    check(birth_date, r#""active":true"#, &["required Patient.birthDate"]);
    let no_photo = r#"{"path":"Patient.photo","min":0,"max":"0"}"#;
    check(
        no_photo,
        r#""photo":[{"title":"x"}]"#,
        &["structure Patient.photo"],
    );
    let one_name = r#"{"path":"Patient.name","min":0,"max":"1"},{"path":"Patient.name.family","min":1,"max":"1","maxLength":3}"#;
    check(
        one_name,
        r#""name":[{"family":"Abc"},{"family":"x"}]"#,
        &["structure Patient.name"],
    );
    check(
        one_name,
        r#""name":[{"text":"x"}]"#,
        &["required Patient.name[0].family"],
    );
    check(
        one_name,
        r#""name":[{"family":"Abcd"}]"#,
        &["value Patient.name[0].family"],
    );
}

#[test]
fn fixed_values_and_patterns() {
    let fixed = r#"{"path":"Patient.active","min":0,"max":"1","fixedBoolean":true}"#;
    check(fixed, r#""active":true"#, &[]);
    check(fixed, r#""active":false"#, &["value Patient.active"]);
    let pattern = r#"{"path":"Patient.maritalStatus","min":0,"max":"1","patternCodeableConcept":{"coding":[{"system":"http://x/s","code":"a"}]}}"#;
    check(
        pattern,
        r#""maritalStatus":{"text":"t","coding":[{"system":"http://y","code":"b"},{"system":"http://x/s","code":"a","display":"A"}]}"#,
        &["code-invalid? Patient.maritalStatus"],
    );
    check(
        pattern,
        r#""maritalStatus":{"text":"t"}"#,
        &["value Patient.maritalStatus"],
    );
}

#[test]
fn slices_by_value() {
    let slices = |rules: &str| {
        format!(
            r#"{{"path":"Patient.identifier","min":0,"max":"*","slicing":{{"discriminator":[{{"type":"value","path":"system"}}],"rules":"{rules}"}}}},
            {{"path":"Patient.identifier","sliceName":"nhs","min":1,"max":"1"}},
            {{"path":"Patient.identifier.system","min":1,"max":"1","fixedUri":"http://x/nhs"}},
            {{"path":"Patient.identifier.value","min":1,"max":"1"}},
            {{"path":"Patient.name","min":1,"max":"*"}}"#
        )
    };
    let identifiers = |list: &str| format!(r#""name":[{{"text":"x"}}],"identifier":[{list}]"#);
    let nhs = r#"{"system":"http://x/nhs","value":"1"}"#;
    let other = r#"{"system":"http://x/other","value":"1"}"#;
    check(&slices("open"), &identifiers(&format!("{other},{nhs}")), &[]);
    check(
        &slices("open"),
        &identifiers(other),
        &["required Patient.identifier"],
    );
    check(
        &slices("open"),
        &identifiers(&format!("{nhs},{nhs}")),
        &["structure Patient.identifier"],
    );
    check(
        &slices("open"),
        &identifiers(r#"{"system":"http://x/nhs"}"#),
        &["required Patient.identifier[0].value"],
    );
    check(
        &slices("closed"),
        &identifiers(&format!("{nhs},{other}")),
        &["structure Patient.identifier[1]"],
    );
    check(&slices("openAtEnd"), &identifiers(&format!("{nhs},{other}")), &[]);
    check(
        &slices("openAtEnd"),
        &identifiers(&format!("{other},{nhs}")),
        &["structure Patient.identifier[1]"],
    );
}

#[test]
fn slices_by_pattern_exists_and_binding() {
    let telecom = |kind: &str, path: &str, rest: &str| {
        format!(
            r#"{{"path":"Patient.telecom","min":0,"max":"*","slicing":{{"discriminator":[{{"type":"{kind}","path":"{path}"}}],"rules":"open"}}}},
            {{"path":"Patient.telecom","sliceName":"s","min":1,"max":"*"{rest}}}"#
        )
    };
    let pattern = telecom("pattern", "$this", r#","patternContactPoint":{"system":"phone"}"#);
    check(&pattern, r#""telecom":[{"system":"phone","value":"1"}]"#, &[]);
    check(
        &pattern,
        r#""telecom":[{"system":"email","value":"1"}]"#,
        &["required Patient.telecom"],
    );
    let exists = format!(
        "{},{}",
        telecom("exists", "period", ""),
        r#"{"path":"Patient.telecom.period","min":1,"max":"1"}"#
    );
    check(
        &exists,
        r#""telecom":[{"system":"phone","value":"1","period":{"start":"2020"}}]"#,
        &[],
    );
    check(
        &exists,
        r#""telecom":[{"system":"phone","value":"1"}]"#,
        &["required Patient.telecom"],
    );
    let binding = r#"{"path":"Patient.communication","min":0,"max":"*","slicing":{"discriminator":[{"type":"value","path":"language"}],"rules":"open"}},
        {"path":"Patient.communication","sliceName":"s","min":1,"max":"*"},
        {"path":"Patient.communication.language","min":1,"max":"1","binding":{"strength":"required","valueSet":"http://x/v"}}"#;
    check(
        binding,
        r#""communication":[{"language":{"coding":[{"system":"http://x/s","code":"a"}]}}]"#,
        &[],
    );
    check(
        binding,
        r#""communication":[{"language":{"coding":[{"system":"http://x/s","code":"b"}]}}]"#,
        &["required Patient.communication"],
    );
}

#[test]
fn slices_by_what_slices_inside_them_say() {
    let coding = |slice: &str, code: &str| {
        format!(
            r#"{{"path":"Patient.contact","sliceName":"{slice}","min":1,"max":"1"}},
            {{"path":"Patient.contact.relationship","min":0,"max":"*"}},
            {{"path":"Patient.contact.relationship.coding","min":0,"max":"*",
              "slicing":{{"discriminator":[{{"type":"value","path":"code"}}],"rules":"open"}}}},
            {{"path":"Patient.contact.relationship.coding","sliceName":"inner","min":1,"max":"1"}},
            {{"path":"Patient.contact.relationship.coding.code","min":1,"max":"1","fixedCode":"{code}"}}"#
        )
    };
    let elements = format!(
        r#"{{"path":"Patient.contact","min":0,"max":"*",
            "slicing":{{"discriminator":[{{"type":"value","path":"relationship.coding.code"}}],"rules":"open"}}}},{},{}"#,
        coding("one", "a"),
        coding("other", "b")
    );
    let contact = |code: &str| {
        format!(
            r#"{{"name":{{"text":"x"}},"relationship":[{{"coding":[{{"code":"z"}},{{"code":"{code}"}}]}}]}}"#
        )
    };
    let contacts = |codes: [&str; 2]| format!(r#""contact":[{}]"#, codes.map(contact).join(","));
    let remark = [
        "code-invalid? Patient.contact[0].relationship[0]",
        "code-invalid? Patient.contact[1].relationship[0]",
    ];
    check(&elements, &contacts(["a", "b"]), &remark);
    check(
        &elements,
        &contacts(["a", "c"]),
        &[&remark[..], &["required Patient.contact"]].concat(),
    );
    check(
        &elements,
        &contacts(["a", "a"]),
        &[
            &remark[..],
            &["structure Patient.contact", "required Patient.contact"],
        ]
        .concat(),
    );
}

#[test]
fn slices_by_type_and_target() {
    let by_type = r#"{"path":"Patient.deceased[x]","min":0,"max":"1","slicing":{"discriminator":[{"type":"type","path":"$this"}],"rules":"closed"}},
        {"path":"Patient.deceased[x]","sliceName":"deceasedBoolean","min":0,"max":"1","type":[{"code":"boolean"}],"fixedBoolean":false}"#;
    check(by_type, r#""deceasedBoolean":false"#, &[]);
    check(
        by_type,
        r#""deceasedBoolean":true"#,
        &["value Patient.deceased.ofType(boolean)"],
    );
    check(
        by_type,
        r#""deceasedDateTime":"2020""#,
        &["structure Patient.deceased.ofType(dateTime)"],
    );
    let by_target = r#"{"path":"Patient.generalPractitioner","min":0,"max":"*","slicing":{"discriminator":[{"type":"type","path":"resolve()"}],"rules":"open"}},
        {"path":"Patient.generalPractitioner","sliceName":"practice","min":1,"max":"1",
         "type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Organization"]}]}"#;
    check(
        by_target,
        r#""generalPractitioner":[{"reference":"Organization/1"},{"reference":"Practitioner/1"}]"#,
        &[],
    );
    check(
        by_target,
        r#""generalPractitioner":[{"reference":"Practitioner/1"}]"#,
        &["required Patient.generalPractitioner"],
    );
}

#[test]
fn extensions_have_definitions() {
    let slice = r#"{"path":"Patient.extension","min":0,"max":"*","slicing":{"discriminator":[{"type":"value","path":"url"}],"rules":"open"}},
        {"path":"Patient.extension","sliceName":"e","min":1,"max":"1","type":[{"code":"Extension","profile":["http://x/e"]}]}"#;
    check(
        slice,
        r#""extension":[{"url":"http://x/e","valueCode":"a"}]"#,
        &[],
    );
    check(
        slice,
        r#""extension":[{"url":"http://x/other","valueCode":"a"}]"#,
        &["required Patient.extension"],
    );
    check(
        slice,
        r#""extension":[{"url":"http://x/e","valueString":"a"}]"#,
        &["structure Patient.extension[0].value.ofType(string)"],
    );
    check(
        r#"{"path":"Patient.name","min":0,"max":"*"}"#,
        r#""modifierExtension":[{"url":"http://x/unknown","valueCode":"a"}]"#,
        &["extension? Patient.modifierExtension[0]"],
    );
}

#[test]
fn types_targets_bindings_and_rules() {
    let address = r#"{"path":"Patient.address","min":0,"max":"*","type":[{"code":"Address","profile":["http://x/address"]}]}"#;
    check(address, r#""address":[{"city":"Leeds"}]"#, &[]);
    check(
        address,
        r#""address":[{"text":"Leeds"}]"#,
        &["required Patient.address[0].city"],
    );
    let target = r#"{"path":"Patient.generalPractitioner","min":0,"max":"*",
        "type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Organization"]}]}"#;
    check(
        target,
        r#""generalPractitioner":[{"reference":"Organization/1"},{"display":"x"}]"#,
        &[],
    );
    check(
        target,
        r#""generalPractitioner":[{"reference":"Practitioner/1"}]"#,
        &["structure Patient.generalPractitioner[0]"],
    );
    let bound = |strength: &str| {
        format!(
            r#"{{"path":"Patient.communication","min":0,"max":"*"}},{{"path":"Patient.communication.language","min":1,"max":"1",
            "binding":{{"strength":"{strength}","valueSet":"http://x/v"}}}}"#
        )
    };
    let wrong = r#""communication":[{"language":{"coding":[{"system":"http://x/s","code":"b"}]}}]"#;
    check(
        &bound("required"),
        wrong,
        &["code-invalid Patient.communication[0].language"],
    );
    check(
        &bound("extensible"),
        wrong,
        &["code-invalid? Patient.communication[0].language"],
    );
    check(&bound("preferred"), wrong, &[]);
    check(
        &bound("required"),
        r#""communication":[{"language":{"text":"x"}}]"#,
        &["code-invalid Patient.communication[0].language"],
    );
    let rule = |severity: &str, expression: &str| {
        format!(
            r#"{{"path":"Patient.name","min":0,"max":"*","constraint":[{{"key":"x-1","severity":"{severity}","human":"No.","expression":"{expression}"}}]}}"#
        )
    };
    check(
        &rule("error", "family.exists() or given.count() > 1"),
        r#""name":[{"family":"x"},{"given":["a"]}]"#,
        &["invariant Patient.name[1]"],
    );
    check(
        &rule("warning", "family.exists()"),
        r#""name":[{"text":"x"}]"#,
        &["invariant? Patient.name[0]"],
    );
    check(&rule("error", "nonsense("), r#""name":[{"text":"x"}]"#, &[]);
}

#[test]
fn rules_of_r4_are_checked() {
    let validator = |text: &str| -> Vec<String> {
        let issues = Validator::new(&Library::default(), 0).validate(&parse(text), &[]);
        let errors = issues.iter().filter(|issue| issue.severity == Severity::Error);
        errors
            .map(|issue| {
                issue
                    .diagnostics
                    .rsplit('(')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect()
    };
    let cases = [
        (
            r#"{"resourceType":"Patient","contact":[{"gender":"male"}]}"#,
            "pat-1).",
        ),
        (
            r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueString":"x","dataAbsentReason":{"text":"y"}}"#,
            "obs-6).",
        ),
        (
            r#"{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"period":{"start":"2020-02-01","end":"2020-01-01"}}"#,
            "per-1).",
        ),
        (
            r#"{"resourceType":"Bundle","type":"searchset","entry":[{"fullUrl":"urn:uuid:1","request":{"method":"GET","url":"x"}}]}"#,
            "bdl-3).",
        ),
        (
            r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1,"code":"mg"}}"#,
            "qty-3).",
        ),
        (
            r#"{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"display","item":[{"linkId":"2","type":"string"}]}]}"#,
            "que-1).",
        ),
    ];
    for (text, rule) in cases {
        let told = validator(text);
        assert!(told.iter().any(|one| one == rule), "{rule}: {told:?}");
    }
}

#[test]
fn profiles_that_are_not_here_are_named() {
    let library = Library::new(
        Vec::new(),
        [profile(
            "patient-one",
            "Patient",
            r#"{"path":"Patient.name","min":1,"max":"*"}"#,
        )],
    );
    let resource =
        parse(r#"{"resourceType":"Patient","active":true,"meta":{"profile":["http://x/patient-two"]}}"#);
    let issues = Validator::new(&library, 0)
        .validate(&resource, &["http://x/patient-on"])
        .into_vec();
    let told: Vec<String> = issues
        .iter()
        .filter(|issue| issue.code.code() == "not-found")
        .map(|issue| format!("{} {}", issue.severity.code(), issue.diagnostics))
        .collect();
    assert_eq!(told.len(), 2, "{issues:?}");
    assert!(told[0].starts_with("warning") && told[1].starts_with("error"));
    assert!(
        told.iter()
            .all(|one| one.contains("Did you mean `http://x/patient-one`?")),
        "{told:?}"
    );
    let wrong_type = Validator::new(&library, 0).validate(
        &parse(r#"{"resourceType":"Group","type":"person","actual":true}"#),
        &["http://x/patient-one"],
    );
    assert!(wrong_type.has_errors());
}

#[test]
fn profiles_that_grow_without_end_are_stopped() {
    let slices: Vec<String> = (0..100)
        .map(|number| {
            format!(
                r#"{{"path":"Parameters.parameter","sliceName":"s{number}","min":0,"max":"*"}},
                {{"path":"Parameters.parameter.part","min":0,"max":"*"}},
                {{"path":"Parameters.parameter.part.name","min":1,"max":"1","fixedString":"s{number}"}}"#
            )
        })
        .collect();
    let sliced = r#"{"path":"Parameters.parameter","min":0,"max":"*",
        "slicing":{"discriminator":[{"type":"value","path":"part.name"}],"rules":"open"}}"#;
    let library = Library::new(
        Vec::new(),
        [profile(
            "p",
            "Parameters",
            &format!("{sliced},{}", slices.join(",")),
        )],
    );
    let parts = vec![r#"{"name":"x","valueString":"y"}"#; 500].join(",");
    let parameter = format!(r#"{{"name":"a","part":[{parts}]}}"#);
    let many = vec![parameter; 20].join(",");
    let resource = parse(&format!(
        r#"{{"resourceType":"Parameters","parameter":[{many}]}}"#
    ));
    let issues = Validator::new(&library, 0).validate(&resource, &["http://x/p"]);
    assert!(
        issues.iter().any(|issue| issue.code.code() == "too-costly"),
        "{:?}",
        issues.iter().next()
    );
}
