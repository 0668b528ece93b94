//! A query as names and values: percent-encoding taken off, and put on again.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::error::{Problem, QueryErrorKind};
use super::escape;
use super::limits::{PARAMETERS, QUERY_BYTES, VALUES};

/// One parameter of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    /// With its modifier or chain.
    pub(super) name: String,
    /// With its escapes.
    pub(super) value: String,
}

/// What may stand in a query as it is and be read by people. Source: RFC 3986, section 3.4, less `&`, `=`, `+` and `'`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b',')
    .remove(b'$')
    .remove(b'/')
    .remove(b'*');

/// Reads the parameters of some queries.
pub(super) fn pairs(texts: &[&str]) -> Result<Vec<Pair>, Problem> {
    if texts.iter().map(|text| text.len()).sum::<usize>() > QUERY_BYTES {
        return Err(Problem::too_costly(format!(
            "it is longer than {QUERY_BYTES} bytes"
        )));
    }
    let mut pairs = Vec::new();
    let mut values = 0;
    for piece in texts
        .iter()
        .flat_map(|text| text.split('&'))
        .filter(|piece| !piece.is_empty())
    {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        let pair = Pair {
            name: decoded(name)?,
            value: decoded(value)?,
        };
        values += escape::split(&pair.value, ',').len();
        pairs.push(pair);
        if pairs.len() > PARAMETERS {
            return Err(Problem::too_costly(format!(
                "it has more than {PARAMETERS} parameters"
            )));
        }
        if values > VALUES {
            return Err(Problem::too_costly(format!("it has more than {VALUES} values")));
        }
    }
    Ok(pairs)
}

fn decoded(text: &str) -> Result<String, Problem> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    let text = decoded.map_err(|_| {
        Problem::new(
            QueryErrorKind::Encoding,
            "a part of it is not UTF-8 in percent-encoding",
        )
    })?;
    if text.contains('\0') {
        return Err(Problem::new(
            QueryErrorKind::Encoding,
            "a part of it is the character NUL, which no value holds",
        ));
    }
    Ok(text.into_owned())
}

/// Adds a parameter to the text of what was understood.
pub(super) fn push_text(text: &mut String, pair: &Pair) {
    if !text.is_empty() {
        text.push('&');
    }
    text.extend(utf8_percent_encode(&pair.name, ENCODED));
    text.push('=');
    text.extend(utf8_percent_encode(&pair.value, ENCODED));
}
