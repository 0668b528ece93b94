//! A server in process, and a client that checks on every answer what no test is about.

#![expect(
    clippy::indexing_slicing,
    reason = "a missing header or field is a failed test"
)]

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use mock_nhs_interfaces::RateLimited;
use platform::app::App;
use platform::config::{
    AccessConfig, Config, DataConfig, LimitsConfig, PopulationConfig, RateLimitsConfig, TrainerPassword,
};
use platform::log::LogSink;
use platform::middleware::Edge;
use platform::model::{Workspace, WorkspaceName};
use serde_json::Value;
use store::{Clock, FixedClock, Storage, SystemClock};

/// The server, and the folder that it may use.
pub(crate) struct Server {
    edge: Edge,
    pub(crate) app: Arc<App>,
    pub(crate) demo: Arc<Workspace>,
    _dir: tempfile::TempDir,
}

/// An answer with its whole body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The problem's code; empty when this is no problem document.
    pub(crate) fn code(&self) -> String {
        self.json()
            .get("code")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }
}

impl Server {
    pub(crate) async fn start() -> Result<Self, Box<dyn std::error::Error>> {
        Self::start_with(LimitsConfig::default()).await
    }

    pub(crate) async fn start_with(limits: LimitsConfig) -> Result<Self, Box<dyn std::error::Error>> {
        Self::start_whole(limits, Arc::new(SystemClock)).await
    }

    /// A server whose time of day is this clock's.
    pub(crate) async fn start_at(clock: Arc<FixedClock>) -> Result<Self, Box<dyn std::error::Error>> {
        Self::start_whole(LimitsConfig::default(), clock).await
    }

    /// A server that asks who callers are.
    pub(crate) async fn start_guarded(password: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let access = AccessConfig {
            trainer_password: Some(TrainerPassword::new(password)?),
        };
        Self::start_as(LimitsConfig::default(), Arc::new(SystemClock), access).await
    }

    /// Where compiled components lie.
    pub(crate) fn artefacts(&self) -> PathBuf {
        self.app.config.data.dir.join("artefacts")
    }

    async fn start_whole(
        limits: LimitsConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        Self::start_as(limits, clock, AccessConfig::default()).await
    }

    async fn start_as(
        limits: LimitsConfig,
        clock: Arc<dyn Clock>,
        access: AccessConfig,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let dir = tempfile::tempdir()?;
        let config = Config {
            // Those with a story only, because every test builds its own.
            population: PopulationConfig {
                people: 0,
                ..PopulationConfig::default()
            },
            data: DataConfig {
                dir: dir.path().to_owned(),
            },
            // The tests ask faster than people do.
            rate_limits: RateLimitsConfig {
                limited: RateLimited::Nobody,
            },
            limits,
            access,
            compile_program: Some(PathBuf::from(env!("CARGO_BIN_EXE_c4h"))),
            ..Config::default()
        };
        let address = config.listen.address;
        let app = App::build_with_clock(config, Storage::memory(), address, LogSink::default(), clock)?;
        let demo = app.workspaces.ensure(&WorkspaceName::demo()).await?;
        Ok(Self {
            edge: Edge::new(Arc::clone(&app)),
            app,
            demo,
            _dir: dir,
        })
    }

    /// Asks, and checks what holds for every answer.
    pub(crate) async fn ask(&self, request: http::request::Builder, body: impl Into<Body>) -> Answer {
        let mut request = request.body(body.into()).unwrap_or_default();
        request
            .headers_mut()
            .entry("host")
            .or_insert(http::HeaderValue::from_static("127.0.0.1:8080"));
        // The interfaces answer as the NHS's would, by their own rules.
        let by_host = request
            .headers()
            .get("host")
            .is_some_and(|host| host.as_bytes().ends_with(b"nhs.localhost"));
        let is_mock = by_host || request.uri().path().contains("/nhs/");
        let is_fhir = request.uri().path().contains("/fhir/");
        let is_head = request.method() == http::Method::HEAD;
        let sent_id = request.headers().get("x-request-id").cloned();
        let (parts, body) = self.edge.answer(request).await.into_parts();
        let body = body
            .collect()
            .await
            .map(http_body_util::Collected::to_bytes)
            .unwrap_or_default();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        };
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{answer:?}");
        if let Some(length) = answer.headers.get("content-length").filter(|_| !is_head) {
            assert_eq!(
                length.to_str().ok(),
                Some(answer.body.len().to_string().as_str()),
                "{answer:?}"
            );
        }
        let is_problem = answer
            .headers
            .get("content-type")
            .is_some_and(|kind| kind == "application/problem+json");
        if !is_mock || is_problem {
            let id = answer.headers.get("x-request-id").cloned();
            assert!(id.is_some(), "{answer:?}");
            assert!(sent_id.is_none() || sent_id == id, "{answer:?}");
            assert!(
                is_fhir || answer.headers.contains_key("content-security-policy"),
                "{answer:?}"
            );
        }
        if is_problem {
            let problem = answer.json();
            assert_eq!(problem["status"], answer.status.as_u16(), "{problem}");
            assert_eq!(problem["type"], "about:blank");
            assert_eq!(
                problem["request_id"].as_str().map(str::as_bytes),
                Some(answer.headers["x-request-id"].as_bytes())
            );
            for field in ["title", "detail", "code"] {
                assert!(
                    problem[field].as_str().is_some_and(|text| !text.is_empty()),
                    "{field}: {problem}"
                );
            }
        }
        answer
    }

    /// Asks for what has no end; the body is the caller's to read.
    pub(crate) async fn open(&self, request: http::request::Builder) -> http::Response<Body> {
        let request = request.header("host", "127.0.0.1:8080").body(Body::empty());
        self.edge.answer(request.unwrap_or_default()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path), Body::empty()).await
    }

    pub(crate) async fn deploy(&self, app: &str, component: &'static [u8]) -> Answer {
        let path = format!("/api/v1/workspaces/demo/apps/{app}/versions");
        self.ask(
            Request::post(path).header("content-type", "application/wasm"),
            component,
        )
        .await
    }
}
