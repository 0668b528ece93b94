//! JSON Patch and `FHIRPath` Patch.

use http::Method;

use super::client::{Client, JSON, JSON_PATCH};

async fn patch(client: &Client, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let answered = client.send(Method::PATCH, path, headers, body.to_owned()).await;
    (answered.status.as_u16(), answered.text)
}

#[tokio::test]
async fn a_json_patch_changes_what_it_names_and_nothing_else() {
    let client = Client::new();
    let body = r#"[{"op":"test","path":"/status","value":"final"},{"op":"replace","path":"/status","value":"amended"}]"#;
    let (status, text) = patch(&client, "/Observation/pulse", &[JSON_PATCH], body).await;
    assert_eq!(status, 200, "{text}");
    assert!(
        text.contains(r#""value":72.0,"#),
        "numbers stay as written: {text}"
    );
    assert!(
        text.contains(r#""status":"amended""#) && text.contains(r#""versionId":"2""#),
        "{text}"
    );
    let history = client.get("/Observation/pulse/_history").await.text;
    assert!(history.contains(r#""method":"PATCH""#), "{history}");
}

#[tokio::test]
async fn a_fhirpath_patch_does_too() {
    let client = Client::new();
    let body = r#"{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Patient.birthDate"},{"name":"value","valueDate":"1951-01-01"}]}]}"#;
    let (status, text) = patch(&client, "/Patient/ann", &[JSON], body).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains(r#""birthDate":"1951-01-01""#), "{text}");
    assert_eq!(client.get("/Patient?birthdate=1951-01-01").await.found(), "ann");
    assert_eq!(client.get("/Patient?birthdate=1950-01-01").await.found(), "");
}

#[tokio::test]
async fn a_patch_that_does_not_fit_changes_nothing() {
    let client = Client::new();
    let before = client.get("/Patient/ann").await.text;
    let cases = [
        (
            "/Patient/ann",
            r#"[{"op":"test","path":"/birthDate","value":"1900-01-01"}]"#,
            422,
        ),
        ("/Patient/ann", r#"[{"op":"remove","path":"/nothing"}]"#, 422),
        (
            "/Patient/ann",
            r#"[{"op":"replace","path":"/id","value":"zoe"}]"#,
            400,
        ),
        ("/Patient/ann", r#"[{"op":"remove","path":"/id"}]"#, 400),
        (
            "/Patient/ann",
            r#"[{"op":"replace","path":"/resourceType","value":"Group"}]"#,
            400,
        ),
        (
            "/Patient/ann",
            r#"[{"op":"add","path":"/gender","value":"m"}]"#,
            400,
        ),
        ("/Patient/ann", r#"{"op":"remove"}"#, 422),
        ("/Patient/ann", "[", 400),
        ("/Patient/none", "[]", 404),
        ("/Patient?family=Nobody", "[]", 404),
        ("/Patient?birthdate=gt1900", "[]", 412),
    ];
    for (path, body, expected) in cases {
        let (status, text) = patch(&client, path, &[JSON_PATCH], body).await;
        assert_eq!(status, expected, "{path} {body}: {text}");
    }
    let guarded = [JSON_PATCH, ("if-match", "W/\"9\"")];
    assert_eq!(patch(&client, "/Patient/ann", &guarded, "[]").await.0, 412);
    assert_eq!(client.get("/Patient/ann").await.text, before);
    let body = r#"[{"op":"add","path":"/gender","value":"female"}]"#;
    assert_eq!(
        patch(&client, "/Patient?family=Adams", &[JSON_PATCH], body)
            .await
            .0,
        200
    );
    client.delete("/Patient/ann").await;
    assert_eq!(patch(&client, "/Patient/ann", &[JSON_PATCH], "[]").await.0, 410);
}

#[tokio::test]
async fn a_bomb_ends_early() {
    let client = Client::new();
    // Each step doubles the resource: 2^40 extensions.
    let mut steps = vec![
        r#"{"op":"add","path":"/extension","value":[{"url":"http://x","valueString":"yyyyyyyyyyyyyyyyyyyyyyyy"}]}"#
            .to_owned(),
    ];
    for _ in 0..40 {
        steps.push(r#"{"op":"copy","from":"/extension","path":"/extension/0/extension"}"#.to_owned());
    }
    let body = format!("[{}]", steps.join(","));
    let (status, text) = patch(&client, "/Patient/ann", &[JSON_PATCH], &body).await;
    assert_eq!(status, 422, "{}", text.get(..200.min(text.len())).unwrap());
}
