//! An application that is registered, signs and logs people in.

use std::sync::LazyLock;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use http::{Request, StatusCode};
use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::auth::{Access, Application, CallbackUrl, NewApplication};
use rsa::PrivateKey;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use sha2::{Sha384, Sha512};
use time::macros::datetime;

use crate::client::{BASE_URL, Client, Seen};

pub(crate) const CALLBACK: &str = "https://example.org/callback";
pub(crate) const KID: &str = "test-1";
pub(crate) const TOKEN_URL: &str = "https://int.api.service.nhs.uk/oauth2/token";

/// One key for all tests: making one takes a while.
static KEY: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::new(&mut rsa::rand_core::UnwrapErr(getrandom::SysRng), 2_048).unwrap());

/// A workspace with one application.
pub(crate) struct App {
    pub(crate) client: Client,
    pub(crate) application: Application,
}

pub(crate) async fn app() -> App {
    app_with(&Access::ALL, true).await
}

pub(crate) async fn app_with(access: &[Access], with_key: bool) -> App {
    let client = Client::new();
    let new = NewApplication {
        title: "Ward board".to_owned(),
        access: access.to_vec(),
        callback_urls: vec![CallbackUrl::new(CALLBACK).unwrap()],
        ..NewApplication::default()
    };
    let register = client.nhs.applications();
    let workspace = client.tenant.workspace;
    let now = datetime!(2026-01-15 12:00 UTC);
    let mut application = register.register(workspace, new, now).await.unwrap();
    if with_key {
        let keys = public_keys(KID);
        application = register
            .add_keys(workspace, &application.api_key, &keys, None)
            .await
            .unwrap();
    }
    App { client, application }
}

pub(crate) fn public_keys(kid: &str) -> String {
    let key = KEY.as_public_key();
    json!({ "keys": [{
        "kty": "RSA", "kid": kid, "alg": "RS512", "use": "sig",
        "n": BASE64.encode(key.n_bytes()), "e": BASE64.encode(key.e_bytes()),
    }] })
    .to_string()
}

/// Signs whatever it is told to, also what no library would. What is `null` is left out.
pub(crate) fn signed(header: &Value, claims: &Value) -> String {
    let without_nulls = |value: &Value| {
        let members = value.as_object().unwrap().iter();
        let there: serde_json::Map<String, Value> = members
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        BASE64.encode(Value::Object(there).to_string())
    };
    let text = format!("{}.{}", without_nulls(header), without_nulls(claims));
    let signature = if header["alg"] == "RS384" {
        KEY.pkcs1v15_sign::<Sha384>(text.as_bytes())
    } else {
        KEY.pkcs1v15_sign::<Sha512>(text.as_bytes())
    };
    format!("{text}.{}", BASE64.encode(signature.unwrap()))
}

/// These members over those.
pub(crate) fn with(mut base: Value, over: &Value) -> Value {
    for (name, value) in over.as_object().unwrap() {
        base[name] = value.clone();
    }
    base
}

/// The header of a good assertion.
pub(crate) fn good_header() -> Value {
    json!({ "alg": "RS512", "typ": "JWT", "kid": KID })
}

impl App {
    pub(crate) fn now(&self) -> i64 {
        self.client.tenant.clock.now().unix_timestamp()
    }

    /// The claims of a good assertion, good once.
    pub(crate) fn good_claims(&self) -> Value {
        json!({
            "iss": self.application.api_key, "sub": self.application.api_key, "aud": TOKEN_URL,
            "jti": uuid::Uuid::new_v4().to_string(), "exp": self.now() + 300,
        })
    }

    pub(crate) fn assertion(&self) -> String {
        signed(&good_header(), &self.good_claims())
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let request = Request::post(format!("/oauth2{path}"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(Body::from(form.finish()))
            .unwrap();
        self.client.send(Profile::Int, request).await
    }

    pub(crate) async fn token(&self, fields: &[(&str, &str)]) -> Seen {
        self.post("/token", fields).await
    }

    /// A token for a signed JWT, with these fields more or otherwise.
    pub(crate) async fn client_credentials(&self, assertion: &str, more: &[(&str, &str)]) -> Seen {
        let good = [
            ("grant_type", "client_credentials"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion),
        ];
        self.token(&over(&good, more)).await
    }

    pub(crate) async fn get(&self, path: &str, authorization: Option<&str>) -> Seen {
        let mut request = Request::get(path);
        if let Some(token) = authorization {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        self.client
            .send(Profile::Int, request.body(Body::empty()).unwrap())
            .await
    }

    /// `/authorize` with these parameters over the good ones.
    pub(crate) async fn authorize(&self, more: &[(&str, &str)]) -> Seen {
        let good = [
            ("client_id", self.application.api_key.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("state", "my state & more"),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(over(&good, more));
        self.get(&format!("/oauth2/authorize?{}", query.finish()), None)
            .await
    }

    /// Walks a browser from `/authorize` to the application's callback address; answers the code.
    pub(crate) async fn log_in(&self, username: &str, more: &[(&str, &str)]) -> String {
        let page = self.authorize(more).await;
        let page = inside(page.header("location").unwrap());
        let shown = self.get(&page, None).await;
        assert_eq!(shown.status, StatusCode::OK);
        let text = String::from_utf8(shown.body.to_vec()).unwrap();
        assert!(text.contains("Ward board asks who you are"), "{text}");
        assert!(text.contains("id=\"kc-form-login\"") && text.contains("name=\"username\""));
        let path = page.strip_prefix("/oauth2").unwrap();
        let sent = self.post(path, &[("username", username)]).await;
        assert_eq!(sent.status, StatusCode::FOUND, "{username}");
        let back = self.get(&inside(sent.header("location").unwrap()), None).await;
        assert_eq!(back.status, StatusCode::FOUND);
        let (address, query) = back.header("location").unwrap().split_once('?').unwrap();
        assert_eq!(address, CALLBACK);
        let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!(fields[1], ("state".to_owned(), "my state & more".to_owned()));
        assert_eq!(fields[0].0, "code");
        fields[0].1.clone()
    }

    /// The tokens for a code, with these fields over the good ones.
    pub(crate) async fn redeem(&self, code: &str, more: &[(&str, &str)]) -> Seen {
        let good = [
            ("grant_type", "authorization_code"),
            ("client_id", self.application.api_key.as_str()),
            ("client_secret", self.application.secret.as_str()),
            ("redirect_uri", CALLBACK),
            ("code", code),
        ];
        self.token(&over(&good, more)).await
    }
}

/// The path of an address of this sandbox.
pub(crate) fn inside(address: &str) -> String {
    address.strip_prefix(BASE_URL).unwrap().to_owned()
}

/// Fields with others over them; one whose value is `-` is left out.
pub(crate) fn over<'f>(good: &[(&'f str, &'f str)], more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut fields: Vec<(&str, &str)> = good
        .iter()
        .filter(|(name, _)| more.iter().all(|(other, _)| other != name))
        .copied()
        .collect();
    fields.extend(more.iter().filter(|(_, value)| *value != "-"));
    fields
}

/// Asserts status, error and description of a refusal, and that it names its message.
pub(crate) fn refused(seen: &Seen, status: u16, error: &str, description: &str) {
    let body = seen.json();
    assert_eq!(seen.status.as_u16(), status, "{body}");
    assert_eq!(
        (body["error"].as_str(), body["error_description"].as_str()),
        (Some(error), Some(description))
    );
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["error", "error_description", "message_id"]);
}

/// The names of the members of a good answer.
pub(crate) fn members(seen: &Seen) -> Vec<String> {
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.json());
    seen.json().as_object().unwrap().keys().cloned().collect()
}
