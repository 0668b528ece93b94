//! The NHS numbers in an address or a body: ten digits with a right check digit, and no further digit beside them.

use crate::value::NhsNumber;

/// Where NHS numbers begin in `text`, and which. A percent-encoded byte ends a row of digits.
pub(super) fn numbers(text: &[u8]) -> impl Iterator<Item = (usize, NhsNumber)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let start = at;
            at += match rest {
                [b'%', first, second, ..] if first.is_ascii_hexdigit() && second.is_ascii_hexdigit() => 3,
                _ => digits.max(1),
            };
            let number = (digits == 10)
                .then(|| str::from_utf8(rest.get(..10)?).ok()?.parse().ok())
                .flatten();
            if let Some(number) = number {
                return Some((start, number));
            }
        }
        None
    })
}

/// The text with one number in place of another, everywhere.
pub(super) fn replaced(text: &[u8], number: NhsNumber, instead: NhsNumber) -> Vec<u8> {
    let mut changed = text.to_vec();
    for (start, found) in numbers(text) {
        if found == number
            && let Some(place) = changed.get_mut(start..start + 10)
        {
            place.copy_from_slice(instead.to_string().as_bytes());
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::{numbers, replaced};

    #[test]
    fn numbers_are_whole_and_right() {
        for (text, expected) in [
            ("/Patient/9000000009", &["9000000009"][..]),
            (
                "/Patient/9000000009/RelatedPerson?x=9000000017",
                &["9000000009", "9000000017"],
            ),
            (
                "patient.identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9000000009",
                &["9000000009"],
            ),
            ("?q=%209000000009", &["9000000009"]),
            ("/Patient/90000000091", &[]),
            ("/Patient/9000000008", &[]),
            ("{\"value\":\"9000000009\"}", &["9000000009"]),
            ("%", &[]),
            ("", &[]),
        ] {
            let found: Vec<String> = numbers(text.as_bytes())
                .map(|(_, number)| number.to_string())
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn only_the_number_that_is_meant_is_replaced() {
        let changed = replaced(
            b"/Patient/9000000009?a=9000000017&b=9000000009",
            "9000000009".parse().unwrap(),
            "9000000025".parse().unwrap(),
        );
        assert_eq!(changed, b"/Patient/9000000025?a=9000000017&b=9000000025");
    }
}
