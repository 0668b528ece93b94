//! Comparing values with what a profile fixes or asks for at least.

use fhir::json::Json;

/// Whether the value is the fixed one. The order of keys does not count, that of items does; numbers compare as Json compares them.
pub(super) fn is_fixed(value: &Json, fixed: &Json) -> bool {
    match (value, fixed) {
        (Json::Object(members), Json::Object(wanted)) => {
            members.len() == wanted.len()
                && wanted
                    .iter()
                    .all(|(key, wanted)| value.get(key).is_some_and(|member| is_fixed(member, wanted)))
        }
        (Json::Array(items), Json::Array(wanted)) => {
            items.len() == wanted.len()
                && items
                    .iter()
                    .zip(wanted)
                    .all(|(item, wanted)| is_fixed(item, wanted))
        }
        _ => value == fixed,
    }
}

/// Whether the value has at least what the pattern has: every member of an object, and for every item of an array one that fits.
///
/// Source: <https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_>.
pub(super) fn has_pattern(value: &Json, pattern: &Json) -> bool {
    match (value, pattern) {
        (Json::Object(_), Json::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| value.get(key).is_some_and(|member| has_pattern(member, wanted))),
        (Json::Array(items), Json::Array(wanted)) => wanted
            .iter()
            .all(|wanted| items.iter().any(|item| has_pattern(item, wanted))),
        _ => value == pattern,
    }
}

#[cfg(test)]
mod tests {
    use fhir::json::Json;

    use super::{has_pattern, is_fixed};

    #[test]
    fn fixed_is_exact_and_a_pattern_is_at_least() {
        let cases = [
            (r#"{"a":1,"b":"x"}"#, r#"{"b":"x","a":1}"#, true, true),
            (r#"{"a":1,"b":"x"}"#, r#"{"a":1}"#, false, true),
            (r#"{"a":1}"#, r#"{"a":1,"b":"x"}"#, false, false),
            (r#"[{"a":1},{"b":2}]"#, r#"[{"b":2}]"#, false, true),
            (r#"[{"a":1}]"#, r#"[{"b":2}]"#, false, false),
            (r#""x""#, r#""x""#, true, true),
            (r#""x""#, r#""y""#, false, false),
            ("true", r#""true""#, false, false),
        ];
        for (value, wanted, fixed, pattern) in cases {
            let [one, other] = [value, wanted].map(|text| Json::parse(text.as_bytes()).unwrap());
            assert_eq!(
                (is_fixed(&one, &other), has_pattern(&one, &other)),
                (fixed, pattern),
                "{value} {wanted}"
            );
        }
    }
}
