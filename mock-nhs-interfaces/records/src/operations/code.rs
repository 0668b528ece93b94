//! Codes and definitions as callers of terminology operations name them.

use std::sync::Arc;

use fhir::json::Json;
use validation::terminology::Coded;

use super::inputs::Inputs;
use crate::View;
use crate::server::operation::Subject;
use crate::server::{Call, Refusal};

/// The codes that are asked about: `codeableConcept`, `coding`, or `code` with its system.
pub(super) fn codes(inputs: &Inputs, system: Option<&str>, version: &str) -> Vec<Coded> {
    let structured = ["codeableConcept", "coding"]
        .iter()
        .find_map(|name| inputs.value(name));
    if let Some(value) = structured.filter(|value| value.as_object().is_some()) {
        return Coded::all_of(value);
    }
    let text = |name: &str| inputs.text(name).map(str::to_owned);
    let code = text("code").map(|code| Coded {
        system: system.map(str::to_owned),
        version: text(version),
        code,
        display: text("display"),
    });
    code.into_iter().collect()
}

/// The resource that an operation is called on.
pub(super) fn subject(view: &View, subject: Subject<'_>) -> Result<Option<Json>, Refusal> {
    let Subject::Instance(kind, id) = subject else {
        return Ok(None);
    };
    let record = view
        .latest(kind, id)
        .ok_or_else(|| Refusal::NotFound(kind, id.to_owned()))?;
    if record.is_deleted() {
        return Err(Refusal::Gone(kind, id.to_owned(), record.version));
    }
    Ok(Some(Json::parse(&record.text)?))
}

/// A canonical address with the version that is asked for.
pub(super) fn canonical(url: &str, version: Option<&str>) -> String {
    match version {
        Some(version) if !url.contains('|') => format!("{url}|{version}"),
        _ => url.to_owned(),
    }
}

/// What the workspace's definitions are, for a question that is answered apart from the threads that answer requests.
pub(super) async fn ask<T: Send + 'static>(
    call: &Call<'_>,
    question: impl FnOnce(Arc<validation::Library>) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let view = call.view().await?;
    crate::bundle::apart(move || question(view.library())).await
}
