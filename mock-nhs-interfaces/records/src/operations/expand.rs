//! `ValueSet/$expand`: <https://hl7.org/fhir/R4/valueset-operation-expand.html>.

use axum::body::Body;
use definitions::ArtefactKind;
use fhir::json::Json;
use http::StatusCode;
use validation::terminology::{Expansion, ExpansionEntry, ExpansionRequest};

use super::code::{ask, canonical, subject as subject_of};
use super::inputs::Inputs;
use crate::Instant;
use crate::server::operation::Subject;
use crate::server::{Answer, Call, Refusal};

const KNOWN: &str = "url, valueSet, valueSetVersion, filter, offset, count, activeOnly, excludeNotForUI, excludeNested, includeDefinition";

/// Lists the codes of a value set, all or a page of them.
pub(super) async fn expand_value_set(
    call: &Call<'_>,
    subject: Subject<'_>,
    body: Body,
) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, KNOWN).await?;
    let given = match subject_of(&call.view().await?, subject)? {
        Some(value_set) => Some(value_set),
        None => inputs
            .value("valueSet")
            .filter(|value| value.as_object().is_some())
            .cloned(),
    };
    let url = inputs
        .text("url")
        .map(|url| canonical(url, inputs.text("valueSetVersion")));
    let wanted = ExpansionRequest {
        filter: inputs.text("filter").map(str::to_owned),
        offset: inputs.count("offset")?.unwrap_or_default(),
        count: inputs.count("count")?,
        active_only: inputs.flag("activeOnly")?,
        exclude_abstract: inputs.flag("excludeNotForUI")?,
    };
    let definition = inputs.flag("includeDefinition")?;
    let now = call.now;
    let text = ask(call, move |library| {
        let (mut value_set, expansion) = match (given, url) {
            (Some(value_set), _) => {
                let expansion = library.expand_resource(&value_set, &wanted)?;
                (value_set, expansion)
            }
            (None, Some(url)) => {
                let expansion = library.expand(&url, &wanted)?;
                let value_set = library
                    .find(ArtefactKind::ValueSet, &url)
                    .ok_or(Refusal::Broken)?;
                (Json::clone(&value_set), expansion)
            }
            (None, None) => {
                return Err(Refusal::Parameter {
                    name: "url",
                    value: String::new(),
                    wanted: "the canonical address of a value set",
                });
            }
        };
        value_set.remove("text");
        if !definition {
            value_set.remove("compose");
        }
        value_set.set("expansion", expansion_of(&expansion, now));
        Ok(value_set.to_text())
    });
    Ok(Answer::text(StatusCode::OK, text.await?))
}

fn expansion_of(expansion: &Expansion, now: Instant) -> Json {
    let number = |count: usize| Json::integer(i64::try_from(count).unwrap_or(i64::MAX));
    let mut members = vec![
        (
            "identifier",
            Json::string(format!("urn:uuid:{}", uuid::Uuid::new_v4())),
        ),
        ("timestamp", Json::string(now.to_string())),
        ("total", number(expansion.total)),
        ("offset", number(expansion.offset)),
    ];
    if !expansion.entries.is_empty() {
        members.push((
            "contains",
            Json::Array(expansion.entries.iter().map(entry_of).collect()),
        ));
    }
    Json::object(members)
}

fn entry_of(entry: &ExpansionEntry) -> Json {
    let mut members = vec![("system", Json::string(entry.system.as_str()))];
    if entry.is_abstract {
        members.push(("abstract", Json::Bool(true)));
    }
    if entry.is_inactive {
        members.push(("inactive", Json::Bool(true)));
    }
    members.push(("code", Json::string(entry.code.as_str())));
    if let Some(display) = &entry.display {
        members.push(("display", Json::string(display.as_str())));
    }
    Json::object(members)
}
