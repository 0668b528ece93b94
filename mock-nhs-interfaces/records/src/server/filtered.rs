//! Parts of resources: `_summary` and `_elements`. <https://hl7.org/fhir/R4/search.html#summary>

use bytes::Bytes;
use fhir::json::Json;
use fhir::summary::{Elements, Part, part_of};
use search::query::{Query, Summary};

use super::{Refusal, parameters};

/// What R4 says of elements.
struct R4Elements;

impl Elements for R4Elements {
    fn is_summary(&self, path: &str) -> bool {
        definitions::is_summary(path)
    }

    fn is_mandatory(&self, path: &str) -> bool {
        definitions::is_mandatory(path)
    }
}

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
        let mut elements: Vec<Box<str>> = Vec::new();
        for value in parameters::values(query, "_elements") {
            let names = value.split(',').map(str::trim);
            elements.extend(names.filter(|name| !name.is_empty()).map(Box::from));
        }
        Ok(Self { summary, elements })
    }

    /// What a search asks for.
    pub(super) fn of_search(query: &Query) -> Self {
        Self {
            summary: query.summary,
            elements: query.elements.clone(),
        }
    }

    /// The text with what is to be shown; the same handle when that is everything.
    pub(crate) fn apply(&self, text: &Bytes) -> Bytes {
        let names: Vec<&str> = self.elements.iter().map(|name| &**name).collect();
        let part = match self.summary {
            _ if !names.is_empty() => Part::Elements(&names),
            Summary::True => Part::Summary,
            Summary::Text => Part::Text,
            Summary::Data => Part::Data,
            Summary::False | Summary::Count => return text.clone(),
        };
        match Json::parse(text) {
            Ok(tree) => Bytes::from(part_of(&tree, part, &R4Elements).to_text()),
            // What is kept was read before; if it cannot be any more, the whole is better than nothing.
            Err(_) => text.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::Filter;

    const TEXT: &str = r#"{"resourceType":"Observation","id":"1","meta":{"versionId":"1"},"text":{"status":"empty","div":"<div/>"},"status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00},"note":[{"text":"n"}]}"#;

    #[test]
    fn what_is_asked_for_is_shown_as_it_was_written() {
        let check = |query: &str, expected: &[&str]| {
            let filter = Filter::of_read(query).unwrap();
            let shown = filter.apply(&Bytes::from_static(TEXT.as_bytes()));
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
