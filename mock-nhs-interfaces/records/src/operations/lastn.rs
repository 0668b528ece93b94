//! `Observation/$lastn`: <https://hl7.org/fhir/R4/observation-operation-lastn.html>.

use std::collections::HashMap;

use axum::body::Body;
use fhir::json::Json;
use http::StatusCode;
use search::index::Doc;
use search::parse::Scope;

use super::finder::Finder;
use super::inputs::{Inputs, push};
use crate::ResourceType;
use crate::server::bundle_text::{BundleText, Mode};
use crate::server::{Answer, Call, Refusal};

const KNOWN: &str = "max, patient, subject, category, code, date, status, encounter, performer, value-quantity, value-concept, combo-code, component-code, _lastUpdated, _tag";

/// Finds the newest observations of each kind.
pub(super) async fn search_last(call: &Call<'_>, body: Body) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, KNOWN).await?;
    if inputs
        .text("patient")
        .or_else(|| inputs.text("subject"))
        .is_none()
    {
        return Err(Refusal::Parameter {
            name: "patient",
            value: String::new(),
            wanted: "whose observations are asked for; subject does as well",
        });
    }
    let max = inputs.count("max")?.unwrap_or(1).max(1);
    let kind = ResourceType::parse("Observation").ok_or(Refusal::Broken)?;
    let own = inputs.query(&[]);
    let mut query = inputs.query(&["max"]);
    push(&mut query, "_sort", "-date");
    let finder = Finder::of(call).await?;
    let view = finder.view.clone();
    let last = crate::bundle::apart(move || {
        let found = finder.find(&Scope::Type(kind), &query)?;
        Ok(newest_of_each(&finder, found, max))
    });
    let last = last.await?;
    let own = call.url(&format!("Observation/$lastn?{own}"));
    let total = u64::try_from(last.len()).unwrap_or(u64::MAX);
    let mut bundle = BundleText::begin("searchset", call.now, Some(total), &[("self", &own)]);
    for record in last.into_iter().filter_map(|doc| view.document(doc)) {
        let full_url = call.url(&format!("{}/{}", record.kind.name(), record.id));
        bundle.found(Some(&full_url), &record.text, Mode::Match);
    }
    Ok(Answer::text(StatusCode::OK, bundle.end()))
}

/// The first `max` of each kind of a list that is sorted by date. Observations are of a kind when they share a code; those
/// without codes, when their words are the same.
fn newest_of_each(finder: &Finder, found: Vec<Doc>, max: usize) -> Vec<Doc> {
    let mut kinds: HashMap<String, usize> = HashMap::new();
    let mut counts: Vec<usize> = Vec::new();
    let mut last = Vec::new();
    for doc in found {
        let Some(tree) = finder
            .view
            .document(doc)
            .and_then(|record| Json::parse(&record.text).ok())
        else {
            continue;
        };
        let names = names(&tree);
        let kind = names
            .iter()
            .find_map(|name| kinds.get(name).copied())
            .unwrap_or_else(|| {
                counts.push(0);
                counts.len().saturating_sub(1)
            });
        for name in names {
            kinds.entry(name).or_insert(kind);
        }
        if let Some(count) = counts.get_mut(kind).filter(|count| **count < max) {
            *count = count.saturating_add(1);
            last.push(doc);
        }
    }
    last
}

/// What an observation's kind is called: each of its codes with the system, or its words.
fn names(observation: &Json) -> Vec<String> {
    let Some(code) = observation.get("code") else {
        return Vec::new();
    };
    let codings = code.get("coding").into_iter().flat_map(Json::items);
    let names: Vec<String> = codings
        .filter_map(|coding| {
            Some(format!(
                "{}|{}",
                coding.text("system").unwrap_or_default(),
                coding.text("code")?
            ))
        })
        .collect();
    if names.is_empty() {
        return code.text("text").map(str::to_owned).into_iter().collect();
    }
    names
}
