//! Client credentials: the signed JWT, check by check, in the platform's order.

use axum::body::Body;
use http::Request;
use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::auth::Access;
use serde_json::{Value, json};

use super::setup::{App, app, app_with, good_header, members, over, refused, signed, with};

const INVALID: &str = "invalid_request";

#[tokio::test]
async fn a_signed_jwt_is_worth_a_token() {
    let app = app().await;
    let seen = app.client_credentials(&app.assertion(), &[]).await;
    assert_eq!(
        members(&seen),
        ["access_token", "expires_in", "issued_at", "token_type"]
    );
    let json = seen.json();
    assert_eq!(
        (json["expires_in"].as_str(), json["token_type"].as_str()),
        (Some("599"), Some("Bearer"))
    );
    assert_eq!(json["issued_at"], "1768478400000");
    // PDS's sandbox takes letters and digits only, and both.
    let token = json["access_token"].as_str().unwrap();
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{token}");
    for (asked_ms, expected) in [("100000", "99"), ("700000", "599"), ("4", "0"), ("x", "599")] {
        let more = [("_access_token_expiry_ms", asked_ms)];
        let seen = app.client_credentials(&app.assertion(), &more).await;
        assert_eq!(seen.json()["expires_in"], expected, "{asked_ms}");
    }
    // `typ` has no case, and `exp` may be a number with a fraction.
    let header = with(good_header(), &json!({ "typ": "jwt" }));
    let half: Value = serde_json::from_str(&format!("{}.5", app.now())).unwrap();
    let claims = with(app.good_claims(), &json!({ "exp": half }));
    assert_eq!(
        app.client_credentials(&signed(&header, &claims), &[])
            .await
            .status
            .as_u16(),
        200
    );
}

#[tokio::test]
async fn the_form_is_checked_first() {
    let app = app().await;
    let assertion = app.assertion();
    let kind = "Missing or invalid client_assertion_type - must be 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'";
    for (more, error, description) in [
        (("grant_type", "-"), INVALID, "grant_type is missing"),
        (("grant_type", ""), INVALID, "grant_type is missing"),
        (
            ("grant_type", "invalid"),
            "unsupported_grant_type",
            "grant_type is invalid",
        ),
        (("client_assertion_type", "-"), INVALID, kind),
        (("client_assertion_type", "invalid"), INVALID, kind),
        (("client_assertion", "-"), INVALID, "Missing client_assertion"),
        (
            ("client_assertion", "invalid"),
            INVALID,
            "Malformed JWT in client_assertion",
        ),
        (
            ("client_assertion", "a.b.c"),
            INVALID,
            "Malformed JWT in client_assertion",
        ),
    ] {
        let seen = app.client_credentials(&assertion, &[more]).await;
        refused(&seen, 400, error, description);
    }
    for media_type in [
        "",
        "application/json",
        "application/x-www-form-urlencoded; charset=utf-8",
    ] {
        let request = Request::post("/oauth2/token?grant_type=client_credentials")
            .header("Content-Type", media_type)
            .body(Body::from("grant_type=client_credentials"))
            .unwrap();
        let seen = app.client.send(Profile::Int, request).await;
        refused(
            &seen,
            415,
            INVALID,
            "Content-Type header must be application/x-www-form-urlencoded",
        );
    }
}

/// Header members and claims over the good ones, status, error, description (`{}` stands for the token's name).
type Case = (Value, Value, u16, &'static str, &'static str);

#[expect(clippy::too_many_lines, reason = "one table, one case a few lines")]
fn cases(now: i64) -> Vec<Case> {
    let none = || json!({});
    let kid = "Missing 'kid' header in {}";
    let typ = "Invalid 'typ' header in {} - must be 'JWT'";
    let alg = "Invalid 'alg' header in {} - unsupported JWT algorithm - must be 'RS512'";
    let over = "Invalid 'exp' claim in {} - JWT has expired";
    let same = "Missing or non-matching 'iss'/'sub' claims in {}";
    let aud = "Missing or invalid 'aud' claim in {}";
    vec![
        (json!({ "alg": "RS384" }), none(), 400, INVALID, alg),
        (json!({ "alg": "none" }), none(), 400, INVALID, alg),
        (json!({ "alg": null }), none(), 400, INVALID, alg),
        // The algorithm comes before everything else, then the end.
        (
            json!({ "alg": "HS512", "kid": null }),
            json!({ "exp": now - 20 }),
            400,
            INVALID,
            alg,
        ),
        (
            json!({ "kid": null }),
            json!({ "exp": now - 20 }),
            400,
            INVALID,
            over,
        ),
        (
            none(),
            json!({ "exp": (now - 20).to_string() }),
            400,
            INVALID,
            over,
        ),
        (
            json!({ "kid": null, "typ": "invalid" }),
            none(),
            400,
            INVALID,
            kid,
        ),
        (json!({ "kid": "" }), none(), 400, INVALID, kid),
        (
            json!({ "typ": "invalid" }),
            json!({ "exp": null }),
            400,
            INVALID,
            typ,
        ),
        (json!({ "typ": null }), none(), 400, INVALID, typ),
        (
            none(),
            json!({ "exp": null }),
            400,
            INVALID,
            "Missing 'exp' claim in {}",
        ),
        (
            none(),
            json!({ "exp": (now + 300).to_string() }),
            400,
            INVALID,
            "Invalid 'exp' claim in {} - must be an integer",
        ),
        (
            none(),
            json!({ "iss": "invalid", "jti": null }),
            400,
            INVALID,
            same,
        ),
        (none(), json!({ "iss": null }), 400, INVALID, same),
        (none(), json!({ "sub": "invalid" }), 400, INVALID, same),
        (none(), json!({ "sub": null }), 400, INVALID, same),
        (
            none(),
            json!({ "jti": null, "exp": now + 360 }),
            400,
            INVALID,
            "Missing 'jti' claim in {}",
        ),
        (
            none(),
            json!({ "jti": "" }),
            400,
            INVALID,
            "Missing 'jti' claim in {}",
        ),
        (
            none(),
            json!({ "jti": 1_234_567_890 }),
            400,
            INVALID,
            "Invalid 'jti' claim in {} - must be a unique string value such as a GUID",
        ),
        (
            none(),
            json!({ "exp": now + 360 }),
            400,
            INVALID,
            "Invalid 'exp' claim in {} - more than 5 minutes in future",
        ),
        (
            none(),
            json!({ "exp": now + 311 }),
            400,
            INVALID,
            "Invalid 'exp' claim in {} - more than 5 minutes in future",
        ),
        (
            none(),
            json!({ "iss": "invalid", "sub": "invalid" }),
            401,
            INVALID,
            "Invalid 'iss'/'sub' claims in {}",
        ),
        (
            json!({ "kid": "invalid" }),
            json!({ "aud": "invalid" }),
            401,
            INVALID,
            "Invalid 'kid' header in {} - no matching public key",
        ),
        (none(), json!({ "aud": "invalid" }), 401, INVALID, aud),
        (none(), json!({ "aud": null }), 401, INVALID, aud),
        (
            none(),
            json!({ "aud": "https://sandbox.api.service.nhs.uk/oauth2/token" }),
            401,
            INVALID,
            aud,
        ),
    ]
}

#[tokio::test]
async fn the_first_thing_wrong_is_named() {
    let app = app().await;
    for (header, claims, status, error, description) in cases(app.now()) {
        let assertion = signed(&with(good_header(), &header), &with(app.good_claims(), &claims));
        let seen = app.client_credentials(&assertion, &[]).await;
        refused(
            &seen,
            status,
            error,
            &description.replace("{}", "client_assertion JWT"),
        );
    }
    let limit = with(
        app.good_claims(),
        &json!({ "exp": app.now() + 310, "aud": ["x", super::setup::TOKEN_URL] }),
    );
    assert_eq!(
        app.client_credentials(&signed(&good_header(), &limit), &[])
            .await
            .status
            .as_u16(),
        200
    );
}

#[tokio::test]
async fn an_identifier_is_spent_by_whatever_came_of_it() {
    let app = app().await;
    let assertion = app.assertion();
    assert_eq!(app.client_credentials(&assertion, &[]).await.status.as_u16(), 200);
    let replayed = "Non-unique 'jti' claim in client_assertion JWT";
    refused(
        &app.client_credentials(&assertion, &[]).await,
        400,
        INVALID,
        replayed,
    );
    // Also by a signature of somebody else.
    let claims = app.good_claims();
    let good = signed(&good_header(), &claims);
    let forged = format!("{}.AAAA", good.rsplit_once('.').unwrap().0);
    let seen = app.client_credentials(&forged, &[]).await;
    refused(
        &seen,
        401,
        "public_key error",
        "JWT signature verification failed",
    );
    refused(&app.client_credentials(&good, &[]).await, 400, INVALID, replayed);
    // A check that comes before spares it.
    let claims = app.good_claims();
    let early = signed(&with(good_header(), &json!({ "typ": "x" })), &claims);
    assert_eq!(app.client_credentials(&early, &[]).await.status.as_u16(), 400);
    assert_eq!(
        app.client_credentials(&signed(&good_header(), &claims), &[])
            .await
            .status
            .as_u16(),
        200
    );
}

#[tokio::test]
async fn an_application_needs_a_key_and_the_right_to_act_by_itself() {
    let without_key = app_with(&Access::ALL, false).await;
    let seen = without_key
        .client_credentials(&without_key.assertion(), &[])
        .await;
    let text = "You need to register a public key to use this authentication method - please contact support to configure";
    refused(&seen, 403, "public_key error", text);
    let register = without_key.client.nhs.applications();
    let key = &without_key.application.api_key;
    register
        .set_keys_url(
            without_key.client.tenant.workspace,
            key,
            "https://nobody.example.org/jwks",
        )
        .await
        .unwrap();
    let seen = without_key
        .client_credentials(&without_key.assertion(), &[])
        .await;
    refused(
        &seen,
        403,
        "public_key error",
        "The JWKS endpoint, for your client_assertion can't be reached",
    );

    let for_users = app_with(&[Access::HealthcareWorker], true).await;
    let seen = for_users.client_credentials(&for_users.assertion(), &[]).await;
    let text = "you have tried to request authorization but your application is not configured to use this authorization grant type";
    refused(&seen, 401, "unauthorized_client", text);
}

#[tokio::test]
async fn another_workspace_knows_neither_application_nor_token() {
    let App {
        mut client,
        application,
    } = app().await;
    let app = App {
        client: crate::client::Client::new(),
        application,
    };
    let assertion = app.assertion();
    refused(
        &app.client_credentials(&assertion, &[]).await,
        401,
        INVALID,
        "Invalid 'iss'/'sub' claims in client_assertion JWT",
    );
    let app = App {
        client,
        application: app.application,
    };
    let seen = app.client_credentials(&app.assertion(), &[]).await;
    let token = seen.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        app.get("/hello-world/hello/application", Some(&token))
            .await
            .status
            .as_u16(),
        200
    );
    client = app.client;
    client.tenant.workspace = store::WorkspaceId::new(2);
    let app = App {
        client,
        application: app.application,
    };
    assert_eq!(
        app.get("/hello-world/hello/application", Some(&token))
            .await
            .status
            .as_u16(),
        401
    );
}

#[test]
fn fields_can_be_left_out() {
    assert_eq!(
        over(&[("a", "1"), ("b", "2")], &[("a", "-"), ("c", "3")]),
        [("b", "2"), ("c", "3")]
    );
}
