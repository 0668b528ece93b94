//! Setting `id`, `meta.versionId` and `meta.lastUpdated` in a text, and nothing else.

use std::ops::Range;

use super::TextError;
use super::scan::{members, skip_space};
use crate::json::write_string;

/// What the server sets in a resource that it accepts.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    pub id: &'a str,
    pub version_id: &'a str,
    /// An `instant`: see [`instant_text`](crate::date::instant_text).
    pub last_updated: &'a str,
}

/// The text to keep for an accepted body: the same bytes but for `id` and two members of `meta`.
///
/// White space and a byte order mark around the body go. What is missing is put in: `id` after `resourceType`, `meta`
/// after `id`, the members of `meta` at its beginning. The text must be JSON that
/// [`Json::parse`](crate::json::Json::parse) accepts.
///
/// # Errors
/// The text is no resource, or its `meta` is not an object.
pub fn stamp(body: &str, stamp: &Stamp<'_>) -> Result<String, TextError> {
    let text = body
        .strip_prefix('\u{FEFF}')
        .unwrap_or(body)
        .trim_matches([' ', '\n', '\r', '\t']);
    let (mut resource_type, mut id, mut meta) = (None, None, None);
    for member in members(text) {
        if member.is("resourceType") {
            resource_type = Some(member.value);
        } else if member.is("id") {
            id = Some(member.value);
        } else if member.is("meta") {
            meta = Some(member.value);
        }
    }
    let mut edits = Edits(Vec::new());
    let anchor = match id {
        Some(place) => {
            let end = place.end;
            edits.replace(place, quoted(stamp.id));
            end
        }
        None => {
            let end = resource_type.ok_or(TextError::NotAResource)?.end;
            edits.insert(end, format!(",\"id\":{}", quoted(stamp.id)));
            end
        }
    };
    match meta {
        None => {
            let fresh = [
                set("versionId", stamp.version_id),
                set("lastUpdated", stamp.last_updated),
            ]
            .join(",");
            edits.insert(anchor, format!(",\"meta\":{{{fresh}}}"));
        }
        Some(place) => stamp_meta(text, place, stamp, &mut edits)?,
    }
    Ok(edits.apply(text))
}

fn stamp_meta(
    text: &str,
    place: Range<usize>,
    stamp: &Stamp<'_>,
    edits: &mut Edits,
) -> Result<(), TextError> {
    let start = place.start;
    let meta = text
        .get(place)
        .filter(|meta| meta.starts_with('{'))
        .ok_or(TextError::MetaIsNoObject)?;
    let mut fresh = Vec::new();
    for (key, value) in [
        ("versionId", stamp.version_id),
        ("lastUpdated", stamp.last_updated),
    ] {
        match members(meta).find(|member| member.is(key)) {
            Some(member) => {
                edits.replace(
                    start + member.value.start..start + member.value.end,
                    quoted(value),
                );
            }
            None => fresh.push(set(key, value)),
        }
    }
    if !fresh.is_empty() {
        let mut inserted = fresh.join(",");
        if meta.as_bytes().get(skip_space(meta, 1)) != Some(&b'}') {
            inserted.push(',');
        }
        edits.insert(start + 1, inserted);
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_string(text, &mut out);
    out
}

fn set(key: &str, value: &str) -> String {
    format!("\"{key}\":{}", quoted(value))
}

/// Replacements in a text. Invariant: the ranges do not overlap.
struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    fn replace(&mut self, range: Range<usize>, with: String) {
        self.0.push((range, with));
    }

    fn insert(&mut self, at: usize, what: String) {
        self.0.push((at..at, what));
    }

    fn apply(mut self, text: &str) -> String {
        // Stable: what was put to the same place stays in the order in which it was put.
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let grown: usize = self.0.iter().map(|(_, with)| with.len()).sum();
        let mut out = String::with_capacity(text.len() + grown);
        let mut from = 0;
        for (range, with) in &self.0 {
            out.push_str(text.get(from..range.start).unwrap_or_default());
            out.push_str(with);
            from = range.end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::Json;

    const STAMP: Stamp<'static> = Stamp {
        id: "x1",
        version_id: "2",
        last_updated: "2026-11-26T09:30:00.000Z",
    };
    const META: &str = r#""versionId":"2","lastUpdated":"2026-11-26T09:30:00.000Z""#;

    #[test]
    fn only_what_the_server_owns_changes() {
        let check = |body: &str, expected: &str| {
            assert_eq!(
                stamp(body, &STAMP).unwrap(),
                expected.replace("META", META),
                "{body}"
            );
        };
        check(
            r#" {"resourceType":"Patient"} "#,
            r#"{"resourceType":"Patient","id":"x1","meta":{META}}"#,
        );
        check(
            "\u{FEFF}{ \"a\" : 1.10,\n\"resourceType\" : \"Patient\" , \"b\":\"\\u0041\\/\"}\n",
            "{ \"a\" : 1.10,\n\"resourceType\" : \"Patient\",\"id\":\"x1\",\"meta\":{META} , \"b\":\"\\u0041\\/\"}",
        );
        check(
            r#"{"meta":{ "tag":[{"id":"id"}] },"id" : null,"resourceType":"P"}"#,
            r#"{"meta":{META, "tag":[{"id":"id"}] },"id" : "x1","resourceType":"P"}"#,
        );
        check(
            r#"{"resourceType":"P","i\u0064":"a","meta":{"lastUpdated":"1","x":"}","versionId":7}}"#,
            r#"{"resourceType":"P","i\u0064":"x1","meta":{"lastUpdated":"2026-11-26T09:30:00.000Z","x":"}","versionId":"2"}}"#,
        );
        check(
            r#"{"resourceType":"P","id":"a","meta":{ }}"#,
            r#"{"resourceType":"P","id":"x1","meta":{META }}"#,
        );
        assert_eq!(stamp("[1]", &STAMP), Err(TextError::NotAResource));
        assert_eq!(
            stamp(r#"{"id":"1","meta":[]}"#, &STAMP),
            Err(TextError::MetaIsNoObject)
        );
    }

    fn json_text() -> impl Strategy<Value = String> {
        let string = "\"([a-z{}\\[\\], :]|\\\\\"|\\\\\\\\|\\\\u00e9|é){0,6}\"";
        let leaf = prop_oneof![
            string.prop_map(String::from),
            Just("1.10".into()),
            Just("null".into()),
            Just("-0e5".into())
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4)
                    .prop_map(|items| format!("[ {} ]", items.join(" ,"))),
                prop::collection::vec(inner, 0..4).prop_map(|items| {
                    let members: Vec<_> = items
                        .iter()
                        .enumerate()
                        .map(|(at, item)| format!("\"k{at}\" : {item}"))
                        .collect();
                    format!("{{{}}}", members.join(",\n"))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_other_member_stays_byte_for_byte(
            values in prop::collection::vec(json_text(), 1..6),
            at in 0_usize..6,
            own in prop::sample::subsequence(vec!["\"id\": \"old\"", "\"meta\" : {\"tag\":[ ]}"], 0..=2),
        ) {
            let mut parts: Vec<String> = values.iter().enumerate().map(|(n, value)| format!("\"m{n}\": {value}")).collect();
            parts.insert(at.min(parts.len()), "\"resourceType\":\"Patient\"".into());
            for part in own {
                parts.insert(at.min(parts.len()), part.into());
            }
            let body = format!(" {{ {} }}\n", parts.join(" , "));
            prop_assert!(Json::parse(body.as_bytes()).is_ok());
            let kept = stamp(&body, &STAMP).unwrap();
            let tree = Json::parse(kept.as_bytes()).unwrap();
            prop_assert_eq!(tree.text("id"), Some("x1"));
            prop_assert_eq!(tree.at(&["meta", "versionId"]).and_then(Json::as_str), Some("2"));
            for (n, value) in values.iter().enumerate() {
                prop_assert_eq!(super::super::member(&kept, &format!("m{n}")), Some(value.as_str()));
            }
            prop_assert_eq!(stamp(&kept, &STAMP).unwrap(), kept.clone());
            prop_assert_eq!(Json::parse(super::super::compact(&kept).as_bytes()).unwrap(), tree.clone());
            prop_assert_eq!(Json::parse(super::super::pretty(&kept).as_bytes()).unwrap(), tree);
        }

        #[test]
        fn any_text_is_answered(text in "[\\{\\}\\[\\]\",:\\\\ a0é]{0,40}") {
            let _ = (stamp(&text, &STAMP), super::super::compact(&text), super::super::pretty(&text));
        }
    }
}
