//! Finds a value however it is spelled: as it is, percent-encoded, or escaped as JSON and HTML escape. Each character may be
//! spelled in another way, because libraries differ in what they escape.

/// Places at once at which a character may be itself or the beginning of an escape, and both are followed. A value that looks escaped
/// has some; the bound, here and of steps for each byte of the value, keeps a stranger from making the search expensive.
const FORKS: usize = 16;

/// The longest spelling of one character, in bytes: four bytes percent-encoded, or two halves of a surrogate pair.
pub(super) const SPELLING_BYTES: usize = 12;

/// How a text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// With the value, in so many bytes.
    Whole(usize),
    /// With so many bytes of the value, and there it ends.
    Half(usize),
    /// With something else.
    Nothing,
}

/// Whether the text begins with the value.
pub(super) fn spelled(value: &str, text: &[u8]) -> Found {
    let (mut rest, mut at) = (value, 0);
    let (mut others, mut half) = (Vec::new(), 0);
    for _ in 0..=value.len().saturating_mul(FORKS) {
        let mut chars = rest.chars();
        let Some(wanted) = chars.next() else {
            return Found::Whole(at);
        };
        let here = text.get(at..).unwrap_or_default();
        let next = match (escaped(wanted, here), plain(wanted, here)) {
            (Some(escaped), Some(plain)) => {
                if others.len() < FORKS {
                    others.push((chars.as_str(), at + plain));
                }
                Some(escaped)
            }
            (escaped, plain) => escaped.or(plain),
        };
        if let Some(length) = next {
            (rest, at) = (chars.as_str(), at + length);
            continue;
        }
        if breaks_off(wanted, here) {
            half = half.max(value.len() - rest.len());
        }
        match others.pop() {
            Some(other) => (rest, at) = other,
            None => break,
        }
    }
    if half > 0 {
        Found::Half(half)
    } else {
        Found::Nothing
    }
}

/// The bytes with which a value may begin that is spelled at the beginning of this text.
pub(super) fn first_bytes(text: &[u8]) -> impl Iterator<Item = u8> + use<> {
    let first = text.first().copied();
    let other = match first {
        Some(b'%') => percent(text),
        Some(b'\\') => json(text).map(|(char, _)| first_byte(char)),
        Some(b'&') => html(text).map(|(char, _)| first_byte(char)),
        Some(b'+') => Some(b' '),
        _ => None,
    };
    first
        .into_iter()
        .chain(other.filter(|other| Some(*other) != first))
}

fn first_byte(char: char) -> u8 {
    char.encode_utf8(&mut [0; 4]).bytes().next().unwrap_or_default()
}

/// The character as it is, or `+` for a space as forms send it.
fn plain(wanted: char, text: &[u8]) -> Option<usize> {
    if wanted == ' ' && text.first() == Some(&b'+') {
        return Some(1);
    }
    if let Ok(wanted) = u8::try_from(wanted)
        && wanted.is_ascii()
    {
        return (text.first() == Some(&wanted)).then_some(1);
    }
    let mut buffer = [0; 4];
    let wanted = wanted.encode_utf8(&mut buffer);
    text.starts_with(wanted.as_bytes()).then_some(wanted.len())
}

/// The character, escaped.
fn escaped(wanted: char, text: &[u8]) -> Option<usize> {
    let is_wanted = |(char, length): (char, usize)| (char == wanted).then_some(length);
    match text.first()? {
        b'%' => {
            let mut buffer = [0; 4];
            let mut at = 0;
            for byte in wanted.encode_utf8(&mut buffer).bytes() {
                if percent(text.get(at..)?)? != byte {
                    return None;
                }
                at += 3;
            }
            Some(at)
        }
        b'\\' => json(text).and_then(is_wanted),
        b'&' => html(text).and_then(is_wanted),
        _ => None,
    }
}

/// Whether the text ends inside of the character.
fn breaks_off(wanted: char, text: &[u8]) -> bool {
    let mut buffer = [0; 4];
    let is_escape = text.len() < SPELLING_BYTES && matches!(text.first(), Some(b'%' | b'\\' | b'&'));
    is_escape || wanted.encode_utf8(&mut buffer).as_bytes().starts_with(text)
}

/// `%2B`
fn percent(text: &[u8]) -> Option<u8> {
    let [b'%', digits @ ..] = text else {
        return None;
    };
    u8::try_from(hexadecimal(digits.get(..2)?)?).ok()
}

/// `\"`, `\/`, `\u00e4`, `\ud83c\udfe5`
fn json(text: &[u8]) -> Option<(char, usize)> {
    let [b'\\', kind, rest @ ..] = text else {
        return None;
    };
    let char = match kind {
        b'"' | b'\\' | b'/' | b'\'' => char::from(*kind),
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => return utf16(rest),
        _ => return None,
    };
    Some((char, 2))
}

/// What follows `\u`, and the length with it.
fn utf16(rest: &[u8]) -> Option<(char, usize)> {
    let unit = |digits: &[u8]| u16::try_from(hexadecimal(digits.get(..4)?)?).ok();
    let high = unit(rest)?;
    if let Some(char) = char::from_u32(u32::from(high)) {
        return Some((char, 6));
    }
    let low = unit(rest.get(4..)?.strip_prefix(b"\\u")?)?;
    let mut pair = char::decode_utf16([high, low]);
    Some((pair.next()?.ok()?, SPELLING_BYTES))
}

/// `&amp;`, `&#39;`, `&#x2F;`
fn html(text: &[u8]) -> Option<(char, usize)> {
    let rest = text.strip_prefix(b"&")?;
    let end = rest.iter().take(SPELLING_BYTES).position(|byte| *byte == b';')?;
    let char = match rest.get(..end)? {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hexadecimal(digits)?)?,
        [b'#', digits @ ..] => char::from_u32(std::str::from_utf8(digits).ok()?.parse().ok()?)?,
        _ => return None,
    };
    Some((char, end + 2))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let value = |sum: u32, digit: &u8| Some(sum.checked_mul(16)? + char::from(*digit).to_digit(16)?);
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0, value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_character_may_be_spelled_in_its_own_way() {
        let value = "a&'\"</ä +%\\🏥";
        for text in [
            "a&'\"</ä +%\\🏥",
            "a%26%27%22%3C%2F%C3%A4%20%2B%25%5C%F0%9F%8F%A5",
            "a%26'%22%3c/%c3%a4+%2b%25%5c%f0%9f%8f%a5",
            "a&amp;&#39;&quot;&lt;/ä +%\\🏥",
            "a&#38;&#x27;&#34;&#x3C;/&#228;&#32;&#43;&#37;&#92;&#x1F3E5;",
            "a&'\\\"<\\/\\u00e4 +%\\\\\\ud83c\\udfe5",
            "a\\u0026\\u0027\\u0022\\u003C/\\u00E4\\u0020\\u002b\\u0025\\u005c\\uD83C\\uDFE5",
        ] {
            assert_eq!(
                spelled(value, text.as_bytes()),
                Found::Whole(text.len()),
                "{text}"
            );
        }
        assert_eq!(spelled(value, b"a&amp;'\"<x"), Found::Nothing);
        assert_eq!(spelled(value, b""), Found::Nothing);
    }

    #[test]
    fn a_value_that_looks_escaped_is_found_as_it_is_and_escaped() {
        let value = "50%25&amp;off\\n";
        for text in [
            "50%25&amp;off\\n",
            "50%2525%26amp%3Boff%5Cn",
            "50%25&amp;amp;off\\\\n",
        ] {
            assert_eq!(
                spelled(value, text.as_bytes()),
                Found::Whole(text.len()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_search_with_many_ways_ends() {
        let value = "%25".repeat(4_000);
        let found = spelled(&value, value.replace('%', "%25").as_bytes());
        assert!(matches!(found, Found::Whole(_)));
        assert_eq!(spelled(&value, value.as_bytes()), Found::Whole(value.len()));
        assert_eq!(spelled(&value, "%".repeat(100_000).as_bytes()), Found::Nothing);
    }

    proptest! {
        #[test]
        fn a_text_that_ends_early_holds_half(value in "[ -~äß🏥]{2,12}", cut in any::<prop::sample::Index>()) {
            let cut = 1 + cut.index(value.len() - 1);
            let found = spelled(&value, &value.as_bytes()[..cut]);
            prop_assert!(!matches!(found, Found::Whole(_)), "{:?}", found);
            if value.is_char_boundary(cut) && !value.contains(['%', '\\', '&', '+']) {
                prop_assert_eq!(found, Found::Half(cut));
            }
        }

        #[test]
        fn any_bytes_are_no_danger(value in "(a|%|25|&|amp;|#|x|;|\\\\|u00|e4|\"|ä){1,12}", text in "(a|%|25|&|amp;|#|x|;|\\\\|u00|e4|\"|ä){0,24}") {
            spelled(&value, text.as_bytes());
            prop_assert!(first_bytes(text.as_bytes()).count() <= 2);
        }
    }
}
