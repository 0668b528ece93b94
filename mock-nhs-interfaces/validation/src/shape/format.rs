//! The forms of R4's primitive types, checked by hand: every check is one pass over the text.
//!
//! Source: <https://hl7.org/fhir/R4/datatypes.html#primitive>.

use fhir::date::{ClockTime, DateTime};

/// R4: "Strings SHALL NOT exceed 1MB (1024*1024 characters) in size".
const MAX_STRING_CHARS: usize = 1024 * 1024;
/// R4: an id has at most 64 characters.
const MAX_ID_BYTES: usize = 64;

/// What is wrong with a text as a value of the primitive type, in words that continue "This ...".
pub(super) fn text(type_name: &str, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("is empty: leave the element out instead".to_owned());
    }
    match type_name {
        "string" | "markdown" | "xhtml" => characters(text),
        "code" => code(text),
        "id" => want(is_id(text), "is no id: 1 to 64 letters, digits, `-` and `.`"),
        "uri" | "url" | "canonical" => want(
            !text.contains(char::is_whitespace),
            "is no address: it has white space in it",
        ),
        "oid" => want(is_oid(text), "is no OID, as in urn:oid:1.2.3"),
        "uuid" => want(
            is_uuid(text),
            "is no UUID, as in urn:uuid:c757873d-ec9a-4326-a141-556f43239520, in small letters",
        ),
        "base64Binary" => want(is_base64(text), "is not base64"),
        "date" => DateTime::parse_date(text)
            .map(drop)
            .map_err(|error| error.to_string())
            .map_err(dated),
        "dateTime" => DateTime::parse_date_time(text)
            .map(drop)
            .map_err(|error| error.to_string())
            .map_err(dated),
        "instant" => DateTime::parse_instant(text)
            .map(drop)
            .map_err(|error| error.to_string())
            .map_err(dated),
        "time" => want(
            ClockTime::parse(text).is_ok(),
            "is no time of day, as in 09:30:00",
        ),
        _ => Ok(()),
    }
}

/// What is wrong with a number as a value of the primitive type.
pub(super) fn number(type_name: &str, number: &str) -> Result<(), String> {
    let integer = || number.parse::<i32>().ok().filter(|_| !number.starts_with("-0"));
    match type_name {
        "integer" => want(
            integer().is_some() || number == "-0",
            "is no integer between -2147483648 and 2147483647, written without a point or an exponent",
        ),
        "unsignedInt" => want(
            integer().is_some_and(|value| value >= 0),
            "is no whole number from 0 to 2147483647",
        ),
        "positiveInt" => want(
            integer().is_some_and(|value| value >= 1),
            "is no whole number from 1 to 2147483647",
        ),
        // The grammar of JSON's numbers is that of R4's decimals.
        _ => Ok(()),
    }
}

fn dated(error: String) -> String {
    format!("is not right: {error}")
}

fn want(right: bool, sentence: &str) -> Result<(), String> {
    if right { Ok(()) } else { Err(sentence.to_owned()) }
}

fn characters(text: &str) -> Result<(), String> {
    let control = |letter: char| letter < ' ' && !matches!(letter, '\t' | '\r' | '\n');
    want(
        !text.contains(control),
        "has a control character in it: only tab, carriage return and line feed are allowed",
    )?;
    let long = text.len() > MAX_STRING_CHARS && text.chars().count() > MAX_STRING_CHARS;
    want(!long, "is longer than a million characters (1024 × 1024)")
}

/// No white space but single spaces inside. Source: R4's `[^\s]+(\s[^\s]+)*`.
fn code(text: &str) -> Result<(), String> {
    let mut space = true;
    for letter in text.chars() {
        let now = letter.is_whitespace();
        if now && space {
            return Err("is no code: it has white space at its start or twice in a row".to_owned());
        }
        space = now;
    }
    want(!space, "is no code: it has white space at its end")
}

/// Whether it may be the id of a resource: <https://hl7.org/fhir/R4/datatypes.html#id>.
pub(super) fn is_id(text: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}

/// Source: R4's `urn:oid:[0-2](\.(0|[1-9][0-9]*))+`.
fn is_oid(text: &str) -> bool {
    let Some(arcs) = text.strip_prefix("urn:oid:") else {
        return false;
    };
    let mut arcs = arcs.split('.');
    let number = |arc: &str| {
        !arc.is_empty()
            && arc.bytes().all(|byte| byte.is_ascii_digit())
            && (arc == "0" || !arc.starts_with('0'))
    };
    let first = arcs.next().is_some_and(|arc| matches!(arc, "0" | "1" | "2"));
    let mut rest = arcs.peekable();
    first && rest.peek().is_some() && rest.all(number)
}

fn is_uuid(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("urn:uuid:") else {
        return false;
    };
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    uuid.len() == 36
        && uuid.bytes().enumerate().all(|(place, byte)| {
            if matches!(place, 8 | 13 | 18 | 23) {
                byte == b'-'
            } else {
                hexadecimal(byte)
            }
        })
}

/// Groups of four with padding at the end; white space anywhere between letters is allowed.
fn is_base64(text: &str) -> bool {
    let (mut letters, mut padding) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => letters += 1,
            b'=' => padding += 1,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => return false,
        }
    }
    letters > 0 && padding <= 2 && (letters + padding).is_multiple_of(4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{number, text};

    #[test]
    fn forms_of_texts() {
        let long_id = "a".repeat(65);
        let cases: [(&str, &[&str], &[&str]); 13] = [
            ("string", &[" a ", "tab\there", "é"], &["", "\u{1}", "a\u{b}"]),
            ("code", &["a", "a b", "<="], &["", " a", "a ", "a  b", "a\n b"]),
            ("id", &["a", "A-1.b"], &["", "a_b", "a/b", &long_id, "é"]),
            ("uri", &["http://a/b", "urn:x", "x"], &["", "a b", "a\n"]),
            ("canonical", &["http://a/b|1.0"], &["http://a b"]),
            (
                "oid",
                &["urn:oid:1.2.3", "urn:oid:2.16.840"],
                &["1.2.3", "urn:oid:3.1", "urn:oid:1", "urn:oid:1.02", "urn:oid:1."],
            ),
            (
                "uuid",
                &["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
                &[
                    "c757873d-ec9a-4326-a141-556f43239520",
                    "urn:uuid:C757873D-ec9a-4326-a141-556f43239520",
                    "urn:uuid:c757873dec9a4326a141556f43239520",
                ],
            ),
            (
                "base64Binary",
                &["QQ==", "QUJD", "QU JD", "QUI="],
                &["Q", "QQ=", "QQ==QQ==", "Q-==", "===="],
            ),
            (
                "date",
                &["2020", "2020-02", "2020-02-29"],
                &["20", "2021-02-29", "2020-13", "2020-01-01T00:00:00Z", "70-2"],
            ),
            (
                "dateTime",
                &["2020", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00.123+01:00"],
                &[
                    "2020-01-01T10:00Z",
                    "2020-01-01T10:00:00",
                    "2020-01-01 10:00:00Z",
                    "2020-01-01T24:00:00Z",
                ],
            ),
            (
                "instant",
                &["2020-01-01T10:00:00Z"],
                &["2020-01-01", "2020-01-01T10:00:00"],
            ),
            (
                "time",
                &["09:30:00", "23:59:59.5"],
                &["9:30", "09:30", "24:00:00", "09:30:00Z"],
            ),
            ("markdown", &["# a"], &[""]),
        ];
        for (name, right, wrong) in cases {
            for one in right {
                assert_eq!(text(name, one), Ok(()), "{name} {one:?}");
            }
            for one in wrong {
                assert!(text(name, one).is_err(), "{name} {one:?}");
            }
        }
    }

    #[test]
    fn forms_of_numbers() {
        let cases: [(&str, &[&str], &[&str]); 4] = [
            (
                "integer",
                &["0", "-1", "2147483647", "-2147483648"],
                &["1.0", "1e3", "2147483648"],
            ),
            ("unsignedInt", &["0", "5"], &["-1", "1.5"]),
            ("positiveInt", &["1"], &["0", "-1"]),
            ("decimal", &["1.00", "-0.5", "1e-7"], &[]),
        ];
        for (name, right, wrong) in cases {
            for one in right {
                assert_eq!(number(name, one), Ok(()), "{name} {one}");
            }
            for one in wrong {
                assert!(number(name, one).is_err(), "{name} {one}");
            }
        }
    }

    proptest! {
        /// The hand-written checks say what R4's regular expressions say, where those mean what the prose means.
        #[test]
        fn hand_and_expression_agree(value in "[a0./: \\-=A]{0,12}|urn:oid:[0-3.]{0,6}|urn:uuid:[0-9a-f-]{36}") {
            for name in ["id", "oid", "uuid", "code"] {
                let pattern = definitions::element(name, &format!("{name}.value")).unwrap().regex.unwrap();
                let pattern = regex::Regex::new(&format!("^(?:{pattern})$")).unwrap();
                prop_assert_eq!(text(name, &value).is_ok(), pattern.is_match(&value), "{} {:?}", name, value);
            }
        }
    }
}
