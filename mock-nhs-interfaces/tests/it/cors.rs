//! What a browser asks before it calls, and what the platform answers around every interface.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use mock_nhs_interfaces::Profile;

use crate::client::Client;

fn options(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::options(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_preflight_request_is_answered_without_a_login() {
    let client = Client::new();
    let headers = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "GET"),
    ];
    let seen = client
        .send(
            Profile::Int,
            options("/personal-demographics/FHIR/R4/Patient/9000000009", &headers),
        )
        .await;
    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(
        seen.header("access-control-allow-origin"),
        Some("https://app.example")
    );
    assert_eq!(seen.header("access-control-max-age"), Some("3628800"));
    assert_eq!(
        seen.header("access-control-allow-methods"),
        Some("GET, PUT, POST, PATCH, DELETE")
    );
    assert_eq!(
        seen.header("access-control-expose-headers"),
        Some("x-correlation-id, x-request-id")
    );
    assert!(
        seen.header("access-control-allow-headers")
            .unwrap()
            .contains("nhsd-end-user-organisation-ods")
    );
}

#[tokio::test]
async fn options_that_are_no_preflight_go_wrong_as_at_the_nhs() {
    let client = Client::new();
    let path = "/personal-demographics/FHIR/R4/Patient";
    for headers in [
        &[][..],
        &[("origin", "https://app.example")],
        &[("access-control-request-method", "GET")],
    ] {
        let seen = client.send(Profile::Int, options(path, headers)).await;
        assert_eq!(seen.status, StatusCode::BAD_GATEWAY);
        assert_eq!(seen.outcome_code().as_deref(), Some("UNKNOWN_ERROR"));
    }
}

#[tokio::test]
async fn every_interface_can_be_pinged_in_every_profile() {
    let client = Client::new();
    for interface in client.nhs.interfaces() {
        for profile in Profile::ALL {
            for (method, operation, expected) in [
                (Method::GET, "ping", 200),
                (Method::HEAD, "ping", 200),
                (Method::GET, "status", 401),
                (Method::HEAD, "status", 401),
            ] {
                let path = format!("{}/_{operation}", interface.path_prefix);
                let request = Request::builder()
                    .method(method)
                    .uri(path)
                    .body(Body::empty())
                    .unwrap();
                let seen = client.send(profile, request).await;
                assert_eq!(seen.status.as_u16(), expected);
                let answered = seen.answered.unwrap();
                assert_eq!(
                    (answered.interface, answered.operation),
                    (interface.id, operation)
                );
            }
        }
    }
}

#[tokio::test]
async fn a_path_of_no_interface_is_told_which_there_are() {
    let client = Client::new();
    for path in [
        "/",
        "/personal-demographics",
        "/personal-demographics/FHIR/R4x/Patient",
        "/hello-worlds",
    ] {
        let seen = client.get(path).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(
            seen.json()["fault"]["detail"]["errorcode"],
            "messaging.adaptors.http.flow.ApplicationNotFound"
        );
        assert!(
            seen.header("x-c4h-hint")
                .unwrap()
                .contains("/personal-demographics/FHIR/R4"),
            "{path}"
        );
    }
}
