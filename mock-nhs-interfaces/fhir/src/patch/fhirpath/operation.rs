//! Reading the operations out of Parameters.

use super::{Applied, PatchErrorKind};
use crate::json::Json;
use crate::patch::reflected;

/// One operation. Everything a kind needs is there.
pub(super) struct Operation<'a> {
    pub(super) path: &'a str,
    pub(super) change: Change<'a>,
}

pub(super) enum Change<'a> {
    Add { name: &'a str, value: Fresh<'a> },
    Insert { index: usize, value: Fresh<'a> },
    Delete,
    Replace { value: Fresh<'a> },
    Move { source: usize, destination: usize },
}

/// A new value as the patch carries it.
pub(super) enum Fresh<'a> {
    /// `value[x]`, with what stands beside it; `suffix` is the type in the key: `Quantity` of `valueQuantity`.
    Typed {
        json: Option<&'a Json>,
        shadow: Option<&'a Json>,
        suffix: &'a str,
    },
    /// A resource.
    Resource(&'a Json),
    /// The elements of a type that no `value[x]` has, such as `Patient.contact`.
    Parts(&'a [Json]),
}

impl<'a> Fresh<'a> {
    pub(super) fn suffix(&self) -> Option<&'a str> {
        if let Fresh::Typed { suffix, .. } = self {
            Some(suffix)
        } else {
            None
        }
    }

    /// The value of a part, if it has exactly one.
    pub(super) fn read(part: &'a Json) -> Option<Fresh<'a>> {
        let members = part.as_object()?;
        let (mut value, mut shadow) = (None, None);
        for (key, member) in members {
            let (slot, plain) = match key.strip_prefix('_') {
                Some(plain) => (&mut shadow, plain),
                None => (&mut value, &**key),
            };
            if let Some(suffix) = plain.strip_prefix("value").filter(|suffix| !suffix.is_empty())
                && slot.replace((suffix, member)).is_some()
            {
                return None;
            }
        }
        if let Some((suffix, _)) = value.or(shadow) {
            if shadow.is_some_and(|(other, _)| other != suffix) {
                return None;
            }
            let json = value.map(|(_, json)| json);
            return Some(Fresh::Typed {
                json,
                shadow: shadow.map(|(_, shadow)| shadow),
                suffix,
            });
        }
        if let Some(resource) = part.get("resource") {
            return Some(Fresh::Resource(resource));
        }
        part.get("part")
            .and_then(Json::as_array)
            .filter(|parts| !parts.is_empty())
            .map(Fresh::Parts)
    }
}

impl<'a> Operation<'a> {
    pub(super) fn read(parameter: &'a Json) -> Applied<Operation<'a>> {
        if parameter.text("name") != Some("operation") {
            return Err(PatchErrorKind::NotAPatch(
                "every parameter of a FHIRPath Patch is named \"operation\"",
            ));
        }
        let parts = Parts(parameter.get("part").and_then(Json::as_array).unwrap_or_default());
        let kind = parts.text("type")?;
        let path = parts.text("path")?;
        let change = match kind {
            "add" => Change::Add {
                name: parts.text("name")?,
                value: parts.value()?,
            },
            "insert" => Change::Insert {
                index: parts.index("index")?,
                value: parts.value()?,
            },
            "delete" => Change::Delete,
            "replace" => Change::Replace {
                value: parts.value()?,
            },
            "move" => Change::Move {
                source: parts.index("source")?,
                destination: parts.index("destination")?,
            },
            _ => return Err(PatchErrorKind::UnknownOperation(reflected(kind))),
        };
        Ok(Operation { path, change })
    }
}

struct Parts<'a>(&'a [Json]);

impl<'a> Parts<'a> {
    fn find(&self, name: &'static str) -> Applied<&'a Json> {
        let mut found = self.0.iter().filter(|part| part.text("name") == Some(name));
        match (found.next(), found.next()) {
            (Some(part), None) => Ok(part),
            _ => Err(PatchErrorKind::Member(name)),
        }
    }

    fn text(&self, name: &'static str) -> Applied<&'a str> {
        let part = self.find(name)?;
        let text = ["valueString", "valueCode"].iter().find_map(|key| part.text(key));
        text.ok_or(PatchErrorKind::Member(name))
    }

    fn index(&self, name: &'static str) -> Applied<usize> {
        let part = self.find(name)?;
        let number = ["valueInteger", "valueUnsignedInt", "valuePositiveInt"]
            .iter()
            .find_map(|key| part.get(key));
        number
            .and_then(Json::as_number)
            .and_then(|number| number.parse().ok())
            .ok_or(PatchErrorKind::Member(name))
    }

    fn value(&self) -> Applied<Fresh<'a>> {
        Fresh::read(self.find("value")?).ok_or(PatchErrorKind::Member("value"))
    }
}
