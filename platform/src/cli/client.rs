//! How client commands ask the server: JSON in, one sentence out when it does not work.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use bytes::Bytes;
use http::header;
use serde::de::DeserializeOwned;

use crate::config::ClientConfig;
use crate::error::Problem;
use crate::model::AppName;

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

    /// Reads `/api/v1/workspaces/{workspace}` and what is below it.
    pub(super) async fn read<A: DeserializeOwned>(&self, below: &str) -> anyhow::Result<A> {
        self.ask(self.http.get(self.address(below))).await
    }

    /// Deploys a component.
    pub(super) async fn deploy<A: DeserializeOwned>(
        &self,
        app: &AppName,
        component: Bytes,
    ) -> anyhow::Result<A> {
        let address = self.address(&format!("/apps/{app}/versions"));
        self.ask(
            self.http
                .post(address)
                .header(header::CONTENT_TYPE, "application/wasm")
                .body(component),
        )
        .await
    }

    fn address(&self, below: &str) -> String {
        format!(
            "{}/api/v1/workspaces/{}{below}",
            self.config.url, self.config.workspace
        )
    }

    async fn ask<A: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> anyhow::Result<A> {
        let request = match &self.config.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let answer = request.send().await.map_err(|error| self.explain(&error))?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|error| self.explain(&error))?;
        if status.is_success() {
            let foreign = || {
                format!(
                    "{} answered something else than a Code4Health Sandbox would",
                    self.config.url
                )
            };
            return serde_json::from_slice(&body).with_context(foreign);
        }
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => Err(anyhow!("{} ({})", problem.detail, problem.code)),
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
