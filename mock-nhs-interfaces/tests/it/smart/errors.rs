//! Errors on purpose: each where the SMART App Launcher has it, whether chosen for a launch or for an application.

use mock_nhs_interfaces::auth::ClientType;
use mock_nhs_interfaces::{LaunchContext, SimulatedError};
use serde_json::Value;

use super::setup::{Smart, refused, smart};

/// What an app meets on its way from the launch to the first record: the first error, by where it was met.
async fn first_error(smart: &Smart, error: SimulatedError) -> (&'static str, String) {
    let launch = smart.launch(LaunchContext {
        patient: Some(smart.patients[0].clone()),
        practitioner: Some(smart.practitioner.clone()),
        simulated_error: Some(error),
    });
    let scope = "launch patient/*.rs offline_access";
    let seen = smart.authorize(&[("launch", &launch), ("scope", scope)]).await;
    if seen.status.as_u16() == 400 {
        return ("browser", seen.json()["error"].as_str().unwrap().to_owned());
    }
    if let Some(error) = seen.parameter("error") {
        return ("authorize", error);
    }
    let answer = smart.redeem(&seen.parameter("code").unwrap(), &[]).await.json();
    if let Some(error) = answer["error"].as_str() {
        return ("token", error.to_owned());
    }
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    let path = format!("/Patient/{}", smart.patients[0]);
    let read = smart.get(&path, Some(&text("access_token"))).await;
    if read.status.as_u16() != 200 {
        let said: Value = read.json();
        return (
            "records",
            said["issue"][0]["diagnostics"].as_str().unwrap().to_owned(),
        );
    }
    let refresh = text("refresh_token");
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let refreshed = smart.post("/auth/token", &fields, true).await.json();
    (
        "refresh",
        refreshed["error"].as_str().unwrap_or("nothing").to_owned(),
    )
}

#[tokio::test]
async fn an_error_that_was_chosen_for_a_launch_happens() {
    let smart = smart(ClientType::ConfidentialSymmetric).await;
    for (error, place, code) in [
        (SimulatedError::AuthInvalidClientId, "browser", "invalid_client"),
        (
            SimulatedError::AuthInvalidRedirectUri,
            "browser",
            "invalid_request",
        ),
        (SimulatedError::AuthInvalidScope, "authorize", "invalid_scope"),
        (SimulatedError::AuthInvalidClientSecret, "token", "invalid_client"),
        (SimulatedError::TokenInvalidToken, "token", "invalid_client"),
        (SimulatedError::TokenInvalidScope, "token", "invalid_scope"),
        (
            SimulatedError::RequestInvalidToken,
            "records",
            "Invalid token (simulated error).",
        ),
        (
            SimulatedError::RequestExpiredToken,
            "records",
            "Token expired (simulated error).",
        ),
        (
            SimulatedError::TokenExpiredRefreshToken,
            "refresh",
            "invalid_grant",
        ),
    ] {
        assert_eq!(
            first_error(&smart, error).await,
            (place, code.to_owned()),
            "{}",
            error.name()
        );
    }
}

/// Those that are about what proves the application belong to the application.
#[tokio::test]
async fn an_error_that_was_chosen_for_an_application_happens_until_it_is_ended() {
    for (client_type, error) in [
        (
            ClientType::ConfidentialSymmetric,
            SimulatedError::AuthInvalidClientSecret,
        ),
        (
            ClientType::ConfidentialAsymmetric,
            SimulatedError::TokenExpiredRegistrationToken,
        ),
        (
            ClientType::ConfidentialAsymmetric,
            SimulatedError::TokenInvalidJti,
        ),
    ] {
        let smart = smart(client_type).await;
        let register = smart.client.nhs.applications();
        let workspace = smart.tenant.workspace;
        let set = async |name: Option<&str>| {
            let name = name.map(str::to_owned);
            let change = |application: &mut mock_nhs_interfaces::auth::Application| {
                application.simulated_error.clone_from(&name);
                Ok(())
            };
            register
                .change(workspace, &smart.app.api_key, change)
                .await
                .unwrap();
        };
        set(Some(error.name())).await;
        let assertion = crate::oauth2::setup::signed(
            &serde_json::json!({ "alg": "RS384", "typ": "JWT", "kid": crate::oauth2::setup::KID }),
            &serde_json::json!({
                "iss": smart.app.api_key, "sub": smart.app.api_key, "jti": "j",
                "aud": format!("{}/auth/token", super::setup::FHIR),
                "exp": smart.tenant.clock.now().unix_timestamp() + 200,
            }),
        );
        let more = [
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion.as_str()),
        ];
        let code = smart.code("launch patient/*.rs").await;
        let seen = smart.redeem(&code, &more).await;
        refused(&seen, 401, "invalid_client");
        assert!(seen.text.contains("Simulated"), "{}", seen.text);
        set(None).await;
        assert_eq!(
            smart.redeem(&code, &more).await.status.as_u16(),
            200,
            "{}",
            error.name()
        );
    }
}
