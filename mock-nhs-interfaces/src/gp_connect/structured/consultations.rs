//! Consultations: an encounter each, with nested lists of what was said, found and done in it.
//! Source: <https://developer.nhs.uk/apis/gpconnect/accessrecord_structured_development_consultation_guidance.html>

use fhir::json::Json;

use super::assembly::{Assembly, Part};
use super::lists::{self, Nested};
use super::medication::Medicines;
use super::parts::is_result;
use crate::gp_connect::dates::with_offset;
use crate::gp_connect::parameters::Consultations;
use crate::gp_connect::places::Read;
use crate::gp_connect::stu3::clinical;
use crate::gp_connect::stu3::shape::{items, referred, shown};
use crate::lookup::LookupError;

/// The patient's encounters with the practice, newest first.
pub(super) fn at_practice(assembly: &Assembly<'_>) -> Result<Part, LookupError> {
    let mut part = assembly.part("Encounter", &["period"])?;
    let practice = assembly.practice.id();
    part.kept.retain(|read| {
        let provider = read.r4.get("serviceProvider");
        provider.is_none_or(|provider| referred(provider, "Organization") == Some(practice))
    });
    Ok(part)
}

/// What there is to put under the headings of consultations.
struct Content {
    observations: Part,
    immunisations: Part,
    problems: Part,
    medicines: Medicines,
}

/// What was put there: addresses for the secondary lists.
#[derive(Default)]
struct Listed {
    observations: Vec<String>,
    immunisations: Vec<String>,
    problems: Vec<String>,
    medicines: Vec<String>,
}

pub(super) fn add(assembly: &mut Assembly<'_>, wanted: Consultations) -> Result<(), LookupError> {
    let mut part = at_practice(assembly)?;
    part.kept.retain(|read| {
        wanted
            .span
            .holds(read.r4.get("period").and_then(|period| period.text("start")))
    });
    if let Some(most) = wanted.most_recent {
        part.kept.truncate(most);
    }
    let content = Content {
        observations: assembly.part("Observation", &["effectiveDateTime"])?,
        immunisations: assembly.part("Immunization", &["occurrenceDateTime"])?,
        problems: assembly.problems()?,
        medicines: Medicines::of(assembly)?,
    };
    let entries = part.kept.iter().map(Read::address).collect();
    let list = lists::part(assembly, &lists::CONSULTATIONS, entries, part.withheld);
    assembly.add_list(list);
    let mut listed = Listed::default();
    for consultation in &part.kept {
        add_one(assembly, consultation, &content, &mut listed);
    }
    let secondary = [
        (
            &lists::CONSULTATIONS_MEDICATIONS,
            listed.medicines,
            content.medicines.withheld,
        ),
        (
            &lists::CONSULTATIONS_PROBLEMS,
            listed.problems,
            content.problems.withheld,
        ),
        (
            &lists::CONSULTATIONS_UNCATEGORISED,
            listed.observations,
            content.observations.withheld,
        ),
        (
            &lists::CONSULTATIONS_IMMUNISATIONS,
            listed.immunisations,
            content.immunisations.withheld,
        ),
    ];
    for (kind, mut entries, withheld) in secondary {
        entries.sort_unstable();
        entries.dedup();
        if !entries.is_empty() {
            let list = lists::part(assembly, kind, entries, withheld);
            assembly.add_list(list);
        }
    }
    Ok(())
}

/// The ids, below the consultation's own, of the lists that it is made of.
fn add_one(assembly: &mut Assembly<'_>, consultation: &Read, content: &Content, listed: &mut Listed) {
    assembly.add(clinical::consultation(consultation));
    let headings = headings(assembly, consultation, content, listed);
    let address = consultation.address();
    let id = consultation.id();
    let date = consultation
        .r4
        .get("period")
        .and_then(|period| period.text("start"))
        .map(with_offset);
    let nested = |assembly: &Assembly<'_>, suffix: &str, title: Option<&str>, (code, display), entries| {
        let of = Nested {
            id: &format!("{id}-{suffix}"),
            title,
            code,
            display,
            consultation: &address,
            date: date.clone(),
        };
        lists::nested(assembly, of, entries)
    };
    let mut heading_ids = Vec::new();
    for (title, entries) in headings {
        let suffix = title.to_ascii_lowercase();
        let heading = nested(
            assembly,
            &suffix,
            Some(title),
            ("24781000000107", "Category (EHR)"),
            entries,
        );
        heading_ids.push(format!("List/{id}-{suffix}"));
        assembly.add(heading);
    }
    let kind = items(&consultation.r4, "type").find_map(shown);
    let topic = nested(
        assembly,
        "topic",
        kind,
        ("25851000000105", "Topic (EHR)"),
        heading_ids,
    );
    assembly.add(topic);
    let topics = vec![format!("List/{id}-topic")];
    let whole = nested(
        assembly,
        "consultation",
        kind,
        ("325851000000107", "Consultation"),
        topics,
    );
    assembly.add(whole);
}

/// What stands under which heading; headings without content are left out.
fn headings(
    assembly: &mut Assembly<'_>,
    consultation: &Read,
    content: &Content,
    listed: &mut Listed,
) -> Vec<(&'static str, Vec<String>)> {
    let is_of = |r4: &Json| {
        r4.get("encounter")
            .is_some_and(|one| referred(one, "Encounter") == Some(consultation.id()))
    };
    let address = consultation.address();
    let mut problems = Vec::new();
    let diagnoses: Vec<&str> = items(&consultation.r4, "diagnosis")
        .filter_map(|one| referred(one.get("condition")?, "Condition"))
        .collect();
    for read in &content.problems.kept {
        if is_of(&read.r4) || diagnoses.contains(&read.id()) {
            problems.push(read.address());
            assembly.link_problems(std::iter::once(&crate::gp_connect::stu3::shape::reference(
                &read.address(),
            )));
        }
    }
    let mut history = Vec::new();
    let told: Vec<&str> = items(&consultation.r4, "reasonCode").filter_map(shown).collect();
    if !told.is_empty() {
        let id = format!("{}-narrative", consultation.id());
        history.push(format!("Observation/{id}"));
        assembly.add(clinical::narrative(consultation, &id, &told.join("\n")));
    }
    let mut found = Vec::new();
    for read in content
        .observations
        .kept
        .iter()
        .filter(|read| is_of(&read.r4) && !is_result(read))
    {
        found.push(read.address());
        assembly.add(clinical::observation(read, Some(&address)));
    }
    let mut given = Vec::new();
    for read in content.immunisations.kept.iter().filter(|read| is_of(&read.r4)) {
        given.push(read.address());
        assembly.add(clinical::immunisation(read));
    }
    let mut prescribed = Vec::new();
    for read in content.medicines.requests(is_of) {
        if let Some(statement) = content.medicines.add_of_request(assembly, read.id()) {
            prescribed.push(read.address());
            listed.medicines.push(statement);
            content.medicines.add_request(assembly, read);
        }
    }
    listed.problems.extend(problems.iter().cloned());
    listed.observations.extend(found.iter().cloned());
    listed.immunisations.extend(given.iter().cloned());
    [
        ("Problem", problems),
        ("History", history),
        ("Examination", found),
        ("Immunisation", given),
        ("Medication", prescribed),
    ]
    .into_iter()
    .filter(|(_, entries)| !entries.is_empty())
    .collect()
}
