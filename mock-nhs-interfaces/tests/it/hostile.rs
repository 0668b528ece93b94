//! Whatever comes in, an answer in shape goes out.

use axum::body::Body;
use http::{HeaderValue, Request, Uri};
use mock_nhs_interfaces::Profile;
use proptest::prelude::*;

use crate::client::{Client, REQUEST_ID, TOKEN};

const PATIENT: &str = "/personal-demographics/FHIR/R4/Patient";

#[tokio::test]
async fn hostile_searches_are_refused_in_shape() {
    let client = Client::new();
    let many_known = format!("{PATIENT}?{}", "given&".repeat(10_000));
    let many_unknown = format!("{PATIENT}?{}", "x=1&".repeat(10_000));
    let huge_value = format!("{PATIENT}?family={}&birthdate=2010-10-22", "S".repeat(60_000));
    let huge_name = format!("{PATIENT}?{}=1", "n".repeat(60_000));
    let stars = format!("{PATIENT}?family=ab{}&birthdate=2010-10-22", "*a".repeat(16));
    for (path, expected) in [
        (many_known.as_str(), 400),
        (many_unknown.as_str(), 400),
        (huge_value.as_str(), 400),
        (huge_name.as_str(), 400),
        (stars.as_str(), 200),
        (&format!("{PATIENT}?family=%&birthdate=2010-10-22"), 200),
        (&format!("{PATIENT}?family=Sm%zz&birthdate=2010-10-22"), 200),
        (&format!("{PATIENT}?family=%00%00%00&birthdate=2010-10-22"), 200),
        (&format!("{PATIENT}?family=%FF%FE&birthdate=2010-10-22"), 400),
        (&format!("{PATIENT}?%FF=%FE"), 400),
        (
            &format!("{PATIENT}?family=%E2%80%AE%F0%9F%92%A9&birthdate=2010-10-22"),
            200,
        ),
        (&format!("{PATIENT}?birthdate=ge9999-99-99&family=Smith"), 400),
        (&format!("{PATIENT}?birthdate=ge9999-12-31&family=Smith"), 200),
        (
            &format!("{PATIENT}?birthdate=%C3%A9%C3%A92010-10-22&family=Smith"),
            400,
        ),
        (&format!("{PATIENT}/%00"), 400),
        (&format!("{PATIENT}/%FF%FF%FF%FF%FF"), 400),
        (&format!("{PATIENT}/{}", "9".repeat(60_000)), 400),
        (&format!("{PATIENT}/%39000000009"), 200),
        (&format!("{PATIENT}/../Patient"), 400),
        (&format!("{PATIENT}/"), 400),
        (&format!("{PATIENT}//"), 400),
        (
            &format!("/personal-demographics/FHIR/R4/{}", "a/".repeat(20_000)),
            400,
        ),
        (&format!("/{}", "a/".repeat(20_000)), 404),
    ] {
        let seen = client.get(path).await;
        let shown: String = path.chars().take(120).collect();
        assert_eq!(seen.status.as_u16(), expected, "{shown}");
    }
}

#[tokio::test]
async fn hostile_headers_are_refused_in_shape() {
    let client = Client::new();
    let bytes = HeaderValue::from_bytes(&[0xFF; 4000]).unwrap();
    for (name, expected) in [
        ("x-request-id", 400),
        ("authorization", 401),
        ("nhsd-session-urid", 400),
        ("x-correlation-id", 200),
    ] {
        let mut request = Request::get(format!("{PATIENT}/9000000009"))
            .header("X-Request-ID", REQUEST_ID)
            .header("Authorization", format!("Bearer {TOKEN}"))
            .body(Body::empty())
            .unwrap();
        request.headers_mut().insert(name, bytes.clone());
        let seen = client.send(Profile::Int, request).await;
        assert_eq!(seen.status.as_u16(), expected, "{name}");
    }
}

#[test]
fn no_address_makes_it_panic() {
    let client = Client::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    proptest!(|(tail in "[ -~]{0,60}", prefix in 0_usize..4)| {
        let prefix = ["/", PATIENT, "/personal-demographics/FHIR/R4/Patient?", "/hello-world/"][prefix];
        if let Ok(uri) = format!("{prefix}{tail}").parse::<Uri>() {
            // The client checks the shape.
            let path = uri.to_string();
            runtime.block_on(client.get(&path));
        }
    });
}
