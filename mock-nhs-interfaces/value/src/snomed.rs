//! SNOMED CT identifiers: their form and their check digit.
//! Source: <https://confluence.ihtsdotools.org/display/DOCRELFMT/5.5+Check-digit>

/// Where a digit goes by its place, counted from the right.
const PERMUTED: [[u8; 10]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];

/// Whether this is the identifier of a concept, of six to eighteen digits.
pub fn is_concept(code: &str) -> bool {
    if !is_identifier(code) {
        return false;
    }
    // The two digits before the last say what is identified: a concept, of the international edition or of another.
    let kind = code.get(code.len() - 3..code.len() - 1);
    matches!(kind, Some("00" | "10"))
}

/// Whether this is the identifier of anything in SNOMED CT: of a concept, a description or a relationship.
pub fn is_identifier(code: &str) -> bool {
    let has_digits_only = code.bytes().all(|byte| byte.is_ascii_digit());
    (6..=18).contains(&code.len()) && has_digits_only && !code.starts_with('0') && has_check_digit(code)
}

fn has_check_digit(digits: &str) -> bool {
    // The cycle of permutations may begin anew as often as it likes: it is eight long.
    let sum = digits
        .bytes()
        .rev()
        .zip(PERMUTED.iter().cycle())
        .fold(0, |sum, (byte, row)| {
            let digit = usize::from(byte.saturating_sub(b'0'));
            times(sum, row.get(digit).copied().unwrap_or_default())
        });
    sum == 0
}

/// Multiplication in the dihedral group of ten elements.
fn times(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_concept, is_identifier};

    #[test]
    fn concepts_have_a_check_digit_and_say_that_they_are_concepts() {
        for (code, expected) in [
            ("1324681000000101", true),
            ("39114911000001105", true),
            ("38598009", true),
            ("38598008", false),
            ("0138598009", false),
            // A description, and too short.
            ("2622896019", false),
            ("12345", false),
            ("x8598009", false),
            ("", false),
        ] {
            assert_eq!(is_concept(code), expected, "{code}");
        }
        assert!(is_identifier("2622896019") && !is_identifier("2622896018"));
    }
}
