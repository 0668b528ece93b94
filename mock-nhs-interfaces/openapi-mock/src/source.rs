//! The text of a document as a tree: YAML and JSON alike, the order of keys and the digits of numbers kept, within bounds.

use std::collections::HashMap;
use std::fmt;

use fhir::json::Json;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Location, Spanned};

use crate::DocumentError;
use crate::limits::{MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_VALUES};
use crate::stack::on_own_stack;

/// Reads a document. JSON starts with a brace; everything else is YAML.
pub(crate) fn read(bytes: &[u8]) -> Result<Json, DocumentError> {
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(DocumentError::TooLong);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| DocumentError::NotText)?;
    let text = text.trim_start_matches('\u{FEFF}');
    if text.trim_start().starts_with('{') {
        return match Json::parse(text.as_bytes()) {
            Ok(json) if values(&json) > MAX_DOCUMENT_VALUES => Err(DocumentError::Json(format!(
                "there are more than {MAX_DOCUMENT_VALUES} values"
            ))),
            Ok(json) => Ok(json),
            // `{a: 1}` is YAML, and so is JSON with a key that is there twice, of which the last one counts everywhere.
            Err(error) => yaml(text).map_err(|_| DocumentError::Json(error.to_string())),
        };
    }
    yaml(text)
}

/// How many values there are, with all that are inside of others.
fn values(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(values).sum::<usize>(),
        Json::Object(members) => 1 + members.iter().map(|(_, member)| values(member)).sum::<usize>(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 1,
    }
}

/// Reads YAML on a thread of its own: without optimisation the library needs 25 KiB of stack a level to say places.
fn yaml(text: &str) -> Result<Json, DocumentError> {
    let read = match on_own_stack(|| yaml_here(text)) {
        Ok(Ok(read)) => read,
        Ok(Err(_)) => Err("its reader gave up on it".to_owned()),
        Err(error) => Err(format!("it could not be read: {error}")),
    };
    read.map_err(DocumentError::Yaml)
}

fn yaml_here(text: &str) -> Result<Json, String> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 1,
            max_depth: MAX_DOCUMENT_DEPTH,
            max_nodes: MAX_DOCUMENT_VALUES,
            max_events: 3 * MAX_DOCUMENT_VALUES,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_DOCUMENT_VALUES,
            max_replay_stack_depth: 32,
        },
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options::<Spanned<Node>>(text, options)
        .map(|node| Node::at(node).finished(text))
        .map_err(|error| crate::problem::quoted_line(&error.to_string()))
}

/// A value as it is read. The library makes a float of a number with a fraction; its digits are still in the text, at a place
/// that is only known around it.
enum Node {
    Finished(Json),
    Fraction { value: f64, place: Location },
    Array(Vec<Node>),
    Object(Vec<(Box<str>, Node)>),
}

impl Node {
    /// With its place, which for an alias is where the value is written out.
    fn at(read: Spanned<Self>) -> Self {
        match read.value {
            Self::Fraction { value, .. } => Self::Fraction {
                value,
                place: read.defined,
            },
            whole @ (Self::Finished(_) | Self::Array(_) | Self::Object(_)) => whole,
        }
    }

    /// The value, with numbers as `text` has them.
    fn finished(self, text: &str) -> Json {
        match self {
            Self::Finished(json) => json,
            Self::Fraction { value, place } => written(text, place).unwrap_or_else(|| nearest(value)),
            Self::Array(items) => Json::Array(items.into_iter().map(|item| item.finished(text)).collect()),
            Self::Object(members) => {
                let members = members.into_iter();
                Json::Object(
                    members
                        .map(|(key, member)| (key, member.finished(text)))
                        .collect(),
                )
            }
        }
    }
}

/// The number that is written at this place, where it is one that JSON has too: not `.5`, not `1_000.5`.
fn written(text: &str, place: Location) -> Option<Json> {
    let first = usize::try_from(place.span().byte_offset()?).ok()?;
    let length = usize::try_from(place.span().byte_len()?).ok()?;
    let written = text.get(first..first.checked_add(length)?)?;
    Json::parse(written.as_bytes())
        .ok()
        .filter(|json| matches!(json, Json::Number(_)))
}

/// The number as JSON writes it. YAML has some that JSON has not: nothing is made of them.
fn nearest(value: f64) -> Json {
    serde_json::Number::from_f64(value).map_or(Json::Null, |number| Json::Number(number.to_string().into()))
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Finished(Json::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Finished(Json::integer(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Finished(Json::Number(value.to_string().into())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        let place = Location::UNKNOWN;
        Ok(Node::Fraction { value, place })
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Finished(Json::string(value)))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Finished(Json::string(value)))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Finished(Json::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(Node::at(item));
        }
        Ok(Node::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members: Vec<(Box<str>, Node)> = Vec::new();
        let mut places: HashMap<Box<str>, usize> = HashMap::new();
        while let Some(Key(key)) = map.next_key()? {
            let value = Node::at(map.next_value()?);
            // The last one of two with the same name counts, as it does for everybody else who reads JSON.
            match places.get(&key).and_then(|place| members.get_mut(*place)) {
                Some(member) => member.1 = value,
                None => {
                    places.insert(key.clone(), members.len());
                    members.push((key, value));
                }
            }
        }
        Ok(Node::Object(members))
    }
}

/// A key as it was written: `200` and `"200"` are one.
struct Key(Box<str>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_and_json_become_the_same_tree() {
        let check = |text: &str, expected: &str| {
            let read = read(text.as_bytes()).map(|json| json.to_text());
            assert_eq!(read.as_deref(), Ok(expected), "{text}");
        };
        let json = r#"{"b":[1,1.5,"x",null,true],"a":{"200":"ok"}}"#;
        check(json, json);
        check("b: [1, 1.5, x, ~, true]\na:\n  200: ok\n", json);
        check(
            "a: yes\nb: \"1\"\nc: 2020-01-01\nd: ~\n",
            r#"{"a":"yes","b":"1","c":"2020-01-01","d":null}"#,
        );
        check("a: 1\nb: 2\na: 3\n", r#"{"a":3,"b":2}"#);
        check(r#"{"a": 1, "b": 2, "a": 3}"#, r#"{"a":3,"b":2}"#);
        check(r#"{"a":"\ud83d\ude00"}"#, r#"{"a":"😀"}"#);
        check("a: &x [1]\nb: *x\n", r#"{"a":[1],"b":[1]}"#);
    }

    #[test]
    fn the_digits_of_numbers_are_kept() {
        let check = |text: &str, expected: &str| {
            let read = read(text.as_bytes()).map(|json| json.to_text());
            assert_eq!(read.as_deref(), Ok(expected), "{text}");
        };
        let json = r#"{"a":[1.10,-0.0,1E2,100000000000000000000000.5]}"#;
        check(json, json);
        check(
            "a: [1.10, -0.0, 1E2, 100000000000000000000000.5] # with a word",
            json,
        );
        check(
            "é: &x 1.50\nb: *x\nc: {<<: {d: 2.00}, e:   3.250}\n",
            r#"{"é":1.50,"b":1.50,"c":{"e":3.250,"d":2.00}}"#,
        );
        // JSON has no such numbers, and one of them no digits at all.
        check("[.5, +1.50, 1., 0x10, .inf, 1e999]", "[0.5,1.5,1.0,16,null,null]");
        check("['1.10', \"1.10\", !!str 1.10]", r#"["1.10","1.10","1.10"]"#);
        // A key that is there twice makes YAML of JSON, which keeps them, too.
        check(r#"{"a": 1.10, "a": 2.20}"#, r#"{"a":2.20}"#);
    }

    #[test]
    fn hostile_texts_are_refused_at_once() {
        let laughs = {
            let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
            for level in 1..12 {
                let inner = vec![format!("*a{}", level - 1); 10].join(", ");
                text += &format!("a{level}: &a{level} [{inner}]\n");
            }
            text
        };
        let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        let deep_json = format!("{{\"a\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000));
        let deep_keys = "{\"a\":".repeat(50_000);
        let many = format!("[{}1]", "1,".repeat(MAX_DOCUMENT_VALUES + 1));
        for (what, text) in [
            ("laughs", &*laughs),
            ("deep", &deep),
            ("deep_json", &deep_json),
            ("deep_keys", &deep_keys),
            ("many", &many),
            ("self", "a: &a [*a]\n"),
            ("tag", "a: !!binary x\nb: [\n"),
        ] {
            assert!(read(text.as_bytes()).is_err(), "{what}");
        }
        assert!(read(&vec![b' '; MAX_DOCUMENT_BYTES + 1]).is_err());
        assert!(read(b"\xff\xfe").is_err());
    }
}
