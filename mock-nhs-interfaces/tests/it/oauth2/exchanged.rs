//! Id tokens: what they say, who checks them, and what they are exchanged for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use http::StatusCode;
use mock_nhs_interfaces::auth::Access;
use serde_json::{Value, json};

use super::setup::{App, app, app_with, good_header, members, over, refused, signed, with};

const INVALID: &str = "invalid_request";

fn claims_of(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap()
}

impl App {
    async fn id_token(&self, username: &str, scope: &str) -> String {
        let code = self.log_in(username, &[("scope", scope), ("nonce", "n1")]).await;
        let seen = self.redeem(&code, &[]).await;
        seen.json()["id_token"].as_str().unwrap().to_owned()
    }

    async fn exchange(&self, subject: &str, more: &[(&str, &str)]) -> crate::client::Seen {
        let assertion = self.assertion();
        let good = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("subject_token", subject),
            ("client_assertion", assertion.as_str()),
        ];
        self.token(&over(&good, more)).await
    }
}

#[tokio::test]
async fn an_id_token_says_who_logged_in_and_its_key_is_published() {
    let app = app().await;
    let token = app.id_token("656005750109", "openid nhs-cis2").await;
    let claims = claims_of(&token);
    for (name, expected) in [
        ("iss", json!("https://int.api.service.nhs.uk/oauth2")),
        ("sub", json!("656005750109")),
        ("aud", json!(app.application.api_key)),
        ("nonce", json!("n1")),
        ("authentication_assurance_level", json!("2")),
        ("iat", json!(app.now())),
        ("exp", json!(app.now() + 3_600)),
    ] {
        assert_eq!(claims[name], expected, "{name}");
    }
    let citizen = claims_of(&app.id_token("9912003072", "openid nhs-login").await);
    assert_eq!(
        (&citizen["vot"], &citizen["identity_proofing_level"]),
        (&json!("P5.Cp.Cd"), &json!("P5"))
    );
    assert!(
        citizen["nhs_number"].as_str().unwrap().starts_with("999"),
        "{citizen}"
    );

    let configuration = app
        .get("/oauth2/.well-known/openid-configuration", None)
        .await
        .json();
    assert_eq!(configuration["issuer"], claims["iss"]);
    let keys = super::setup::inside(configuration["jwks_uri"].as_str().unwrap());
    let keys = app.get(&keys, None).await.json();
    let header: Value =
        serde_json::from_slice(&BASE64.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    assert_eq!(
        (&header["alg"], &header["kid"]),
        (&json!("RS512"), &keys["keys"][0]["kid"])
    );
    let number = |name: &str| {
        let bytes = BASE64.decode(keys["keys"][0][name].as_str().unwrap()).unwrap();
        rsa::BoxedUint::from_be_slice_vartime(&bytes)
    };
    let key = rsa::PublicKey::new(number("n"), number("e")).unwrap();
    let (text, signature) = token.rsplit_once('.').unwrap();
    key.pkcs1v15_verify::<sha2::Sha512>(text.as_bytes(), &BASE64.decode(signature).unwrap())
        .unwrap();
}

#[tokio::test]
async fn an_id_token_is_exchanged_for_tokens_of_its_person() {
    let app = app().await;
    for (username, scope) in [
        ("656005750104", "openid"),
        ("9912003071", "openid nhs-login"),
        ("9912003073", "openid nhs-login"),
    ] {
        let seen = app.exchange(&app.id_token(username, scope).await, &[]).await;
        let expected = [
            "access_token",
            "expires_in",
            "issued_at",
            "issued_token_type",
            "refresh_count",
            "refresh_token",
            "refresh_token_expires_in",
            "token_type",
        ];
        assert_eq!(members(&seen), expected);
        let json = seen.json();
        assert_eq!(
            json["issued_token_type"],
            "urn:ietf:params:oauth:token-type:access_token"
        );
        assert_eq!(json["refresh_token_expires_in"], "3599");
        let token = json["access_token"].as_str().unwrap();
        assert_eq!(
            app.get("/hello-world/hello/user", Some(token)).await.status,
            StatusCode::OK
        );
        // Only a login on the platform's own page is known to /userinfo.
        assert_eq!(
            app.get("/oauth2/userinfo", Some(token)).await.status,
            StatusCode::BAD_REQUEST
        );
    }
    let workers_only = app_with(&[Access::HealthcareWorker], true).await;
    let subject = workers_only.id_token("656005750104", "openid").await;
    assert_eq!(workers_only.exchange(&subject, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "two tables, one case a few lines")]
async fn what_is_wrong_with_a_subject_token_is_named() {
    let app = app().await;
    let good = app.id_token("656005750104", "openid").await;
    let kind = "missing or invalid subject_token_type - must be 'urn:ietf:params:oauth:token-type:id_token'";
    for (more, description) in [
        (("subject_token_type", "-"), kind),
        (("subject_token_type", "invalid"), kind),
        (("subject_token", "-"), "Missing subject_token"),
        (("subject_token", "invalid"), "Malformed JWT in subject_token"),
        (("client_assertion", "-"), "Missing client_assertion"),
        (
            ("client_assertion", "invalid"),
            "Malformed JWT in client_assertion",
        ),
    ] {
        refused(&app.exchange(&good, &[more]).await, 400, INVALID, description);
    }
    let now = app.now();
    let claims = json!({ "iss": "https://am.nhsint.auth-ptl.cis2.spineservices.nhs.uk", "aud": "a", "sub": "1", "exp": now + 300 });
    let over = "Invalid 'exp' claim in {} - JWT has expired";
    let kid = "Invalid 'kid' header in {} - no matching public key";
    for (header, claim, status, description) in [
        (json!({ "kid": null }), json!({ "exp": now - 1 }), 400, over),
        (
            json!({ "alg": null, "kid": null }),
            json!({}),
            400,
            "Missing 'alg' header in {}",
        ),
        (
            json!({ "kid": null, "typ": null }),
            json!({}),
            400,
            "Missing 'kid' header in {}",
        ),
        (
            json!({ "typ": "invalid" }),
            json!({ "exp": null }),
            400,
            "Invalid 'typ' header in {} - must be 'JWT'",
        ),
        (
            json!({}),
            json!({ "exp": null }),
            400,
            "Missing 'exp' claim in {}",
        ),
        (
            json!({}),
            json!({ "exp": (now + 300).to_string() }),
            400,
            "Invalid 'exp' claim in {} - must be an integer",
        ),
        (
            json!({}),
            json!({ "iss": null, "aud": null }),
            400,
            "Missing 'iss' claim in {}",
        ),
        (
            json!({}),
            json!({ "aud": null }),
            401,
            "Missing 'aud' claim in {}",
        ),
        (json!({}), json!({}), 401, kid),
    ] {
        let subject = signed(&with(good_header(), &header), &with(claims.clone(), &claim));
        let seen = app.exchange(&subject, &[]).await;
        refused(
            &seen,
            status,
            INVALID,
            &description.replace("{}", "subject_token JWT"),
        );
    }
    let (text, _) = good.rsplit_once('.').unwrap();
    let seen = app.exchange(&format!("{text}.AAAA"), &[]).await;
    refused(
        &seen,
        401,
        "public_key error",
        "JWT signature verification failed",
    );
}

#[tokio::test]
async fn an_id_token_of_another_workspace_is_worth_nothing() {
    let app = app().await;
    let subject = app.id_token("656005750104", "openid").await;
    // The same installation, the same key, another workspace.
    let mut other = app_with(&Access::ALL, true).await;
    other.client.nhs = app.client.nhs.clone();
    other.client.tenant.access_token = "another0token".into();
    other.application = app.application.clone();
    let seen = other.exchange(&subject, &[]).await;
    refused(
        &seen,
        400,
        INVALID,
        "Missing or non-matching 'iss' claim in subject_token JWT",
    );
}
