//! One request on its way to an interaction.

use axum::body::Body;
use bytes::Bytes;
use fhir::media::{BodyType, body_type};
use http::header::{AsHeaderName, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::wishes::Wishes;
use super::{FhirServer, FhirTenant, Refusal};
use crate::subscriptions::check_made;
use crate::{Draft, Instant, RecordsError, View};

/// Length of a resource's body at most, in bytes; what a resource of some thousand elements takes, many times over.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Length of a Bundle's body at most, in bytes: 5,000 entries of 3 KiB.
pub const MAX_BUNDLE_BYTES: usize = 16 * 1024 * 1024;
/// Length of the form of a `_search` at most, in bytes: what the search's language reads of a query.
pub const MAX_FORM_BYTES: usize = 64 * 1024;

/// Bytes of the resources on a page at most, unless its only one is larger: a page of the largest resources would
/// otherwise be 400 MiB. What includes add is not counted; the workspace's quota bounds it.
pub const MAX_PAGE_BYTES: usize = 8 * 1024 * 1024;

/// One request.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) server: &'a FhirServer,
    pub(crate) tenant: &'a FhirTenant,
    pub(crate) parts: &'a Parts,
    pub(crate) wishes: Wishes,
    /// The form of a `POST _search`.
    pub(crate) form: String,
    /// The instant of the workspace's clock when the request came.
    pub(crate) now: Instant,
}

impl<'a> Call<'a> {
    pub(super) fn begin(
        server: &'a FhirServer,
        tenant: &'a FhirTenant,
        parts: &'a Parts,
    ) -> Result<Self, (Wishes, Refusal)> {
        let query = parts.uri.query().unwrap_or_default();
        let wishes = match Wishes::of(&parts.headers, query) {
            // Files of exports are NDJSON, whatever else is accepted.
            Err((wishes, Refusal::NotAcceptable(_))) if parts.uri.path() == "/$export-file" => wishes,
            other => other?,
        };
        Ok(Self {
            server,
            tenant,
            parts,
            wishes,
            form: String::new(),
            now: Instant::from(tenant.clock.now()),
        })
    }

    /// The text of a header; a header that is no text is as good as none.
    pub(crate) fn header(&self, name: impl AsHeaderName) -> Option<&'a str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn query(&self) -> &'a str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// What the workspace is now.
    pub(crate) async fn view(&self) -> Result<View, RecordsError> {
        self.server.records().view(self.tenant.workspace).await
    }

    /// Changes the workspace: all that `make` does, or nothing.
    pub(crate) async fn change<T>(
        &self,
        make: impl FnOnce(&mut Draft) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let FhirTenant {
            workspace,
            clock,
            chain,
            ..
        } = self.tenant;
        let records = self.server.records();
        let change = records.change_in_chain(*workspace, clock.as_ref(), *chain, |draft| {
            let made = make(draft)?;
            check_made(self, draft)?;
            Ok(made)
        });
        change.await
    }

    /// The address of something below the base.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.tenant.base_url)
    }

    /// The body, which must be of one of these types.
    pub(crate) async fn body(
        &self,
        body: Body,
        taken: &[BodyType],
        limit: usize,
    ) -> Result<(BodyType, Bytes), Refusal> {
        let encoding = self.header(CONTENT_ENCODING).unwrap_or("identity");
        if !encoding.eq_ignore_ascii_case("identity") {
            return Err(Refusal::Encoded);
        }
        let kind = body_type(self.header(CONTENT_TYPE)).map_err(Refusal::UnsupportedMedia)?;
        if !taken.contains(&kind) {
            return Err(Refusal::OtherMedia);
        }
        let announced = self.header(CONTENT_LENGTH).and_then(|text| text.parse().ok());
        if announced.is_some_and(|length: usize| length > limit) {
            return Err(Refusal::TooLarge(limit));
        }
        match Limited::new(body, limit).collect().await {
            Ok(collected) => Ok((kind, collected.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge(limit)),
            Err(_) => Err(Refusal::BodyBroken),
        }
    }
}
