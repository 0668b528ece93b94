//! The text of a document as a tree: YAML and JSON alike, the order of keys kept, within bounds.

use fhir::json::Json;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::DocumentError;
use crate::limits::{MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_VALUES};

/// Reads a document. JSON starts with a brace; everything else is YAML.
pub(crate) fn read(bytes: &[u8]) -> Result<Json, DocumentError> {
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(DocumentError::TooLong);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| DocumentError::NotText)?;
    let text = text.trim_start_matches('\u{FEFF}');
    if text.trim_start().starts_with('{') {
        let mut reader = serde_json::Deserializer::from_str(text);
        let json = Node { depth: 0 }
            .deserialize(&mut reader)
            .and_then(|json| reader.end().map(|()| json));
        match json {
            Ok(json) => return Ok(json),
            // `{a: 1}` is YAML too.
            Err(error) if !error.is_syntax() => return Err(DocumentError::Json(error.to_string())),
            Err(error) => {
                return yaml(text).map_err(|_| DocumentError::Json(error.to_string()));
            }
        }
    }
    yaml(text)
}

fn yaml(text: &str) -> Result<Json, DocumentError> {
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
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::LastWins,
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options::<Root>(text, options)
        .map(|Root(json)| json)
        .map_err(|error| DocumentError::Yaml(crate::problem::quoted_line(&error.to_string())))
}

struct Root(Json);

impl<'de> Deserialize<'de> for Root {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Node { depth: 0 }.deserialize(deserializer).map(Root)
    }
}

/// One value at this level.
#[derive(Clone, Copy)]
struct Node {
    depth: usize,
}

impl Node {
    fn inside<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DOCUMENT_DEPTH {
            return Err(E::custom(format_args!(
                "arrays and objects are nested deeper than {MAX_DOCUMENT_DEPTH} levels"
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Json;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string().into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        // YAML has numbers that JSON has not.
        Ok(serde_json::Number::from_f64(value)
            .map_or(Json::Null, |number| Json::Number(number.to_string().into())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::string(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::string(value))
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let inside = self.inside()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inside)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let inside = self.inside()?;
        let mut members: Vec<(Box<str>, Json)> = Vec::new();
        let mut places = std::collections::HashMap::new();
        while let Some(Key(key)) = map.next_key()? {
            let value = map.next_value_seed(inside)?;
            // The last one of two with the same name counts, as it does for everybody else who reads JSON.
            match places.get(&key).and_then(|place: &usize| members.get_mut(*place)) {
                Some(member) => member.1 = value,
                None => {
                    places.insert(key.clone(), members.len());
                    members.push((key, value));
                }
            }
            if members.len() > MAX_DOCUMENT_VALUES {
                return Err(A::Error::custom("there are too many values"));
            }
        }
        Ok(Json::Object(members))
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
        check(r#"{"a":"\ud83d\ude00"}"#, r#"{"a":"😀"}"#);
        check("a: &x [1]\nb: *x\n", r#"{"a":[1],"b":[1]}"#);
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
