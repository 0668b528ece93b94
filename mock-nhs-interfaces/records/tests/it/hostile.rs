//! Hostile bodies and headers, row by row of the list of attacks.

use axum::body::Body;
use bytes::Bytes;
use http::Method;

use super::client::{Answered, Client, FORM, JSON};

async fn create(client: &Client, body: impl Into<Body>) -> Answered {
    client.send(Method::POST, "/Patient", &[JSON], body).await
}

#[tokio::test]
async fn f1_nesting_ends_at_its_limit() {
    let client = Client::new();
    for depth in [65, 1_000, 80_000] {
        let open = r#"{"url":"x","extension":["#.repeat(depth);
        let close = "]}".repeat(depth);
        let body = format!(r#"{{"resourceType":"Patient","extension":[{open}{close}]}}"#);
        let refused = create(&client, body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.issue().0.as_str()),
            (400, "structure"),
            "{depth}"
        );
        let arrays = format!(
            r#"{{"resourceType":"Patient","name":{}{}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        );
        assert_eq!(create(&client, arrays).await.status, 400);
    }
}

#[tokio::test]
async fn f2_size_ends_at_its_limit() {
    let client = Client::new();
    let body = format!(
        r#"{{"resourceType":"Patient","language":"{}"}}"#,
        "x".repeat(10 << 20)
    );
    assert_eq!(create(&client, body).await.status, 413);
    // Announced, and not announced but endless.
    let lying = [JSON, ("content-length", "99999999999")];
    assert_eq!(
        client.send(Method::POST, "/Patient", &lying, "{}").await.status,
        413
    );
    let piece = Bytes::from(vec![b' '; 64 * 1024]);
    let endless = futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone()));
    assert_eq!(create(&client, Body::from_stream(endless)).await.status, 413);
}

#[tokio::test]
async fn f3_f4_f5_what_is_not_json_is_refused_with_its_place() {
    let client = Client::new();
    let cases: [(&[u8], &str); 12] = [
        (
            br#"{"resourceType":"Patient","active":true,"active":false}"#,
            "Patient",
        ),
        (
            br#"{"resourceType":"Patient","name":[{"family":"a","family":"b"}]}"#,
            "Patient.name[0]",
        ),
        (b"{\"resourceType\":\"Patient\",\"language\":\"\xff\xfe\"}", ""),
        (
            br#"{"resourceType":"Patient","language":"\ud800"}"#,
            "Patient.language",
        ),
        (
            br#"{"resourceType":"Patient","language":"\u0000"}"#,
            "Patient.language",
        ),
        (
            b"{\"resourceType\":\"Patient\",\"language\":\"\0\"}",
            "Patient.language",
        ),
        (
            br#"{"resourceType":"Patient","multipleBirthInteger":1e999999999}"#,
            "Patient.multipleBirthInteger",
        ),
        (br#"{"resourceType":"Patient","multipleBirthInteger":NaN}"#, ""),
        (br#"{"resourceType":"Patient","multipleBirthInteger":01}"#, ""),
        (br#"{"resourceType":"Patient"} {}"#, ""),
        (br#"{"resourceType":"Patient","#, ""),
        (b"\xef\xbb\xbf", ""),
    ];
    for (body, place) in cases {
        let refused = create(&client, Bytes::from_static(body)).await;
        let shown = String::from_utf8_lossy(body).into_owned();
        assert_eq!(refused.status, 400, "{shown}: {}", refused.text);
        let (_, found, _) = refused.issue();
        assert!(found.contains(place), "{shown}: {found}");
    }
    let digits = format!(
        r#"{{"resourceType":"Patient","multipleBirthInteger":{}}}"#,
        "9".repeat(100_000)
    );
    assert_eq!(create(&client, digits).await.status, 400);
    let bom = create(&client, "\u{feff}{\"resourceType\":\"Patient\"}").await;
    assert_eq!(bom.status, 201);
    assert!(bom.text.starts_with('{'), "a byte order mark is not kept");
    let written = create(&client, r#"{"resourceType":"Patient","extension":[{"url":"http://x","valueDecimal":1.10},{"url":"http://x","valueDecimal":-0}]}"#).await;
    assert!(
        written.text.contains("1.10") && written.text.contains("-0}"),
        "{}",
        written.text
    );
}

#[tokio::test]
async fn f8_f9_includes_and_pages_are_bounded() {
    let client = Client::new();
    for number in 0..40 {
        let next = (number + 1) % 40;
        let body = format!(
            r#"{{"resourceType":"Organization","id":"o{number}","name":"Ring","partOf":{{"reference":"Organization/o{next}"}}}}"#
        );
        assert_eq!(
            client
                .put(&format!("/Organization/o{number}"), &body)
                .await
                .status,
            201
        );
    }
    let page = client
        .get("/Organization?_id=o0&_include:iterate=Organization:partof&_revinclude:iterate=Organization:partof")
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(
        page.found().contains("outcome"),
        "what was cut is said: {}",
        page.found()
    );
    for (path, status) in [
        ("/Organization?_count=1000000000", 200),
        ("/Organization?_count=-1", 400),
        ("/Organization?_count=x", 400),
    ] {
        assert_eq!(client.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn f2_pages_of_large_resources_end_earlier() {
    let client = Client::new();
    let large = "x".repeat(900_000);
    for number in 0..7 {
        let body = format!(
            r#"{{"resourceType":"Basic","id":"b{number}","code":{{"text":"{large}"}},"extension":[{{"url":"http://x","valueString":"{large}"}}]}}"#
        );
        assert_eq!(client.put(&format!("/Basic/b{number}"), &body).await.status, 201);
    }
    for begin in ["/Basic?_count=200", "/Basic/_history?_count=200"] {
        let (mut seen, mut next) = (0, Some(begin.to_owned()));
        while let Some(path) = next {
            let page = client.get(&path).await;
            assert!(page.text.len() < 9 << 20, "{} bytes", page.text.len());
            seen += page.tree.get("entry").unwrap().items().count();
            next = page
                .link("next")
                .map(|url| url.strip_prefix(super::client::BASE_URL).unwrap().to_owned());
        }
        assert_eq!(seen, 7, "{begin}");
    }
}

#[tokio::test]
async fn f12_xml_is_not_read() {
    let client = Client::new();
    let xml = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Patient>&e;</Patient>"#;
    let sent = client
        .send(
            Method::POST,
            "/Patient",
            &[("content-type", "application/fhir+xml")],
            xml,
        )
        .await;
    assert_eq!(sent.status, 415);
    assert_eq!(create(&client, xml).await.status, 400);
    let asked = client
        .send(Method::GET, "/Patient/ann", &[("accept", "application/xml")], "")
        .await;
    assert_eq!(asked.status, 406);
}

#[tokio::test]
async fn f13_dates_at_the_edges_never_break_anything() {
    let client = Client::new();
    for (date, status) in [
        ("9999-12-31", 201),
        ("0001-01-01", 201),
        ("0000-01-01", 400),
        ("2023-02-29", 400),
        ("2024-02-29", 201),
        ("10000-01-01", 400),
    ] {
        let body = format!(r#"{{"resourceType":"Patient","birthDate":"{date}"}}"#);
        assert_eq!(create(&client, body).await.status, status, "{date}");
        let found = client.get(&format!("/Patient?birthdate=ap{date}")).await;
        assert!(found.status == 200 || found.status == 400, "{date}");
    }
    for instant in [
        "2016-12-31T23:59:60Z",
        "2026-01-01T00:00:00%2B14:00",
        "9999-12-31T23:59:59-14:00",
    ] {
        for path in [
            format!("/Patient?_lastUpdated=le{instant}"),
            format!("/Patient/_history?_since={instant}"),
        ] {
            assert_eq!(client.get(&path).await.status, 200, "{path}");
        }
    }
    // The workspace's clock can stand anywhere.
    for at in [
        time::macros::datetime!(0001-01-01 00:00 UTC),
        time::macros::datetime!(9999-12-31 23:59:59 UTC),
    ] {
        client.clock.set(at);
        assert_eq!(
            client
                .put("/Patient/edge", r#"{"resourceType":"Patient","id":"edge"}"#)
                .await
                .status
                .as_u16()
                / 100,
            2
        );
    }
}

#[tokio::test]
async fn f14_reads_stay_quick_over_many_versions() {
    let client = Client::new();
    for _ in 0..2_000 {
        client
            .put("/Patient/ann", r#"{"resourceType":"Patient","id":"ann"}"#)
            .await;
    }
    assert_eq!(client.get("/Patient/ann").await.header("etag"), "W/\"2001\"");
    assert_eq!(client.get("/Patient/ann/_history/1000").await.status, 200);
    let page = client.get("/Patient/ann/_history?_count=5").await;
    assert_eq!(page.tree.get("entry").unwrap().items().count(), 5);
    assert_eq!(client.get("/Patient?_id=ann").await.found(), "ann");
}

#[tokio::test]
async fn f15_f16_what_is_repeated_is_short_and_harmless() {
    let client = Client::new();
    let long = "x".repeat(5_000);
    let script = "%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        format!("/{long}/1"),
        format!("/Patient/{long}"),
        format!("/Patient/ann/_history/{long}"),
        format!("/Patient?{long}=1"),
        format!("/Patient?birthdate={long}"),
        format!("/Patient?{script}=1"),
        format!("/Patient/${long}"),
        format!("/Patient/ann/_history?{long}=1"),
        format!("/Patient?_format={long}"),
        "/Patient?family=%ff%fe".to_owned(),
        "/Patient?family=%00".to_owned(),
        "/Patient?%".to_owned(),
    ] {
        let answered = client.get(&path).await;
        assert!(
            answered.text.len() < 4_000,
            "{} bytes for {path}",
            answered.text.len()
        );
    }
    let identifier = format!(
        r#"{{"resourceType":"Patient","identifier":[{{"value":"{}"}}]}}"#,
        "9".repeat(100_000)
    );
    assert_eq!(create(&client, identifier).await.status, 201);
    let large = format!("identifier={}", "9".repeat(60_000));
    let found = client
        .send(Method::POST, "/Patient/_search", &[FORM], large)
        .await;
    assert!(found.status == 200 || found.status == 400, "{}", found.status);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn no_request_breaks_it(
        method in "GET|POST|PUT|PATCH|DELETE|HEAD",
        path in "(/[A-Za-z$_*-]{0,12}){0,5}|/Patient(/ann)?(/_history)?(/[0-9]{1,3})?",
        query in "[ -~&&[^#\"<>`{}|\\\\^]]{0,60}",
        body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let uri = format!("/{}?{query}", path.trim_start_matches('/'));
        if uri.parse::<http::Uri>().is_ok() {
            runtime.block_on(async {
                let client = Client::new();
                let method = method.parse().unwrap();
                client.send(method, &uri, &[JSON], body).await;
            });
        }
    }
}
