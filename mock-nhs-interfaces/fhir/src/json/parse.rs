//! One pass over the bytes of a body, with every limit checked on the way.
//!
//! Our own reader rather than `serde_json` with raw values, because that reads each level of nesting again (64 levels are
//! 64 passes over the innermost bytes), knows no duplicate keys, and cannot say where in the resource something is wrong.

mod scalar;

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
