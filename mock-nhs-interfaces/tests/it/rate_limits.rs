//! Applications may ask in profile `int` as often as at the NHS, and no more.

use axum::body::Body;
use http::Request;
use mock_nhs_interfaces::{Profile, RateLimited};

use crate::client::{Client, REQUEST_ID, TOKEN};

const JANE: &str = "/personal-demographics/FHIR/R4/Patient/9000000009";

#[tokio::test]
async fn the_sixth_request_of_a_second_is_one_too_many() {
    let mut client = Client::new();
    client.nhs.limit_rates(RateLimited::Everybody);
    let mut refused = None;
    // A machine that is busy may take more than a second for six.
    for _ in 0..200 {
        let seen = client.get(JANE).await;
        if seen.status != 200 {
            refused = Some(seen);
            break;
        }
    }
    let refused = refused.expect("two hundred requests came through");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.outcome_code().as_deref(), Some("TOO_MANY_REQUESTS"));
    assert!(
        refused.json()["issue"][0]["diagnostics"]
            .as_str()
            .unwrap()
            .contains("has created a spike in traffic")
    );
    assert!(
        refused
            .header("x-c4h-hint")
            .unwrap()
            .contains("--rate-limits off")
    );
    assert_eq!(refused.header("retry-after"), None);
    // Another interface and another app are counted apart; whether something is up may always be asked.
    assert_eq!(
        client.get("/personal-demographics/FHIR/R4/_ping").await.status,
        200
    );
    client.tenant.caller = Some("letters".into());
    assert_eq!(client.get(JANE).await.status, 200);
    for _ in 0..200 {
        let seen = client.get(JANE).await;
        if seen.status == 429 {
            let said = seen.json()["issue"][0]["diagnostics"].to_string();
            assert!(said.contains("Your application, letters, has created"), "{said}");
            return;
        }
    }
    panic!("two hundred requests came through");
}

#[tokio::test]
async fn nobody_is_limited_in_the_sandbox_where_it_is_switched_off_or_with_the_workspaces_own_token() {
    for (profile, address, limited) in [
        (
            Profile::Sandbox,
            "/hello-world/hello/user",
            RateLimited::Everybody,
        ),
        (Profile::Int, JANE, RateLimited::Nobody),
        (Profile::Int, JANE, RateLimited::Applications),
    ] {
        let client = Client::new();
        client.nhs.limit_rates(limited);
        for _ in 0..20 {
            let request = Request::get(address)
                .header("X-Request-ID", REQUEST_ID)
                .header("Authorization", format!("Bearer {TOKEN}"))
                .body(Body::empty())
                .unwrap();
            assert_eq!(client.send(profile, request).await.status, 200, "{address}");
        }
    }
}

#[tokio::test]
async fn apps_are_limited_where_applications_are() {
    let mut client = Client::new();
    client.nhs.limit_rates(RateLimited::Applications);
    client.tenant.caller = Some("letters".into());
    for _ in 0..200 {
        if client.get(JANE).await.status == 429 {
            return;
        }
    }
    panic!("two hundred requests came through");
}

#[tokio::test]
async fn the_register_of_organisations_has_no_limit_of_a_second_or_a_minute() {
    let client = Client::new();
    client.nhs.limit_rates(RateLimited::Everybody);
    let ask = async || {
        let request = Request::get("/organisation-data-terminology-api/fhir/Organization/RR8")
            .header("apikey", TOKEN)
            .body(Body::empty())
            .unwrap();
        client.send(Profile::Int, request).await
    };
    // More than five in a second, and than three hundred in a minute.
    for number in 0..400 {
        assert_eq!(ask().await.status, 200, "{number}");
    }
}
