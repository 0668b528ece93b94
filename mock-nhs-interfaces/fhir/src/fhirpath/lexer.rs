//! Tokens of an expression.

use super::error::PathError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Name(Box<str>),
    /// A name in grave accents: never an operator or literal.
    Quoted(Box<str>),
    String(Box<str>),
    Number(Box<str>),
    /// Without its `@`.
    Date(Box<str>),
    /// Without its `@T`.
    Time(Box<str>),
    /// `$this`, without the sign.
    Dollar(Box<str>),
    /// `%name`, without the sign.
    Percent(Box<str>),
    Symbol(&'static str),
    End,
}

/// Longer symbols first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 22] = [
    "<=", ">=", "!=", "!~", "(", ")", "[", "]", "{", "}", ".", ",", "=", "~", "<", ">", "|", "&", "+", "-",
    "*", "/",
];

/// Every token with the byte where it begins; the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, PathError> {
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        at = skip(text, at)?;
        let rest = text.get(at..).unwrap_or_default();
        let Some(first) = rest.chars().next() else {
            out.push((at, Token::End));
            return Ok(out);
        };
        let (token, length) = match first {
            '\'' => {
                let (string, length) = quoted(rest, at, '\'')?;
                (Token::String(string), length)
            }
            '`' => {
                let (name, length) = quoted(rest, at, '`')?;
                (Token::Quoted(name), length)
            }
            '@' => date(rest),
            '0'..='9' => number(rest),
            '$' => {
                let length = name_length(rest, 1);
                (Token::Dollar(piece(rest, 1, length)), length)
            }
            '%' => percent(rest, at)?,
            'a'..='z' | 'A'..='Z' | '_' => {
                let length = name_length(rest, 0);
                (Token::Name(piece(rest, 0, length)), length)
            }
            _ => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => (Token::Symbol(symbol), symbol.len()),
                None => {
                    return Err(PathError::Syntax {
                        at,
                        wanted: "a name, a literal or an operator",
                    });
                }
            },
        };
        out.push((at, token));
        at += length;
    }
}

/// White space and comments.
fn skip(text: &str, from: usize) -> Result<usize, PathError> {
    let mut at = from;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let space = rest.len() - rest.trim_start().len();
        let (opening, closing) = match rest.get(space..space + 2) {
            Some("//") => ("//", "\n"),
            Some("/*") => ("/*", "*/"),
            _ => return Ok(at + space),
        };
        let body = rest.get(space + 2..).unwrap_or_default();
        at = match body.find(closing) {
            Some(end) => at + space + 2 + end + closing.len(),
            None if opening == "//" => text.len(),
            None => {
                return Err(PathError::Syntax {
                    at: at + space,
                    wanted: "the end of the comment",
                });
            }
        };
    }
}

fn piece(rest: &str, from: usize, to: usize) -> Box<str> {
    rest.get(from..to).unwrap_or_default().into()
}

fn name_length(rest: &str, from: usize) -> usize {
    let tail = rest.bytes().skip(from);
    from + tail
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count()
}

fn percent(rest: &str, at: usize) -> Result<(Token, usize), PathError> {
    let tail = rest.get(1..).unwrap_or_default();
    let quote = tail
        .chars()
        .next()
        .filter(|first| matches!(first, '`' | '\'' | '"'));
    if let Some(quote) = quote {
        let (name, length) = quoted(tail, at + 1, quote)?;
        return Ok((Token::Percent(name), length + 1));
    }
    // `%vs-name` and `%ext-name` were written without quotes until R4.
    let length = tail
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let length = length.count() + 1;
    Ok((Token::Percent(piece(rest, 1, length)), length))
}

fn number(rest: &str) -> (Token, usize) {
    let digits = |from: usize| rest.bytes().skip(from).take_while(u8::is_ascii_digit).count();
    let whole = digits(0);
    let fraction = if rest.as_bytes().get(whole) == Some(&b'.') {
        digits(whole + 1)
    } else {
        0
    };
    let length = if fraction > 0 { whole + 1 + fraction } else { whole };
    (Token::Number(piece(rest, 0, length)), length)
}

fn date(rest: &str) -> (Token, usize) {
    let allowed =
        |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b':' | b'.' | b'T' | b'Z');
    let mut length = 1 + rest.bytes().skip(1).take_while(allowed).count();
    // `@2015.is(Date)`: a point belongs to the literal only before a digit.
    if let Some(point) = rest.get(..length).and_then(|text| text.rfind('.'))
        && !rest.as_bytes().get(point + 1).is_some_and(u8::is_ascii_digit)
    {
        length = point;
    }
    match rest.get(1..length).unwrap_or_default().strip_prefix('T') {
        Some(time) => (Token::Time(time.into()), length),
        None => (Token::Date(piece(rest, 1, length)), length),
    }
}

/// A text in quotation marks, and how many bytes it took.
fn quoted(rest: &str, at: usize, quote: char) -> Result<(Box<str>, usize), PathError> {
    let syntax = |wanted| PathError::Syntax { at, wanted };
    let mut out = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((place, character)) = characters.next() {
        if character == quote {
            return Ok((out.into(), place + character.len_utf8()));
        }
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next().map(|(_, escaped)| escaped) {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('f') => out.push('\u{C}'),
            Some('u') => {
                let digits: String = characters.by_ref().take(4).map(|(_, digit)| digit).collect();
                let code = u32::from_str_radix(&digits, 16)
                    .ok()
                    .filter(|_| digits.len() == 4);
                out.push(
                    code.and_then(char::from_u32)
                        .ok_or_else(|| syntax("four hexadecimal digits"))?,
                );
            }
            // Quotation marks, the backslash and `/` stand for themselves, and so does whatever some constraints escape
            // without need.
            Some(other) => out.push(other),
            None => break,
        }
    }
    Err(syntax("a closing quotation mark"))
}
