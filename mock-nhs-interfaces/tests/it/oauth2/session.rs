//! Who is logged in, and how a login ends.

use http::StatusCode;
use serde_json::Value;

use super::setup::{App, app, refused};

impl App {
    async fn open(&self) -> Value {
        let code = self.log_in("656005750104", &[("scope", "openid")]).await;
        self.redeem(&code, &[]).await.json()
    }
}

#[tokio::test]
async fn userinfo_knows_healthcare_workers_only() {
    let app = app().await;
    let login = app.open().await;
    let seen = app.get("/oauth2/userinfo", login["access_token"].as_str()).await;
    assert_eq!(seen.status, StatusCode::OK);
    let json = seen.json();
    assert_eq!(
        (&json["sub"], &json["nhsid_useruid"]),
        (&"656005750104".into(), &"656005750104".into())
    );
    assert!(
        json["nhsid_nrbac_roles"][0]["person_roleid"].is_string(),
        "{json}"
    );

    let text = "The Userinfo endpoint is only supported for Combined Auth integrations. Currently this is only for NHS CIS2 authentications - for more guidance see https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/user-restricted-restful-apis-nhs-cis2-combined-authentication-and-authorisation";
    let application = app.client_credentials(&app.assertion(), &[]).await.json();
    let code = app.log_in("9912003071", &[("scope", "nhs-login")]).await;
    let citizen = app.redeem(&code, &[]).await.json();
    for token in [application, citizen] {
        let seen = app.get("/oauth2/userinfo", token["access_token"].as_str()).await;
        refused(&seen, 400, "invalid_request", text);
    }
    refused(
        &app.get("/oauth2/userinfo", Some("nobody1")).await,
        401,
        "access_denied",
        "Invalid Access Token",
    );
    refused(
        &app.get("/oauth2/userinfo", None).await,
        401,
        "access_denied",
        "Missing Authorization header",
    );
}

#[tokio::test]
async fn a_logout_ends_every_token_of_the_login_and_no_other() {
    let app = app().await;
    let (login, other) = (app.open().await, app.open().await);
    let text = |json: &Value, member: &str| json[member].as_str().unwrap().to_owned();
    let hint = text(&login, "id_token");
    for (path, description) in [
        ("/oauth2/logout".to_owned(), "id_token_hint is missing"),
        (
            "/oauth2/logout?id_token_hint=e30.e30.e30".to_owned(),
            "id_token_hint is invalid",
        ),
        (
            format!("/oauth2/logout?id_token_hint={hint}A"),
            "id_token_hint is invalid",
        ),
    ] {
        refused(&app.get(&path, None).await, 400, "invalid_request", description);
    }
    let elsewhere =
        format!("/oauth2/logout?id_token_hint={hint}&post_logout_redirect_uri=https://evil.example/");
    refused(
        &app.get(&elsewhere, None).await,
        400,
        "invalid_request",
        "post_logout_redirect_uri is invalid",
    );
    let back = format!(
        "/oauth2/logout?id_token_hint={hint}&post_logout_redirect_uri=https://example.org/callback&state=s"
    );
    let seen = app.get(&back, None).await;
    assert_eq!(
        seen.header("location"),
        Some("https://example.org/callback?state=s")
    );
    assert_eq!(
        app.get(&format!("/oauth2/logout?id_token_hint={hint}"), None)
            .await
            .status,
        StatusCode::OK
    );

    let user = "/hello-world/hello/user";
    assert_eq!(
        app.get(user, Some(&text(&login, "access_token"))).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        app.get(user, Some(&text(&other, "access_token"))).await.status,
        StatusCode::OK
    );
    let seen = app
        .token(&[
            ("grant_type", "refresh_token"),
            ("client_id", &app.application.api_key),
            ("client_secret", &app.application.secret),
            ("refresh_token", &text(&login, "refresh_token")),
        ])
        .await;
    refused(&seen, 401, "invalid_grant", "refresh_token is invalid");
}

#[tokio::test]
async fn only_the_login_itself_can_say_that_a_login_is_over() {
    let app = app().await;
    let login = app.open().await;
    let id_token = login["id_token"].as_str().unwrap();
    for (token, description) in [
        ("", "Unable to verify JWT"),
        ("e30.e30.e30", "Unable to verify JWT"),
        (&app.assertion(), "Unable to verify JWT"),
        // Signed by the login, and meant for an application.
        (id_token, "Missing/invalid aud claim in JWT"),
    ] {
        let seen = app.post("/backchannel_logout", &[("logout_token", token)]).await;
        refused(&seen, 400, "invalid_request", description);
    }
}

#[tokio::test]
async fn a_healthcare_worker_acts_in_a_role_of_their_own() {
    let app = app().await;
    let mut tokens = Vec::new();
    let page = super::setup::inside(app.authorize(&[]).await.header("location").unwrap());
    let text = String::from_utf8(app.get(&page, None).await.body.to_vec()).unwrap();
    let listed = text.split("name=\"username\" value=\"").skip(4).take(2);
    for clinician in listed.map(|rest| rest.split_once('"').unwrap().0) {
        let code = app.log_in(clinician, &[("scope", "openid")]).await;
        let login = app.redeem(&code, &[]).await.json();
        let token = login["access_token"].as_str().unwrap().to_owned();
        let told = app.get("/oauth2/userinfo", Some(&token)).await.json();
        let role = told["nhsid_nrbac_roles"][0]["person_roleid"].as_str().unwrap();
        tokens.push((token, role.to_owned()));
    }
    assert_eq!(tokens.len(), 2);
    for (token, _) in &tokens {
        for (owner, role) in &tokens {
            let request = http::Request::get("/personal-demographics/FHIR/R4/Patient/9000000009")
                .header("X-Request-ID", crate::client::REQUEST_ID)
                .header("Authorization", format!("Bearer {token}"))
                .header("NHSD-Session-URID", role)
                .body(axum::body::Body::empty())
                .unwrap();
            let seen = app.client.send(mock_nhs_interfaces::Profile::Int, request).await;
            let expected = if token == owner {
                StatusCode::OK
            } else {
                StatusCode::BAD_REQUEST
            };
            assert_eq!(seen.status, expected, "{role}");
        }
    }
}
