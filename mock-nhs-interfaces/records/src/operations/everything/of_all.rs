//! `Patient/$everything`: patient after patient, a page at a time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use http::StatusCode;

use super::{Position, Wanted, gather, wanted};
use crate::operations::finder::Finder;
use crate::operations::inputs::{Inputs, push};
use crate::server::bundle_text::{BundleText, Mode};
use crate::server::{Answer, Call, MAX_PAGE_BYTES, Refusal};
use crate::{Record, ResourceId, ResourceType};

/// Resources on a page when nobody says how many, and at most.
const PAGE: usize = 200;
const MAX_PAGE: usize = 1_000;
/// How long a page is filled: when little is wanted of many patients, it ends before it is full.
const FILLED: Duration = Duration::from_secs(2);

/// Where a page begins: with this patient's resource behind this position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    patient: u32,
    after: Option<Position>,
}

/// A page, and where the next begins.
struct Page {
    found: Vec<(bool, Arc<Record>)>,
    next: Option<Place>,
}

/// Reads everything that is known about every patient.
pub(super) async fn read_everything_of_all(
    call: &Call<'_>,
    inputs: &Inputs,
    kind: ResourceType,
) -> Result<Answer, Refusal> {
    let any = ResourceId::random();
    let wanted = wanted(inputs, kind, any.as_str())?;
    let from = inputs.text("_cursor").map(place).transpose()?;
    let count = inputs.count("_count")?.filter(|count| *count > 0);
    let count = count.unwrap_or(PAGE).min(MAX_PAGE);
    let finder = Finder::of(call).await?;
    let page = crate::bundle::apart(move || fill(&finder, &wanted, from, count)).await?;
    let address = |query: &str| {
        let mark = if query.is_empty() { "" } else { "?" };
        call.url(&format!("{}/$everything{mark}{query}", kind.name()))
    };
    let own = address(&inputs.query(&[]));
    let next = page.next.map(|next| {
        let mut query = inputs.query(&["_cursor"]);
        push(&mut query, "_cursor", &cursor(next));
        address(&query)
    });
    let mut links = vec![("self", own.as_str())];
    links.extend(next.as_deref().map(|next| ("next", next)));
    // How many there are is only known when all were looked at.
    let mut bundle = BundleText::begin("searchset", call.now, None, &links);
    for (referred, record) in &page.found {
        let full_url = call.url(&format!("{}/{}", record.kind.name(), record.id));
        let mode = if *referred { Mode::Include } else { Mode::Match };
        bundle.found(Some(&full_url), &record.text, mode);
    }
    Ok(Answer::text(StatusCode::OK, bundle.end()))
}

fn fill(finder: &Finder, wanted: &Wanted, from: Option<Place>, count: usize) -> Result<Page, Refusal> {
    let begun = Moment::now();
    let patients = finder.view.docs_of_type(wanted.patient.resource_type);
    let first = from.map_or(0, |from| patients.partition_point(|doc| *doc < from.patient));
    let mut page = Page {
        found: Vec::new(),
        next: None,
    };
    let mut shown = BTreeSet::new();
    let mut bytes = 0_usize;
    for patient in patients.get(first..).unwrap_or_default() {
        let after = from
            .filter(|from| from.patient == *patient)
            .and_then(|from| from.after);
        if begun.elapsed() > FILLED && *patient != patients.get(first).copied().unwrap_or_default() {
            page.next = Some(Place {
                patient: *patient,
                after: None,
            });
            return Ok(page);
        }
        let Some(record) = finder.view.document(*patient) else {
            continue;
        };
        let mut wanted = wanted.clone();
        wanted.patient.id = record.id.as_str().into();
        let all = gather(finder, &wanted)?;
        let begin = after.map_or(0, |after| all.partition_point(|one| *one <= after));
        let mut last = after;
        for position in all.get(begin..).unwrap_or_default() {
            let Some(record) = finder
                .view
                .document(position.1)
                .filter(|_| !shown.contains(&position.1))
            else {
                continue;
            };
            bytes = bytes.saturating_add(record.text.len());
            if page.found.len() >= count || (bytes > MAX_PAGE_BYTES && !page.found.is_empty()) {
                page.next = Some(Place {
                    patient: *patient,
                    after: last,
                });
                return Ok(page);
            }
            shown.insert(position.1);
            page.found.push((position.0, record));
            last = Some(*position);
        }
    }
    Ok(page)
}

fn cursor(place: Place) -> String {
    let after = place.after.map(super::cursor).unwrap_or_default();
    format!("p{}{after}", place.patient)
}

fn place(cursor: &str) -> Result<Place, Refusal> {
    let refused = || Refusal::Parameter {
        name: "_cursor",
        value: cursor.to_owned(),
        wanted: "what a next link carries",
    };
    let digits = cursor.strip_prefix('p').ok_or_else(refused)?;
    let end = digits.find(['m', 'r']).unwrap_or(digits.len());
    let (patient, after) = digits.split_at_checked(end).ok_or_else(refused)?;
    Ok(Place {
        patient: patient.parse().map_err(|_| refused())?,
        after: (!after.is_empty()).then(|| super::position(after)).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Place, cursor, place};

    #[test]
    fn a_place_comes_back() {
        for after in [None, Some((false, 7)), Some((true, 8))] {
            let one = Place { patient: 3, after };
            assert_eq!(place(&cursor(one)).unwrap(), one);
        }
        for wrong in ["", "p", "px", "3", "p3m", "p3mx", "p3x7", "p99999999999", "pé"] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }
}
