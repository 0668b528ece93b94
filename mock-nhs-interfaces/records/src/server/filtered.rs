//! Parts of resources: `_summary` and `_elements`. <https://hl7.org/fhir/R4/search.html#summary>
//!
//! Whole top-level elements are kept or left out, as they were written. Elements within an element that is kept are all
//! kept.

use bytes::Bytes;
use fhir::json::Json;
use fhir::text::members;
use search::query::{Query, Summary};

use super::{Refusal, parameters};
use crate::ResourceType;

/// The tag of a resource that is not whole.
const SUBSETTED: &str = r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED","display":"Resource encoded in summary mode"}"#;

/// Which elements are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    summary: Summary,
    /// Names of top-level elements; empty: all.
    elements: Vec<Box<str>>,
}

impl Filter {
    /// What a read asks for.
    pub(super) fn of_read(query: &str) -> Result<Self, Refusal> {
        let summary = match parameters::value(query, "_summary").as_deref() {
            None | Some("false") => Summary::False,
            Some("true") => Summary::True,
            Some("text") => Summary::Text,
            Some("data") => Summary::Data,
            Some(other) => {
                return Err(Refusal::Parameter {
                    name: "_summary",
                    value: other.to_owned(),
                    wanted: "true, text, data or false",
                });
            }
        };
        let elements = parameters::values(query, "_elements");
        let elements = elements
            .flat_map(|value| {
                value
                    .split(',')
                    .map(|name| Box::from(name.trim()))
                    .collect::<Vec<_>>()
            })
            .filter(|name: &Box<str>| !name.is_empty());
        Ok(Self {
            summary,
            elements: elements.collect(),
        })
    }

    /// What a search asks for.
    pub(super) fn of_search(query: &Query) -> Self {
        Self {
            summary: query.summary,
            elements: query.elements.clone(),
        }
    }

    /// The text with what is to be shown; the same handle when that is everything.
    pub(crate) fn apply(&self, kind: ResourceType, text: &Bytes) -> Bytes {
        let whole = matches!(self.summary, Summary::False | Summary::Count) && self.elements.is_empty();
        match std::str::from_utf8(text) {
            Ok(written) if !whole => Bytes::from(self.shown(kind.name(), written)),
            Ok(_) | Err(_) => text.clone(),
        }
    }

    fn shown(&self, kind: &str, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut tagged = false;
        for member in members(text) {
            let name = member.key.trim_matches('"');
            let Some(value) = text.get(member.value.clone()) else {
                continue;
            };
            let value = if name == "meta" {
                tagged = true;
                std::borrow::Cow::Owned(tagged_meta(value))
            } else if self.keeps(kind, name) {
                std::borrow::Cow::Borrowed(value)
            } else {
                continue;
            };
            shown.push(if shown.is_empty() { '{' } else { ',' });
            shown.push_str(member.key);
            shown.push(':');
            shown.push_str(&value);
        }
        if !tagged {
            shown.push_str(r#","meta":"#);
            shown.push_str(&tagged_meta("{}"));
        }
        shown.push('}');
        shown
    }

    fn keeps(&self, kind: &str, name: &str) -> bool {
        if matches!(name, "resourceType" | "id" | "implicitRules") {
            return true;
        }
        // `_birthDate` goes where `birthDate` goes.
        let name = name.strip_prefix('_').unwrap_or(name);
        let path = format!("{kind}.{name}");
        if definitions::is_mandatory(&path) {
            return true;
        }
        let in_summary = match self.summary {
            Summary::False | Summary::Count => true,
            Summary::True => definitions::is_summary(&path),
            Summary::Text => name == "text",
            Summary::Data => name != "text",
        };
        let asked = |element: &str| {
            element == name
                || element.strip_prefix(kind).and_then(|rest| rest.strip_prefix('.')) == Some(name)
                // `value` asks for `valueQuantity`.
                || name.strip_prefix(element).is_some_and(|rest| {
                    rest.starts_with(|first: char| first.is_ascii_uppercase())
                        && definitions::element(kind, &format!("{kind}.{element}[x]")).is_some()
                })
        };
        in_summary && (self.elements.is_empty() || self.elements.iter().any(|element| asked(element)))
    }
}

/// `meta` with the tag.
fn tagged_meta(meta: &str) -> String {
    let Ok(Json::Object(mut members)) = Json::parse(meta.as_bytes()) else {
        return meta.to_owned();
    };
    let tag = Json::parse(SUBSETTED.as_bytes()).unwrap_or_default();
    match members.iter_mut().find(|(key, _)| &**key == "tag") {
        Some((_, Json::Array(tags))) => tags.push(tag),
        Some(_) => {}
        None => members.push(("tag".into(), Json::Array(vec![tag]))),
    }
    Json::Object(members).to_text()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::Filter;
    use crate::ResourceType;

    const TEXT: &str = r#"{"resourceType":"Observation","id":"1","meta":{"versionId":"1"},"text":{"status":"empty","div":"<div/>"},"status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00},"note":[{"text":"n"}]}"#;

    #[test]
    fn what_is_asked_for_is_shown_as_it_was_written() {
        let check = |query: &str, expected: &[&str]| {
            let filter = Filter::of_read(query).unwrap();
            let kind = ResourceType::parse("Observation").unwrap();
            let shown = filter.apply(kind, &Bytes::from_static(TEXT.as_bytes()));
            let shown = std::str::from_utf8(&shown).unwrap();
            let names: Vec<String> = fhir::text::members(shown)
                .map(|member| member.key.trim_matches('"').to_owned())
                .collect();
            assert_eq!(names, expected, "{query}");
            assert_eq!(shown.contains("SUBSETTED"), shown != TEXT, "{query}");
            assert_eq!(
                shown.contains("1.00"),
                expected.contains(&"valueQuantity"),
                "{query}"
            );
        };
        let all = [
            "resourceType",
            "id",
            "meta",
            "text",
            "status",
            "code",
            "valueQuantity",
            "note",
        ];
        check("", &all);
        check("_summary=false", &all);
        check(
            "_summary=true",
            &["resourceType", "id", "meta", "status", "code", "valueQuantity"],
        );
        check(
            "_summary=text",
            &["resourceType", "id", "meta", "text", "status", "code"],
        );
        check(
            "_summary=data",
            &[
                "resourceType",
                "id",
                "meta",
                "status",
                "code",
                "valueQuantity",
                "note",
            ],
        );
        check(
            "_elements=note",
            &["resourceType", "id", "meta", "status", "code", "note"],
        );
        check(
            "_elements=value",
            &["resourceType", "id", "meta", "status", "code", "valueQuantity"],
        );
        assert!(Filter::of_read("_summary=count").is_err());
    }
}
