//! Batches and transactions.

use fhir::json::Json;
use http::Method;
use proptest::prelude::{Strategy, any, proptest};

use super::client::{Answered, BASE_URL, Client, JSON};

const ANN: &str = "urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9";

fn bundle(kind: &str, entries: &[&str]) -> String {
    format!(
        r#"{{"resourceType":"Bundle","type":"{kind}","entry":[{}]}}"#,
        entries.join(",")
    )
}

async fn transact(client: &Client, entries: &[&str]) -> Answered {
    client.post("/", &bundle("transaction", entries)).await
}

fn entry(method: &str, url: &str, resource: &str) -> String {
    format!(r#"{{"resource":{resource},"request":{{"method":"{method}","url":"{url}"}}}}"#)
}

fn at<'a>(answered: &'a Answered, place: usize, keys: &[&str]) -> &'a str {
    let entry = answered.tree.get("entry").unwrap().items().nth(place).unwrap();
    entry.at(keys).and_then(Json::as_str).unwrap_or_default()
}

/// The statuses of all entries.
fn statuses(answered: &Answered) -> String {
    assert_eq!(answered.status, 200, "{}", answered.text);
    let entries = answered.tree.get("entry").into_iter().flat_map(Json::items);
    let statuses = entries.map(|entry| {
        let status = entry.at(&["response", "status"]).and_then(Json::as_str).unwrap();
        status.split(' ').next().unwrap().to_owned()
    });
    statuses.collect::<Vec<_>>().join(" ")
}

/// `Patient/1` of an entry that was written.
fn place(answered: &Answered, place: usize) -> String {
    let location = at(answered, place, &["response", "location"]);
    let below = location.strip_prefix(BASE_URL).unwrap();
    below
        .split("/_history")
        .next()
        .unwrap()
        .trim_start_matches('/')
        .to_owned()
}

#[tokio::test]
async fn links_follow_what_they_lead_to_and_all_else_stays_as_it_was_written() {
    let client = Client::new();
    let observation = format!(
        r#"{{ "resourceType" : "Observation", "text":{{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"{ANN}\">{ANN}</a></div>"}},
        "extension":[{{"url":"http://x/u","valueUri":"{ANN}"}},{{"url":"http://x/s","valueString":"{ANN}"}},{{"url":"http://x/c","valueCanonical":"{ANN}"}}],
        "status":"final", "code":{{"text":"\u0078 {ANN}"}}, "subject":{{"reference":"{ANN}#part"}}, "valueQuantity":{{"value":1.00}} }}"#
    );
    let entries = [
        entry("POST", "Observation", &observation),
        format!(
            r#"{{"fullUrl":"{ANN}","resource":{{"resourceType":"Patient","id":"ignored"}},"request":{{"method":"POST","url":"Patient"}}}}"#
        ),
    ];
    let done = transact(&client, &[&entries[0], &entries[1]]).await;
    assert_eq!(statuses(&done), "201 201");
    assert_eq!(at(&done, 0, &["response", "etag"]), "W/\"1\"");
    assert!(!at(&done, 0, &["response", "lastModified"]).is_empty());
    let ann = place(&done, 1);
    assert!(ann.starts_with("Patient/") && ann != "Patient/ignored");
    let (before, after) = observation.split_at(observation.find("Observation\"").unwrap() + 12);
    let kept = client.get(&format!("/{}", place(&done, 0))).await.text;
    let changed = after
        .replacen(&format!("href=\\\"{ANN}"), &format!("href=\\\"{ann}"), 1)
        .replace(&format!("valueUri\":\"{ANN}"), &format!("valueUri\":\"{ann}"))
        .replace(&format!("{ANN}#part"), &format!("{ann}#part"));
    assert!(kept.starts_with(before), "{kept}");
    assert!(kept.ends_with(&changed), "{kept}\n{changed}");
}

#[tokio::test]
async fn relative_links_go_by_the_address_of_their_entry() {
    let client = Client::new();
    let entries = [
        r#"{"fullUrl":"http://x/fhir/Patient/a","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}"#,
        r#"{"fullUrl":"http://x/fhir/Basic/b","resource":{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"Patient/a"}},"request":{"method":"POST","url":"Basic"}}"#,
        r#"{"fullUrl":"urn:uuid:c","resource":{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"Patient/ann"}},"request":{"method":"POST","url":"Basic"}}"#,
        r#"{"resource":{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"http://x/fhir/Patient/a"}},"request":{"method":"POST","url":"Basic"}}"#,
        r#"{"resource":{"resourceType":"Patient","id":"brought"},"request":{"method":"POST","url":"Patient"}}"#,
        r#"{"resource":{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"Patient/brought"}},"request":{"method":"POST","url":"Basic"}}"#,
    ];
    let done = transact(&client, &entries).await;
    let expected = [
        (1, place(&done, 0)),
        (2, "Patient/ann".to_owned()),
        (3, place(&done, 0)),
        (5, place(&done, 4)),
    ];
    for (number, subject) in expected {
        let kept = client.get(&format!("/{}", place(&done, number))).await;
        let reference = kept.tree.at(&["subject", "reference"]).and_then(Json::as_str);
        assert_eq!(reference, Some(subject.as_str()), "{number}");
    }
}

#[tokio::test]
async fn f10_circles_of_links_are_fine() {
    let client = Client::new();
    let one = |own: &str, other: &str| {
        format!(
            r#"{{"fullUrl":"urn:uuid:{own}","resource":{{"resourceType":"Patient","link":[{{"other":{{"reference":"urn:uuid:{other}"}},"type":"seealso"}}]}},"request":{{"method":"POST","url":"Patient"}}}}"#
        )
    };
    let done = transact(&client, &[&one("a", "b"), &one("b", "a"), &one("c", "c")]).await;
    assert_eq!(statuses(&done), "201 201 201");
    let c = place(&done, 2);
    assert!(
        client
            .get(&format!("/{c}"))
            .await
            .text
            .contains(&format!(r#""reference":"{c}""#))
    );
}

#[tokio::test]
async fn deletes_come_first_and_reads_last_and_answers_keep_the_order() {
    let client = Client::new();
    let entries = [
        r#"{"request":{"method":"GET","url":"Patient?family=new"}}"#.to_owned(),
        r#"{"request":{"method":"GET","url":"/Patient/zoe"}}"#.to_owned(),
        entry("PUT", "Patient/zoe", r#"{"resourceType":"Patient","id":"zoe"}"#),
        entry(
            "POST",
            "Patient",
            r#"{"resourceType":"Patient","name":[{"family":"New"}]}"#,
        ),
        r#"{"request":{"method":"DELETE","url":"Patient?family=Adams"}}"#.to_owned(),
        r#"{"request":{"method":"DELETE","url":"Patient/never"}}"#.to_owned(),
        format!(r#"{{"request":{{"method":"HEAD","url":"{BASE_URL}/Patient/bob"}}}}"#),
        r#"{"request":{"method":"GET","url":"Patient/bob","ifNoneMatch":"W/\"1\""}}"#.to_owned(),
    ];
    let done = transact(&client, &entries.each_ref().map(String::as_str)).await;
    assert_eq!(statuses(&done), "200 200 201 201 204 204 200 304");
    let entries = done.tree.get("entry").unwrap();
    let search = entries.items().next().unwrap().get("resource").unwrap();
    assert_eq!(search.get("total").and_then(Json::as_number), Some("1"));
    assert_eq!(at(&done, 1, &["resource", "id"]), "zoe");
    assert_eq!(client.get("/Patient/ann").await.status, 410);
}

#[tokio::test]
async fn conditions_find_what_is_there_what_is_made_and_what_is_themselves() {
    let client = Client::new();
    let bob = r#"{"fullUrl":"urn:uuid:b","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient","ifNoneExist":"family=Baker"}}"#;
    let zoe = r#"{"resource":{"resourceType":"Patient","name":[{"family":"Zoe"}],"link":[{"other":{"reference":"Patient?family=Zoe"},"type":"seealso"}]},"request":{"method":"POST","url":"Patient","ifNoneExist":"family=Zoe"}}"#;
    let about = |reference: &str| {
        entry(
            "POST",
            "Basic",
            &format!(
                r#"{{"resourceType":"Basic","code":{{"text":"x"}},"subject":{{"reference":"{reference}"}}}}"#
            ),
        )
    };
    let cat = entry(
        "PUT",
        "Patient/cat",
        r#"{"resourceType":"Patient","id":"cat","name":[{"family":"Cat"}]}"#,
    );
    let entries = [
        &about("urn:uuid:b"),
        bob,
        zoe,
        zoe,
        &about("Patient?family=Cat"),
        &about("Patient?family=Adams"),
        &about("Patient?family=Zoe"),
        &cat,
    ];
    let done = transact(&client, &entries).await;
    assert_eq!(statuses(&done), "201 200 201 200 201 201 201 201");
    assert_eq!(
        (place(&done, 1), place(&done, 2)),
        ("Patient/bob".to_owned(), place(&done, 3))
    );
    let zoe = place(&done, 2);
    for (number, subject) in [
        (0, "Patient/bob"),
        (4, "Patient/cat"),
        (5, "Patient/ann"),
        (6, &zoe),
    ] {
        let kept = client.get(&format!("/{}", place(&done, number))).await;
        let reference = kept.tree.at(&["subject", "reference"]).and_then(Json::as_str);
        assert_eq!(reference, Some(subject), "{number}");
    }
    let itself = client.get(&format!("/{zoe}")).await.text;
    assert!(itself.contains(&format!(r#""reference":"{zoe}""#)), "{itself}");
}

#[tokio::test]
async fn conditional_updates_and_both_patches() {
    let client = Client::new();
    let fhirpath = r#"{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"managingOrganization"},{"name":"value","valueReference":{"reference":"urn:uuid:o"}}]}]}"#;
    // [{"op":"replace","path":"/status","value":"amended"}]
    let json = r#"{"resourceType":"Binary","contentType":"application/json-patch+json","data":"W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9zdGF0dXMiLCJ2YWx1ZSI6ImFtZW5kZWQifV0="}"#;
    let organization = r#"{"fullUrl":"urn:uuid:o","resource":{"resourceType":"Organization","name":"O"},"request":{"method":"PUT","url":"Organization?name=O"}}"#;
    let entries = [
        &entry("PATCH", "Patient?family=Adams", fhirpath),
        &entry("PATCH", "Observation/pulse", json),
        organization,
        &entry(
            "PUT",
            "Patient?family=Baker",
            r#"{"resourceType":"Patient","active":true}"#,
        ),
    ];
    let done = transact(&client, &entries).await;
    assert_eq!(statuses(&done), "200 200 201 200");
    let ann = client.get("/Patient/ann").await;
    let organization = ann
        .tree
        .at(&["managingOrganization", "reference"])
        .and_then(Json::as_str);
    assert_eq!(organization, Some(place(&done, 2).as_str()));
    let pulse = client.get("/Observation/pulse").await.text;
    assert!(
        pulse.contains(r#""status":"amended""#) && pulse.contains("72.0"),
        "{pulse}"
    );
    assert!(client.get("/Patient/bob").await.text.contains(r#""active":true"#));
}

#[tokio::test]
async fn one_that_fails_fails_all_and_is_named() {
    let client = Client::new();
    let good = entry("PUT", "Patient/good", r#"{"resourceType":"Patient","id":"good"}"#);
    let patient = r#"{"resourceType":"Patient"}"#;
    let named = |name: &str| format!(r#"{{"resourceType":"Patient","id":"{name}"}}"#);
    let with = |method: &str, url: &str, condition: &str, resource: &str| {
        format!(r#"{{"resource":{resource},"request":{{"method":"{method}","url":"{url}",{condition}}}}}"#)
    };
    let about = |reference: &str| {
        entry(
            "POST",
            "Basic",
            &format!(
                r#"{{"resourceType":"Basic","code":{{"text":"x"}},"subject":{{"reference":"{reference}"}}}}"#
            ),
        )
    };
    let cases = [
        (good.clone(), 400, "Bundle.entry[1].request.url"),
        // Deletes are done first, so it is the other one that comes second.
        (r#"{"request":{"method":"DELETE","url":"Patient/good"}}"#.to_owned(), 400, "Bundle.entry[0].request.url"),
        (entry("PUT", "Patient/other", &named("one")), 400, "Bundle.entry[1].resource.id"),
        (entry("POST", "Patient", r#"{"resourceType":"Patient","gender":1}"#), 400, "Bundle.entry[1].resource.gender"),
        (entry("POST", "Group", patient), 400, "Bundle.entry[1].resource.resourceType"),
        (with("PUT", "Patient/ann", r#""ifMatch":"W/\"7\"""#, &named("ann")), 412, ""),
        (with("PUT", "Patient/ann", r#""ifNoneMatch":"*""#, &named("ann")), 412, ""),
        (with("POST", "Patient", r#""ifNoneExist":"birthdate=gt1900""#, patient), 412, ""),
        (with("POST", "Patient", r#""ifNoneExist":"famly=x""#, patient), 400, ""),
        (with("PUT", "Patient/x", r#""ifNoneExist":"family=x""#, &named("x")), 400, "Bundle.entry[1].request.ifNoneExist"),
        (about("Patient?family=Nobody"), 412, ""),
        (about("Patient?birthdate=gt1900"), 412, ""),
        (entry("PATCH", "Patient/never", r#"{"resourceType":"Parameters"}"#), 404, ""),
        (entry("PATCH", "Patient/ann", r#"{"resourceType":"Binary","contentType":"text/plain","data":"eA=="}"#), 400, "Bundle.entry[1].resource.contentType"),
        (entry("PATCH", "Patient/ann", r#"{"resourceType":"Binary","contentType":"application/json-patch+json","data":"?"}"#), 400, "Bundle.entry[1].resource.data"),
        (r#"{"request":{"method":"GET","url":"Patient/never"}}"#.to_owned(), 404, ""),
        (r#"{"request":{"method":"POST","url":"Patient"}}"#.to_owned(), 400, "Bundle.entry[1].resource"),
        (r#"{"request":{"method":"POST","url":"Patient/$validate"},"resource":{"resourceType":"Patient"}}"#.to_owned(), 501, ""),
        (r#"{"request":{"method":"GRAB","url":"Patient"}}"#.to_owned(), 400, "Bundle.entry[1].request.method"),
        (r#"{"request":{"method":"GET"}}"#.to_owned(), 400, "Bundle.entry[1].request.url"),
        (r#"{"request":{"method":"DELETE","url":"Patient"}}"#.to_owned(), 412, ""),
        (r#"{"request":{"method":"DELETE","url":"http://elsewhere/Patient/1"}}"#.to_owned(), 400, "Bundle.entry[1].request.url"),
        (r#"{"request":{"method":"DELETE","url":"Human/1"}}"#.to_owned(), 404, ""),
        (r#"{"resource":{"resourceType":"Patient"}}"#.to_owned(), 400, "Bundle.entry[1].request"),
        (entry("POST", "", &bundle("batch", &[])), 400, "Bundle.entry[1].request.url"),
        (r#"{"fullUrl":"http://x/Patient/1/_history/1","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}"#.to_owned(), 400, "Bundle.entry[1].fullUrl"),
    ];
    for (bad, status, place) in cases {
        let refused = transact(&client, &[&good, &bad]).await;
        assert_eq!(refused.status.as_u16(), status, "{bad}\n{}", refused.text);
        let found = refused.issue().1;
        let place = if place.is_empty() {
            "Bundle.entry[1]"
        } else {
            place
        };
        assert!(found.starts_with(place), "{bad}: {found}");
        assert_eq!(client.get("/Patient/good").await.status, 404, "{bad}");
    }
    let twin = r#"{"fullUrl":"urn:uuid:a","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}"#;
    assert_eq!(
        transact(&client, &[twin, twin]).await.issue().1,
        "Bundle.entry[1].fullUrl"
    );
    let update = entry("PUT", "Patient?family=Nobody", patient);
    assert_eq!(transact(&client, &[&update, &update]).await.status, 400);
    assert_eq!(client.get("/Patient?_summary=count").await.total(), Some("2"));
}

#[tokio::test]
async fn what_is_no_batch_is_refused() {
    let client = Client::new();
    let check = |body: &'static str, place: &'static str| {
        let client = &client;
        async move {
            let refused = client.post("/", body).await;
            assert_eq!(
                (refused.status.as_u16(), refused.issue().1.as_str()),
                (400, place),
                "{body}"
            );
        }
    };
    check(r#"{"resourceType":"Patient"}"#, "Resource.resourceType").await;
    check(r#"{"resourceType":"Bundle"}"#, "Bundle.type").await;
    check(r#"{"resourceType":"Bundle","type":"collection"}"#, "Bundle.type").await;
    check(
        r#"{"resourceType":"Bundle","type":"batch","entry":{}}"#,
        "Bundle.entry",
    )
    .await;
    check(
        r#"{"resourceType":"Bundle","type":"batch","entry":[1]}"#,
        "Bundle.entry",
    )
    .await;
    check(
        r#"{"resourceType":"Bundle","type":"transaction","entry":[[]]}"#,
        "Bundle.entry[0].request",
    )
    .await;
    check("[]", "Resource.resourceType").await;
    for kind in ["batch", "transaction"] {
        let body = format!(r#"{{"resourceType":"Bundle","type":"{kind}"}}"#);
        let done = client.post("/", &body).await;
        assert_eq!(done.tree.text("type"), Some(format!("{kind}-response").as_str()));
        assert!(done.tree.get("entry").is_none());
    }
}

#[tokio::test]
async fn five_thousand_entries_are_done_and_f10_ten_thousand_are_not() {
    let client = Client::new();
    let one = entry("POST", "Basic", r#"{"resourceType":"Basic","code":{"text":"x"}}"#);
    let many = vec![one.as_str(); 5_000];
    let done = transact(&client, &many).await;
    assert_eq!(done.tree.get("entry").unwrap().items().count(), 5_000);
    assert_eq!(client.get("/Basic?_summary=count").await.total(), Some("5000"));
    for (kind, count) in [("transaction", 5_001), ("batch", 10_000)] {
        let refused = client.post("/", &bundle(kind, &vec![one.as_str(); count])).await;
        assert_eq!(
            (refused.status.as_u16(), refused.issue().0.as_str()),
            (413, "too-long")
        );
    }
    assert_eq!(client.get("/Basic?_summary=count").await.total(), Some("5000"));
}

#[tokio::test]
async fn entries_of_a_batch_stand_alone() {
    let client = Client::new();
    let patch = r#"{"resourceType":"Binary","contentType":"application/json-patch+json","data":"W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9zdGF0dXMiLCJ2YWx1ZSI6ImFtZW5kZWQifV0="}"#;
    let entries = [
        r#"{"request":{"method":"GET","url":"Patient/ann"}}"#,
        r#"{"request":{"method":"GET","url":"Patient/never"}}"#,
        r#"{"request":{"method":"GET","url":"Patient?famly=x"}}"#,
        r#"{"request":{"method":"GET","url":"Observation?code=http://loinc.org|8867-4&_include=*"}}"#,
        &entry("POST", "Patient", r#"{"resourceType":"Patient","gender":1}"#),
        &entry("POST", "Patient", r#"{"resourceType":"Patient"}"#),
        r#"{"request":{"method":"DELETE","url":"Patient/bob"}}"#,
        r#"{"request":{"method":"GET","url":"Patient/bob"}}"#,
        r#"{"request":{"method":"GET","url":"metadata"}}"#,
        r#"{"request":{"method":"PUT","url":"Patient/ann","ifMatch":"W/\"9\""},"resource":{"resourceType":"Patient","id":"ann"}}"#,
        r#"{"request":{"method":"GET","url":"Patient/ann","ifModifiedSince":"2026-02-01T00:00:00Z"}}"#,
        &entry("PATCH", "Observation/pulse", patch),
        &entry("POST", "/", &bundle("batch", &[])),
        r#"{"request":{"method":"GET","url":"Patient?family=B\u00f6hm"}}"#,
        r#"{"resource":{"resourceType":"Patient"}}"#,
        r#"{"request":{"method":"POST","url":"Patient","ifNoneExist":"family=Adams"},"resource":{"resourceType":"Patient"}}"#,
    ];
    let done = client.post("/", &bundle("batch", &entries)).await;
    assert_eq!(
        statuses(&done),
        "200 404 400 200 400 201 204 410 200 412 304 200 400 200 400 200"
    );
    assert_eq!(at(&done, 0, &["resource", "id"]), "ann");
    assert_eq!(
        at(&done, 1, &["response", "outcome", "resourceType"]),
        "OperationOutcome"
    );
    assert_eq!(at(&done, 3, &["resource", "type"]), "searchset");
    assert!(at(&done, 5, &["response", "location"]).starts_with(BASE_URL));
    assert!(at(&done, 14, &["response", "outcome", "resourceType"]).contains("Outcome"));
    assert_eq!(
        at(&done, 0, &["response", "lastModified"]),
        "2026-01-01T00:00:00.000Z"
    );
}

#[tokio::test]
async fn resources_are_answered_when_they_are_asked_for() {
    let check = |prefer: &'static str, resource: bool, outcome: bool| async move {
        let client = Client::new();
        let headers = [JSON, ("prefer", prefer)];
        let body = bundle(
            "transaction",
            &[&entry("POST", "Patient", r#"{"resourceType":"Patient"}"#)],
        );
        let done = client.send(Method::POST, "/", &headers, body).await;
        let entry = done.tree.get("entry").unwrap().items().next().unwrap();
        assert_eq!(entry.get("resource").is_some(), resource, "{prefer}");
        assert_eq!(entry.at(&["response", "outcome"]).is_some(), outcome, "{prefer}");
    };
    check("return=minimal", false, false).await;
    check("return=representation", true, false).await;
    check("return=OperationOutcome", false, true).await;
    check("handling=lenient", true, false).await;
}

/// A change, as an entry; `u8` chooses the resource.
fn any_entry() -> impl Strategy<Value = String> {
    (0..5_u8, any::<u8>()).prop_map(|(what, number)| {
        let id = ["ann", "bob", "a", "b", "c"][usize::from(number % 5)];
        let resource = format!(r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"F{number}"}}]}}"#);
        match what {
            0 => entry("POST", "Patient", &resource),
            1 => entry("PUT", &format!("Patient/{id}"), &resource),
            2 => entry("PUT", "Patient?family=Adams", r#"{"resourceType":"Patient","name":[{"family":"Adams"}]}"#),
            3 => format!(r#"{{"request":{{"method":"DELETE","url":"Patient/{id}"}}}}"#),
            _ => entry("POST", "Basic", &format!(r#"{{"resourceType":"Basic","code":{{"text":"x"}},"subject":{{"reference":"Patient?family=F{number}"}}}}"#)),
        }
    })
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Whatever stands before an entry that fails leaves nothing, neither in memory nor on disk.
    #[test]
    fn a_transaction_that_fails_leaves_nothing(entries in proptest::collection::vec(any_entry(), 0..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let store: std::sync::Arc<dyn store::Store> = std::sync::Arc::new(store::MemoryStore::new());
            let over = || Client::over(super::client::base(), std::sync::Arc::clone(&store), records::RecordsConfig::default());
            let client = over();
            assert_eq!(client.put("/Patient/a", r#"{"resourceType":"Patient","id":"a"}"#).await.status, 201);
            let history = |text: &str| text.split_once(r#""entry""#).map(|(_, entries)| entries.to_owned());
            let before = history(&client.get("/_history").await.text);
            let bad = entry("POST", "Patient", r#"{"resourceType":"Patient","link":[{"other":{"reference":"Patient?family=Nobody"},"type":"seealso"}]}"#);
            let mut all: Vec<&str> = entries.iter().map(String::as_str).collect();
            all.push(&bad);
            let refused = transact(&client, &all).await;
            assert!(refused.status.is_client_error(), "{}", refused.text);
            assert_eq!(history(&client.get("/_history").await.text), before.clone());
            assert_eq!(history(&over().get("/_history").await.text), before);
        });
    }

    /// Bytes in a Bundle's place, and Bundles of whatever entries, are answered.
    #[test]
    fn any_bundle_is_answered(pieces in proptest::collection::vec("(\\{\"request\":\\{\"method\":\"(GET|POST|PUT|PATCH|DELETE)\",\"url\":\"[A-Za-z/$?=&%#|_. ]{0,24}\"\\},\"resource\":\\{\"resourceType\":\"(Patient|Binary|Parameters)\"\\}\\}|[\\[\\]{},:\"a-z0-9]{0,12})", 0..4)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let client = Client::new();
            for kind in ["batch", "transaction"] {
                let body = format!(r#"{{"resourceType":"Bundle","type":"{kind}","entry":[{}]}}"#, pieces.join(","));
                let answered = client.post("/", &body).await;
                assert!(!answered.status.is_server_error() || answered.status == 501, "{body}: {}", answered.text);
            }
        });
    }
}
