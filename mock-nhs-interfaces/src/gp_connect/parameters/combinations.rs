//! Parameters of a structured record that do not go together. Consultations and problems bring parts of other areas with
//! them; where such an area has a date or a filter of its own, what is missing would look as if it were not there.
//! Source: <https://developer.nhs.uk/apis/gpconnect-1-6-0/accessrecord_structured_development_retrieve_patient_record.html#not-permitted-parameter-combinations>

use time::Date;

use super::{Consultations, Form, Immunisations, Span, Wanted};
use crate::gp_connect::Refused;
use crate::gp_connect::refused::INVALID_PARAMETER;

/// A part that must not be given beside consultations, or beside problems.
struct Restriction {
    /// `parameter.part`, as the page writes it.
    part: &'static str,
    is_given: fn(&Wanted) -> bool,
    /// Beside problems as well; beside consultations always.
    also_beside_problems: bool,
    /// In the patient-facing form as well. Its published request for a whole record has the others together.
    also_patient_facing: bool,
}

const RESTRICTIONS: [Restriction; 8] = [
    Restriction {
        part: "includeMedication.medicationSearchFromDate",
        is_given: |wanted| wanted.medication.is_some_and(|one| one.from.is_some()),
        also_beside_problems: true,
        also_patient_facing: true,
    },
    Restriction {
        part: "includeUncategorisedData.uncategorisedDataSearchPeriod",
        is_given: |wanted| is_limited(wanted.uncategorised),
        also_beside_problems: true,
        also_patient_facing: true,
    },
    Restriction {
        part: "includeProblems.filterSignificance",
        is_given: |wanted| filters(wanted).any(|(_, significance)| significance.is_some()),
        also_beside_problems: false,
        also_patient_facing: false,
    },
    Restriction {
        part: "includeProblems.filterStatus",
        is_given: |wanted| filters(wanted).any(|(status, _)| status.is_some()),
        also_beside_problems: false,
        also_patient_facing: false,
    },
    Restriction {
        part: "includeReferrals.referralSearchPeriod",
        is_given: |wanted| is_limited(wanted.referrals),
        also_beside_problems: true,
        also_patient_facing: true,
    },
    Restriction {
        part: "includeDiaryEntries.diaryEntriesSearchDate",
        is_given: |wanted| wanted.diary.is_some_and(|until| until.is_some()),
        also_beside_problems: true,
        also_patient_facing: true,
    },
    Restriction {
        part: "includeImmunisations.includeNotGiven",
        is_given: |wanted| wanted.immunisations.is_some_and(|one| one.not_given.is_some()),
        also_beside_problems: true,
        also_patient_facing: false,
    },
    Restriction {
        part: "includeImmunisations.includeStatus",
        is_given: |wanted| wanted.immunisations.is_some_and(|one| one.status.is_some()),
        also_beside_problems: true,
        also_patient_facing: false,
    },
];

/// Whether what is wanted may be asked for at once.
///
/// # Errors
/// A part is given beside consultations or problems that must not be.
pub(super) fn check(wanted: &Wanted, form: Form, today: Date) -> Result<(), Refused> {
    if is_predefined(wanted, today) {
        return Ok(());
    }
    for one in &RESTRICTIONS {
        let applies = form == Form::Classic || one.also_patient_facing;
        let beside = if wanted.consultations.is_some() {
            "includeConsultations"
        } else if wanted.problems.is_some() && one.also_beside_problems {
            "includeProblems"
        } else {
            continue;
        };
        if applies && (one.is_given)(wanted) {
            return Err(Refused::saying(
                &INVALID_PARAMETER,
                format!(
                    "{} is not permitted with {beside}: together they are a clinical risk.",
                    one.part
                ),
            ));
        }
    }
    Ok(())
}

/// Whether this is one of the two searches that are permitted all the same: the last three consultations, all problems and
/// allergies, medicines of one year, and perhaps all immunisations and uncategorised data.
/// Source: <https://developer.nhs.uk/apis/gpconnect-1-6-0/accessrecord_structured_development_searchmultiareasearches>
fn is_predefined(wanted: &Wanted, today: Date) -> bool {
    // The days of leap years, and of clocks that are not ours.
    let is_a_year_ago = |from: Date| (364..=366).contains(&(today - from).whole_days());
    let last_three = Consultations {
        span: Span::default(),
        most_recent: Some(3),
    };
    let more = (wanted.immunisations, wanted.uncategorised);
    wanted.consultations == Some(last_three)
        && wanted.problems.is_some()
        && filters(wanted).next().is_none()
        && wanted.allergies == Some(true)
        && wanted
            .medication
            .is_some_and(|one| one.from.is_some_and(is_a_year_ago))
        && (more == (None, None) || more == (Some(Immunisations::default()), Some(Span::default())))
        && wanted.investigations.is_none()
        && wanted.referrals.is_none()
        && wanted.diary.is_none()
}

fn is_limited(span: Option<Span>) -> bool {
    span.is_some_and(|span| span != Span::default())
}

/// Status and significance of the problems that are wanted.
fn filters(wanted: &Wanted) -> impl Iterator<Item = &(Option<String>, Option<String>)> {
    wanted.problems.iter().flat_map(|problems| &problems.0)
}

#[cfg(test)]
mod tests;
