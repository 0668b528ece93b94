//! `FHIRPath`: what expressions find, which constraints hold, and where hostile ones end.

use fhir::fhirpath::{Context, Expression, Node, PathError, Resolver};
use fhir::json::Json;
use proptest::prelude::*;

use crate::model::FewTypes;

/// 2026-11-26T12:00:00Z
const NOW: i64 = 1_795_694_400_000_000;

const PATIENT: &str = r##"{
    "resourceType": "Patient", "id": "p1", "active": true, "gender": "female",
    "birthDate": "1970-02-28", "_birthDate": {"extension": [{"url": "http://x/time", "valueDateTime": "1970-02-28T10:00:00Z"}]},
    "deceasedBoolean": false,
    "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9000000009"}, {"value": "X1"}],
    "name": [
        {"use": "official", "family": "O'Brien", "given": ["Ann", "Bea"], "period": {"start": "2001-01-01"}},
        {"use": "usual", "given": ["Annie", null], "_given": [null, {"extension": [{"url": "http://x/a", "valueString": "y"}]}]}
    ],
    "contact": [{"name": {"text": "Ron"}, "gender": "male"}],
    "managingOrganization": {"reference": "#org"},
    "generalPractitioner": [{"reference": "Practitioner/7"}],
    "contained": [{"resourceType": "Organization", "id": "org", "name": "Surgery"}]
}"##;

const OBSERVATION: &str = r#"{
    "resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
    "effectiveDateTime": "2026-01-31T09:30:00+00:00",
    "valueQuantity": {"value": 72.50, "unit": "beats/minute", "system": "http://unitsofmeasure.org", "code": "/min"},
    "referenceRange": [{"low": {"value": 60, "code": "/min"}, "high": {"value": 100.0, "code": "/min"}}]
}"#;

struct Practitioners(Json);

impl Resolver for Practitioners {
    fn resolve(&self, reference: &str) -> Option<&Json> {
        (reference == "Practitioner/7").then_some(&self.0)
    }
}

fn texts(resource: &str, expression: &str, typed: bool) -> Result<String, PathError> {
    let json = Json::parse(resource.as_bytes()).unwrap();
    let others = Practitioners(Json::parse(br#"{"resourceType":"Practitioner","id":"7"}"#).unwrap());
    let mut context = Context::of(&json, NOW);
    context.resolver = Some(&others);
    if typed {
        context.model = Some(&FewTypes);
    }
    let expression = Expression::parse(expression)?;
    let found = expression.evaluate(Node::resource(&json), &context)?;
    let texts: Vec<_> = found
        .iter()
        .map(|value| value.to_text().unwrap_or("{..}".into()))
        .collect();
    Ok(texts.join(" "))
}

const OF_PATIENT: &[(&str, &str)] = &[
    ("Patient.name.given", "Ann Bea Annie {..}"),
    ("name.given", "Ann Bea Annie {..}"),
    ("Resource.id | DomainResource.id", "p1"),
    ("Observation.id", ""),
    ("Patient.name[0].given[1]", "Bea"),
    ("name.where(use = 'usual').given.first()", "Annie"),
    ("name.given.where(hasValue()).count()", "3"),
    ("name.given[3].hasValue()", "false"),
    ("name.given.extension('http://x/a').value", "y"),
    ("birthDate.extension.value", "1970-02-28T10:00:00Z"),
    ("deceased", "false"),
    ("deceased is boolean", "true"),
    ("deceased.exists() and deceased != false", "false"),
    ("name.select(given | family).count()", "5"),
    (
        "name.family.startsWith('O\\'B') and name.family.endsWith('en')",
        "true",
    ),
    ("name.family.length() + 1", "8"),
    ("name.family.upper() & '!' & {}", "O'BRIEN!"),
    ("name.given.first().substring(1)", "nn"),
    ("name.given.first().substring(1, 1)", "n"),
    ("name.given.first().substring(9)", ""),
    ("name.given.first().indexOf('n')", "1"),
    ("identifier.value.where(matches('^[0-9]{10}$'))", "9000000009"),
    ("identifier[1].value.replaceMatches('[0-9]', '#')", "X#"),
    ("identifier[1].value.replace('X', '')", "1"),
    ("identifier.value[1].toInteger()", ""),
    ("identifier.value[0].toInteger() > 5", "true"),
    ("birthDate < today()", "true"),
    ("birthDate + 1 year", "1971-02-28"),
    ("today()", "2026-11-26"),
    ("now() > @2026-11-26T11:59:59Z", "true"),
    ("@2026-11-26 = @2026-11-26T10:00", ""),
    ("@2026-11 < @2026-12-01", "true"),
    ("managingOrganization.resolve().name", "Surgery"),
    ("generalPractitioner.resolve() is Practitioner", "true"),
    (
        "generalPractitioner.where(resolve() is Patient).exists()",
        "false",
    ),
    ("contact.children().count()", "2"),
    ("descendants().where($this = 'Ron').count()", "1"),
    ("repeat(children()).count() = descendants().count()", "true"),
    ("name.given.isDistinct()", "true"),
    ("(1 | 2 | 1).count()", "2"),
    ("1.combine(1).count()", "2"),
    ("(1 | 2).union(3).exclude(2)", "1 3"),
    ("(1|2|3).where($this > $index + 1).empty()", "true"),
    ("(1|2|3).aggregate($this + $total, 0)", "6"),
    ("(1|2|3).intersect(2|3|4).supersetOf(2)", "true"),
    ("(3|1).tail() | (9|8|7).skip(1).take(1) | (5|6).last()", "1 8 6"),
    ("iif(active, 'yes', 1/0)", "yes"),
    ("active.not() or {}", ""),
    ("active or {}", "true"),
    ("{} implies true", "true"),
    ("2 in (1 | 2) and (1 | 2) contains 1", "true"),
    ("'a' ~ 'A' and (1 | 2) ~ (2 | 1)", "true"),
    ("-5 mod 3 + 7 div 2 * 2", "4"),
    ("1.10 + 2", "3.10"),
    ("1 / 3 > 0.33 and 1 / 0 = {}", ""),
    ("'1.50'.toDecimal().round(1)", "1.5"),
    ("(-1.5).abs().ceiling()", "2"),
    ("4 'mg' + 1 'mg' = 5.0 'mg'", "true"),
    ("'4 days'.toQuantity()", "4 days"),
    ("'ABC'.toChars().join('-')", "A-B-C"),
    ("'a,b'.split(',').last()", "b"),
    (
        "%ucum & %`vs-x` & %\"ext-y\"",
        "http://unitsofmeasure.orghttp://hl7.org/fhir/ValueSet/xhttp://hl7.org/fhir/StructureDefinition/y",
    ),
    ("%resource.id = %rootResource.id and %context.id = id", "true"),
    ("true /* not */ and // and so on\n true", "true"),
    ("`name`.given.first() = 'Ann'", "true"),
    ("is(Patient) and $this.as(FHIR.Patient).id.exists()", "true"),
    (
        "1.is(Integer) and 1 is System.Integer and 'a'.ofType(String) = 'a'",
        "true",
    ),
];

const OF_OBSERVATION: &[(&str, &str)] = &[
    ("value.value", "72.50"),
    ("(value as Quantity).unit", "beats/minute"),
    ("value.ofType(Quantity).code", "/min"),
    ("value is CodeableConcept", "false"),
    ("value as string", ""),
    ("referenceRange.all(low <= high)", "true"),
    ("value >= referenceRange.low", "true"),
    ("value = 72.5 '/min'", "true"),
    ("effective + 1 month", "2026-02-28T09:30:00Z"),
    ("effective < @2026-02", "true"),
];

#[test]
fn expressions_find_elements_and_values() {
    for (expression, expected) in OF_PATIENT {
        assert_eq!(
            texts(PATIENT, expression, false).as_deref(),
            Ok(*expected),
            "{expression}"
        );
        assert_eq!(
            texts(PATIENT, expression, true).as_deref(),
            Ok(*expected),
            "{expression}, typed"
        );
    }
    for (expression, expected) in OF_OBSERVATION {
        assert_eq!(
            texts(OBSERVATION, expression, false).as_deref(),
            Ok(*expected),
            "{expression}"
        );
    }
    assert_eq!(
        texts(PATIENT, "name.ofType(HumanName).count()", true).as_deref(),
        Ok("2")
    );
    assert_eq!(
        texts(
            PATIENT,
            "gender is code and gender is string and gender.as(string).empty()",
            true
        )
        .as_deref(),
        Ok("true")
    );
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one table of constraints, each with a resource that keeps it and one that breaks it"
)]
fn constraints_of_r4_hold_and_fail() {
    let check = |key: &str, constraint: &str, good: &str, bad: &str| {
        let expression = Expression::parse(constraint).unwrap();
        for (text, expected) in [(good, true), (bad, false)] {
            let json = Json::parse(text.as_bytes()).unwrap();
            let held = expression.holds(Node::resource(&json), &Context::of(&json, NOW));
            assert_eq!(held, Ok(expected), "{key} {text}");
        }
    };
    let ele_1 = "hasValue() or (children().count() > id.count())";
    check("ele-1", ele_1, r#"{"id":"a","x":1}"#, r#"{"id":"a"}"#);
    check(
        "dom-2",
        "contained.contained.empty()",
        PATIENT,
        r#"{"contained":[{"contained":[{"id":"a"}]}]}"#,
    );
    let dom_3 = "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) \
        | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() \
        or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()";
    check(
        "dom-3",
        dom_3,
        PATIENT,
        r#"{"resourceType":"Patient","contained":[{"resourceType":"Group","id":"g"}]}"#,
    );
    check(
        "dom-4",
        "contained.meta.versionId.empty() and contained.meta.lastUpdated.empty()",
        PATIENT,
        r#"{"contained":[{"meta":{"versionId":"1"}}]}"#,
    );
    check(
        "ext-1",
        "extension.exists() != value.exists()",
        r#"{"valueString":"a"}"#,
        r#"{"valueString":"a","extension":[{"url":"u"}]}"#,
    );
    check(
        "pat-1",
        "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())",
        PATIENT,
        r#"{"contact":[{"gender":"male"}]}"#,
    );
    let per_1 = "start.hasValue().not() or end.hasValue().not() or (start <= end)";
    check(
        "per-1",
        per_1,
        r#"{"start":"2026-01-01T23:30:00+01:00","end":"2026-01-01T22:45:00Z"}"#,
        r#"{"start":"2026-01-02","end":"2026-01-01T10:00:00Z"}"#,
    );
    check(
        "obs-6",
        "dataAbsentReason.empty() or value.empty()",
        OBSERVATION,
        r#"{"valueString":"a","dataAbsentReason":{}}"#,
    );
    let obs_7 =
        "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()";
    check(
        "obs-7",
        obs_7,
        OBSERVATION,
        r#"{"valueInteger":1,"code":{"coding":[{"code":"a","system":"s"}]},"component":[{"code":{"coding":[{"system":"s","code":"a"}]}}]}"#,
    );
    let ref_1 = "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))";
    check(
        "ref-1",
        ref_1,
        r##"{"reference":"#a","contained":[{"id":"a"}]}"##,
        r##"{"reference":"#b","contained":[{"id":"a"}]}"##,
    );
    check(
        "bdl-7",
        "(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()",
        r#"{"entry":[{"fullUrl":"a"},{"fullUrl":"b"},{}]}"#,
        r#"{"entry":[{"fullUrl":"a"},{"fullUrl":"a"}]}"#,
    );
    check(
        "bdl-11",
        "type = 'document' implies entry.first().resource.is(Composition)",
        r#"{"type":"document","entry":[{"resource":{"resourceType":"Composition"}}]}"#,
        r#"{"type":"document","entry":[{"resource":{"resourceType":"Patient"}}]}"#,
    );
    check(
        "qty-3",
        "code.empty() or system.exists()",
        r#"{"code":"mg","system":"u"}"#,
        r#"{"code":"mg"}"#,
    );
    check(
        "cnt-3",
        "(code.exists() or value.empty()) and (system.empty() or system = %ucum) and (code.empty() or code = '1') and (value.empty() or value.hasValue().not() or value.toString().contains('.').not())",
        r#"{"code":"1","system":"http://unitsofmeasure.org","value":3}"#,
        r#"{"code":"1","value":3.0}"#,
    );
    check(
        "que-7",
        "operator = 'exists' implies (answer is Boolean)",
        r#"{"operator":"exists","answerBoolean":true}"#,
        r#"{"operator":"exists","answerString":"a"}"#,
    );
    check(
        "txt-1",
        "`div`.htmlChecks()",
        r#"{"div":"<div>a</div>"}"#,
        r#"{"div":"<div><script>a</script></div>"}"#,
    );
    check(
        "sdf-8",
        "element.tail().all(path.startsWith(%resource.element.first().path&'.'))",
        r#"{"element":[{"path":"A"},{"path":"A.b"}]}"#,
        r#"{"element":[{"path":"A"},{"path":"B.b"}]}"#,
    );
    check(
        "tim-2",
        "period.empty() or period >= 0",
        r#"{"period":1.5}"#,
        r#"{"period":-0.5}"#,
    );
}

#[test]
fn what_is_no_expression_is_refused() {
    use PathError as Error;
    let check = |expression: &str, expected: Error| {
        let refused = texts(PATIENT, expression, false);
        assert_eq!(refused, Err(expected), "{expression}");
    };
    check(
        "",
        Error::Syntax {
            at: 0,
            wanted: "a value",
        },
    );
    check(
        "name.",
        Error::Syntax {
            at: 5,
            wanted: "a name",
        },
    );
    check(
        "name given",
        Error::Syntax {
            at: 5,
            wanted: "an operator or the end",
        },
    );
    check(
        "'a",
        Error::Syntax {
            at: 0,
            wanted: "a closing quotation mark",
        },
    );
    check("name[0", Error::Syntax { at: 6, wanted: "]" });
    check(
        "@2026-13",
        Error::Syntax {
            at: 0,
            wanted: "a value",
        },
    );
    check(
        "1 ? 2",
        Error::Syntax {
            at: 2,
            wanted: "a name, a literal or an operator",
        },
    );
    check("name.fly()", Error::UnknownFunction("fly".into()));
    check("name.first(1)", Error::Arguments("first"));
    check("name.ofType(1)", Error::Arguments("ofType"));
    check("%elsewhere", Error::UnknownVariable("elsewhere".into()));
    check("name.given.matches('a')", Error::NotSingle("matches"));
    check("gender.matches('(')", Error::Pattern("(".into()));
    check(
        "gender.matches('(a{1000}){1000}')",
        Error::Pattern("(a{1000}){1000}".into()),
    );
    check("name + 1", Error::NotSingle("an operator"));
    check("contact + 1", Error::Type("an operator"));
    check("gender.memberOf('x')", Error::Unsupported("memberOf"));
}

#[test]
fn hostile_expressions_end() {
    let refused = |expression: &str| texts(PATIENT, expression, false).unwrap_err();
    assert_eq!(refused(&"a".repeat(20_000)), PathError::TooLong);
    for deep in [
        "(".repeat(5000),
        "-".repeat(5000),
        "1+".repeat(5000) + "1",
        "a.".repeat(5000) + "a",
        "iif(true,".repeat(1000),
        "a[".repeat(4000),
        "a is ".repeat(3000) + "A",
        "{".repeat(9000),
    ] {
        assert!(
            matches!(refused(&deep), PathError::TooDeep | PathError::Syntax { .. }),
            "{}",
            deep.len()
        );
    }
    // At the limit the stack of a thread suffices, without optimising as well.
    for (open, close) in [
        ("iif(true,", ")"),
        ("select(", ")"),
        ("where($this is Patient and exists(", ").not().not())"),
        ("(", ")"),
    ] {
        let levels = if open.starts_with("where") { 15 } else { 97 };
        let nested = format!("{}id{}", open.repeat(levels), close.repeat(levels));
        assert!(texts(PATIENT, &nested, false).is_ok(), "{nested}");
    }
    assert_eq!(
        texts(PATIENT, &format!("{}1", "1+".repeat(98)), false).as_deref(),
        Ok("99")
    );
    let ids: Vec<String> = (0..3000)
        .map(|n| format!(r#"{{"system":"s","value":"{n}"}}"#))
        .collect();
    let wide = format!(r#"{{"resourceType":"Patient","identifier":[{}]}}"#, ids.join(","));
    let costly = |expression: &str| {
        assert_eq!(
            texts(&wide, expression, false),
            Err(PathError::TooCostly(1_000_000)),
            "{expression}"
        )
    };
    costly("identifier.all(%resource.descendants().exists())");
    costly("identifier.isDistinct()");
    costly("identifier.repeat($this | %resource.identifier).count()");
    costly(
        "identifier.aggregate($total & $this.value & $this.value, '').length() > identifier.aggregate($total.combine($this)).combine(identifier.aggregate($total.combine($this))).count()",
    );
    costly("identifier.select(%resource.identifier.select(%resource.identifier)).count()");
    assert_eq!(
        texts(&wide, "identifier.value.isDistinct()", false).as_deref(),
        Ok("true")
    );
    let slow = "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')";
    assert_eq!(texts(PATIENT, slow, false).as_deref(), Ok("false"));
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}|([a-z.()'|=<>+ *&$%@{}\\[\\]0-9-]|name|where|value| is | and |given|resolve\\(\\)){0,30}") {
        let _ = texts(PATIENT, &text, false);
    }
}
