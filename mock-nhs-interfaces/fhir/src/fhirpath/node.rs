//! An element of a resource and the way to its children.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Model;
use super::types::{CHOICES, choice_type};
use super::value::Value;
use crate::date::{ClockTime, DateTime};
use crate::decimal::Decimal;
use crate::json::Json;

static NULL: Json = Json::Null;

/// A member of an object, with what stands beside it.
struct Member<'a> {
    key: &'a str,
    value: Option<&'a Json>,
    shadow: Option<&'a Json>,
    /// The type that the key states.
    chosen: Option<&'static str>,
}

/// An element: its JSON, what stands beside it under `_name`, and what is known of its type.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// `null` for a primitive that has only extensions.
    pub json: &'a Json,
    /// The `id` and `extension`s of a primitive.
    pub shadow: Option<&'a Json>,
    /// The type, as far as the model, the key (`valueQuantity`) or the resource itself states it.
    pub type_name: Option<&'a str>,
    /// Where [`Model::child`] looks for the children: a type, or the path of an element that states its own.
    pub(super) holder: Option<&'a str>,
}

impl<'a> Node<'a> {
    /// A resource, or anything whose type is in its `resourceType`.
    #[must_use]
    pub fn resource(json: &'a Json) -> Node<'a> {
        let type_name = json.text("resourceType");
        Node {
            json,
            shadow: None,
            type_name,
            holder: type_name,
        }
    }

    /// An element of a known type; `holder` is where a [`Model`] finds its children (the type, or a path such as
    /// `Patient.contact`). `shadow` is what stands under `_name`.
    #[must_use]
    pub fn element(
        json: &'a Json,
        shadow: Option<&'a Json>,
        type_name: &'a str,
        holder: &'a str,
    ) -> Node<'a> {
        Node {
            json,
            shadow,
            type_name: Some(type_name),
            holder: Some(holder),
        }
    }

    /// Whether this is a primitive with a value.
    #[must_use]
    pub fn has_value(&self) -> bool {
        matches!(self.json, Json::Bool(_) | Json::Number(_) | Json::String(_))
    }

    /// Whether this is a resource: its type is the one it states itself.
    pub(super) fn is_resource(&self) -> bool {
        self.type_name.is_some() && self.type_name == self.json.text("resourceType")
    }

    /// A primitive's value in `FHIRPath`'s own types.
    pub(super) fn primitive(&self) -> Option<Value<'a>> {
        match self.json {
            Json::Bool(value) => Some(Value::Boolean(*value)),
            Json::String(text) => Some(self.text_value(text)),
            Json::Number(text) => {
                let decimal = Decimal::parse(text).ok()?;
                let whole = self.type_name != Some("decimal") && !text.contains(['.', 'e', 'E']);
                match decimal.to_i64().filter(|_| whole) {
                    Some(integer) => Some(Value::Integer(integer)),
                    None => Some(Value::Decimal(decimal)),
                }
            }
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    /// A text that is no date although it should be stays a text.
    fn text_value(&self, text: &'a str) -> Value<'a> {
        let parsed = match self.type_name {
            Some("date") => DateTime::parse_date(text).ok().map(Value::Date),
            Some("dateTime" | "instant") => DateTime::parse_date_time(text).ok().map(Value::Date),
            Some("time") => ClockTime::parse(text).ok().map(Value::Time),
            _ => None,
        };
        parsed.unwrap_or(Value::String(Cow::Borrowed(text)))
    }

    /// The children of this name, in order; `value` finds `valueQuantity`.
    pub(super) fn named(&self, name: &str, model: Option<&'a dyn Model>, out: &mut Vec<Value<'a>>) {
        let Some(members) = self.source().and_then(Json::as_object) else {
            return;
        };
        let plain = |key: &'a str| key.strip_prefix('_').unwrap_or(key);
        let exact = members.iter().map(|(key, _)| plain(key)).find(|key| *key == name);
        let chosen = || {
            CHOICES.binary_search(&name).ok()?;
            members.iter().find_map(|(key, _)| {
                let key = plain(key);
                Some((key, choice_type(key.strip_prefix(name)?)?))
            })
        };
        let Some((key, type_name)) = exact.map(|key| (key, None)).or_else(|| {
            let (key, type_name) = chosen()?;
            Some((key, Some(type_name)))
        }) else {
            return;
        };
        let value = members
            .iter()
            .find(|(other, _)| **other == *key)
            .map(|(_, value)| value);
        let shadow = members
            .iter()
            .find(|(other, _)| other.strip_prefix('_') == Some(key))
            .map(|(_, shadow)| shadow);
        self.child(
            Member {
                key,
                value,
                shadow,
                chosen: type_name,
            },
            model,
            out,
        );
    }

    /// Every child in the order of the text; those that have only extensions come last.
    pub(super) fn children(&self, model: Option<&'a dyn Model>, out: &mut Vec<Value<'a>>) {
        let Some(members) = self.source().and_then(Json::as_object) else {
            return;
        };
        let resource = self.is_resource();
        let mut shadows: BTreeMap<&str, &Json> = members
            .iter()
            .filter_map(|(key, shadow)| Some((key.strip_prefix('_')?, shadow)))
            .collect();
        for (key, member) in members {
            let own_type = resource && &**key == "resourceType";
            if !own_type && !key.starts_with('_') {
                let shadow = shadows.remove(&**key);
                self.child(
                    Member {
                        key,
                        value: Some(member),
                        shadow,
                        chosen: None,
                    },
                    model,
                    out,
                );
            }
        }
        for (key, shadow) in shadows {
            self.child(
                Member {
                    key,
                    value: None,
                    shadow: Some(shadow),
                    chosen: None,
                },
                model,
                out,
            );
        }
    }

    /// Where the members are: a primitive's `id` and `extension` are kept beside it.
    fn source(&self) -> Option<&'a Json> {
        match self.json {
            Json::Object(_) => Some(self.json),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => self.shadow,
            Json::Array(_) => None,
        }
    }

    /// The repetitions of one member.
    fn child(&self, member: Member<'a>, model: Option<&'a dyn Model>, out: &mut Vec<Value<'a>>) {
        let Member {
            key,
            value,
            shadow,
            chosen,
        } = member;
        let shape = model
            .zip(self.holder)
            .and_then(|(model, holder)| model.child(holder, key));
        let type_name: Option<&'a str> = shape.map(|shape| shape.type_name).or(chosen);
        let holder: Option<&'a str> = shape.map(|shape| shape.holder).or(chosen);
        let node = |json: &'a Json, shadow: Option<&'a Json>| {
            let shadow = shadow.filter(|shadow| !shadow.is_null());
            // `ExampleScenario.instance` has an element of this name and is no resource.
            let may_be_resource = shape.is_none_or(|shape| shape.type_name == "Resource");
            let own = json.text("resourceType").filter(|_| may_be_resource);
            Value::Node(Node {
                json,
                shadow,
                type_name: own.or(type_name),
                holder: own.or(holder),
            })
        };
        match (value, shadow) {
            (Some(Json::Array(items)), shadow) => {
                let shadows = shadow.and_then(Json::as_array).unwrap_or_default();
                let longer = items.len().max(shadows.len());
                for place in 0..longer {
                    let json = items.get(place).unwrap_or(&NULL);
                    let item = node(json, shadows.get(place));
                    if !matches!(&item, Value::Node(node) if node.json.is_null() && node.shadow.is_none()) {
                        out.push(item);
                    }
                }
            }
            (None, Some(Json::Array(shadows))) => {
                out.extend(
                    shadows
                        .iter()
                        .filter(|item| !item.is_null())
                        .map(|item| node(&NULL, Some(item))),
                );
            }
            (None, Some(shadow)) => out.push(node(&NULL, Some(shadow))),
            (Some(Json::Null), None) | (None, None) => {}
            (Some(json), shadow) => out.push(node(json, shadow)),
        }
    }
}
