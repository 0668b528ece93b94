//! `$translate`: what a code is in another system, by concept maps: <https://hl7.org/fhir/R4/conceptmap-operation-translate.html>.

use std::sync::Arc;

use definitions::ArtefactKind;
use fhir::json::Json;

use super::{Coded, TerminologyError};
use crate::library::Library;

/// The answer to `$translate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// Whether there is a match that is usable.
    pub result: bool,
    pub message: Option<String>,
    pub matches: Vec<TranslationMatch>,
}

/// One code that the code becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranslationMatch {
    /// As the map states it, such as `equivalent`, `wider` or `unmatched`.
    pub equivalence: String,
    /// No code for `unmatched`.
    pub concept: Option<Coded>,
    /// The canonical address of the map.
    pub source: String,
}

impl Library {
    /// Translates by the map with this address, or, without one, by every map from the code's system.
    ///
    /// `target` limits the answer to a system or to maps for a target value set.
    ///
    /// # Errors
    /// The map is not here, or neither a map nor a system was named.
    pub fn translate(
        &self,
        map: Option<&str>,
        coded: &Coded,
        target: Option<&str>,
    ) -> Result<Translation, TerminologyError> {
        let maps: Vec<Arc<Json>> =
            match (map, &coded.system) {
                (Some(url), _) => vec![self.find(ArtefactKind::ConceptMap, url).ok_or_else(|| {
                    TerminologyError::NotFound {
                        kind: "concept map",
                        url: url.to_owned(),
                        near: self.near(ArtefactKind::ConceptMap, url),
                    }
                })?],
                (None, Some(_)) => {
                    let mut urls = self.urls(ArtefactKind::ConceptMap);
                    urls.sort_unstable();
                    urls.dedup();
                    urls.iter()
                        .filter_map(|url| self.find(ArtefactKind::ConceptMap, url))
                        .collect()
                }
                (None, None) => {
                    return Err(TerminologyError::Incomplete(
                        "A translation needs the concept map, or the system of the code.",
                    ));
                }
            };
        let mut matches = Vec::new();
        for map in &maps {
            translate_by(map, coded, target, &mut matches);
        }
        let result = matches
            .iter()
            .any(|one| !matches!(one.equivalence.as_str(), "unmatched" | "disjoint"));
        let message = (!result).then(|| "No concept map that is here translates this code.".to_owned());
        Ok(Translation {
            result,
            message,
            matches,
        })
    }
}

fn items<'a>(json: &'a Json, key: &str) -> &'a [Json] {
    json.get(key).and_then(Json::as_array).unwrap_or_default()
}

fn translate_by(map: &Json, coded: &Coded, target: Option<&str>, matches: &mut Vec<TranslationMatch>) {
    let source = map.text("url").unwrap_or_default();
    let for_whole_map = target.is_some_and(|target| {
        [map.text("targetUri"), map.text("targetCanonical")]
            .iter()
            .flatten()
            .any(|one| *one == target)
    });
    for group in items(map, "group") {
        let from = group.text("source");
        let to = group.text("target");
        let other_system = coded
            .system
            .as_deref()
            .is_some_and(|system| from.is_some_and(|from| from != system));
        if other_system || !(for_whole_map || target.is_none_or(|target| to == Some(target))) {
            continue;
        }
        let concept = |code: &str, display: Option<&str>| Coded {
            system: to.map(str::to_owned),
            version: group.text("targetVersion").map(str::to_owned),
            code: code.to_owned(),
            display: display.map(str::to_owned),
        };
        let mut add = |equivalence: &str, concept| {
            matches.push(TranslationMatch {
                equivalence: equivalence.to_owned(),
                concept,
                source: source.to_owned(),
            });
        };
        let element = items(group, "element")
            .iter()
            .find(|element| element.text("code") == Some(&coded.code));
        match element {
            Some(element) => {
                for one in items(element, "target") {
                    let found = one.text("code").map(|code| concept(code, one.text("display")));
                    add(one.text("equivalence").unwrap_or("equivalent"), found);
                }
            }
            None => match group
                .get("unmapped")
                .and_then(|unmapped| Some((unmapped.text("mode")?, unmapped)))
            {
                Some(("provided", _)) => add("equal", Some(concept(&coded.code, coded.display.as_deref()))),
                Some(("fixed", unmapped)) => {
                    let fixed = unmapped
                        .text("code")
                        .map(|code| concept(code, unmapped.text("display")));
                    add("inexact", fixed);
                }
                _ => {}
            },
        }
    }
}
