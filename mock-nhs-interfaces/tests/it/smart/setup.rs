//! An app that launches itself, and the browser that it sends around.

use std::sync::Arc;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use mock_nhs_interfaces::auth::{Application, CallbackUrl, ClientType, NewApplication};
use mock_nhs_interfaces::{LaunchContext, SmartServer, SmartTenant};
use records::FhirServer;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::macros::datetime;

use crate::client::{Client, TOKEN};
use crate::oauth2::setup::{KID, over, public_keys};

pub(crate) const FHIR: &str = "http://127.0.0.1:8080/w/demo/fhir";
pub(crate) const CALLBACK: &str = "https://app.example.org/callback";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

pub(crate) struct Smart {
    pub(crate) client: Client,
    pub(crate) server: SmartServer,
    pub(crate) tenant: SmartTenant,
    pub(crate) app: Application,
    /// Somebody in the records, and somebody else.
    pub(crate) patients: [String; 2],
    pub(crate) practitioner: String,
}

/// One answer.
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn location(&self) -> &str {
        self.headers["location"].to_str().unwrap()
    }

    /// A parameter of the address that the browser is sent to.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        assert_eq!(self.status, StatusCode::FOUND, "{}", self.text);
        let (address, query) = self.location().split_once('?').unwrap();
        assert_eq!(address, CALLBACK);
        let found = form_urlencoded::parse(query.as_bytes()).find(|(given, _)| given == name);
        found.map(|(_, value)| value.into_owned())
    }
}

pub(crate) async fn smart(client_type: ClientType) -> Smart {
    let client = Client::new();
    let register = client.nhs.applications();
    let new = NewApplication {
        title: "Growth chart".to_owned(),
        callback_urls: vec![CallbackUrl::new(CALLBACK).unwrap()],
        client_type,
        ..NewApplication::default()
    };
    let workspace = client.tenant.workspace;
    let app = register
        .register(workspace, new, datetime!(2026-01-15 12:00 UTC))
        .await
        .unwrap();
    let app = register
        .add_keys(workspace, &app.api_key, &public_keys(KID), None)
        .await
        .unwrap();
    let server = SmartServer::new(&client.nhs, FhirServer::new(client.records.clone(), b"secret"));
    let tenant = SmartTenant {
        workspace,
        clock: Arc::clone(&client.tenant.clock),
        access_token: TOKEN.into(),
        fhir_url: FHIR.to_owned(),
        browser_url: FHIR.to_owned(),
        chain: 0,
    };
    let mut smart = Smart {
        client,
        server,
        tenant,
        app,
        patients: [String::new(), String::new()],
        practitioner: String::new(),
    };
    let ids = smart.ids("/Observation?_count=50", "/subject/reference").await;
    let first = ids[0].clone();
    let second = ids.iter().find(|id| **id != first).unwrap().clone();
    smart.patients = [first, second].map(|id| id.replace("Patient/", ""));
    smart.practitioner = smart.ids("/Practitioner?_count=1", "/id").await[0].clone();
    smart
}

/// The challenge that belongs to [`VERIFIER`].
pub(crate) fn challenge() -> String {
    BASE64.encode(Sha256::digest(VERIFIER))
}

impl Smart {
    pub(crate) async fn send(&self, request: Request<Body>) -> Seen {
        let response = self.server.answer(&self.tenant, request).await;
        let (parts, body) = response.into_parts();
        Seen {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> Seen {
        let mut request = Request::get(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn write(&self, method: &str, path: &str, token: &str, body: &Value) -> u16 {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/fhir+json");
        let request = request.body(Body::from(body.to_string())).unwrap();
        self.send(request).await.status.as_u16()
    }

    /// What stands at this place in each record that is found without a token.
    pub(crate) async fn ids(&self, path: &str, pointer: &str) -> Vec<String> {
        let bundle = self.get(path, None).await.json();
        let entries = bundle["entry"].as_array().unwrap().iter();
        entries
            .map(|entry| {
                entry["resource"]
                    .pointer(pointer)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)], secret: bool) -> Seen {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let mut request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        if secret {
            let pair = STANDARD.encode(format!("{}:{}", self.app.api_key, self.app.secret));
            request = request.header("authorization", format!("Basic {pair}"));
        }
        self.send(request.body(Body::from(form.finish())).unwrap()).await
    }

    /// `auth/authorize` with these parameters over good ones.
    pub(crate) async fn authorize(&self, more: &[(&str, &str)]) -> Seen {
        let challenge = challenge();
        let good = [
            ("response_type", "code"),
            ("client_id", self.app.api_key.as_str()),
            ("redirect_uri", CALLBACK),
            (
                "scope",
                "launch/patient openid fhirUser patient/*.rs offline_access",
            ),
            ("state", "s1"),
            ("aud", FHIR),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(over(&good, more));
        self.get(&format!("/auth/authorize?{}", query.finish()), None)
            .await
    }

    pub(crate) fn launch(&self, context: LaunchContext) -> String {
        self.server.launch(&self.tenant, context)
    }

    /// A launch with everything chosen.
    pub(crate) fn launch_for(&self, patient: &str) -> String {
        self.launch(LaunchContext {
            patient: Some(patient.to_owned()),
            practitioner: Some(self.practitioner.clone()),
            simulated_error: None,
        })
    }

    /// The code of a launch from the first patient's record with these scopes.
    pub(crate) async fn code(&self, scope: &str) -> String {
        let launch = self.launch_for(&self.patients[0]);
        let seen = self.authorize(&[("launch", &launch), ("scope", scope)]).await;
        seen.parameter("code")
            .unwrap_or_else(|| panic!("{}", seen.location()))
    }

    /// The answer for a code, with these fields over the good ones.
    pub(crate) async fn redeem(&self, code: &str, more: &[(&str, &str)]) -> Seen {
        let good = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("client_id", self.app.api_key.as_str()),
            ("code_verifier", VERIFIER),
        ];
        let secret = self.app.client_type == ClientType::ConfidentialSymmetric;
        self.post("/auth/token", &over(&good, more), secret).await
    }

    /// An access token with these scopes for the first patient.
    pub(crate) async fn token(&self, scope: &str) -> String {
        let code = self.code(scope).await;
        let json = self.redeem(&code, &[]).await.json();
        json["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{json}"))
            .to_owned()
    }
}

/// Asserts status and error code of a refusal in OAuth's shape.
pub(crate) fn refused(seen: &Seen, status: u16, error: &str) {
    let json = seen.json();
    assert_eq!(
        (seen.status.as_u16(), json["error"].as_str()),
        (status, Some(error)),
        "{json}"
    );
    assert!(json["error_description"].is_string(), "{json}");
}
