//! Search results, assembled from stored text: a patient's text is copied, never read or written anew.

use bytes::Bytes;
use fhir_types::bundle::{SearchsetHead, entry_head};
use time::OffsetDateTime;

/// One search result.
#[derive(Debug)]
pub(crate) struct SearchEntry<'a> {
    /// Absolute address of the resource.
    pub(crate) full_url: &'a str,
    /// The resource as stored.
    pub(crate) resource: &'a [u8],
    /// How well it matches, from 0 to 1.
    pub(crate) score: f64,
}

/// The body of a searchset Bundle. `entry` is left out where there is none, as FHIR requires.
///
/// # Errors
/// When the parts around the resources cannot be written.
pub(crate) fn searchset(
    timestamp: OffsetDateTime,
    entries: &[SearchEntry<'_>],
) -> Result<Bytes, fhir_types::WriteError> {
    // Bytes of an entry around its resource: a full URL of 76, the score and the names of the members.
    const AROUND_AN_ENTRY_BYTES: usize = 160;
    let resources: usize = entries
        .iter()
        .map(|entry| entry.resource.len() + AROUND_AN_ENTRY_BYTES)
        .sum();
    let head = SearchsetHead {
        timestamp,
        total: u32::try_from(entries.len()).unwrap_or(u32::MAX),
    };
    let mut body = Vec::with_capacity(resources + AROUND_AN_ENTRY_BYTES);
    head.write_open(&mut body)?;
    for (position, entry) in entries.iter().enumerate() {
        body.extend_from_slice(if position == 0 { br#","entry":["# } else { b"," });
        entry_head(entry.full_url, entry.score, &mut body)?;
        body.extend_from_slice(br#","resource":"#);
        body.extend_from_slice(entry.resource);
        body.push(b'}');
    }
    if !entries.is_empty() {
        body.push(b']');
    }
    body.push(b'}');
    Ok(Bytes::from(body))
}
