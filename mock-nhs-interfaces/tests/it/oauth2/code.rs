//! Authorization code and refresh: the walk of a browser, and every text on its way.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use http::{Method, Request, StatusCode};
use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::auth::Access;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::Duration;

use super::setup::{App, CALLBACK, app, app_with, inside, members, refused};

const INVALID: &str = "invalid_request";
const TOKENS: [&str; 7] = [
    "access_token",
    "expires_in",
    "refresh_count",
    "refresh_token",
    "refresh_token_expires_in",
    "sid",
    "token_type",
];

#[tokio::test]
async fn everybody_logs_in_at_their_level() {
    let app = app().await;
    for (username, scope, life) in [
        ("656005750104", "-", "43199"),
        ("656005750109", "nhs-cis2", "43199"),
        ("656005750110", "nhs-cis2", "43199"),
        ("9912003071", "nhs-login", "3599"),
        ("9912003072", "nhs-login", "3599"),
        ("9912003073", "nhs-login", "3599"),
        ("900 000 0009", "nhs-login", "3599"),
    ] {
        let code = app.log_in(username, &[("scope", scope)]).await;
        let seen = app.redeem(&code, &[]).await;
        assert_eq!(members(&seen), TOKENS);
        let json = seen.json();
        assert_eq!(json["refresh_token_expires_in"], life, "{username}");
        assert_eq!(
            (&json["refresh_count"], &json["expires_in"]),
            (&"0".into(), &"599".into())
        );
        let token = json["access_token"].as_str().unwrap();
        assert_eq!(
            app.get("/hello-world/hello/user", Some(token)).await.status,
            StatusCode::OK
        );
    }
    // A clinician of the workspace, by the id of their record.
    let page = inside(app.authorize(&[]).await.header("location").unwrap());
    let text = String::from_utf8(app.get(&page, None).await.body.to_vec()).unwrap();
    let listed = text.split("name=\"username\" value=\"").nth(4).unwrap();
    let clinician = listed.split_once('"').unwrap().0;
    assert_eq!(
        app.redeem(&app.log_in(clinician, &[]).await, &[]).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_person_whom_nobody_knows_does_not_log_in() {
    let app = app().await;
    for (username, scope) in [
        ("nobody", "-"),
        ("<b>", "-"),
        ("9912003071", "-"),
        ("656005750104", "nhs-login"),
        ("9000000000", "nhs-login"),
    ] {
        let page = inside(
            app.authorize(&[("scope", scope)])
                .await
                .header("location")
                .unwrap(),
        );
        let path = page.strip_prefix("/oauth2").unwrap();
        let seen = app.post(path, &[("username", username)]).await;
        assert_eq!(seen.status, StatusCode::BAD_REQUEST, "{username}");
        let text = String::from_utf8(seen.body.to_vec()).unwrap();
        assert!(text.contains("role=\"alert\"") && !text.contains("<b>"), "{text}");
        // The page can still be used, once.
        let cancelled = app.post(path, &[("cancel", "1")]).await;
        let back = cancelled.header("location").unwrap();
        assert!(
            back.starts_with(&format!("{CALLBACK}?error=access_denied&")),
            "{back}"
        );
        assert!(back.ends_with("&state=my+state+%26+more"), "{back}");
        assert_eq!(
            app.post(path, &[("cancel", "1")]).await.status,
            StatusCode::BAD_REQUEST
        );
    }
}

#[tokio::test]
async fn authorize_tells_the_browser_or_the_application() {
    let app = app().await;
    for (more, status, description) in [
        (("client_id", "-"), 401, "client_id is missing"),
        (("client_id", "invalid"), 401, "client_id is invalid"),
        (("redirect_uri", "-"), 400, "redirect_uri is missing"),
        (("redirect_uri", "/invalid"), 400, "redirect_uri is invalid"),
        (
            ("redirect_uri", "https://example.org/callback/x"),
            400,
            "redirect_uri is invalid",
        ),
    ] {
        refused(&app.authorize(&[more]).await, status, INVALID, description);
    }
    let (method, state) = ("code_challenge_method", "my state & more");
    for (more, error, description, state) in [
        (&[("state", "-")][..], INVALID, "state is missing", None),
        (
            &[("response_type", "-")],
            INVALID,
            "response_type is missing",
            Some(state),
        ),
        (
            &[("response_type", "invalid")],
            "unsupported_response_type",
            "response_type is invalid",
            Some(state),
        ),
        (
            &[(method, "S256")],
            INVALID,
            "code_challenge is missing",
            Some(state),
        ),
        (
            &[("code_challenge", "x"), (method, "plain")],
            INVALID,
            "code_challenge_method is invalid - must be 'S256'",
            Some(state),
        ),
        (
            &[("code_challenge", "x")],
            INVALID,
            "code_challenge_method is invalid - must be 'S256'",
            Some(state),
        ),
    ] {
        let seen = app.authorize(more).await;
        assert_eq!(seen.status, StatusCode::FOUND);
        let (address, query) = seen.header("location").unwrap().split_once('?').unwrap();
        assert_eq!(address, CALLBACK);
        let given: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut expected = vec![
            ("error".to_owned(), error.to_owned()),
            ("error_description".to_owned(), description.to_owned()),
        ];
        expected.extend(state.map(|state| ("state".to_owned(), state.to_owned())));
        assert_eq!(given, expected);
    }
    let by_itself = app_with(&[Access::Application, Access::Patient], true).await;
    let text = "API Key supplied does not have access to this resource. Please check the API Key you are using belongs to an app which has sufficient access to access this resource.";
    refused(&by_itself.authorize(&[]).await, 401, "access_denied", text);
    assert_eq!(
        by_itself.authorize(&[("scope", "nhs-login")]).await.status,
        StatusCode::FOUND
    );
}

#[tokio::test]
async fn a_state_and_a_code_work_once() {
    let app = app().await;
    let page = inside(app.authorize(&[]).await.header("location").unwrap());
    let sent = app
        .post(
            page.strip_prefix("/oauth2").unwrap(),
            &[("username", "656005750104")],
        )
        .await;
    let callback = inside(sent.header("location").unwrap());
    let other_code = callback.replace("code=", "code=x");
    refused(
        &app.get(&other_code, None).await,
        400,
        INVALID,
        "Invalid state parameter.",
    );
    let back = app.get(&callback, None).await;
    assert_eq!(back.status, StatusCode::FOUND);
    refused(
        &app.get(&callback, None).await,
        400,
        INVALID,
        "Invalid state parameter.",
    );
    let code = app.log_in("656005750104", &[]).await;
    assert_eq!(app.redeem(&code, &[]).await.status, StatusCode::OK);
    refused(
        &app.redeem(&code, &[]).await,
        400,
        "invalid_grant",
        "authorization_code is invalid",
    );
    // A code ends by itself.
    let code = app.log_in("656005750104", &[]).await;
    app.client.clock.advance(std::time::Duration::from_secs(601));
    refused(
        &app.redeem(&code, &[]).await,
        400,
        "invalid_grant",
        "authorization_code is invalid",
    );
}

#[tokio::test]
async fn a_code_is_worth_nothing_without_the_rest() {
    let app = app().await;
    let secret = "client_id or client_secret is invalid";
    for (more, status, error, description) in [
        (("client_id", "-"), 401, INVALID, "client_id is missing"),
        (("client_id", "invalid"), 401, "invalid_client", secret),
        (("client_secret", "-"), 401, INVALID, "client_secret is missing"),
        (("client_secret", "invalid"), 401, "invalid_client", secret),
        (("redirect_uri", "-"), 400, INVALID, "redirect_uri is missing"),
        (
            ("redirect_uri", "invalid"),
            400,
            INVALID,
            "redirect_uri is invalid",
        ),
        (("code", "-"), 400, INVALID, "authorization_code is missing"),
        (
            ("code", "invalid"),
            400,
            "invalid_grant",
            "authorization_code is invalid",
        ),
    ] {
        let code = app.log_in("656005750104", &[]).await;
        refused(&app.redeem(&code, &[more]).await, status, error, description);
    }
}

#[tokio::test]
async fn a_challenge_binds_a_code_to_its_verifier() {
    let app = app().await;
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let challenge = BASE64.encode(Sha256::digest(verifier));
    // RFC 7636, appendix B.
    assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let asked = [
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let code = app.log_in("656005750104", &asked).await;
    refused(
        &app.redeem(&code, &[]).await,
        400,
        INVALID,
        "code_verifier is missing",
    );
    let code = app.log_in("656005750104", &asked).await;
    refused(
        &app.redeem(&code, &[("code_verifier", "other")]).await,
        400,
        "invalid_grant",
        "code_verifier is invalid",
    );
    let code = app.log_in("656005750104", &asked).await;
    assert_eq!(
        app.redeem(&code, &[("code_verifier", verifier)]).await.status,
        StatusCode::OK
    );
}

impl App {
    async fn refresh(&self, token: &str, more: &[(&str, &str)]) -> crate::client::Seen {
        let good = [
            ("grant_type", "refresh_token"),
            ("client_id", self.application.api_key.as_str()),
            ("client_secret", self.application.secret.as_str()),
            ("refresh_token", token),
        ];
        self.token(&super::setup::over(&good, more)).await
    }

    async fn logged_in(&self) -> Value {
        let code = self.log_in("656005750104", &[]).await;
        self.redeem(&code, &[]).await.json()
    }
}

fn text(json: &Value, member: &str) -> String {
    json[member].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_refresh_token_works_once_and_is_counted() {
    let app = app().await;
    let mut token = text(&app.logged_in().await, "refresh_token");
    for count in 1..4 {
        let seen = app.refresh(&token, &[]).await;
        let expected: Vec<&str> = TOKENS.into_iter().filter(|member| *member != "sid").collect();
        assert_eq!(members(&seen), expected);
        assert_eq!(seen.json()["refresh_count"], count.to_string());
        refused(
            &app.refresh(&token, &[]).await,
            401,
            "invalid_grant",
            "refresh_token is invalid",
        );
        token = text(&seen.json(), "refresh_token");
    }
    let secret = "client_id or client_secret is invalid";
    for (more, status, error, description) in [
        (("client_id", "-"), 401, INVALID, "client_id is missing"),
        (("client_id", "invalid"), 401, "invalid_client", secret),
        (("client_secret", "-"), 401, INVALID, "client_secret is missing"),
        (("client_secret", "invalid"), 401, "invalid_client", secret),
        (("refresh_token", "-"), 400, INVALID, "refresh_token is missing"),
        (
            ("refresh_token", "invalid"),
            401,
            "invalid_grant",
            "refresh_token is invalid",
        ),
        (
            ("_refresh_tokens_validity_ms", "0"),
            401,
            "invalid_grant",
            "refresh token refresh period has expired",
        ),
    ] {
        refused(&app.refresh(&token, &[more]).await, status, error, description);
    }
    assert_eq!(
        app.refresh(&token, &[]).await.status,
        StatusCode::OK,
        "no refusal spent it"
    );
}

#[tokio::test]
async fn tokens_end_by_the_workspaces_clock() {
    let app = app().await;
    let login = app.logged_in().await;
    let token = text(&login, "access_token");
    let path = "/hello-world/hello/user";
    app.client.clock.advance(std::time::Duration::from_secs(599));
    assert_eq!(app.get(path, Some(&token)).await.status, StatusCode::OK);
    app.client.clock.advance(std::time::Duration::from_secs(1));
    let seen = app.get(path, Some(&token)).await;
    assert_eq!(
        seen.json()["fault"]["detail"]["errorcode"],
        "keymanagement.service.access_token_expired"
    );
    // Each refresh goes on where the last one was: twelve hours after the login all is over.
    let refreshed = app.refresh(&text(&login, "refresh_token"), &[]).await.json();
    assert_eq!(refreshed["refresh_token_expires_in"], "42599");
    let short = app
        .refresh(
            &text(&refreshed, "refresh_token"),
            &[("_refresh_token_expiry_ms", "4")],
        )
        .await;
    app.client
        .clock
        .set(app.client.tenant.clock.now() + Duration::seconds(1));
    let seen = app.refresh(&text(&short.json(), "refresh_token"), &[]).await;
    refused(
        &seen,
        401,
        "invalid_grant",
        "refresh token refresh period has expired",
    );
    let login = app.logged_in().await;
    app.client
        .clock
        .advance(std::time::Duration::from_secs(12 * 3_600));
    let seen = app.refresh(&text(&login, "refresh_token"), &[]).await;
    refused(
        &seen,
        401,
        "invalid_grant",
        "refresh token refresh period has expired",
    );
}

#[tokio::test]
async fn wrong_verbs_and_paths_are_refused_as_at_the_nhs() {
    let app = app().await;
    for (method, path, allowed) in [
        (Method::GET, "/oauth2/token", "POST"),
        (Method::POST, "/oauth2/authorize", "GET"),
        (Method::DELETE, "/oauth2/login", "GET, POST"),
    ] {
        let request = Request::builder().method(method).uri(path);
        let seen = app
            .client
            .send(Profile::Int, request.body(axum::body::Body::empty()).unwrap())
            .await;
        assert_eq!((seen.status.as_u16(), seen.header("allow")), (405, Some(allowed)));
    }
    refused(&app.get("/oauth2/unknown", None).await, 404, INVALID, "Not Found");
    assert_eq!(app.get("/oauth2/_ping", None).await.status, StatusCode::OK);
    assert_eq!(
        app.get("/oauth2/_status", None).await.status,
        StatusCode::UNAUTHORIZED
    );
}
