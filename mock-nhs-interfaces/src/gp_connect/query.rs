//! The parameters of a query, decoded, in the order they were given.

use percent_encoding::percent_decode_str;

use super::Refused;
use super::refused::{BAD_REQUEST, INVALID_IDENTIFIER_SYSTEM, INVALID_PARAMETER};

/// More parameters than any GP Connect query has.
const MOST_PARAMETERS: usize = 100;

/// The parameters of one query.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the text behind the question mark.
    ///
    /// # Errors
    /// It is not UTF-8, or holds more than 100 parameters.
    pub(crate) fn parse(text: &str) -> Result<Self, Refused> {
        let pieces = text.split('&').filter(|piece| !piece.is_empty());
        let mut pairs = Vec::new();
        for piece in pieces {
            if pairs.len() == MOST_PARAMETERS {
                return Err(Refused::saying(
                    &BAD_REQUEST,
                    "There are more than 100 parameters.",
                ));
            }
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            pairs.push((decoded(name)?, decoded(value)?));
        }
        Ok(Self(pairs))
    }

    /// The values of a parameter.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a parameter.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    }

    /// The one value of a parameter that must be there once.
    ///
    /// # Errors
    /// It is missing, or there twice.
    pub(crate) fn one<'a>(&'a self, name: &'a str) -> Result<&'a str, Refused> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(Refused::saying(
                &BAD_REQUEST,
                format!("The parameter {name} is missing."),
            )),
            (Some(_), Some(_)) => Err(Refused::saying(
                &BAD_REQUEST,
                format!("The parameter {name} may be given once only."),
            )),
        }
    }

    /// The value of the parameter `identifier`, which must be there once and have this system.
    ///
    /// # Errors
    /// It is missing or there twice, lacks system or value, or has another system.
    pub(crate) fn identifier(&self, system: &str) -> Result<&str, Refused> {
        let (given, value) = self
            .one("identifier")?
            .split_once('|')
            .filter(|(given, value)| !given.is_empty() && !value.is_empty())
            .ok_or_else(|| {
                Refused::saying(
                    &INVALID_PARAMETER,
                    format!("identifier is {system}, a vertical bar and a value."),
                )
            })?;
        if given != system {
            return Err(Refused::saying(
                &INVALID_IDENTIFIER_SYSTEM,
                format!("identifier has the system {system}"),
            ));
        }
        Ok(value)
    }

    /// Whether a parameter has this value.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|given| given == value)
    }
}

fn decoded(text: &str) -> Result<String, Refused> {
    // A plus in a date's offset is a plus: clients of GP Connect seldom encode it, and none of its values has a space.
    percent_decode_str(text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Refused::saying(&BAD_REQUEST, "The query is not UTF-8."))
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn parameters_are_found_by_name() {
        let query = Query::parse("start=ge2026-01-01&start=le2026-01-02&a=%7C&b").unwrap();
        assert_eq!(
            query.all("start").collect::<Vec<_>>(),
            ["ge2026-01-01", "le2026-01-02"]
        );
        assert_eq!(query.one("a").unwrap(), "|");
        assert_eq!(query.first("b"), Some(""));
        assert!(query.one("start").is_err() && query.one("c").is_err());
        assert!(Query::parse("a=%FF").is_err());
        assert!(Query::parse(&"a=1&".repeat(101)).is_err());
    }
}
