//! Numbers and texts, the leaves of the tree.

use super::{Failure, Json, JsonErrorKind, MAX_EXPONENT, MAX_NUMBER_DIGITS, Read, Reader};

impl Reader<'_> {
    /// A number by the grammar of JSON: no leading zero, no plus sign, digits on both sides of the point.
    pub(super) fn number(&mut self) -> Read<Json> {
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

    pub(super) fn string(&mut self) -> Read<Box<str>> {
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
