//! `_content`: words anywhere in a resource.

use fhir::json::Json;

use crate::fold::fold_whole;

/// Whether every one of some folded words stands somewhere in the strings of a resource, names of members left aside.
///
/// Reads the whole resource; its depth is bounded by what was accepted as JSON.
#[must_use]
pub fn content_matches(resource: &Json, words: &[Box<str>]) -> bool {
    let mut missing: Vec<&str> = words.iter().map(|word| &**word).collect();
    look(resource, &mut missing);
    missing.is_empty()
}

fn look(value: &Json, missing: &mut Vec<&str>) {
    if missing.is_empty() {
        return;
    }
    match value {
        Json::String(text) => {
            let folded = fold_whole(text);
            missing.retain(|word| !folded.contains(word));
        }
        Json::Array(items) => items.iter().for_each(|item| look(item, missing)),
        Json::Object(members) => members.iter().for_each(|(_, member)| look(member, missing)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}
