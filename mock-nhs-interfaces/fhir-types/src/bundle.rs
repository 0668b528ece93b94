//! The parts of a searchset `Bundle` around its resources. <https://hl7.org/fhir/R4/bundle.html>
//!
//! Resources themselves never pass through here: their text is copied by whoever assembles the Bundle.

use fhir_sdk::Instant;
use fhir_sdk::r4b::codes::BundleType;
use fhir_sdk::r4b::resources::{Bundle, BundleEntry, BundleEntrySearch};
use serde::Serialize;
use time::OffsetDateTime;

use crate::{WriteError, instant};

/// What a searchset says before its entries.
#[derive(Clone, Copy, Debug)]
pub struct SearchsetHead {
    /// When it was assembled.
    pub timestamp: OffsetDateTime,
    /// How many resources match.
    pub total: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenHead<'a> {
    resource_type: &'static str,
    r#type: &'a BundleType,
    timestamp: String,
    total: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenEntry<'a> {
    full_url: &'a Option<String>,
    search: &'a Option<BundleEntrySearch>,
}

impl SearchsetHead {
    /// Writes the Bundle up to, and without, its closing brace.
    ///
    /// # Errors
    /// When the year of the timestamp has more than four digits.
    pub fn write_open(&self, into: &mut Vec<u8>) -> Result<(), WriteError> {
        let bundle = Bundle::builder()
            .r#type(BundleType::Searchset)
            .timestamp(Instant(self.timestamp))
            .total(self.total)
            .build()?;
        let head = WrittenHead {
            resource_type: "Bundle",
            r#type: &bundle.r#type,
            timestamp: instant::written(self.timestamp)?,
            total: bundle.total,
        };
        write_open(&head, into)
    }
}

/// Writes an entry up to, and without, its closing brace; `score` is from 0 to 1.
///
/// # Errors
/// When it cannot be built or written; no caller has seen that happen.
pub fn entry_head(full_url: &str, score: f64, into: &mut Vec<u8>) -> Result<(), WriteError> {
    let search = BundleEntrySearch::builder().score(score).build()?;
    let entry = BundleEntry::builder()
        .full_url(full_url.to_owned())
        .search(search)
        .build()?;
    write_open(
        &WrittenEntry {
            full_url: &entry.full_url,
            search: &entry.search,
        },
        into,
    )
}

fn write_open<T: Serialize>(object: &T, into: &mut Vec<u8>) -> Result<(), WriteError> {
    serde_json::to_writer(&mut *into, object)?;
    into.pop();
    Ok(())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{SearchsetHead, entry_head};

    #[test]
    fn the_parts_stay_open_for_what_follows() {
        let mut written = Vec::new();
        SearchsetHead {
            timestamp: datetime!(2026-01-02 03:04:05 UTC),
            total: 1,
        }
        .write_open(&mut written)
        .unwrap();
        written.push(b'|');
        entry_head("https://x/1", 1.0, &mut written).unwrap();
        assert_eq!(
            String::from_utf8(written).unwrap(),
            r#"{"resourceType":"Bundle","type":"searchset","timestamp":"2026-01-02T03:04:05+00:00","total":1|{"fullUrl":"https://x/1","search":{"score":1.0}"#
        );
    }
}
