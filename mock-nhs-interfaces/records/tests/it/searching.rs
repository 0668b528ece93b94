//! Searches over HTTP: what a page says, and that changes are seen. What parameters mean is tested where they are.

use http::Method;

use super::client::{BASE_URL, Client, FORM, JSON};

#[tokio::test]
async fn a_search_sees_base_and_changes() {
    let client = Client::new();
    let cases = [
        ("/Patient?family=adams", "ann"),
        ("/Patient?_sort=-birthdate", "bob ann"),
        ("/Patient?birthdate=gt1955", "bob"),
        (
            "/Observation?subject=Patient/ann&code=http://loinc.org%7C8867-4",
            "pulse",
        ),
        (
            "/Observation?subject:Patient.family=Adams&_include=Observation:subject",
            "pulse +ann",
        ),
        (
            "/Patient?_has:Observation:patient:code=8867-4&_revinclude=Observation:patient",
            "ann +pulse",
        ),
        ("/Patient/ann/Observation", "pulse"),
        ("/Patient/ann/Observation?code=none", ""),
        ("/Patient/ann/*", "pulse ann"),
        ("/?_type=Patient,Observation&_lastUpdated=gt2025", "pulse ann bob"),
    ];
    for (path, expected) in cases {
        let answered = client.get(path).await;
        let mut found: Vec<&str> = expected.split_whitespace().collect();
        let answer = answered.found();
        let mut all: Vec<&str> = answer.split_whitespace().collect();
        if path.contains('*') || path.starts_with("/?") {
            all.sort_unstable();
            found.sort_unstable();
        }
        assert_eq!(all, found, "{path}: {}", answered.text);
    }
    client
        .put(
            "/Patient/ann",
            r#"{"resourceType":"Patient","id":"ann","name":[{"family":"Zed"}]}"#,
        )
        .await;
    client.delete("/Patient/bob").await;
    client
        .put(
            "/Patient/carl",
            r#"{"resourceType":"Patient","id":"carl","name":[{"family":"Adams"}]}"#,
        )
        .await;
    assert_eq!(client.get("/Patient?family=adams").await.found(), "carl");
    assert_eq!(client.get("/Patient?family=zed").await.found(), "ann");
    let all = client.get("/Patient?_total=accurate").await;
    assert_eq!((all.found().as_str(), all.total()), ("ann carl", Some("2")));
    assert_eq!(client.get("/Patient?_summary=count").await.total(), Some("2"));
    assert_eq!(
        client.get("/Patient?_lastUpdated=ge2026-06-01").await.found(),
        "ann carl"
    );
    assert_eq!(client.get("/Patient/bob/Observation").await.status, 410);
    assert_eq!(client.get("/Patient/none/Observation").await.status, 404);
}

#[tokio::test]
async fn a_form_asks_the_same() {
    let client = Client::new();
    let cases = [
        ("/Patient/_search", "family=adams", "ann"),
        ("/Patient/_search?birthdate=1950", "family=adams", "ann"),
        ("/Patient/_search?birthdate=1951", "family=adams", ""),
        ("/_search", "_type=Observation", "pulse"),
        ("/Patient/ann/Observation/_search", "code=8867-4", "pulse"),
    ];
    for (path, form, expected) in cases {
        let answered = client.send(Method::POST, path, &[FORM], form).await;
        assert_eq!(answered.found(), expected, "{path} {form}: {}", answered.text);
    }
    assert_eq!(
        client
            .send(Method::POST, "/Patient/_search", &[JSON], "{}")
            .await
            .status,
        415
    );
    let large = format!("family={}", "x".repeat(70_000));
    assert_eq!(
        client
            .send(Method::POST, "/Patient/_search", &[FORM], large)
            .await
            .status,
        413
    );
}

#[tokio::test]
async fn what_is_not_understood_is_named() {
    let client = Client::new();
    let refused = client.get("/Patient?famly=adams&birthdate=never").await;
    assert_eq!(refused.status, 400);
    let (code, place, words) = refused.issue();
    assert_eq!((code.as_str(), place.as_str()), ("not-supported", "famly"));
    assert!(words.contains("family"), "{words}");
    assert_eq!(refused.tree.get("issue").unwrap().items().count(), 2);

    let lenient = [("prefer", "handling=lenient")];
    let answered = client
        .send(Method::GET, "/Patient?famly=x&family=adams", &lenient, "")
        .await;
    assert_eq!(answered.found(), "ann outcome", "{}", answered.text);
    let own = answered.link("self").unwrap();
    assert!(!own.contains("famly") && own.contains("family=adams"), "{own}");
}

#[tokio::test]
async fn pages_show_every_match_once() {
    let client = Client::new();
    for number in 0..25 {
        let body =
            format!(r#"{{"resourceType":"Patient","id":"p{number}","name":[{{"family":"Many{number}"}}]}}"#);
        client.put(&format!("/Patient/p{number}"), &body).await;
    }
    for sort in ["", "&_sort=family", "&_sort=-_lastUpdated,family"] {
        let mut seen = Vec::new();
        let mut next = Some(format!("/Patient?family=Many&_count=4{sort}"));
        while let Some(path) = next {
            let page = client.get(&path).await;
            assert_eq!(page.status, 200, "{path}: {}", page.text);
            seen.extend(page.found().split(' ').map(str::to_owned));
            next = page
                .link("next")
                .map(|url| url.strip_prefix(BASE_URL).unwrap().to_owned());
        }
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((seen.len(), count), (25, 25), "{sort}");
    }
    let huge = client.get("/Patient?_count=1000000000").await;
    assert_eq!(huge.status, 200);
}

#[tokio::test]
async fn a_page_token_is_for_one_search_in_one_workspace() {
    let mut client = Client::new();
    let next = client.get("/Patient?_count=1").await.link("next").unwrap();
    let path = next.strip_prefix(BASE_URL).unwrap().to_owned();
    assert_eq!(client.get(&path).await.found(), "bob");
    let token = path.split("_cursor=").nth(1).unwrap().to_owned();
    let forged = format!(
        "{}{}",
        if token.starts_with('A') { "B" } else { "A" },
        token.get(1..).unwrap()
    );
    for wrong in [
        format!("/Patient?_count=1&_cursor={forged}"),
        "/Patient?_count=1&_cursor=x".to_owned(),
        format!("/Patient?_count=1&family=adams&_cursor={token}"),
        format!("/Observation?_count=1&_cursor={token}"),
    ] {
        let refused = client.get(&wrong).await;
        assert_eq!(refused.status, 400, "{wrong}: {}", refused.text);
    }
    client.workspace = store::WorkspaceId::new(8);
    assert_eq!(client.get(&path).await.status, 400, "another workspace's token");
}

#[tokio::test]
async fn a_workspaces_own_value_sets_count() {
    let client = Client::new();
    let set = r#"{"resourceType":"ValueSet","id":"rates","url":"http://example.com/rates","status":"active","compose":{"include":[{"system":"http://loinc.org","concept":[{"code":"8867-4"}]}]}}"#;
    assert_eq!(
        client
            .get("/Observation?code:in=http://example.com/rates")
            .await
            .status,
        400
    );
    assert_eq!(client.put("/ValueSet/rates", set).await.status, 201);
    for named in ["http://example.com/rates", "ValueSet/rates"] {
        assert_eq!(
            client.get(&format!("/Observation?code:in={named}")).await.found(),
            "pulse",
            "{named}"
        );
        assert_eq!(
            client
                .get(&format!("/Observation?code:not-in={named}"))
                .await
                .found(),
            "",
            "{named}"
        );
    }
    client.delete("/ValueSet/rates").await;
    assert_eq!(
        client.get("/Observation?code:in=ValueSet/rates").await.status,
        400
    );
}
