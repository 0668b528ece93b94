//! One pass over the bytes of a body, with every limit checked on the way.
//!
//! Our own reader rather than `serde_json` with raw values, because that reads each level of nesting again (64 levels are
//! 64 passes over the innermost bytes), knows no duplicate keys, and cannot say where in the resource something is wrong.

use std::collections::HashSet;

use super::Json;
use super::error::{Failure, JsonError, JsonErrorKind, Step, reflected};

/// Levels of arrays and objects. The deepest resource among the HL7 and UK Core examples has 14; every walker of ours recurses.
pub const MAX_DEPTH: usize = 64;
/// Digits of one number. FHIR asks for 18 (<https://hl7.org/fhir/R4/datatypes.html#decimal>); more than 64 is an attack on arithmetic.
pub const MAX_NUMBER_DIGITS: usize = 64;
/// The exponent's greatest size. A double ends near 308.
pub const MAX_EXPONENT: u32 = 400;

/// Values of one body: each takes 24 bytes of memory or more, and `[[],[],` is one for three bytes. A Bundle of 16 MiB with
/// ordinary resources has about 1.4 million.
pub const MAX_VALUES: usize = 2_000_000;

/// From this many members on, keys are looked up in a set: comparing each with each would be quadratic.
const FEW_MEMBERS: usize = 16;

type Read<T> = Result<T, Box<Failure>>;

pub(super) fn parse(bytes: &[u8]) -> Result<Json, JsonError> {
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = Reader {
        bytes: body,
        at: 0,
        values: 0,
        root: None,
    };
    match reader.document() {
        Ok(json) => Ok(json),
        Err(failure) => Err(failure.locate(body, reader.root.as_deref())),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    values: usize,
    /// `resourceType` of the outermost object, once it has been read.
    root: Option<Box<str>>,
}

impl Reader<'_> {
    fn document(&mut self) -> Read<Json> {
        self.space();
        if self.peek().is_none() {
            return Err(self.failure(JsonErrorKind::Empty));
        }
        let json = self.value(0)?;
        self.space();
        if self.peek().is_some() {
            return Err(self.failure(JsonErrorKind::TrailingText));
        }
        Ok(json)
    }

    fn value(&mut self, depth: usize) -> Read<Json> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(self.failure(JsonErrorKind::TooManyValues));
        }
        match self.peek() {
            Some(b'"') => Ok(Json::String(self.string()?)),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(_) => Err(self.unexpected("a value")),
            None => Err(self.failure(JsonErrorKind::UnexpectedEnd("a value"))),
        }
    }

    fn object(&mut self, depth: usize) -> Read<Json> {
        if depth >= MAX_DEPTH {
            return Err(self.failure(JsonErrorKind::TooDeep));
        }
        self.at += 1;
        let mut members: Vec<(Box<str>, Json)> = Vec::new();
        let mut seen = HashSet::new();
        self.space();
        if self.take(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.expected("a key in quotation marks", "an object"));
            }
            let key = self.string()?;
            let twice = if members.len() < FEW_MEMBERS {
                members.iter().any(|(name, _)| *name == key)
            } else {
                if seen.is_empty() {
                    seen.extend(members.iter().map(|(name, _)| name.clone()));
                }
                !seen.insert(key.clone())
            };
            if twice {
                let kind = JsonErrorKind::DuplicateKey(reflected(&key));
                return Err(Failure::boxed(kind, start).within(Step::Key(key)));
            }
            self.space();
            if !self.take(b':') {
                return Err(self.expected("a colon", "an object"));
            }
            self.space();
            let member = match self.value(depth + 1) {
                Ok(member) => member,
                Err(failure) => return Err(failure.within(Step::Key(key))),
            };
            if depth == 0 && &*key == "resourceType" {
                self.root = member.as_str().map(Into::into);
            }
            members.push((key, member));
            self.space();
            if self.take(b'}') {
                return Ok(Json::Object(members));
            }
            if !self.take(b',') {
                return Err(self.expected("a comma or }", "an object"));
            }
            self.space();
        }
    }

    fn array(&mut self, depth: usize) -> Read<Json> {
        if depth >= MAX_DEPTH {
            return Err(self.failure(JsonErrorKind::TooDeep));
        }
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            match self.value(depth + 1) {
                Ok(item) => items.push(item),
                Err(failure) => return Err(failure.within(Step::Index(items.len()))),
            }
            self.space();
            if self.take(b']') {
                return Ok(Json::Array(items));
            }
            if !self.take(b',') {
                return Err(self.expected("a comma or ]", "an array"));
            }
            self.space();
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Read<Json> {
        if self.rest().starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self.unexpected("a value"))
    }

    /// A number by the grammar of JSON: no leading zero, no plus sign, digits on both sides of the point.
    fn number(&mut self) -> Read<Json> {
        let start = self.at;
        self.take(b'-');
        let whole = self.digits();
        let leading_zero = whole > 1 && self.bytes.get(self.at - whole) == Some(&b'0');
        let mut digits = whole;
        let mut bad = whole == 0 || leading_zero;
        if self.take(b'.') {
            let fraction = self.digits();
            bad |= fraction == 0;
            digits += fraction;
        }
        let mut exponent = 0;
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'-') || self.take(b'+');
            let from = self.at;
            bad |= self.digits() == 0;
            let written = self.bytes.get(from..self.at).unwrap_or_default();
            exponent = written.iter().fold(0_u32, |sum, digit| {
                sum.saturating_mul(10)
                    .saturating_add(u32::from(digit.saturating_sub(b'0')))
            });
        }
        let kind = if bad {
            JsonErrorKind::BadNumber
        } else if digits > MAX_NUMBER_DIGITS {
            JsonErrorKind::NumberTooLong
        } else if exponent > MAX_EXPONENT {
            JsonErrorKind::ExponentTooLarge
        } else {
            return Ok(Json::Number(self.text(start, self.at)?.into()));
        };
        Err(Failure::boxed(kind, start))
    }

    fn digits(&mut self) -> usize {
        let count = self
            .rest()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        self.at += count;
        count
    }

    fn string(&mut self) -> Read<Box<str>> {
        self.at += 1;
        let start = self.at;
        self.plain();
        if self.peek() == Some(b'"') {
            let text = self.text(start, self.at)?.into();
            self.at += 1;
            return Ok(text);
        }
        let mut out = String::from(self.text(start, self.at)?);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out.into());
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(0) => return Err(self.failure(JsonErrorKind::NulCharacter)),
                Some(_) => return Err(self.failure(JsonErrorKind::ControlCharacter)),
                None => return Err(self.failure(JsonErrorKind::UnexpectedEnd("a text"))),
            }
            let from = self.at;
            self.plain();
            out.push_str(self.text(from, self.at)?);
        }
    }

    /// Moves over everything in a text that stands for itself, eight bytes at a time.
    fn plain(&mut self) {
        while let Some(eight) = self.rest().first_chunk::<8>() {
            let special = special_bytes(u64::from_le_bytes(*eight));
            if special != 0 {
                self.at += special.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
        self.at += self.rest().iter().take_while(|byte| !special(byte)).count();
    }

    fn escape(&mut self) -> Read<char> {
        let start = self.at;
        let code = self.bytes.get(start + 1).copied();
        self.at += 2;
        let character = match code {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            Some(_) => return Err(Failure::boxed(JsonErrorKind::BadEscape, start)),
            None => return Err(Failure::boxed(JsonErrorKind::UnexpectedEnd("a text"), start)),
        };
        Ok(character)
    }

    fn unicode(&mut self, start: usize) -> Read<char> {
        let first = self.hex(start)?;
        let scalar = match first {
            0xD800..=0xDBFF if self.rest().starts_with(b"\\u") => {
                self.at += 2;
                let second = self.hex(start)?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return Err(Failure::boxed(JsonErrorKind::LoneSurrogate, start));
                }
                0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            0 => return Err(Failure::boxed(JsonErrorKind::NulCharacter, start)),
            _ => first,
        };
        char::from_u32(scalar).ok_or_else(|| Failure::boxed(JsonErrorKind::LoneSurrogate, start))
    }

    fn hex(&mut self, start: usize) -> Read<u32> {
        let bad = || Failure::boxed(JsonErrorKind::BadEscape, start);
        let digits = self.bytes.get(self.at..self.at + 4).ok_or_else(bad)?;
        let mut value = 0;
        for digit in digits {
            value = value * 16 + char::from(*digit).to_digit(16).ok_or_else(bad)?;
        }
        self.at += 4;
        Ok(value)
    }

    /// Outside texts only ASCII is let through, so that checking the texts checks the whole body.
    fn text(&self, start: usize, end: usize) -> Read<&str> {
        let bytes = self.bytes.get(start..end).unwrap_or_default();
        std::str::from_utf8(bytes)
            .map_err(|error| Failure::boxed(JsonErrorKind::InvalidUtf8, start + error.valid_up_to()))
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn failure(&self, kind: JsonErrorKind) -> Box<Failure> {
        Failure::boxed(kind, self.at)
    }

    fn expected(&self, wanted: &'static str, inside: &'static str) -> Box<Failure> {
        match self.peek() {
            Some(_) => self.unexpected(wanted),
            None => self.failure(JsonErrorKind::UnexpectedEnd(inside)),
        }
    }

    fn unexpected(&self, wanted: &'static str) -> Box<Failure> {
        let found = match self.peek() {
            Some(byte) if byte.is_ascii_graphic() => format!("\"{}\"", char::from(byte)),
            Some(byte) => format!("the byte 0x{byte:02X}"),
            None => String::from("the end"),
        };
        self.failure(JsonErrorKind::Unexpected {
            wanted,
            found: found.into(),
        })
    }
}

/// Of eight bytes, the highest bit of each that is a quotation mark, a backslash or a control character. Bytes after the
/// first of these may be marked wrongly, because subtraction borrows
/// (<https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord>).
fn special_bytes(eight: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHEST: u64 = ONES << 7;
    let below = |value: u64, limit: u64| value.wrapping_sub(ONES * limit) & !value;
    let quote = eight ^ (ONES * 0x22);
    let backslash = eight ^ (ONES * 0x5C);
    (below(eight, 0x20) | below(quote, 1) | below(backslash, 1)) & HIGHEST
}

impl Failure {
    fn boxed(kind: JsonErrorKind, offset: usize) -> Box<Failure> {
        Box::new(Failure {
            kind,
            offset,
            steps: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(bytes: &[u8], kind: JsonErrorKind, expression: &str, line: usize, column: usize) {
        let error = Json::parse(bytes).unwrap_err();
        assert_eq!(
            (error.kind, error.expression.as_str(), error.line, error.column),
            (kind, expression, line, column)
        );
    }

    #[test]
    fn what_is_written_stays() {
        for text in [
            r#"{"b":1.10,"a":-0,"c":1e400,"d":[true,false,null,"",{}],"é":"\"\\\n"}"#,
            "0.00000000000000000000000000000000000000000000000000000000000001",
            r#""<script>""#,
        ] {
            assert_eq!(Json::parse(text.as_bytes()).unwrap().to_text(), text);
        }
        assert_eq!(
            Json::parse(b"\xEF\xBB\xBF \"\\u00e9\\ud83d\\ude00\\/\" ")
                .unwrap()
                .to_text(),
            "\"é😀/\""
        );
    }

    #[test]
    fn a_refusal_names_the_place() {
        use JsonErrorKind as Kind;
        refused(
            b"{\"resourceType\":\"Patient\",\n \"name\":[{\"given\":[\"a\",\"\\ud800\"]}]}",
            Kind::LoneSurrogate,
            "Patient.name[0].given[1]",
            2,
            25,
        );
        refused(
            b"{\"a\":1,\"a\":2}",
            Kind::DuplicateKey("a".into()),
            "Resource.a",
            1,
            8,
        );
        refused(
            b"{\"_birthDate\":{\"x y\":\"\xFF\"}}",
            Kind::InvalidUtf8,
            "Resource.birthDate.`x y`",
            1,
            23,
        );
        refused(b"", Kind::Empty, "Resource", 1, 1);
        refused(b"{} x", Kind::TrailingText, "Resource", 1, 4);
        refused(
            b"[1,]",
            Kind::Unexpected {
                wanted: "a value",
                found: "\"]\"".into(),
            },
            "Resource[1]",
            1,
            4,
        );
        refused(b"[1", Kind::UnexpectedEnd("an array"), "Resource", 1, 3);
        refused(b"\"a\0\"", Kind::NulCharacter, "Resource", 1, 3);
        refused(b"\"\\u0000\"", Kind::NulCharacter, "Resource", 1, 2);
        refused(b"\"\x01\"", Kind::ControlCharacter, "Resource", 1, 2);
        refused(b"\"\\x\"", Kind::BadEscape, "Resource", 1, 2);
        refused(b"\"\\ud83d\\u0041\"", Kind::LoneSurrogate, "Resource", 1, 2);
        refused(b"\"\\udc00\"", Kind::LoneSurrogate, "Resource", 1, 2);
        refused(b"\"\\u12", Kind::BadEscape, "Resource", 1, 2);
        refused(b"\"abc", Kind::UnexpectedEnd("a text"), "Resource", 1, 5);
        for number in ["01", "-", "1.", "1e", "1e+", "-.5"] {
            refused(number.as_bytes(), Kind::BadNumber, "Resource", 1, 1);
        }
        refused(b"1e401", Kind::ExponentTooLarge, "Resource", 1, 1);
        refused(
            b"1e99999999999999999999",
            Kind::ExponentTooLarge,
            "Resource",
            1,
            1,
        );
        refused("9".repeat(65).as_bytes(), Kind::NumberTooLong, "Resource", 1, 1);
        refused(
            "9".repeat(100_000).as_bytes(),
            Kind::NumberTooLong,
            "Resource",
            1,
            1,
        );
        refused(
            &[b'[', 0xC3, 0xA9],
            Kind::Unexpected {
                wanted: "a value",
                found: "the byte 0xC3".into(),
            },
            "Resource[0]",
            1,
            2,
        );
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(Json::parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(
            Json::parse(nested(MAX_DEPTH + 1).as_bytes()).unwrap_err().kind,
            JsonErrorKind::TooDeep
        );
        assert_eq!(
            Json::parse("[".repeat(100_000).as_bytes()).unwrap_err().kind,
            JsonErrorKind::TooDeep
        );
        assert_eq!(
            Json::parse("{\"a\":".repeat(100_000).as_bytes())
                .unwrap_err()
                .kind,
            JsonErrorKind::TooDeep
        );
    }

    #[test]
    fn values_are_counted() {
        let many = |count: usize| format!("[{}0]", "0,".repeat(count - 2));
        let refused = Json::parse(many(MAX_VALUES + 1).as_bytes()).unwrap_err();
        assert_eq!(refused.kind, JsonErrorKind::TooManyValues);
    }

    #[test]
    fn duplicates_are_found_among_many_keys() {
        let many = |last: &str| {
            let keys: Vec<_> = (0..100).map(|n| format!("\"k{n}\":0")).collect();
            format!("{{{},\"{last}\":0}}", keys.join(","))
        };
        assert!(Json::parse(many("k100").as_bytes()).is_ok());
        assert_eq!(
            Json::parse(many("k3").as_bytes()).unwrap_err().kind,
            JsonErrorKind::DuplicateKey("k3".into())
        );
        assert_eq!(
            Json::parse(many("k99").as_bytes()).unwrap_err().kind,
            JsonErrorKind::DuplicateKey("k99".into())
        );
    }
}
