//! Putting resources together, member by member, in the order they are written.

use fhir::json::Json;
use records::Record;

use crate::gp_connect::dates::with_offset;

/// Where the profiles and extensions of GP Connect are.
const DEFINITIONS: &str = "https://fhir.nhs.uk/STU3/StructureDefinition/";
/// Identifies what the records hold, where it has no identifier of its own.
const ITEM_SYSTEM: &str = "https://code4health.example/Id/record-item";

/// An object that is being put together.
#[derive(Debug, Default)]
pub(crate) struct Shape(Vec<(Box<str>, Json)>);

impl Shape {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A resource with id, version and profile.
    pub(crate) fn of(record: &Record, kind: &str, profile: &str) -> Self {
        let meta = Shape::new()
            .with("versionId", record.version.to_string())
            .with("lastUpdated", with_offset(&record.last_updated.to_string()))
            .with("profile", vec![definition(profile).into()])
            .json();
        Self::new()
            .with("resourceType", kind)
            .with("id", record.id.as_str())
            .with("meta", meta)
    }

    /// A resource that no record holds as such.
    pub(crate) fn named(kind: &str, id: &str, profile: &str) -> Self {
        let meta = Json::object([("profile", Json::from(vec![definition(profile).into()]))]);
        Self::new()
            .with("resourceType", kind)
            .with("id", id)
            .with("meta", meta)
    }

    pub(crate) fn with(mut self, key: &str, value: impl Into<Json>) -> Self {
        self.0.push((key.into(), value.into()));
        self
    }

    pub(crate) fn with_some(self, key: &str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// A list, left out when it is empty, as FHIR wants it.
    pub(crate) fn with_list(self, key: &str, items: Vec<Json>) -> Self {
        if items.is_empty() {
            self
        } else {
            self.with(key, items)
        }
    }

    /// Members as they stand in another object, where they do.
    pub(crate) fn copying(mut self, from: &Json, keys: &[&str]) -> Self {
        for key in keys {
            if let Some(value) = from.get(key) {
                self.0.push(((*key).into(), value.clone()));
            }
        }
        self
    }

    /// A date or time of another object, with its offset in digits.
    pub(crate) fn with_time(self, key: &str, from: &Json, name: &str) -> Self {
        let text = from.text(name).map(with_offset);
        self.with_some(key, text)
    }

    /// The identifiers of another object, or one made of its id.
    pub(crate) fn identified(self, from: &Json) -> Self {
        match from.get("identifier") {
            Some(identifiers) => self.with("identifier", identifiers.clone()),
            None => {
                let value = from.text("id").unwrap_or_default();
                self.with("identifier", vec![identifier(ITEM_SYSTEM, value)])
            }
        }
    }

    pub(crate) fn json(self) -> Json {
        Json::Object(self.0)
    }
}

/// The address of a profile or an extension of GP Connect.
pub(crate) fn definition(name: &str) -> String {
    format!("{DEFINITIONS}{name}")
}

pub(crate) fn coding(system: &str, code: &str, display: &str) -> Json {
    Json::object([
        ("system", Json::from(system)),
        ("code", code.into()),
        ("display", display.into()),
    ])
}

pub(crate) fn concept(system: &str, code: &str, display: &str) -> Json {
    Json::object([("coding", Json::from(vec![coding(system, code, display)]))])
}

pub(crate) fn words(text: &str) -> Json {
    Json::object([("text", text)].map(|(key, text)| (key, Json::from(text))))
}

pub(crate) fn identifier(system: &str, value: &str) -> Json {
    Json::object([("system", Json::from(system)), ("value", value.into())])
}

pub(crate) fn reference(to: &str) -> Json {
    Json::object([("reference", Json::from(to))])
}

/// An extension of GP Connect with one value: `extension("Extension-X-1", "valueCode", "minor")`.
pub(crate) fn extension(name: &str, key: &str, value: impl Into<Json>) -> Json {
    Json::object([("url", Json::from(definition(name))), (key, value.into())])
}

/// What a reference names, without its type: `Patient/1` gives `1` for `Patient`.
pub(crate) fn referred<'a>(reference: &'a Json, kind: &str) -> Option<&'a str> {
    let id = reference
        .text("reference")?
        .strip_prefix(kind)?
        .strip_prefix('/')?;
    (!id.contains('/')).then_some(id)
}

/// The items of a member, where it is there.
pub(crate) fn items<'a>(of: &'a Json, key: &str) -> impl Iterator<Item = &'a Json> {
    of.get(key).into_iter().flat_map(Json::items)
}

/// The words of a concept: its text, or the display of its first coding that has one.
pub(crate) fn shown(concept: &Json) -> Option<&str> {
    concept
        .text("text")
        .or_else(|| items(concept, "coding").find_map(|coding| coding.text("display")))
}
