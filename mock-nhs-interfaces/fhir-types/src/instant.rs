//! Times as Spine writes them: to the second, with `+00:00` where fhir-sdk would write `Z`.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+00:00");

/// `2010-10-22T00:00:00+00:00`, in UTC.
///
/// # Errors
/// When the year has more than four digits.
pub(crate) fn written(instant: OffsetDateTime) -> Result<String, time::error::Format> {
    instant.to_offset(UtcOffset::UTC).format(FORMAT)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    #[test]
    fn a_time_is_written_in_utc_with_its_offset() {
        let written = super::written(datetime!(2020-07-01 01:30:15.5 +1));
        assert_eq!(written.ok().as_deref(), Some("2020-07-01T00:30:15+00:00"));
    }
}
