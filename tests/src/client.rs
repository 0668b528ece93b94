//! A client that checks on every answer what no journey is about.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use uuid::Uuid;

use crate::invariant::check_answer;
use crate::until;

/// Longer than any answer may take: what takes longest is a 13 MB component that waits for others to be compiled, on two
/// busy cores.
const PATIENCE: Duration = Duration::from_secs(240);

/// Talks to one running program. Make one a test: its connections belong to the test's own runtime.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    /// A client of the program at this address. It follows no redirect and keeps no cookie.
    ///
    /// # Errors
    /// When reqwest cannot be set up.
    pub fn new(address: SocketAddr) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        Ok(Self {
            http,
            base: format!("http://{address}"),
        })
    }

    /// Begins a request; send it with [`Client::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// Sends a request and checks its answer.
    ///
    /// # Errors
    /// When no answer comes, or one that breaks a rule of [`crate::invariant`].
    pub async fn send(&self, request: RequestBuilder) -> anyhow::Result<Answer> {
        let mut request = request.build()?;
        let path = match request.url().query() {
            Some(query) => format!("{}?{query}", request.url().path()),
            None => request.url().path().to_owned(),
        };
        let request_id = match request.headers().get("x-request-id") {
            Some(id) => id.to_str()?.to_owned(),
            None => {
                let id = Uuid::new_v4().to_string();
                request.headers_mut().insert("x-request-id", id.parse()?);
                id
            }
        };
        let response = self
            .http
            .execute(request)
            .await
            .with_context(|| format!("no answer of {path}"))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response
            .bytes()
            .await
            .with_context(|| format!("the answer of {path} broke off"))?;
        check_answer(&path, &request_id, status, &headers, &body)?;
        Ok(Answer {
            path,
            request_id,
            status,
            headers,
            body,
        })
    }

    /// `GET path`.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(self.request(Method::GET, path)).await
    }

    /// `GET path`, which must be answered with 200 and JSON.
    ///
    /// # Errors
    /// As [`Client::send`], and when it is not so.
    pub async fn json(&self, path: &str) -> anyhow::Result<Value> {
        self.get(path).await?.expect(200)?.json()
    }

    /// Sends a component as the next version of an app in workspace `demo`, and hands back whatever is answered.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn upload(&self, app: &str, component: impl Into<Bytes>) -> anyhow::Result<Answer> {
        let request = self
            .request(
                Method::POST,
                &format!("/api/v1/workspaces/demo/apps/{app}/versions"),
            )
            .header("content-type", "application/wasm")
            .body(component.into());
        self.send(request).await
    }

    /// Deploys a component as the next version of an app in workspace `demo`.
    ///
    /// # Errors
    /// When it is not accepted.
    pub async fn deploy(&self, app: &str, component: impl Into<Bytes>) -> anyhow::Result<Value> {
        self.upload(app, component).await?.expect(201)?.json()
    }

    /// Runs an app of workspace `demo`: `GET`, `path` begins with `/`.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn run(&self, app: &str, path: &str) -> anyhow::Result<Answer> {
        self.get(&format!("/w/demo/apps/{app}{path}")).await
    }

    /// The trace of the run that gave this answer.
    ///
    /// # Errors
    /// When the answer names no run, or the run has no trace.
    pub async fn trace(&self, app: &str, answer: &Answer) -> anyhow::Result<Value> {
        let run = answer.run()?;
        self.json(&format!("/api/v1/workspaces/demo/apps/{app}/traces/{run}"))
            .await
    }

    /// Waits until this many runs are under way, as the metrics tell.
    ///
    /// # Errors
    /// When that does not come.
    pub async fn until_under_way(&self, runs: usize) -> anyhow::Result<()> {
        let wanted = format!("c4h_runs_under_way {runs}");
        until(&format!("{runs} runs are under way"), PATIENCE, async || {
            let metrics = self.get("/metrics").await?.text();
            Ok(metrics.lines().any(|line| line == wanted).then_some(()))
        })
        .await
    }

    /// Whether the program answers and is ready.
    ///
    /// # Errors
    /// When it does not, or is not.
    pub async fn healthy(&self) -> anyhow::Result<()> {
        self.get("/healthz").await?.expect(200)?;
        self.get("/readyz").await?.expect(200)?;
        Ok(())
    }

    /// Where the program answers, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }
}

/// An answer that has passed the checks.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Path and query that were asked for.
    pub path: String,
    /// The id that the request carried.
    pub request_id: String,
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Answer {
    /// Passes the answer on if it has this status.
    ///
    /// # Errors
    /// When it has another; the answer's beginning is told.
    pub fn expect(self, status: u16) -> anyhow::Result<Self> {
        if self.status == status {
            return Ok(self);
        }
        let start: String = self.text().chars().take(1_000).collect();
        bail!(
            "{} was answered with {} instead of {status}: {start}",
            self.path,
            self.status
        )
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is none.
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("{} has no JSON: {}", self.path, self.text()))
    }

    /// One header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The id of the run that gave this answer.
    ///
    /// # Errors
    /// When the answer names none.
    pub fn run(&self) -> anyhow::Result<&str> {
        self.header("x-c4h-run")
            .with_context(|| format!("the answer of {} names no run", self.path))
    }

    /// The body as a problem document.
    ///
    /// # Errors
    /// When it is none.
    pub fn problem(&self) -> anyhow::Result<Problem> {
        ensure!(
            self.header("content-type") == Some("application/problem+json"),
            "{} was answered with {} and no problem document: {}",
            self.path,
            self.status,
            self.text()
        );
        Problem::parse(&self.body)
    }

    /// Checks that the answer is this problem.
    ///
    /// # Errors
    /// When it is another, or none.
    pub fn expect_problem(&self, status: u16, code: &str) -> anyhow::Result<Problem> {
        let problem = self.problem()?;
        ensure!(
            (self.status, problem.code.as_str()) == (status, code),
            "{} was answered with {} {} instead of {status} {code}: {}",
            self.path,
            self.status,
            problem.code,
            problem.detail
        );
        Ok(problem)
    }
}

/// A problem document (RFC 9457) as the program writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The stable code.
    pub code: String,
    /// Name of the status.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A sentence for people.
    pub detail: String,
    /// The request's id.
    pub request_id: String,
}

impl Problem {
    /// Reads a problem document.
    ///
    /// # Errors
    /// When a part is missing.
    pub fn parse(body: &[u8]) -> anyhow::Result<Self> {
        let value: Value = serde_json::from_slice(body).context("a problem that is no JSON")?;
        let text = |name: &str| {
            let text = value
                .get(name)
                .and_then(Value::as_str)
                .with_context(|| format!("a problem without {name}: {value}"))?;
            anyhow::Ok(text.to_owned())
        };
        text("type")?;
        Ok(Self {
            code: text("code")?,
            title: text("title")?,
            status: u16::try_from(
                value
                    .get("status")
                    .and_then(Value::as_u64)
                    .context("a problem without a status")?,
            )?,
            detail: text("detail")?,
            request_id: text("request_id")?,
        })
    }
}
