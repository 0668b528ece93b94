//! The parts of a record that need no more than a list: allergies, problems, immunisations, and the like.

use time::Date;

use super::assembly::Assembly;
use super::lists;
use super::medication::Medicines;
use crate::gp_connect::dates::day;
use crate::gp_connect::parameters::{Problems, Span};
use crate::gp_connect::places::Read;
use crate::gp_connect::stu3::clinical;
use crate::gp_connect::stu3::shape::{items, referred};
use crate::lookup::LookupError;

type Added = Result<(), LookupError>;

pub(super) fn allergies(assembly: &mut Assembly<'_>, with_ended: bool) -> Added {
    let part = assembly.part("AllergyIntolerance", &["recordedDate"])?;
    let is_ended = |read: &Read| clinical::status_code(&read.r4, "clinicalStatus") == Some("resolved");
    let (ended, current): (Vec<&Read>, Vec<&Read>) = part.kept.iter().partition(|read| is_ended(read));
    let entries = current.iter().map(|read| read.address()).collect();
    let list = lists::part(assembly, &lists::ALLERGIES, entries, part.withheld);
    assembly.add_list(list);
    for read in current {
        assembly.add(clinical::allergy(read));
    }
    if with_ended {
        // Ended allergies are inside their list, so that nobody takes them for current ones.
        let contained = ended.into_iter().map(clinical::allergy).collect();
        let list = lists::containing(assembly, &lists::ENDED_ALLERGIES, contained, part.withheld);
        assembly.add_list(list);
    }
    Ok(())
}

pub(super) fn problems(assembly: &mut Assembly<'_>, wanted: &Problems) -> Added {
    let part = assembly.problems()?;
    assembly.set_has_problems();
    let is_wanted = |read: &Read| {
        wanted.0.is_empty()
            || wanted.0.iter().any(|(status, significance)| {
                status
                    .as_deref()
                    .is_none_or(|one| one == clinical::problem_status(&read.r4))
                    && significance
                        .as_deref()
                        .is_none_or(|one| one == clinical::significance(&read.r4))
            })
    };
    let kept: Vec<&Read> = part.kept.iter().filter(|read| is_wanted(read)).collect();
    let entries = kept.iter().map(|read| read.address()).collect();
    let list = lists::part(assembly, &lists::PROBLEMS, entries, part.withheld);
    assembly.add_list(list);
    let medicines = Medicines::of(assembly)?;
    let consultations = super::consultations::at_practice(assembly)?;
    let (mut taken, mut seen) = (Vec::new(), Vec::new());
    for read in kept {
        let names_it = |reference: &fhir::json::Json| referred(reference, "Condition") == Some(read.id());
        let requests = medicines.requests(|r4| items(r4, "reasonReference").any(names_it));
        let mut linked = Vec::new();
        for request in requests.iter().filter(|request| medicines.is_plan(request.id())) {
            linked.push(request.address());
            taken.extend(medicines.add_of_request(assembly, request.id()));
        }
        for consultation in &consultations.kept {
            let diagnoses = items(&consultation.r4, "diagnosis").filter_map(|one| one.get("condition"));
            if diagnoses
                .chain(items(&consultation.r4, "reasonReference"))
                .any(names_it)
            {
                linked.push(consultation.address());
                seen.push(consultation.address());
                assembly.add(clinical::consultation(consultation));
            }
        }
        assembly.add(clinical::problem(read, &linked));
    }
    for (kind, mut entries, withheld) in [
        (&lists::PROBLEMS_MEDICATIONS, taken, medicines.withheld),
        (&lists::PROBLEMS_CONSULTATIONS, seen, consultations.withheld),
    ] {
        entries.sort_unstable();
        entries.dedup();
        if !entries.is_empty() {
            let list = lists::part(assembly, kind, entries, withheld);
            assembly.add_list(list);
        }
    }
    Ok(())
}

pub(super) fn immunisations(assembly: &mut Assembly<'_>, with_not_given: bool) -> Added {
    let mut part = assembly.part("Immunization", &["occurrenceDateTime", "recorded"])?;
    part.kept
        .retain(|read| with_not_given || read.r4.text("status") != Some("not-done"));
    let entries = part.kept.iter().map(Read::address).collect();
    let list = lists::part(assembly, &lists::IMMUNISATIONS, entries, part.withheld);
    assembly.add_list(list);
    for read in &part.kept {
        assembly.add(clinical::immunisation(read));
    }
    Ok(())
}

/// Whether an observation is a result of a laboratory, which is told with its report.
pub(super) fn is_result(read: &Read) -> bool {
    items(&read.r4, "category")
        .flat_map(|one| items(one, "coding"))
        .any(|coding| matches!(coding.text("code"), Some("laboratory" | "imaging")))
}

pub(super) fn uncategorised(assembly: &mut Assembly<'_>, span: Span) -> Added {
    let mut part = assembly.part("Observation", &["effectiveDateTime", "issued"])?;
    part.kept
        .retain(|read| !is_result(read) && span.holds(read.r4.text("effectiveDateTime")));
    let entries = part.kept.iter().map(Read::address).collect();
    let list = lists::part(assembly, &lists::UNCATEGORISED, entries, part.withheld);
    assembly.add_list(list);
    for read in &part.kept {
        assembly.add(clinical::observation(read, None));
    }
    Ok(())
}

pub(super) fn investigations(assembly: &mut Assembly<'_>, span: Span) -> Added {
    let mut part = assembly.part("DiagnosticReport", &["effectiveDateTime", "issued"])?;
    let time = |read: &Read| {
        read.r4
            .text("effectiveDateTime")
            .or(read.r4.text("issued"))
            .map(str::to_owned)
    };
    part.kept.retain(|read| span.holds(time(read).as_deref()));
    let entries = part.kept.iter().map(Read::address).collect();
    let list = lists::part(assembly, &lists::INVESTIGATIONS, entries, part.withheld);
    assembly.add_list(list);
    for report in &part.kept {
        assembly.add(clinical::report(report));
        for result in items(&report.r4, "result") {
            if let Some(read) = assembly.shelf.follow(result, "Observation") {
                assembly.add(clinical::observation(&read, None));
            }
        }
    }
    Ok(())
}

/// Whether a request is a referral rather than something that the practice does itself.
fn is_referral(read: &Read) -> bool {
    read.r4.text("intent") == Some("order")
}

pub(super) fn referrals(assembly: &mut Assembly<'_>, span: Span) -> Added {
    let mut part = assembly.part("ServiceRequest", &["authoredOn"])?;
    part.kept
        .retain(|read| is_referral(read) && span.holds(read.r4.text("authoredOn")));
    let entries = part
        .kept
        .iter()
        .map(|read| format!("ReferralRequest/{}", read.id()))
        .collect();
    let list = lists::part(assembly, &lists::REFERRALS, entries, part.withheld);
    assembly.add_list(list);
    for read in &part.kept {
        assembly.add(clinical::referral(read));
    }
    Ok(())
}

pub(super) fn diary(assembly: &mut Assembly<'_>, until: Option<Date>) -> Added {
    let mut part = assembly.part("ServiceRequest", &["occurrenceDateTime", "authoredOn"])?;
    part.kept.retain(|read| {
        let due = read
            .r4
            .text("occurrenceDateTime")
            .and_then(|text| day(text.get(..10)?));
        let is_due = until.is_none_or(|until| due.is_none_or(|due| due <= until));
        !is_referral(read) && is_due && read.r4.text("status") == Some("active")
    });
    let entries = part
        .kept
        .iter()
        .map(|read| format!("ProcedureRequest/{}", read.id()))
        .collect();
    let list = lists::part(assembly, &lists::DIARY, entries, part.withheld);
    assembly.add_list(list);
    for read in &part.kept {
        assembly.add(clinical::diary_entry(read));
    }
    Ok(())
}
