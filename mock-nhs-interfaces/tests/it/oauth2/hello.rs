//! Whom Hello World greets: who may act by themselves, who has somebody logged in, and nobody else.

use axum::body::Body;
use http::{Request, StatusCode};
use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::auth::Access;

use super::setup::{App, app, app_with};

impl App {
    async fn with_key(&self, key: &str) -> u16 {
        let request = Request::get("/hello-world/hello/application")
            .header("apikey", key)
            .body(Body::empty())
            .unwrap();
        self.client.send(Profile::Int, request).await.status.as_u16()
    }
}

#[tokio::test]
async fn each_greeting_opens_to_its_own_callers() {
    let app = app().await;
    let application = app.client_credentials(&app.assertion(), &[]).await.json();
    let mut callers = vec![(
        application["access_token"].as_str().unwrap().to_owned(),
        [200, 200, 401],
    )];
    for (username, scope) in [
        ("656005750104", "nhs-cis2"),
        ("656005750110", "nhs-cis2"),
        ("9912003071", "nhs-login"),
        ("9912003072", "nhs-login"),
    ] {
        let code = app.log_in(username, &[("scope", scope)]).await;
        let tokens = app.redeem(&code, &[]).await.json();
        callers.push((
            tokens["access_token"].as_str().unwrap().to_owned(),
            [200, 401, 200],
        ));
    }
    for (token, expected) in callers {
        for (greeting, expected) in ["world", "application", "user"].into_iter().zip(expected) {
            let seen = app
                .get(&format!("/hello-world/hello/{greeting}"), Some(&token))
                .await;
            assert_eq!(seen.status.as_u16(), expected, "{greeting}");
            if seen.status == StatusCode::OK {
                let message = seen.json()["message"].as_str().unwrap().to_lowercase();
                assert_eq!(message, format!("hello {greeting}!"));
            }
        }
    }
}

#[tokio::test]
async fn an_api_key_is_that_of_an_application_that_may_act_by_itself() {
    let app = app().await;
    assert_eq!(app.with_key(&app.application.api_key).await, 200);
    assert_eq!(app.with_key(&app.application.secret).await, 401);
    let register = app.client.nhs.applications();
    let workspace = app.client.tenant.workspace;
    assert!(
        register
            .remove(workspace, &app.application.api_key)
            .await
            .unwrap()
    );
    assert!(
        !register
            .remove(workspace, &app.application.api_key)
            .await
            .unwrap()
    );
    assert_eq!(app.with_key(&app.application.api_key).await, 401);
    let for_patients = app_with(&[Access::Patient], false).await;
    assert_eq!(
        for_patients.with_key(&for_patients.application.api_key).await,
        401
    );
}
