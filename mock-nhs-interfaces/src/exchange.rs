//! What a handler sees of one request: who asks, in which profile, and what for.

use std::borrow::Cow;

use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use percent_encoding::percent_decode_str;
use records::{Draft, RecordsError, View};
use time::OffsetDateTime;

use crate::interface::{Interface, path_value};
use crate::population::Population;
use crate::population::residents::Residents;
use crate::{Profile, Tenant, World};

/// One request on its way to an operation.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) profile: Profile,
    /// What all workspaces share.
    pub(crate) world: &'a World,
    pub(crate) interface: &'static Interface,
    pub(crate) request: &'a Parts,
    /// The path below the interface's prefix.
    pub(crate) path: &'a str,
    /// The whole body; empty when there is none.
    pub(crate) body: Bytes,
}

impl<'a> Exchange<'a> {
    pub(crate) fn headers(&self) -> &'a HeaderMap {
        &self.request.headers
    }

    /// The people that every workspace starts from.
    pub(crate) fn population(&self) -> &'a Population {
        &self.world.population
    }

    /// The workspace's records, as they are now.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub(crate) async fn view(&self) -> Result<View, RecordsError> {
        self.world.records.view(self.tenant.workspace).await
    }

    /// The workspace's people as PDS knows them, as they are now.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub(crate) async fn residents(&self) -> Result<Residents<'a>, RecordsError> {
        let view = self.view().await?;
        Ok(self.residents_of(view))
    }

    /// The workspace's people as they are in this view of its records.
    pub(crate) fn residents_of(&self, view: View) -> Residents<'a> {
        Residents::new(
            self.population(),
            &self.world.changes,
            self.tenant.workspace,
            view,
        )
    }

    /// Changes the workspace's records: all of what `change` does, or nothing of it; durable when it is answered.
    ///
    /// # Errors
    /// What `change` says, or that the store cannot answer.
    pub(crate) async fn change<T, E: From<RecordsError>>(
        &self,
        change: impl FnOnce(&mut Draft) -> Result<T, E>,
    ) -> Result<T, E> {
        let clock = &*self.tenant.clock;
        self.world
            .records
            .change(self.tenant.workspace, clock, change)
            .await
    }

    /// Now, on the workspace's clock.
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.tenant.clock.now()
    }

    /// The query's text, without the question mark; empty when there is none.
    pub(crate) fn query(&self) -> &'a str {
        self.request.uri.query().unwrap_or_default()
    }

    /// The address of this interface as the caller reaches it: base and prefix, without a slash at the end.
    pub(crate) fn interface_url(&self) -> String {
        format!("{}{}", self.tenant.base_url, self.interface.path_prefix)
    }

    /// The decoded text of the path where `pattern`, an operation's path, has `{name}`; empty when there is none.
    /// Bytes that are not UTF-8 become the replacement character, which no identifier contains.
    pub(crate) fn path_value(&self, pattern: &str, name: &str) -> Cow<'a, str> {
        let raw = path_value(pattern, self.path, name).unwrap_or_default();
        percent_decode_str(raw).decode_utf8_lossy()
    }
}

/// A response with a body.
pub(crate) fn reply(status: StatusCode, media_type: HeaderValue, body: impl Into<Bytes>) -> Response<Body> {
    // Invariant: six headers at most, so that the map is allocated once.
    let mut headers = HeaderMap::with_capacity(6);
    headers.insert(CONTENT_TYPE, media_type);
    let mut response = Response::new(Body::from(body.into()));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
