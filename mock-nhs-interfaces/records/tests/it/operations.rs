//! The operations: `$validate`, `$everything`, `$lastn`, and those about codes.

use fhir::json::Json;

use super::client::{Answered, BASE_URL, Client};

async fn with_definitions() -> Client {
    let client = Client::new();
    let made = [
        (
            "/CodeSystem/animals",
            r#"{"resourceType":"CodeSystem","id":"animals","url":"http://x/cs","version":"2","name":"Animals","status":"active","content":"complete","hierarchyMeaning":"is-a","concept":[{"code":"dog","display":"Dog","definition":"Barks","designation":[{"language":"cy","value":"Ci"}],"concept":[{"code":"spaniel","display":"Spaniel"}]},{"code":"cat","display":"Cat"}]}"#,
        ),
        (
            "/ValueSet/pets",
            r#"{"resourceType":"ValueSet","id":"pets","url":"http://x/vs","status":"active","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"compose":{"include":[{"system":"http://x/cs"}]}}"#,
        ),
        (
            "/ConceptMap/map",
            r#"{"resourceType":"ConceptMap","id":"map","url":"http://x/cm","status":"active","group":[{"source":"http://x/cs","target":"http://x/other","element":[{"code":"dog","target":[{"code":"canis","display":"Canis","equivalence":"equivalent"}]}]}]}"#,
        ),
    ];
    for (path, text) in made {
        let answered = client.put(path, text).await;
        assert_eq!(answered.status, 201, "{}", answered.text);
    }
    client
}

/// A parameter of the answer, or a part of it behind a dot: `match.concept`.
fn output(answered: &Answered, path: &str) -> String {
    let mut outputs: Vec<&Json> = answered
        .tree
        .get("parameter")
        .into_iter()
        .flat_map(Json::items)
        .collect();
    for (depth, name) in path.split('.').enumerate() {
        if depth > 0 {
            outputs = outputs
                .iter()
                .filter_map(|one| one.get("part"))
                .flat_map(Json::items)
                .collect();
        }
        outputs.retain(|one| one.text("name") == Some(name));
    }
    let values = outputs
        .iter()
        .filter_map(|one| one.as_object()?.iter().find(|(key, _)| key.starts_with("value")));
    values
        .map(|(_, value)| value.to_text())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Questions by GET: the address, an output, and its values.
const ASKED: [(&str, &str, &str); 14] = [
    (
        "/CodeSystem/$lookup?system=http://x/cs&code=dog",
        "display",
        r#""Dog""#,
    ),
    (
        "/CodeSystem/$lookup?system=http://x/cs&code=dog",
        "designation.value",
        r#""Ci""#,
    ),
    (
        "/CodeSystem/$lookup?system=http://x/cs&code=dog&property=child",
        "property.value",
        r#""spaniel""#,
    ),
    (
        "/CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=male",
        "display",
        r#""Male""#,
    ),
    (
        "/ValueSet/pets/$validate-code?system=http://x/cs&code=dog",
        "result",
        "true",
    ),
    (
        "/ValueSet/$validate-code?url=http://x/vs&system=http://x/cs&code=bird",
        "result",
        "false",
    ),
    (
        "/ValueSet/$validate-code?url=http://x/vs&system=http://x/cs&code=dog&display=Cat",
        "result",
        "false",
    ),
    (
        "/CodeSystem/$validate-code?url=http://x/cs&code=cat",
        "display",
        r#""Cat""#,
    ),
    ("/CodeSystem/animals/$validate-code?code=bird", "result", "false"),
    (
        "/CodeSystem/$subsumes?system=http://x/cs&codeA=dog&codeB=spaniel",
        "outcome",
        r#""subsumes""#,
    ),
    (
        "/CodeSystem/animals/$subsumes?codeA=spaniel&codeB=dog",
        "outcome",
        r#""subsumed-by""#,
    ),
    (
        "/CodeSystem/$subsumes?system=http://x/cs&codeA=cat&codeB=dog",
        "outcome",
        r#""not-subsumed""#,
    ),
    (
        "/ConceptMap/$translate?url=http://x/cm&system=http://x/cs&code=dog",
        "match.concept",
        r#"{"system":"http://x/other","code":"canis","display":"Canis"}"#,
    ),
    (
        "/ConceptMap/map/$translate?system=http://x/cs&code=cat",
        "result",
        "false",
    ),
];

#[tokio::test]
async fn codes_are_looked_up_checked_compared_and_translated() {
    let client = with_definitions().await;
    for (path, output_path, expected) in ASKED {
        let answered = client.get(path).await;
        assert_eq!(answered.status, 200, "{path}: {}", answered.text);
        assert_eq!(
            output(&answered, output_path),
            expected,
            "{path}: {}",
            answered.text
        );
    }
}

#[tokio::test]
async fn codes_can_be_asked_about_with_parameters() {
    let client = with_definitions().await;
    let question = |inner: &str| format!(r#"{{"resourceType":"Parameters","parameter":[{inner}]}}"#);
    let coding = r#"{"name":"coding","valueCoding":{"system":"http://x/cs","code":"dog"}}"#;
    let concept = r#"{"name":"codeableConcept","valueCodeableConcept":{"coding":[{"system":"http://y","code":"dog"},{"system":"http://x/cs","code":"cat"}]}}"#;
    let own = r#"{"name":"valueSet","resource":{"resourceType":"ValueSet","status":"active","compose":{"include":[{"system":"http://x/cs","concept":[{"code":"dog"}]}]}}}"#;
    let cases = [
        ("/CodeSystem/$lookup", question(coding), "display", r#""Dog""#),
        (
            "/ValueSet/pets/$validate-code",
            question(concept),
            "result",
            "true",
        ),
        (
            "/ValueSet/$validate-code",
            question(&format!("{own},{coding}")),
            "result",
            "true",
        ),
        ("/CodeSystem/$validate-code", question(coding), "result", "true"),
        (
            "/ConceptMap/$translate",
            question(&format!(r#"{coding},{{"name":"url","valueUri":"http://x/cm"}}"#)),
            "result",
            "true",
        ),
    ];
    for (path, body, output_path, expected) in cases {
        let answered = client.post(path, &body).await;
        assert_eq!(answered.status, 200, "{path}: {}", answered.text);
        assert_eq!(
            output(&answered, output_path),
            expected,
            "{path}: {}",
            answered.text
        );
    }
}

#[tokio::test]
async fn value_sets_are_expanded_in_pages() {
    let client = with_definitions().await;
    let check = |path: &'static str, expected: &'static str, total: &'static str| {
        let client = &client;
        async move {
            let answered = client.get(path).await;
            assert_eq!(answered.status, 200, "{path}: {}", answered.text);
            let expansion = answered.tree.get("expansion").unwrap();
            let codes = expansion.get("contains").into_iter().flat_map(Json::items);
            let codes: Vec<&str> = codes.filter_map(|one| one.text("code")).collect();
            assert_eq!(codes.join(" "), expected, "{path}");
            assert_eq!(
                expansion.get("total").and_then(Json::as_number),
                Some(total),
                "{path}"
            );
            assert!(expansion.text("timestamp").is_some() && answered.tree.get("text").is_none());
        }
    };
    check("/ValueSet/pets/$expand", "dog spaniel cat", "3").await;
    check("/ValueSet/$expand?url=http://x/vs", "dog spaniel cat", "3").await;
    check("/ValueSet/pets/$expand?count=1&offset=1", "spaniel", "3").await;
    check("/ValueSet/pets/$expand?count=0", "", "3").await;
    check("/ValueSet/pets/$expand?filter=spa", "spaniel", "1").await;
    check(
        "/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender",
        "male female other unknown",
        "4",
    )
    .await;
    let defined = client.get("/ValueSet/pets/$expand?includeDefinition=true").await;
    assert!(defined.tree.get("compose").is_some());
    assert!(
        client
            .get("/ValueSet/pets/$expand")
            .await
            .tree
            .get("compose")
            .is_none()
    );
}

#[tokio::test]
async fn questions_that_cannot_be_answered_are_refused() {
    let client = with_definitions().await;
    let check = |path: &'static str, status: u16, code: &'static str| {
        let client = &client;
        async move {
            let refused = client.get(path).await;
            let found = (refused.status.as_u16(), refused.issue().0);
            assert_eq!(found, (status, code.to_owned()), "{path}: {}", refused.text);
        }
    };
    check("/ValueSet/$expand", 400, "value").await;
    check("/ValueSet/$expand?url=http://x/never", 404, "not-found").await;
    check("/ValueSet/never/$expand", 404, "not-found").await;
    check("/ValueSet/pets/$expand?count=-1", 400, "value").await;
    check("/ValueSet/pets/$expand?activeOnly=maybe", 400, "value").await;
    check("/ValueSet/pets/$expand?colour=blue", 400, "not-supported").await;
    check("/ValueSet/pets/$validate-code", 400, "required").await;
    check("/CodeSystem/$lookup?code=dog", 400, "value").await;
    check(
        "/CodeSystem/$lookup?system=http://x/cs&code=fish",
        404,
        "code-invalid",
    )
    .await;
    check("/CodeSystem/$subsumes?system=http://x/cs&codeA=dog", 400, "value").await;
    check(
        "/ConceptMap/$translate?url=http://x/never&code=dog",
        404,
        "not-found",
    )
    .await;
    check("/ConceptMap/$translate?url=http://x/cm", 400, "value").await;
    check("/Patient/$expand", 404, "not-supported").await;
    check("/Patient/never/$everything", 404, "not-found").await;
    check("/Patient/ann/$everything?_type=Human", 404, "not-supported").await;
    check("/Patient/ann/$everything?_cursor=x1", 400, "value").await;
    check("/Patient/ann/$everything?start=yesterday", 400, "value").await;
    check("/Observation/$lastn", 400, "value").await;
    check("/Patient/$validate", 400, "value").await;
    check("/Patient/ann/$validate?mode=guess", 400, "value").await;
}

#[tokio::test]
async fn resources_are_checked_and_errors_are_an_answer() {
    let client = Client::new();
    let check = |path: &'static str, body: &'static str, severity: &'static str, place: &'static str| {
        let client = &client;
        async move {
            let answered = client.post(path, body).await;
            assert_eq!(answered.status, 200, "{body}: {}", answered.text);
            let first = answered.tree.get("issue").unwrap().items().next().unwrap();
            assert_eq!(
                first.text("severity"),
                Some(severity),
                "{body}: {}",
                answered.text
            );
            assert_eq!(answered.issue().1, place, "{body}: {}", answered.text);
        }
    };
    let good = r#"{"resourceType":"Patient","active":true}"#;
    check("/Patient/$validate", good, "information", "").await;
    check(
        "/Patient/$validate",
        r#"{"resourceType":"Patient","gender":"lady"}"#,
        "error",
        "Patient.gender",
    )
    .await;
    check(
        "/Patient/$validate",
        r#"{"resourceType":"Basic","code":{"text":"x"}}"#,
        "error",
        "Resource.resourceType",
    )
    .await;
    check(
        "/Patient/$validate",
        r#"{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient","active":true}},{"name":"mode","valueCode":"create"}]}"#,
        "information",
        "",
    )
    .await;
    check(
        "/Parameters/$validate",
        r#"{"resourceType":"Parameters","parameter":[{"name":"x","valueString":"y"}]}"#,
        "information",
        "",
    )
    .await;
    let profiled = client
        .post("/Patient/$validate?profile=http://x/never", good)
        .await;
    assert_eq!(
        profiled
            .tree
            .get("issue")
            .unwrap()
            .items()
            .next()
            .unwrap()
            .text("severity"),
        Some("error")
    );
    for path in ["/Patient/ann/$validate", "/Patient/ann/$validate?mode=delete"] {
        let here = client.get(path).await;
        assert_eq!(
            (here.status.as_u16(), here.issue().0.as_str()),
            (200, "informational")
        );
    }
    assert_eq!(
        client.get("/_history").await.total(),
        Some("3"),
        "nothing was kept"
    );
}

async fn full_record() -> Client {
    let client = Client::new();
    let made = [
        r#"{"resourceType":"Organization","id":"above","name":"A"}"#,
        r#"{"resourceType":"Organization","id":"surgery","name":"S","partOf":{"reference":"Organization/above"}}"#,
        r#"{"resourceType":"Practitioner","id":"doctor"}"#,
        r#"{"resourceType":"Practitioner","id":"stranger"}"#,
        r#"{"resourceType":"Condition","id":"old","subject":{"reference":"Patient/ann"},"recordedDate":"2001-05-05","asserter":{"reference":"Practitioner/doctor"}}"#,
        r#"{"resourceType":"Encounter","id":"new","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/ann"},"period":{"start":"2026-05-05"},"serviceProvider":{"reference":"Organization/surgery"}}"#,
        r#"{"resourceType":"Observation","id":"bobs","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/bob"},"performer":[{"reference":"Practitioner/stranger"}]}"#,
        r#"{"resourceType":"Appointment","id":"both","status":"booked","participant":[{"actor":{"reference":"Patient/ann"},"status":"accepted"},{"actor":{"reference":"Patient/bob"},"status":"accepted"}]}"#,
    ];
    for text in made {
        let tree = Json::parse(text.as_bytes()).unwrap();
        let path = format!(
            "/{}/{}",
            tree.text("resourceType").unwrap(),
            tree.text("id").unwrap()
        );
        let answered = client.put(&path, text).await;
        assert_eq!(answered.status, 201, "{}", answered.text);
    }
    client
}

#[tokio::test]
async fn everything_of_a_patient_is_theirs_and_what_it_refers_to() {
    let client = full_record().await;
    let check = |query: &'static str, expected: &'static str| {
        let client = &client;
        async move {
            let answered = client.get(&format!("/Patient/ann/$everything{query}")).await;
            let mut found: Vec<String> = answered.found().split(' ').map(str::to_owned).collect();
            found.sort();
            assert_eq!(found.join(" "), expected, "{query}: {}", answered.text);
        }
    };
    check("", "+above +doctor +surgery ann both new old pulse").await;
    check("?_type=Condition,Practitioner", "+doctor old").await;
    check("?start=2026-01-01", "+above +surgery ann new").await;
    check("?end=2002", "+doctor ann old").await;
    check(
        "?_since=2026-03-01T00:00:00Z",
        "+above +doctor +surgery both new old",
    )
    .await;
    let posted = client
        .post(
            "/Patient/ann/$everything",
            r#"{"resourceType":"Parameters","parameter":[{"name":"_type","valueString":"Encounter"}]}"#,
        )
        .await;
    assert_eq!(posted.found(), "new");
    assert_eq!(posted.total(), Some("1"));
}

#[tokio::test]
async fn everything_comes_in_pages_each_resource_once() {
    let client = full_record().await;
    let mut path = "/Patient/ann/$everything?_count=3".to_owned();
    let mut found = Vec::new();
    for page in 0.. {
        let answered = client.get(&path).await;
        assert_eq!(answered.total(), Some("5"));
        found.extend(answered.found().split(' ').map(str::to_owned));
        match answered.link("next") {
            Some(next) => path = next.strip_prefix(BASE_URL).unwrap().to_owned(),
            None => {
                assert_eq!(page, 2);
                break;
            }
        }
        assert_eq!(answered.tree.get("entry").unwrap().items().count(), 3);
    }
    found.sort();
    assert_eq!(found.join(" "), "+above +doctor +surgery ann both new old pulse");
}

#[tokio::test]
async fn the_last_of_each_kind() {
    let client = Client::new();
    let weights = [
        ("w1", "29463-7", "2026-01-01"),
        ("w2", "29463-7", "2026-02-01"),
        ("w3", "29463-7", "2025-01-01"),
        ("h1", "8302-2", "2024-01-01"),
    ];
    for (id, code, date) in weights {
        let text = format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","category":[{{"coding":[{{"code":"vital-signs"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}},"subject":{{"reference":"Patient/ann"}},"effectiveDateTime":"{date}"}}"#
        );
        assert_eq!(client.put(&format!("/Observation/{id}"), &text).await.status, 201);
    }
    let check = |query: &'static str, expected: &'static str| {
        let client = &client;
        async move {
            let answered = client.get(&format!("/Observation/$lastn?{query}")).await;
            assert_eq!(answered.found(), expected, "{query}: {}", answered.text);
        }
    };
    check("patient=ann&category=vital-signs", "w2 h1").await;
    check("subject=Patient/ann&code=http://loinc.org|29463-7", "w2").await;
    check("patient=ann&max=2&category=vital-signs", "w2 w1 h1").await;
    check("patient=bob&category=vital-signs", "").await;
    let posted = client.post("/Observation/$lastn", r#"{"resourceType":"Parameters","parameter":[{"name":"patient","valueString":"ann"},{"name":"max","valuePositiveInt":9},{"name":"code","valueString":"29463-7"}]}"#).await;
    assert_eq!(posted.found(), "w2 w1 w3");
}

#[tokio::test]
async fn operations_are_stated_and_are_entries_of_batches() {
    let client = Client::new();
    let statement = client.get("/metadata").await.text;
    for name in [
        "Patient-everything",
        "Resource-validate",
        "Observation-lastn",
        "ValueSet-expand",
        "CodeSystem-validate-code",
    ] {
        assert!(
            statement.contains(&format!("http://hl7.org/fhir/OperationDefinition/{name}")),
            "{name}"
        );
    }
    let batch = r#"{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/ann/$everything"}},{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient/$validate"}}]}"#;
    let done = client.post("/", batch).await;
    let kinds: Vec<Option<&str>> = done
        .tree
        .get("entry")
        .unwrap()
        .items()
        .map(|entry| entry.at(&["resource", "resourceType"]).and_then(Json::as_str))
        .collect();
    assert_eq!(kinds, [Some("Bundle"), Some("OperationOutcome")]);
}
