//! Dates with prefixes.

use fhir::date::DateTime;

use crate::operand::{DateTest, Prefix};
use crate::parse::Compiler;
use crate::parse::error::{Problem, shown};
use crate::value::DateRange;

impl Compiler<'_> {
    /// A date of any precision with a prefix.
    pub(in crate::parse) fn date(&self, value: &str) -> Result<DateTest, Problem> {
        let (prefix, text) = Prefix::split(value);
        let range = range(text)?;
        Ok(DateTest {
            prefix,
            range: if prefix == Prefix::Ap {
                self.about(range)
            } else {
                range
            },
        })
    }

    /// A tenth of how far away the date is, on both sides. Source: <https://hl7.org/fhir/R4/search.html#prefix>.
    fn about(&self, range: DateRange) -> DateRange {
        let tenth = (self.request.now_us.saturating_sub(range.low) / 10).saturating_abs();
        DateRange {
            low: range.low.saturating_sub(tenth),
            high: range.high.saturating_add(tenth),
        }
    }
}

/// The span that a date's precision means.
pub(in crate::parse) fn range(text: &str) -> Result<DateRange, Problem> {
    // A plus sign that was not percent-encoded has become a space; no date holds one.
    let text = text.replace(' ', "+");
    let date = DateTime::parse_query(&text)
        .map_err(|error| Problem::value(format!("`{}` is not a date: {error}", shown(&text))))?;
    let interval = date.interval();
    Ok(DateRange {
        low: interval.low,
        high: interval.high,
    })
}
