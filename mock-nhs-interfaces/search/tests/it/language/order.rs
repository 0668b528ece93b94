//! Properties: keys are ordered as values are, and an operand's ranges hold every key of what it matches.

use fhir::decimal::Decimal;
use proptest::prelude::*;
use search::key::{KeyRange, main_key};
use search::operand::{DateTest, NumberTest, Operand, Prefix, QuantityTest, StringTest, UriTest};
use search::value::{DateRange, Number, NumberRange, Quantity, Text, Value};

use super::Read;

fn text(written: &str) -> Value {
    Value::Text(Text {
        written: written.into(),
        folded: search::fold::fold(written),
    })
}

fn number(text: &str) -> Number {
    Number::from_ordered_bytes(&Decimal::parse(text).unwrap().to_bytes())
}

/// Values and keys agree; whatever matches is within the ranges.
fn agree(operand: &Operand, value: &Value) -> Result<(), TestCaseError> {
    let mut by_key = false;
    let ranges = operand.ranges();
    search::key::keys(value, &mut |key| {
        by_key |= ranges.iter().any(|range| range.contains(key)) && operand.accepts(key);
    });
    prop_assert_eq!(operand.matches(value), by_key, "{:?} {:?}", operand, value);
    Ok(())
}

prop_compose! {
    fn span()(low in -6_i64..6, length in 1_i64..6, unit in prop::sample::select(vec![1_i64, 1_000_000, 86_400_000_000]), open in 0..6)
        -> DateRange {
        match open {
            0 => DateRange { low: i64::MIN, high: low * unit },
            1 => DateRange { low: low * unit, high: i64::MAX },
            _ => DateRange { low: low * unit, high: (low + length) * unit },
        }
    }
}

fn prefix() -> impl Strategy<Value = Prefix> {
    prop::sample::select(Prefix::ALL.to_vec())
}

const DECIMAL: &str = "-?(0|[1-9][0-9]{0,2})(\\.[0-9]{1,2})?(e-?[0-9])?";

prop_compose! {
    fn numbers()(one in DECIMAL, other in DECIMAL, open in 0..6) -> NumberRange {
        let (one, other) = (number(&one), number(&other));
        match open {
            0 => NumberRange { low: Number::negative_infinity(), high: one },
            1 => NumberRange { low: one, high: Number::positive_infinity() },
            2 => NumberRange { low: one.clone().min(other.clone()), high: one.max(other) },
            _ => NumberRange { low: one.clone(), high: one },
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn dates_agree_and_are_ordered(own in span(), other in span(), asked in span(), prefix in prefix()) {
        agree(&Operand::Date(DateTest { prefix, range: asked }), &Value::Date(own))?;
        prop_assert_eq!(main_key(&Value::Date(own)).cmp(&main_key(&Value::Date(other))), own.cmp(&other));
    }

    #[test]
    fn numbers_agree_and_are_ordered(own in numbers(), other in numbers(), one in DECIMAL, two in DECIMAL, prefix in prefix()) {
        let (one, two) = (number(&one), number(&two));
        let (low, high) = match prefix {
            Prefix::Eq | Prefix::Ne | Prefix::Ap => (one.clone().min(two.clone()), one.max(two)),
            Prefix::Gt | Prefix::Lt | Prefix::Ge | Prefix::Le | Prefix::Sa | Prefix::Eb => (one.clone(), one),
        };
        let test = NumberTest { prefix, low, high };
        agree(&Operand::Number(test.clone()), &Value::Number(own.clone()))?;
        let quantity = Quantity { range: own.clone(), system: None, code: Some("mg".into()), unit: None };
        for unit in [None, Some("mg".into()), Some("kg".into())] {
            let test = QuantityTest { number: test.clone(), system: None, unit, canonical: None };
            agree(&Operand::Quantity(test), &Value::Quantity(quantity.clone()))?;
        }
        let order = (&own.low, &own.high).cmp(&(&other.low, &other.high));
        prop_assert_eq!(main_key(&Value::Number(own)).cmp(&main_key(&Value::Number(other))), order);
    }

    #[test]
    fn texts_agree_and_are_ordered(own in "[aAbé ]{0,5}", other in "[aAbé ]{0,5}", asked in "[aAbé ]{0,3}") {
        let folded = search::fold::fold(&asked);
        for test in [
            StringTest::Starts(folded.clone()), StringTest::Contains(folded.clone()), StringTest::Ends(folded.clone()),
            StringTest::Is(folded), StringTest::Exact(asked.into()),
        ] {
            agree(&Operand::String(test), &text(&own))?;
        }
        let (own, other) = (text(&own), text(&other));
        if let (Value::Text(one), Value::Text(two)) = (&own, &other) && one.folded != two.folded {
            prop_assert_eq!(main_key(&own).cmp(&main_key(&other)), one.folded.cmp(&two.folded));
        }
    }

    #[test]
    fn uris_agree(own in "http://[ab]{0,2}(/[ab]{0,2}){0,3}(\\|1)?", asked in "http://[ab]{0,2}(/[ab]{0,2}){0,3}") {
        for test in [UriTest::Is(asked.as_str().into()), UriTest::Below(asked.as_str().into()), UriTest::Above(asked.as_str().into())] {
            agree(&Operand::Uri(test), &Value::Uri(own.as_str().into()))?;
        }
    }

    #[test]
    fn ranges_of_bytes(beginning in prop::collection::vec(1_u8..255, 1..4), key in prop::collection::vec(any::<u8>(), 0..6)) {
        prop_assert_eq!(KeyRange::prefix(&beginning).contains(&key), key.starts_with(&beginning));
        prop_assert_eq!(KeyRange::exact(&beginning).contains(&key), key == beginning);
        let exact = KeyRange::exact(&beginning);
        prop_assert_eq!(exact.single(), Some(beginning.as_slice()));
    }

    /// Whatever stands where an element should, reading it is safe.
    #[test]
    fn resources_of_any_shape_are_read(resource in shape()) {
        let json = format!(r#"{{"resourceType":"Observation","id":"1","code":{resource},"subject":{resource},"valueQuantity":{resource},
            "effectivePeriod":{resource},"component":{resource},"meta":{resource},"identifier":{resource},"text":{resource}}}"#);
        let read = Read::new(&json);
        prop_assert!(read.values.len() < 2_000);
    }
}

fn shape() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "null",
        "1.50",
        "-1e400",
        "true",
        "\"x\"",
        "\"2020\"",
        "\"Patient/1\"",
        "{}",
        "[]",
        "\"<a<b>c\"",
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    leaf.prop_recursive(3, 24, 5, |inner| {
        let keys = [
            "coding",
            "code",
            "value",
            "system",
            "reference",
            "start",
            "end",
            "valueQuantity",
            "identifier",
            "tag",
            "div",
            "type",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(prop::sample::select(keys.to_vec()), inner, 0..5).prop_map(
                |members| {
                    let members: Vec<String> = members
                        .iter()
                        .map(|(key, value)| format!("\"{key}\":{value}"))
                        .collect();
                    format!("{{{}}}", members.join(","))
                }
            ),
        ]
    })
}
