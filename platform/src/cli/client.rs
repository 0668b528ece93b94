//! How client commands ask the server: JSON in, one sentence out when it does not work.

mod refusal;
mod upload;

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use bytes::Bytes;
use http::header;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) use refusal::Refusal;
pub(super) use upload::Upload;

use crate::config::ClientConfig;
use crate::model::{AppName, WorkspaceName};

/// How long connecting may take; the server is on this machine.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take: a large component compiles for a minute, behind others.
const ANSWER: Duration = Duration::from_secs(300);

/// One server and one workspace of it.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    config: ClientConfig,
}

impl Client {
    pub(super) fn new(config: ClientConfig) -> anyhow::Result<Self> {
        // A proxy of the user's is for the internet, and the server is not there.
        let http = reqwest::Client::builder()
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .build()?;
        Ok(Self { http, config })
    }

    pub(super) fn workspace(&self) -> &str {
        self.config.workspace.as_str()
    }

    /// Asks for something to be done, and reads what came of it.
    pub(super) async fn post<A: DeserializeOwned>(
        &self,
        below: &str,
        order: &impl Serialize,
    ) -> anyhow::Result<A> {
        self.ask(self.http.post(self.address(below)).json(order)).await
    }

    /// Asks for something to be done about which there is nothing more to say.
    pub(super) async fn order(&self, below: &str) -> anyhow::Result<()> {
        self.send(self.http.post(self.address(below))).await.map(drop)
    }

    /// The server's workspaces.
    pub(super) async fn workspaces<A: DeserializeOwned>(&self) -> anyhow::Result<A> {
        self.ask(self.http.get(format!("{}/api/v1/workspaces", self.config.url)))
            .await
    }

    /// The packages that are installed for all workspaces.
    pub(super) async fn packages<A: DeserializeOwned>(&self) -> anyhow::Result<A> {
        self.ask(self.http.get(format!("{}/api/v1/packages", self.config.url)))
            .await
    }

    /// The scenarios that come with the program.
    pub(super) async fn scenarios<A: DeserializeOwned>(&self) -> anyhow::Result<A> {
        self.ask(self.http.get(format!("{}/api/v1/scenarios", self.config.url)))
            .await
    }

    /// One of them.
    pub(super) async fn scenario<A: DeserializeOwned>(&self, name: &str) -> anyhow::Result<A> {
        let mut address = reqwest::Url::parse(&format!("{}/api/v1/scenarios/", self.config.url))?;
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().push(name);
        }
        self.ask(self.http.get(address)).await
    }

    /// Installs a package.
    pub(super) async fn install_package<A: DeserializeOwned>(&self, file: Bytes) -> anyhow::Result<A> {
        let request = self.http.post(format!("{}/api/v1/packages", self.config.url));
        let request = request.header(header::CONTENT_TYPE, "application/gzip");
        self.ask(request.body(file)).await
    }

    /// Removes a package.
    pub(super) async fn remove_package(&self, package: &str) -> anyhow::Result<()> {
        let mut address = reqwest::Url::parse(&format!("{}/api/v1/packages/", self.config.url))?;
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().push(package);
        }
        self.send(self.http.delete(address)).await.map(drop)
    }

    /// Makes a workspace.
    pub(super) async fn create_workspace<A: DeserializeOwned>(
        &self,
        order: &impl Serialize,
    ) -> anyhow::Result<A> {
        let address = format!("{}/api/v1/workspaces", self.config.url);
        self.ask(self.http.post(address).json(order)).await
    }

    /// Reads `/api/v1/workspaces/{workspace}` and what is below it.
    pub(super) async fn read<A: DeserializeOwned>(&self, below: &str) -> anyhow::Result<A> {
        self.ask(self.http.get(self.address(below))).await
    }

    pub(super) fn workspace_name(&self) -> &WorkspaceName {
        &self.config.workspace
    }

    pub(super) fn url(&self) -> &str {
        &self.config.url
    }

    /// Whether nobody said which server.
    pub(super) fn is_default(&self) -> bool {
        self.config.is_default
    }

    /// The same workspace of another server.
    pub(super) fn at(mut self, url: String) -> Self {
        self.config.url = url;
        self
    }

    /// Whether anything answers there as a server of this program would.
    pub(super) async fn is_there(&self) -> bool {
        let asked = self.http.get(format!("{}/healthz", self.config.url)).send().await;
        asked.is_ok_and(|answer| answer.status().is_success())
    }

    /// Deploys a version of an app, which answers from now on unless `activate` is false.
    pub(super) async fn deploy<A: DeserializeOwned>(
        &self,
        app: &AppName,
        upload: Upload,
        activate: bool,
    ) -> anyhow::Result<A> {
        let query = if activate { "" } else { "?activate=false" };
        let address = self.address(&format!("/apps/{app}/versions{query}"));
        let (content_type, body) = upload.into_body();
        self.ask(
            self.http
                .post(address)
                .header(header::CONTENT_TYPE, content_type)
                .body(body),
        )
        .await
    }

    /// Puts something in its place.
    pub(super) async fn put<A: DeserializeOwned>(
        &self,
        below: &str,
        value: &impl Serialize,
    ) -> anyhow::Result<A> {
        self.ask(self.http.put(self.address(below)).json(value)).await
    }

    /// Puts a text in its place; nothing is answered.
    pub(super) async fn put_text(&self, below: &str, text: String) -> anyhow::Result<()> {
        let request = self.http.put(self.address(below));
        let request = request
            .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(text);
        self.send(request).await.map(drop)
    }

    /// Adds an interface from an OpenAPI document.
    pub(super) async fn add_interface<A: DeserializeOwned>(
        &self,
        names: &[(&str, &str)],
        document: Bytes,
    ) -> anyhow::Result<A> {
        let mut address = reqwest::Url::parse(&self.address("/interfaces"))?;
        address.query_pairs_mut().extend_pairs(names);
        let request = self
            .http
            .post(address)
            .header(header::CONTENT_TYPE, "application/octet-stream");
        self.ask(request.body(document)).await
    }

    /// Takes something away.
    pub(super) async fn delete(&self, below: &str) -> anyhow::Result<()> {
        self.send(self.http.delete(self.address(below))).await.map(drop)
    }

    /// Takes something away, and reads what is there instead.
    pub(super) async fn take<A: DeserializeOwned>(&self, below: &str) -> anyhow::Result<A> {
        self.ask(self.http.delete(self.address(below))).await
    }

    /// Reads a file.
    pub(super) async fn download(&self, below: &str) -> anyhow::Result<Bytes> {
        let answer = self.send(self.http.get(self.address(below))).await?;
        answer.bytes().await.map_err(|error| self.explain(&error))
    }

    /// Opens a stream that goes on until the server or the reader ends it.
    pub(super) async fn stream(&self, below: &str) -> anyhow::Result<reqwest::Response> {
        let endless = Duration::from_secs(u64::from(u32::MAX));
        self.send(self.http.get(self.address(below)).timeout(endless))
            .await
    }

    /// Asks a running app, as a browser would: its answer, whatever the status.
    pub(super) async fn run(
        &self,
        method: http::Method,
        app: &AppName,
        path: &str,
    ) -> anyhow::Result<(http::StatusCode, Bytes)> {
        let address = format!("{}/w/{}/apps/{app}{path}", self.config.url, self.config.workspace);
        let asked = self.http.request(method, address).send().await;
        let answer = asked.map_err(|error| self.explain(&error))?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|error| self.explain(&error))?;
        Ok((status, body))
    }

    fn address(&self, below: &str) -> String {
        format!(
            "{}/api/v1/workspaces/{}{below}",
            self.config.url, self.config.workspace
        )
    }

    async fn ask<A: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> anyhow::Result<A> {
        let answer = self.send(request).await?;
        let body = answer.bytes().await.map_err(|error| self.explain(&error))?;
        serde_json::from_slice(&body).with_context(|| {
            format!(
                "{} answered something else than a Code4Health Sandbox would",
                self.config.url
            )
        })
    }

    /// An answer that says yes; everything else is an error.
    async fn send(&self, request: reqwest::RequestBuilder) -> anyhow::Result<reqwest::Response> {
        let request = match &self.config.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let answer = request.send().await.map_err(|error| self.explain(&error))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let body = answer.bytes().await.map_err(|error| self.explain(&error))?;
        match serde_json::from_slice::<Refusal>(&body) {
            Ok(refusal) => Err(anyhow!(refusal)),
            Err(_) => Err(anyhow!(
                "{} answered {status}; is it a Code4Health Sandbox?",
                self.config.url
            )),
        }
    }

    fn explain(&self, error: &reqwest::Error) -> anyhow::Error {
        let url = &self.config.url;
        if error.is_connect() {
            return anyhow!(
                "no server answers at {url}; start one with `c4h serve`, or name another with --url"
            );
        }
        if error.is_timeout() {
            return anyhow!("the server at {url} did not answer in time; its log may say why");
        }
        let mut reason = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            reason = format!("{reason}: {inner}");
            source = inner.source();
        }
        anyhow!("asking the server at {url} did not work: {reason}")
    }
}
