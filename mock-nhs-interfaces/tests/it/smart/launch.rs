//! Launches, and how a code becomes tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use http::StatusCode;
use mock_nhs_interfaces::LaunchContext;
use mock_nhs_interfaces::auth::ClientType;
use serde_json::{Value, json};

use super::setup::{CALLBACK, FHIR, Smart, VERIFIER, refused, smart};
use crate::oauth2::setup::{KID, signed};

fn claims_of(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn an_app_finds_its_way() {
    let smart = smart(ClientType::Public).await;
    let said = smart.get("/.well-known/smart-configuration", None).await.json();
    assert_eq!(said["authorization_endpoint"], format!("{FHIR}/auth/authorize"));
    assert_eq!(said["code_challenge_methods_supported"], json!(["S256"]));
    for capability in [
        "launch-ehr",
        "launch-standalone",
        "client-public",
        "permission-v2",
        "sso-openid-connect",
    ] {
        assert!(
            said["capabilities"]
                .as_array()
                .unwrap()
                .contains(&capability.into()),
            "{capability}"
        );
    }
    let statement = smart.get("/metadata", None).await.json();
    let security = &statement["rest"][0]["security"];
    assert_eq!(security["service"][0]["coding"][0]["code"], "SMART-on-FHIR");
    let addresses = security["extension"][0]["extension"].as_array().unwrap();
    for name in ["authorize", "token", "introspect", "revoke"] {
        let found = addresses.iter().find(|address| address["url"] == name).unwrap();
        assert_eq!(found["valueUri"], format!("{FHIR}/auth/{name}"));
    }
    let keys = smart.get("/auth/jwks", None).await.json();
    assert!(
        keys["keys"][0]["n"].is_string() && keys["keys"][0]["d"].is_null(),
        "{keys}"
    );
}

#[tokio::test]
async fn a_launch_from_a_record_asks_nothing_that_is_known() {
    let smart = smart(ClientType::Public).await;
    let launch = smart.launch_for(&smart.patients[0]);
    let scope = "launch openid fhirUser patient/*.rs online_access";
    let seen = smart
        .authorize(&[("launch", &launch), ("scope", scope), ("nonce", "n1")])
        .await;
    assert_eq!(seen.parameter("state").as_deref(), Some("s1"));
    let code = seen.parameter("code").unwrap();
    let answer = smart.redeem(&code, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let json = answer.json();
    assert_eq!(json["patient"], smart.patients[0]);
    assert_eq!(
        (&json["scope"], &json["token_type"]),
        (&scope.into(), &"Bearer".into())
    );
    assert_eq!(
        (&json["expires_in"], &json["need_patient_banner"]),
        (&3600.into(), &false.into())
    );
    let claims = claims_of(json["id_token"].as_str().unwrap());
    assert_eq!(
        claims["fhirUser"],
        format!("{FHIR}/Practitioner/{}", smart.practitioner)
    );
    assert_eq!(
        (&claims["aud"], &claims["nonce"]),
        (&smart.app.api_key.clone().into(), &"n1".into())
    );
    // A code works once.
    refused(&smart.redeem(&code, &[]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn an_app_that_starts_by_itself_lets_its_user_pick() {
    let smart = smart(ClientType::Public).await;
    let page = smart.authorize(&[]).await;
    let path = page.location().strip_prefix(FHIR).unwrap().to_owned();
    let shown = smart.get(&path, None).await;
    assert!(
        shown.text.contains("Growth chart asks for") && shown.text.contains("Find a patient"),
        "{}",
        shown.text
    );
    assert!(
        shown.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'")
    );
    let nobody = smart.get(&format!("{path}&q=%3Cscript%3Enobody"), None).await;
    assert!(
        nobody.text.contains("Nobody of this name") && !nobody.text.contains("<script"),
        "{}",
        nobody.text
    );

    let patient = smart.patients[1].as_str();
    let unknown = [("decision", "allow"), ("patient", "nobody"), ("user", "patient")];
    assert_eq!(
        smart.post(&path, &unknown, false).await.status,
        StatusCode::BAD_REQUEST
    );
    let without_user = [("decision", "allow"), ("patient", patient)];
    assert_eq!(
        smart.post(&path, &without_user, false).await.status,
        StatusCode::BAD_REQUEST
    );
    let good = [("decision", "allow"), ("patient", patient), ("user", "patient")];
    let seen = smart.post(&path, &good, false).await;
    let json = smart.redeem(&seen.parameter("code").unwrap(), &[]).await.json();
    assert_eq!(
        (&json["patient"], &json["need_patient_banner"]),
        (&patient.into(), &true.into())
    );
    let claims = claims_of(json["id_token"].as_str().unwrap());
    assert_eq!(claims["fhirUser"], format!("{FHIR}/Patient/{patient}"));
    assert_eq!(
        smart.get(&path, None).await.status,
        StatusCode::BAD_REQUEST,
        "the page is over"
    );

    let page = smart.authorize(&[]).await;
    let path = page.location().strip_prefix(FHIR).unwrap().to_owned();
    let seen = smart.post(&path, &[("decision", "deny")], false).await;
    assert_eq!(seen.parameter("error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn pkce_rejects() {
    let smart = smart(ClientType::Public).await;
    for (more, expected) in [
        (
            &[("code_challenge", "-"), ("code_challenge_method", "-")][..],
            "must use PKCE",
        ),
        (&[("code_challenge", "-")], "Missing code_challenge"),
        (&[("code_challenge_method", "-")], "Must be S256"),
        (&[("code_challenge_method", "plain")], "Must be S256"),
    ] {
        let seen = smart.authorize(more).await;
        assert_eq!(seen.parameter("error").as_deref(), Some("invalid_request"));
        let description = seen.parameter("error_description").unwrap();
        assert!(description.contains(expected), "{description}");
    }
    for verifier in ["-", "wrong", &super::setup::challenge()] {
        let code = smart.code("launch patient/*.rs").await;
        refused(
            &smart.redeem(&code, &[("code_verifier", verifier)]).await,
            400,
            "invalid_grant",
        );
        refused(&smart.redeem(&code, &[]).await, 400, "invalid_grant");
    }
    let code = smart.code("launch patient/*.rs").await;
    assert_eq!(
        smart.redeem(&code, &[("code_verifier", VERIFIER)]).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_to_the_browser_or_to_the_app() {
    let smart = smart(ClientType::ConfidentialSymmetric).await;
    for (more, status, error) in [
        (("client_id", "-"), 400, "invalid_request"),
        (("client_id", "unknown"), 400, "invalid_client"),
        (("redirect_uri", "-"), 400, "invalid_request"),
        (("redirect_uri", "https://evil.example/"), 400, "invalid_request"),
    ] {
        refused(&smart.authorize(&[more]).await, status, error);
    }
    for (more, error) in [
        (("state", "-"), "invalid_request"),
        (("response_type", "-"), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("aud", "-"), "invalid_request"),
        (("aud", "https://other.example/fhir"), "invalid_request"),
        (("scope", "-"), "invalid_scope"),
        (("scope", "everything"), "invalid_scope"),
        (("launch", "unknown"), "invalid_request"),
    ] {
        let seen = smart.authorize(&[more]).await;
        assert_eq!(seen.parameter("error").as_deref(), Some(error), "{more:?}");
    }
    // A confidential app may leave the challenge out, and its base may end with a slash.
    let base = format!("{FHIR}/");
    let more = [
        ("code_challenge", "-"),
        ("code_challenge_method", "-"),
        ("aud", base.as_str()),
    ];
    assert_eq!(smart.authorize(&more).await.status, StatusCode::FOUND);
}

impl Smart {
    async fn assertion(&self, over: &Value) -> Value {
        let header = json!({ "alg": "RS384", "typ": "JWT", "kid": KID });
        let mut claims = json!({
            "iss": self.app.api_key, "sub": self.app.api_key, "aud": format!("{FHIR}/auth/token"),
            "exp": self.tenant.clock.now().unix_timestamp() + 200, "jti": uuid::Uuid::new_v4().to_string(),
        });
        for (name, value) in over.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let assertion = signed(&header, &claims);
        let code = self.code("launch patient/*.rs").await;
        let more = [
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion.as_str()),
            ("client_id", "-"),
        ];
        self.redeem(&code, &more).await.json()
    }
}

#[tokio::test]
async fn each_type_of_client_proves_itself() {
    let symmetric = smart(ClientType::ConfidentialSymmetric).await;
    let code = symmetric.code("launch patient/*.rs").await;
    assert_eq!(symmetric.redeem(&code, &[]).await.status, StatusCode::OK);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", CALLBACK),
        ("client_id", symmetric.app.api_key.as_str()),
    ];
    refused(
        &symmetric.post("/auth/token", &fields, false).await,
        401,
        "invalid_client",
    );
    let wrong = [&fields[..], &[("client_secret", "wrong")]].concat();
    refused(
        &symmetric.post("/auth/token", &wrong, false).await,
        401,
        "invalid_client",
    );
    let right = [&fields[..], &[("client_secret", symmetric.app.secret.as_str())]].concat();
    refused(
        &symmetric.post("/auth/token", &right, false).await,
        400,
        "invalid_grant",
    );

    let asymmetric = smart(ClientType::ConfidentialAsymmetric).await;
    assert!(asymmetric.assertion(&json!({})).await["access_token"].is_string());
    let now = asymmetric.tenant.clock.now().unix_timestamp();
    for (over, expected) in [
        (json!({ "sub": "other" }), "iss and sub"),
        (json!({ "aud": "https://other.example/token" }), "aud"),
        (json!({ "exp": now - 1 }), "expired"),
        (json!({ "exp": now + 400 }), "five minutes"),
        (json!({ "exp": null }), "exp is missing"),
        (json!({ "jti": null }), "jti is missing"),
    ] {
        let json = asymmetric.assertion(&over).await;
        assert_eq!(json["error"], "invalid_client", "{json}");
        assert!(
            json["error_description"].as_str().unwrap().contains(expected),
            "{json}"
        );
    }
    let once = json!({ "jti": "once" });
    assert!(asymmetric.assertion(&once).await["access_token"].is_string());
    assert_eq!(asymmetric.assertion(&once).await["error"], "invalid_client");
}

#[tokio::test]
async fn tokens_are_refreshed_introspected_and_revoked() {
    let smart = smart(ClientType::ConfidentialSymmetric).await;
    let code = smart
        .code("launch patient/*.rs patient/*.cud offline_access")
        .await;
    let first = smart.redeem(&code, &[]).await.json();
    let text = |json: &Value, name: &str| json[name].as_str().unwrap_or_else(|| panic!("{json}")).to_owned();
    let refresh = text(&first, "refresh_token");
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
        ("scope", "patient/*.rs"),
    ];
    let second = smart.post("/auth/token", &fields, true).await.json();
    assert_eq!(
        (&second["scope"], &second["patient"]),
        (&"patient/*.rs".into(), &first["patient"])
    );
    refused(
        &smart.post("/auth/token", &fields, true).await,
        400,
        "invalid_grant",
    );

    let token = text(&first, "access_token");
    let said = smart
        .post("/auth/introspect", &[("token", &token)], true)
        .await
        .json();
    assert_eq!(
        (&said["active"], &said["patient"], &said["client_id"]),
        (&true.into(), &first["patient"], &smart.app.api_key.clone().into())
    );
    assert_eq!(
        smart
            .post("/auth/introspect", &[("token", "smart-x")], true)
            .await
            .json(),
        json!({ "active": false })
    );
    refused(
        &smart.post("/auth/introspect", &[("token", &token)], false).await,
        401,
        "invalid_client",
    );

    let path = format!("/Patient/{}", smart.patients[0]);
    assert_eq!(smart.get(&path, Some(&token)).await.status, StatusCode::OK);
    assert_eq!(
        smart
            .post("/auth/revoke", &[("token", &token)], true)
            .await
            .status,
        StatusCode::OK
    );
    let gone = smart.get(&path, Some(&token)).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
    assert_eq!(gone.headers["www-authenticate"], "Bearer error=\"invalid_token\"");
    // And by itself, by the workspace's clock; a code that nobody came for as well.
    let token = smart.token("launch patient/*.rs").await;
    let code = smart.code("launch patient/*.rs").await;
    let launch = smart.launch(LaunchContext::default());
    smart.client.clock.advance(std::time::Duration::from_secs(3_601));
    let gone = smart.get(&path, Some(&token)).await;
    assert!(gone.text.contains("expired"), "{}", gone.text);
    refused(&smart.redeem(&code, &[]).await, 400, "invalid_grant");
    let seen = smart.authorize(&[("launch", &launch)]).await;
    assert_eq!(seen.parameter("error").as_deref(), Some("invalid_request"));
}
