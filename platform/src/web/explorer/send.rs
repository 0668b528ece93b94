//! Sends a request in process, to the same mock that the API and the apps ask, and keeps what came back.

use std::time::Instant;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Request, Response, header};
use http_body_util::BodyExt as _;
use mock_nhs_interfaces::fault::{Breakage, FaultApplied, X_C4H_FAULT};
use mock_nhs_interfaces::statement::Statement;

use super::login::attach;
use super::request::Prepared;
use crate::app::App;
use crate::egress::fhir;
use crate::error::AppError;
use crate::model::Workspace;

/// Of each answer so much is kept, in bytes.
pub(super) const MOST_BYTES: usize = 1 << 20;
/// Headers that are kept of an answer.
const MOST_HEADERS: usize = 40;

/// What came back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    /// The status; 0 where no answer came.
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    /// Whether the end of the body is missing: it was too long to keep.
    pub(super) is_cut: bool,
    pub(super) took_us: u64,
    /// What was done to it on purpose, in one sentence.
    pub(super) fault: Option<String>,
    /// The connection ended before there was an answer.
    pub(super) no_answer: Option<&'static str>,
    /// Who asked, in one sentence.
    pub(super) login: String,
}

impl Received {
    /// The header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body, read as JSON; nothing where it is none.
    pub(super) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Sends it. A fault holds for this one request; the workspace's own faults hold as well.
///
/// # Errors
/// When the workspace's interfaces or records cannot be read.
pub(super) async fn send(
    app: &App,
    workspace: &Workspace,
    interface: &Statement,
    prepared: &Prepared,
    fault: &str,
    origin: &str,
) -> Result<Received, AppError> {
    let base = match prepared.profile {
        Some(profile) => format!("{origin}/w/{}/nhs/{profile}", workspace.name),
        None => format!("{origin}/w/{}/fhir", workspace.name),
    };
    let tenant = app.tenant(workspace, base.as_str().into(), None);
    let clinicians = app.nhs.clinicians(workspace.id).await?;
    let login = attach(app, &tenant, &clinicians, prepared).await?;
    let mut request = request(interface, prepared)?;
    for (name, value) in &login.headers {
        put(&mut request, name, value);
    }
    if !fault.is_empty() {
        put(&mut request, X_C4H_FAULT.as_str(), fault);
    }
    let started = Instant::now();
    let response = match prepared.profile {
        None => Box::pin(app.answer_fhir(workspace, base, 0, request)).await,
        Some(profile) => {
            let called = app.called(workspace, request.uri().path()).await?;
            app.answer_nhs(&tenant, profile, &called, request).await
        }
    };
    let mut received = receive(response).await;
    received.took_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    if interface.id != fhir::ID {
        received.login = login.told;
    }
    Ok(received)
}

fn put(request: &mut Request<Body>, name: &str, value: &str) {
    let name = HeaderName::try_from(name);
    if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
        request.headers_mut().insert(name, value);
    }
}

fn request(interface: &Statement, prepared: &Prepared) -> Result<Request<Body>, AppError> {
    let address = format!("{}{}", interface.path_prefix, prepared.path_and_query);
    let (media, body) = match &prepared.body {
        Some((media, text)) => (Some(media), Body::from(text.clone())),
        None => (None, Body::empty()),
    };
    let built = Request::builder()
        .method(prepared.method.clone())
        .uri(address)
        .body(body);
    let mut request = built.map_err(|_| AppError::UnknownAddress)?;
    if let Some(media) = media {
        put(&mut request, header::CONTENT_TYPE.as_str(), media);
    }
    for (name, value) in &prepared.headers {
        put(&mut request, name, value);
    }
    Ok(request)
}

async fn receive(response: Response<Body>) -> Received {
    let (mut parts, body) = response.into_parts();
    let fault = parts.extensions.remove::<FaultApplied>();
    let broken = parts.extensions.remove::<Breakage>();
    let mut received = Received {
        status: parts.status.as_u16(),
        headers: parts
            .headers
            .iter()
            .take(MOST_HEADERS)
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect(),
        fault: fault.map(|fault| fault.sentence),
        ..Received::default()
    };
    match broken {
        Some(Breakage::Refused) => {
            return Received {
                no_answer: Some("No answer: the connection was refused."),
                status: 0,
                headers: Vec::new(),
                ..received
            };
        }
        Some(Breakage::NoAnswer) => {
            return Received {
                no_answer: Some("No answer came."),
                status: 0,
                headers: Vec::new(),
                ..received
            };
        }
        Some(Breakage::Drip(over)) => tokio::time::sleep(over).await,
        Some(Breakage::Truncated) | None => {}
    }
    let (body, is_cut) = kept(body).await;
    received.body = if matches!(broken, Some(Breakage::Truncated)) {
        body.slice(..body.len() / 2)
    } else {
        body
    };
    received.is_cut = is_cut;
    received
}

/// The beginning of the body, and whether more was there.
async fn kept(mut body: Body) -> (Bytes, bool) {
    let mut bytes = BytesMut::new();
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let room = MOST_BYTES.saturating_sub(bytes.len());
        if data.len() > room {
            bytes.extend_from_slice(&data.slice(..room));
            return (bytes.freeze(), true);
        }
        bytes.extend_from_slice(&data);
    }
    (bytes.freeze(), false)
}
