//! The links in a resource that a transaction may have to change.
//!
//! R4 names them: references, elements of type uri, url, oid and uuid, and `href` and `src` in narratives; canonicals stay.
//! <https://hl7.org/fhir/R4/http.html#trules>

use definitions::Node;
use fhir::json::Json;

/// What kind of element a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// `Reference.reference`.
    Reference,
    Uri,
    /// The whole text of a narrative.
    Narrative,
}

/// A string that is a link or holds some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    /// Its number among the strings of the resource that are values, in the order of the text.
    pub(super) number: usize,
    pub(crate) link: Link,
    pub(crate) text: &'a str,
}

/// Every link of a resource, in the order of the text.
pub(crate) fn links(resource: &Json) -> Vec<Found<'_>> {
    let mut walk = Walk {
        strings: 0,
        found: Vec::new(),
    };
    walk.value(resource, Place::UNKNOWN);
    walk.found
}

/// What is known of a value's place.
#[derive(Clone, Copy)]
struct Place {
    node: Option<Node>,
    type_name: &'static str,
    link: Option<Link>,
}

impl Place {
    const UNKNOWN: Self = Self {
        node: None,
        type_name: "",
        link: None,
    };

    fn below(self, key: &str) -> Self {
        if key.starts_with('_') {
            // What stands beside a primitive: its id and extensions.
            return Self {
                node: Node::of_type("Element"),
                ..Self::UNKNOWN
            };
        }
        let Some(child) = self.node.and_then(|node| node.child(key)) else {
            return Self::UNKNOWN;
        };
        let type_name = child.type_name();
        let link = match type_name {
            "uri" | "url" | "oid" | "uuid" => Some(Link::Uri),
            "xhtml" => Some(Link::Narrative),
            _ if self.type_name == "Reference" && key == "reference" => Some(Link::Reference),
            _ => None,
        };
        Self {
            node: child.node(),
            type_name,
            link,
        }
    }
}

struct Walk<'a> {
    strings: usize,
    found: Vec<Found<'a>>,
}

impl<'a> Walk<'a> {
    /// As deep as [`fhir::json::MAX_DEPTH`], and no deeper.
    fn value(&mut self, value: &'a Json, place: Place) {
        match value {
            Json::String(text) => {
                if let Some(link) = place.link {
                    self.found.push(Found {
                        number: self.strings,
                        link,
                        text,
                    });
                }
                self.strings = self.strings.saturating_add(1);
            }
            Json::Array(items) => {
                for item in items {
                    self.value(item, place);
                }
            }
            Json::Object(members) => {
                let place = match value.text("resourceType") {
                    Some(name) => Place {
                        node: Node::of_type(name),
                        ..Place::UNKNOWN
                    },
                    None => place,
                };
                // The entries of a Bundle that is kept refer to each other, not to what stands beside it.
                let kept = value.text("resourceType") == Some("Bundle");
                for (key, member) in members {
                    let below = if kept { Place::UNKNOWN } else { place.below(key) };
                    self.value(member, below);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }
}

/// Changes the addresses in `href` and `src` of a narrative; `None` when none is to be changed.
pub(super) fn narrative(text: &str, new: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    let mut copied = 0;
    for (at, _) in text.match_indices('=') {
        let before = text.get(..at)?.trim_end();
        if !(before.ends_with("href") || before.ends_with("src")) {
            continue;
        }
        let after = text.get(at..)?.get(1..)?.trim_start();
        let Some(quote) = after.chars().next().filter(|mark| matches!(mark, '"' | '\'')) else {
            continue;
        };
        let start = text.len().saturating_sub(after.len()).saturating_add(1);
        let Some(address) = text.get(start..).and_then(|rest| rest.split(quote).next()) else {
            continue;
        };
        if start >= copied
            && let Some(with) = new(address)
        {
            out.push_str(text.get(copied..start)?);
            out.push_str(&with);
            copied = start.saturating_add(address.len());
        }
    }
    (copied > 0).then(|| out + text.get(copied..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use fhir::json::Json;

    use super::{Link, links, narrative};

    #[test]
    fn links_are_found_where_r4_has_them() {
        let text = r##"{"resourceType":"Observation","id":"u","text":{"status":"generated","div":"<div/>"},
            "contained":[{"resourceType":"Patient","managingOrganization":{"reference":"c"}}],
            "extension":[{"url":"e","valueReference":{"reference":"v"}},{"url":"e2","valueString":"no"}],
            "_status":{"extension":[{"url":"p","valueUri":"pu"}]},
            "code":{"text":"no","coding":[{"system":"s","code":"no"}]},
            "subject":{"reference":"r","display":"no","identifier":{"system":"is","value":"no"}},"instantiatesCanonical":"no"}"##;
        let tree = Json::parse(text.as_bytes()).unwrap();
        let found: Vec<(Link, &str)> = links(&tree)
            .iter()
            .map(|found| (found.link, found.text))
            .collect();
        assert_eq!(
            found,
            [
                (Link::Narrative, "<div/>"),
                (Link::Reference, "c"),
                (Link::Uri, "e"),
                (Link::Reference, "v"),
                (Link::Uri, "e2"),
                (Link::Uri, "p"),
                (Link::Uri, "pu"),
                (Link::Uri, "s"),
                (Link::Reference, "r"),
                (Link::Uri, "is"),
            ]
        );
    }

    #[test]
    fn addresses_in_narratives_are_changed_and_words_are_not() {
        let new = |address: &str| (address == "urn:a").then(|| "Patient/1".to_owned());
        assert_eq!(
            narrative(
                r#"<a href="urn:a">urn:a</a><img src = 'urn:a'/><a href="urn:b"/>"#,
                new
            )
            .as_deref(),
            Some(r#"<a href="Patient/1">urn:a</a><img src = 'Patient/1'/><a href="urn:b"/>"#)
        );
        assert_eq!(narrative("<p>a = urn:a, é=\"urn:a\"</p>", new), None);
        assert_eq!(narrative("href=", new), None);
    }
}
