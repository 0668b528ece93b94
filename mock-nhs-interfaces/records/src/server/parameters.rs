//! Names and values of a query or a form, decoded.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Parameters that are looked at; further ones are the search's to refuse.
const LOOKED_AT: usize = 256;

/// The value of the first parameter of this name.
pub(crate) fn value<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    values(query, name).next()
}

/// The values of every parameter of this name.
pub(crate) fn values<'a>(query: &'a str, name: &str) -> impl Iterator<Item = Cow<'a, str>> {
    pairs(query)
        .filter(move |(key, _)| key == name)
        .map(|(_, value)| value)
}

/// Every parameter.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .take(LOOKED_AT)
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key), decoded(value))
        })
}

fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn a_value_is_decoded() {
        let check = |query: &str, expected: Option<&str>| {
            assert_eq!(value(query, "_format").as_deref(), expected, "{query}");
        };
        check("_format=json", Some("json"));
        check(
            "a=b&_format=application%2Ffhir%2Bjson",
            Some("application/fhir+json"),
        );
        check("_format=a+b", Some("a b"));
        check("_format", Some(""));
        check("_formats=json", None);
        check("%5Fformat=json", Some("json"));
        check("_format=%ff", Some("\u{fffd}"));
    }
}
