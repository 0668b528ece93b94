//! The parameters of a request as the server behind the register reads and repeats them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::error::{INVALID_VALUE, Problem, UNKNOWN_PARAMETER};
use crate::api_platform::shortened;

/// Most parameters of one request.
const MAX_PARAMETERS: usize = 100;
/// Results on a page when nobody says. Source: the page of this API, parameter `_count`.
const DEFAULT_COUNT: usize = 20;
/// What stays as it is in a link.
const IN_LINKS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Parameters that say how to answer; every search has them.
const ABOUT_THE_ANSWER: [&str; 6] = ["_count", "_offset", "_summary", "_format", "_pretty", "_total"];

/// The parameters of a request, decoded, in their order.
#[derive(Debug, Default)]
pub(super) struct Question {
    pub(super) pairs: Vec<(String, String)>,
}

impl Question {
    /// Reads a query.
    ///
    /// # Errors
    /// When there are too many parameters.
    pub(super) fn read(query: &str) -> Result<Self, Problem> {
        let decoded = |text: &str| {
            let text = text.replace('+', " ");
            percent_decode_str(&text).decode_utf8_lossy().into_owned()
        };
        let parts = query.split('&').filter(|part| !part.is_empty());
        if parts.clone().nth(MAX_PARAMETERS).is_some() {
            return Err(Problem::new(
                &INVALID_VALUE,
                format!("A request has no more than {MAX_PARAMETERS} parameters."),
            ));
        }
        let pairs = parts
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                (decoded(name), decoded(value))
            })
            // A parameter without a value asks for nothing.
            .filter(|(_, value)| !value.is_empty())
            .collect();
        Ok(Self { pairs })
    }

    /// The first value of a parameter.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a parameter.
    pub(super) fn all<'q>(&'q self, name: &str) -> impl Iterator<Item = &'q str> {
        self.pairs
            .iter()
            .filter(move |(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    }

    /// Checks that a search has no parameter but those of its type, and those about the answer.
    ///
    /// # Errors
    /// The first that it has.
    pub(super) fn check_names(&self, type_name: &str, known: &[&str], joins: &[&str]) -> Result<(), Problem> {
        for (given, _) in &self.pairs {
            let name = given.split([':', '.']).next().unwrap_or_default();
            if !known.contains(&name) && !joins.contains(&name) && !ABOUT_THE_ANSWER.contains(&name) {
                return Err(Problem::new(
                    &UNKNOWN_PARAMETER,
                    format!(
                        "Unknown search parameter \"{}\" for resource type \"{type_name}\". Valid search parameters for \
                         this search are: [{}]",
                        shortened(name),
                        known.join(", ")
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Whether only the number of matches is asked for.
    pub(super) fn counts_only(&self) -> Result<bool, Problem> {
        Ok(self.first("_summary") == Some("count") || self.number("_count")? == Some(0))
    }

    /// Whether the number of all matches is asked for.
    pub(super) fn wants_total(&self) -> bool {
        self.first("_total") == Some("accurate")
    }

    /// How many results are wanted on a page.
    ///
    /// # Errors
    /// When that is no number.
    pub(super) fn count(&self) -> Result<usize, Problem> {
        Ok(self.number("_count")?.unwrap_or(DEFAULT_COUNT))
    }

    /// How many results come before the page.
    ///
    /// # Errors
    /// When that is no number.
    pub(super) fn offset(&self) -> Result<usize, Problem> {
        Ok(self.number("_offset")?.unwrap_or_default())
    }

    fn number(&self, name: &str) -> Result<Option<usize>, Problem> {
        let Some(given) = self.first(name) else {
            return Ok(None);
        };
        // Nine digits are more than there can be of anything.
        let number = Some(given).filter(|given| given.len() <= 9);
        let number = number.and_then(|given| given.parse().ok()).ok_or_else(|| {
            Problem::new(
                &INVALID_VALUE,
                format!("Invalid {name} value: \"{}\"", shortened(given)),
            )
        })?;
        Ok(Some(number))
    }

    /// The address that asks this question of `address`, with its parameters in the order of their names; `page` puts
    /// another count and offset in place of those that were given.
    pub(super) fn link(&self, address: &str, page: Option<(usize, usize)>) -> String {
        let mut pairs = self.pairs.clone();
        if let Some((count, offset)) = page {
            pairs.retain(|(name, _)| name != "_count" && name != "_offset");
            pairs.push(("_count".to_owned(), count.to_string()));
            pairs.push(("_offset".to_owned(), offset.to_string()));
        }
        pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut link = address.to_owned();
        for (position, (name, value)) in pairs.iter().enumerate() {
            link.push(if position == 0 { '?' } else { '&' });
            link.extend(utf8_percent_encode(name, IN_LINKS));
            link.push('=');
            link.extend(utf8_percent_encode(value, IN_LINKS));
        }
        link
    }
}

#[cfg(test)]
mod tests {
    use super::Question;

    #[test]
    fn links_have_parameters_in_the_order_of_their_names() {
        let question =
            Question::read("lastChangeDate=lt2023-05-04&_count=2&lastChangeDate=gt2023-05-02").unwrap();
        assert_eq!(
            question.link("http://x", Some((2, 2))),
            "http://x?_count=2&_offset=2&lastChangeDate=lt2023-05-04&lastChangeDate=gt2023-05-02"
        );
        assert_eq!(Question::default().link("http://x", None), "http://x");
        let question = Question::read("name%3Acontains=a+b").unwrap();
        assert_eq!(question.link("http://x", None), "http://x?name%3Acontains=a%20b");
    }

    #[test]
    fn numbers_are_numbers() {
        let count = |query: &str| Question::read(query).unwrap().count().ok();
        assert_eq!(count(""), Some(20));
        assert_eq!(count("_count=7"), Some(7));
        assert_eq!(count("_count=x"), None);
        assert_eq!(count("_count=99999999999999999999"), None);
        assert!(Question::read(&"a=1&".repeat(101)).is_err());
    }
}
