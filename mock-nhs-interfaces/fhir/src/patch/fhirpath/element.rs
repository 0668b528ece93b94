//! Which key a new element has, whether it repeats, and its JSON.

use super::operation::Fresh;
use super::tree::{self, Built};
use super::{Applied, PatchErrorKind};
use crate::fhirpath::{Model, choice_type};
use crate::json::{Json, MAX_DEPTH};
use crate::patch::reflected;

/// The object that an element is put into.
pub(super) struct Site<'a> {
    pub(super) model: Option<&'a dyn Model>,
    /// Its type or path, as the model names it; `None` where the model does not know it.
    pub(super) holder: Option<Box<str>>,
    /// How deep it stands in the resource.
    pub(super) level: usize,
}

/// An element that is put somewhere.
pub(super) struct Element {
    pub(super) key: Box<str>,
    /// `None` where nothing tells.
    pub(super) repeats: Option<bool>,
    holder: Option<&'static str>,
}

impl<'a> Site<'a> {
    /// The element of this name: `birthDate`, or `value` and `value[x]` for a choice whose type the value tells.
    pub(super) fn element(&self, name: &str, suffix: Option<&str>) -> Applied<Element> {
        let (plain, marked) = name
            .strip_suffix("[x]")
            .map_or((name, false), |plain| (plain, true));
        let chosen = suffix.map(|suffix| format!("{plain}{suffix}"));
        let Some((model, holder)) = self.model.zip(self.holder.as_deref()) else {
            let key = chosen.filter(|_| marked).unwrap_or_else(|| plain.to_owned());
            return Ok(Element {
                key: key.into(),
                repeats: None,
                holder: None,
            });
        };
        for key in [Some(plain.to_owned()), chosen].into_iter().flatten() {
            if let Some(shape) = model.child(holder, &key) {
                let (repeats, holder) = (Some(shape.repeats), Some(shape.holder));
                return Ok(Element {
                    key: key.into(),
                    repeats,
                    holder,
                });
            }
        }
        Err(PatchErrorKind::UnknownElement(reflected(name)))
    }

    /// An element that is there already.
    pub(super) fn known(&self, key: &str) -> Element {
        let shape = self
            .model
            .zip(self.holder.as_deref())
            .and_then(|(model, holder)| model.child(holder, key));
        let (repeats, holder) = (shape.map(|shape| shape.repeats), shape.map(|shape| shape.holder));
        Element {
            key: key.into(),
            repeats,
            holder,
        }
    }

    /// An element that takes the place of another: the same key, or the choice's key for the new type.
    pub(super) fn replacing(&self, key: &str, suffix: Option<&str>) -> Element {
        let base = (1..key.len()).find_map(|at| {
            key.split_at_checked(at)
                .filter(|(_, end)| choice_type(end).is_some())
        });
        if let (Some((base, old)), Some(new)) = (base, suffix)
            && old != new
        {
            let candidate = self.known(&format!("{base}{new}"));
            // Without a model, a key with the name of a type at its end is taken for a choice: `valueQuantity`.
            let known = self.holder.is_none() && key.starts_with("value") || candidate.holder.is_some();
            if known {
                return candidate;
            }
        }
        self.known(key)
    }

    /// Puts a new element into an object: at the end of its list, or where nothing is yet.
    pub(super) fn put(&self, target: &mut Json, name: &str, value: &Fresh<'_>) -> Applied<()> {
        let element = self.element(name, value.suffix())?;
        let plain = name.strip_suffix("[x]").unwrap_or(name);
        if *element.key != *plain && tree::has_choice(target, plain) {
            return Err(PatchErrorKind::AlreadyThere(reflected(plain)));
        }
        let built = self.build(&element, value)?;
        let there = target
            .get(&element.key)
            .or_else(|| target.get(&format!("_{}", element.key)));
        match (there, element.repeats) {
            (None, Some(true)) => tree::insert(target, &element.key, 0, built),
            (None, _) => tree::set(target, &element.key, built),
            (Some(Json::Array(_)), _) => {
                let length = tree::length(target, &element.key);
                tree::insert(target, &element.key, length, built);
            }
            (Some(_), _) => return Err(PatchErrorKind::AlreadyThere(reflected(&element.key))),
        }
        Ok(())
    }

    /// The JSON of a new element.
    pub(super) fn build(&self, element: &Element, value: &Fresh<'_>) -> Applied<Built> {
        let built = match value {
            Fresh::Typed { json, shadow, .. } => Built {
                json: json.cloned().unwrap_or_default(),
                shadow: shadow.cloned(),
            },
            Fresh::Resource(resource) => Built {
                json: (*resource).clone(),
                shadow: None,
            },
            Fresh::Parts(parts) => {
                let inner = Site {
                    model: self.model,
                    holder: element.holder.map(Into::into),
                    level: self.level + 2,
                };
                let mut object = Json::Object(Vec::new());
                for part in *parts {
                    let name = part
                        .text("name")
                        .filter(|name| !name.is_empty() && !name.starts_with('_'));
                    let name = name.ok_or(PatchErrorKind::Member("name of a part"))?;
                    let value = Fresh::read(part).ok_or(PatchErrorKind::Member("value of a part"))?;
                    if element.holder.is_none() {
                        tree::make_list(&mut object, name);
                    }
                    inner.put(&mut object, name, &value)?;
                }
                Built {
                    json: object,
                    shadow: None,
                }
            }
        };
        // The object, the list in it, and the value.
        let deepest = self.level + 2 + built.json.depth();
        if deepest > MAX_DEPTH {
            Err(PatchErrorKind::TooDeep)
        } else {
            Ok(built)
        }
    }
}
