//! `GET metadata?mode=terminology`: which code systems are known here. <https://hl7.org/fhir/R4/terminologycapabilities.html>

use std::fmt::Write as _;

use definitions::ArtefactKind;
use fhir::json::write_string;
use http::StatusCode;

use super::{DATE, list};
use crate::server::{Answer, Call, Refusal};

/// Parameters that `$expand` takes; those it knows are refused when they are misspelt.
const EXPANSION: &[&str] = &[
    "filter",
    "offset",
    "count",
    "activeOnly",
    "excludeNotForUI",
    "excludeNested",
    "includeDefinition",
];

/// Reads the statement about codes.
pub(super) async fn read_terminology_capabilities(call: &Call<'_>) -> Result<Answer, Refusal> {
    let view = call.view().await?;
    // What defines codes is read when it is first asked for.
    let systems = crate::bundle::apart(move || Ok(view.library().urls(ArtefactKind::CodeSystem))).await?;
    let mut text = format!(
        r#"{{"resourceType":"TerminologyCapabilities","status":"active","date":"{DATE}","publisher":"Code4Health Sandbox","kind":"instance","software":{{"name":"c4h","version":"{}"}},"implementation":{{"description":"The code systems that this workspace knows: those of R4, of installed packages, and its own","url":"#,
        env!("CARGO_PKG_VERSION")
    );
    write_string(&call.tenant.base_url, &mut text);
    text.push('}');
    if !systems.is_empty() {
        text.push_str(r#","codeSystem":["#);
        list(&systems, &mut text, |system, out| {
            out.push_str(r#"{"uri":"#);
            write_string(system, out);
            out.push_str(r#","subsumption":true}"#);
        });
        text.push(']');
    }
    text.push_str(r#","expansion":{"hierarchical":false,"paging":true,"incomplete":false,"parameter":["#);
    list(EXPANSION, &mut text, |name, out| {
        let _ = write!(out, r#"{{"name":"{name}"}}"#);
    });
    text.push_str(r#"]},"validateCode":{"translations":false},"translation":{"needsMap":true}}"#);
    Ok(Answer::text(StatusCode::OK, text))
}
