//! The query of a search as names and values: decoded, known, and no more of them than anybody needs.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::super::error::{ADDITIONAL_PROPERTIES, Refused, TOO_MANY_VALUES_SUBMITTED, UNSUPPORTED_SERVICE};
use super::PARAMETERS;
use crate::api_platform::shortened;
use crate::interface::{Field, Need};

/// Parameters in one search. PDS knows 14; a family with twenty given names has room. Ours, not the NHS's.
const MAX_PARAMETERS: usize = 100;
/// Unknown names that an answer lists.
const MAX_NAMES_LISTED: usize = 10;

/// Known parameters with their values, in the order given.
#[derive(Debug)]
pub(super) struct Parameters<'q> {
    pairs: Vec<(&'static Field, Cow<'q, str>)>,
}

/// A static copy to point into.
static KNOWN: [Field; PARAMETERS.len()] = PARAMETERS;

impl<'q> Parameters<'q> {
    /// Reads a query. A parameter without a name is ignored, as the NHS does: its own tests rely on it.
    ///
    /// # Errors
    /// When there are none, too many, unknown ones, values that are not text, or repeated ones that may not be.
    pub(super) fn read(query: &'q str) -> Result<Self, Refused> {
        let mut pairs = Vec::new();
        let mut unknown = Vec::new();
        let mut not_text = None;
        for (count, part) in query.split('&').enumerate() {
            if count == MAX_PARAMETERS {
                return Err(Refused::saying(
                    &TOO_MANY_VALUES_SUBMITTED,
                    format!(
                        "Too many values submitted - a search has at most {MAX_PARAMETERS} parameters here"
                    ),
                ));
            }
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if name.is_empty() {
                continue;
            }
            let name = decoded(name).unwrap_or(Cow::Borrowed(name));
            let Some(field) = KNOWN.iter().find(|field| field.name == name) else {
                unknown.push(name);
                continue;
            };
            match decoded(value) {
                Some(value) => pairs.push((field, value)),
                None => not_text = not_text.or(Some((field, value))),
            }
        }
        if pairs.is_empty() && unknown.is_empty() && not_text.is_none() {
            return Err(Refused::plainly(&UNSUPPORTED_SERVICE));
        }
        if !unknown.is_empty() {
            return Err(Refused::saying(&ADDITIONAL_PROPERTIES, additional(&unknown)));
        }
        if let Some((field, value)) = not_text {
            return Err(Refused::invalid(field.name, value));
        }
        let parameters = Self { pairs };
        parameters.check_counts()?;
        Ok(parameters)
    }

    /// No value is empty, and what may be given once is given once.
    fn check_counts(&self) -> Result<(), Refused> {
        for (place, (field, value)) in self.pairs.iter().enumerate() {
            if value.is_empty() {
                return Err(Refused::invalid(field.name, value));
            }
            let may_repeat = matches!(field.need, Need::RequiredRepeatable | Need::OptionalRepeatable);
            let came_before = || {
                self.pairs
                    .iter()
                    .take(place)
                    .any(|(before, _)| before.name == field.name)
            };
            if !may_repeat && came_before() {
                return Err(Refused::invalid(field.name, value));
            }
        }
        Ok(())
    }

    /// The value of a parameter that is given once.
    pub(super) fn one(&self, name: &'static str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a parameter.
    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.pairs
            .iter()
            .filter(move |(field, _)| field.name == name)
            .map(|(_, value)| value.as_ref())
    }
}

fn additional(names: &[Cow<'_, str>]) -> String {
    let listed: Vec<String> = names
        .iter()
        .take(MAX_NAMES_LISTED)
        .map(|name| format!("'{}'", shortened(name)))
        .collect();
    let verb = if names.len() == 1 { "was" } else { "were" };
    format!(
        "Invalid request with error - Additional properties are not allowed ({} {verb} unexpected)",
        listed.join(", ")
    )
}

/// `application/x-www-form-urlencoded`: a plus is a space, `%41` is a byte. A `%` that starts no byte stays as it is.
/// `None` where the bytes are not UTF-8.
pub(in super::super) fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('+') {
        return percent_decode(text.as_bytes()).decode_utf8().ok();
    }
    let spaced = text.replace('+', " ");
    percent_decode(spaced.as_bytes())
        .decode_utf8()
        .ok()
        .map(|text| Cow::Owned(text.into_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Parameters, decoded};

    #[test]
    fn values_are_decoded_as_a_form_is() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(decoded(text).as_deref(), expected, "{text:?}");
        check("John%20Paul", Some("John Paul"));
        check("John+Paul", Some("John Paul"));
        check("a%2Bb", Some("a+b"));
        check("100%", Some("100%"));
        check("%zz", Some("%zz"));
        check("%FF", None);
        check("+%FF", None);
    }

    #[test]
    fn what_is_repeated_keeps_its_order() {
        let parameters = Parameters::read("given=Jane&=&given=Anne&family=Smith&").unwrap();
        assert_eq!(parameters.all("given").collect::<Vec<_>>(), ["Jane", "Anne"]);
        assert_eq!(parameters.one("family"), Some("Smith"));
        assert_eq!(parameters.one("gender"), None);
    }

    proptest! {
        #[test]
        fn no_query_makes_it_panic(query in any::<String>()) {
            let _ = Parameters::read(&query);
        }
    }
}
