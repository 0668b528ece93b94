//! The single way out of a guest: its request becomes a call of the mock interfaces in process.
//!
//! Together with [`crate::app`] the only place where the sandbox and the mock interfaces meet. Deliberately absent:
//! sockets, name look-ups, redirects that are followed.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Limited};
use mock_nhs_interfaces::{Answered, MockNhs, Profile, Tenant};
use sandbox_runtime::{CallLabel, Egress, EgressAnswer};

/// The NHS's live host, which no sandbox ever reaches.
const LIVE_HOST: &str = "api.service.nhs.uk";

/// The interfaces of one workspace, as its runs reach them.
#[derive(Debug)]
pub(crate) struct MockEgress {
    pub(crate) nhs: MockNhs,
    pub(crate) tenant: Tenant,
    /// The longest answer handed to a guest, in bytes.
    pub(crate) response_bytes: u64,
}

impl Egress for MockEgress {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
        match destination(request.uri()) {
            Ok(profile) => self.answer(profile, request).boxed(),
            Err(reason) => futures_util::future::ready(EgressAnswer::Refused { reason }).boxed(),
        }
    }
}

impl MockEgress {
    async fn answer(&self, profile: Profile, request: Request<Bytes>) -> EgressAnswer {
        let mut notes = Vec::new();
        let (mut parts, body) = request.into_parts();
        if profile == Profile::Int && !parts.headers.contains_key(header::AUTHORIZATION) {
            let token = HeaderValue::from_str(&format!("Bearer {}", self.tenant.access_token));
            if let Ok(mut token) = token {
                token.set_sensitive(true);
                parts.headers.insert(header::AUTHORIZATION, token);
                notes.push(
                    "The app sent no Authorization, so the workspace's own access token was attached on the way out. \
                     The NHS's hosts do not do that: there the app has to log in itself."
                        .to_owned(),
                );
            }
        }
        let response = self
            .nhs
            .answer(
                &self.tenant,
                profile,
                Request::from_parts(parts, Body::from(body)),
            )
            .await;
        let label = response.extensions().get::<Answered>().map(|answered| CallLabel {
            interface: answered.interface.to_owned(),
            operation: answered.operation.to_owned(),
            title: answered.title.to_owned(),
        });
        let (parts, body) = response.into_parts();
        let limit_bytes = usize::try_from(self.response_bytes).unwrap_or(usize::MAX);
        match Limited::new(body, limit_bytes).collect().await {
            Ok(body) => {
                let response = Response::from_parts(parts, body.to_bytes());
                EgressAnswer::Answered {
                    response,
                    label,
                    notes,
                }
            }
            Err(error) => {
                let reason = format!(
                    "The answer of {} could not be handed over: {error} (at most {limit_bytes} bytes).",
                    profile.host()
                );
                EgressAnswer::Refused { reason }
            }
        }
    }
}

/// Where a guest's request goes, or the sentence that refuses it: what was refused, why, and what is allowed.
fn destination(uri: &Uri) -> Result<Profile, String> {
    let host = uri.host().unwrap_or_default();
    let shown = format!(
        "{}://{}",
        uri.scheme_str().unwrap_or("https"),
        uri.authority().map_or("", |a| a.as_str())
    );
    let shown: String = shown.escape_debug().take(200).collect();
    let allowed = Profile::ALL
        .map(|profile| format!("https://{}", profile.host()))
        .join(" and ");
    if host.eq_ignore_ascii_case(LIVE_HOST) {
        return Err(format!(
            "{shown} was refused: that is the NHS's live service, and nothing in this sandbox reaches live patients. \
             Use https://{} (or https://{}) with the same path; when the app leaves the sandbox, only the host changes.",
            Profile::Int.host(),
            Profile::Sandbox.host()
        ));
    }
    // `Profile::from_host` compares whole names: no suffix, no trailing dot, no other spelling gets through.
    let Some(profile) = Profile::from_host(host) else {
        return Err(format!(
            "{shown} was refused: apps in this sandbox reach the workspace's own interfaces and nothing else. \
             Allowed are {allowed}."
        ));
    };
    let plain_authority = uri
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    if !plain_authority {
        return Err(format!(
            "An address with a user name or password before {host} was refused; send credentials in the header \
             Authorization. Allowed are {allowed}."
        ));
    }
    if uri.scheme_str() != Some("https") {
        return Err(format!(
            "{shown} was refused: the NHS's hosts are reached over https only, and so are their stand-ins here. \
             Use https://{}.",
            profile.host()
        ));
    }
    if !matches!(uri.port_u16(), None | Some(443)) {
        return Err(format!(
            "{shown} was refused: the NHS's hosts answer on the usual port of https only. Use https://{}.",
            profile.host()
        ));
    }
    Ok(profile)
}

/// The part of a run that a workspace decides: its own interfaces.
pub(crate) fn egress_of(nhs: &MockNhs, tenant: Tenant, response_bytes: u64) -> Arc<dyn Egress> {
    Arc::new(MockEgress {
        nhs: nhs.clone(),
        tenant,
        response_bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_hosts_are_reached() {
        for (address, expected) in [
            (
                "https://int.api.service.nhs.uk/personal-demographics/FHIR/R4/Patient/1",
                Profile::Int,
            ),
            ("https://INT.api.service.nhs.uk:443/", Profile::Int),
            (
                "https://sandbox.api.service.nhs.uk/hello-world/hello/world",
                Profile::Sandbox,
            ),
        ] {
            assert_eq!(destination(&address.parse().unwrap()), Ok(expected), "{address}");
        }
    }

    #[test]
    fn every_other_address_is_refused_with_the_way_out() {
        for (address, word) in [
            ("https://api.service.nhs.uk/x", "live service"),
            ("https://API.service.nhs.uk/x", "live service"),
            (
                "https://example.com/",
                "Allowed are https://sandbox.api.service.nhs.uk and https://int",
            ),
            ("https://int.api.service.nhs.uk.example.com/", "Allowed are"),
            ("https://int.api.service.nhs.uk./", "Allowed are"),
            ("https://int.api.service.nhs.uk@127.0.0.1/", "Allowed are"),
            ("https://127.0.0.1@int.api.service.nhs.uk/", "user name"),
            ("https://xint.api.service.nhs.uk/", "Allowed are"),
            ("http://127.0.0.1:8080/metrics", "Allowed are"),
            ("http://[::1]/", "Allowed are"),
            ("http://2130706433/", "Allowed are"),
            ("http://0x7f.1/", "Allowed are"),
            ("http://169.254.169.254/latest/meta-data/", "Allowed are"),
            ("http://localhost/", "Allowed are"),
            ("http://int.api.service.nhs.uk/", "https only"),
            ("https://int.api.service.nhs.uk:8443/", "usual port"),
        ] {
            let reason = destination(&address.parse().unwrap()).unwrap_err();
            assert!(
                reason.contains(word) && reason.contains("https://int.api.service.nhs.uk"),
                "{address}: {reason}"
            );
        }
    }
}
