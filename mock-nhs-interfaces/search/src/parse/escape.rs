//! `\,` `\$` `\|` `\\`: separators that are meant as themselves. Source: <https://hl7.org/fhir/R4/search.html#escaping>.

/// Splits where a separator is not escaped. Pieces keep their escapes.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut is_escaped) = (0, false);
    for (at, character) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if character == '\\' {
            is_escaped = true;
        } else if character == separator {
            pieces.push(text.get(start..at).unwrap_or_default());
            start = at + character.len_utf8();
        }
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces
}

/// Takes the escapes away. A backslash before anything else stays: `\d` was not meant as an escape.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = characters.next_if(|next| character == '\\' && matches!(next, ',' | '$' | '|' | '\\'));
        plain.push(escaped.unwrap_or(character));
    }
    plain
}

/// Adds the escapes: what [`plain`] takes away, and what [`split`] then passes over.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, ',' | '$' | '|' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escaped, plain, split};

    #[test]
    fn separators_can_be_escaped() {
        for (text, pieces) in [
            ("a,b", vec!["a", "b"]),
            ("a\\,b,c", vec!["a\\,b", "c"]),
            ("a\\\\,b", vec!["a\\\\", "b"]),
            ("", vec![""]),
            (",", vec!["", ""]),
            ("a\\", vec!["a\\"]),
        ] {
            assert_eq!(split(text, ','), pieces, "{text}");
        }
        for (text, expected) in [
            ("a\\,b\\|c\\$d\\\\e", "a,b|c$d\\e"),
            ("\\d", "\\d"),
            ("a\\", "a\\"),
            ("\\\\\\,", "\\,"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn an_escaped_text_is_one_piece_and_comes_back(text in "[a,|$\\\\é ]{0,20}") {
            let escaped = escaped(&text);
            proptest::prop_assert_eq!(split(&escaped, ','), vec![escaped.as_str()]);
            proptest::prop_assert_eq!(plain(&escaped), text);
        }
    }
}
