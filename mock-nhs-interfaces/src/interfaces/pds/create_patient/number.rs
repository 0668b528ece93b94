//! The next NHS number that nobody has.

use records::View;

use super::super::error::Refused;
use crate::population::Population;
use crate::population::residents::PATIENT;
use crate::value::NhsNumber;

/// Numbers that are tried: more than a workspace can have patients of its own.
const MOST_TRIES: u32 = 300_000;

/// The next number of the 999 range that nobody has in this workspace.
///
/// # Errors
/// When there is none left.
pub(in super::super) fn next(population: &Population, view: &View) -> Result<NhsNumber, Refused> {
    // The workspace has made as many versions of patients at most: the next number is near.
    let made = view.count(*PATIENT).saturating_sub(u64::from(population.count()));
    let first = u32::try_from(made).unwrap_or(u32::MAX);
    (first..first.saturating_add(MOST_TRIES))
        .map_while(|nth| population.spare_number(nth))
        .find(|number| view.latest(*PATIENT, &number.to_string()).is_none())
        .ok_or_else(|| Refused::records(&std::io::Error::other("every number is given out")))
}
