//! Meetings, problems, what was done, and letters about it.

use fhir_types::authored::{Code, Concept, Span, When};
use fhir_types::clinical::{Condition, Course, Document, Encounter, EncounterStatus, Procedure, Stay};
use time::{Date, Duration, OffsetDateTime};

use super::{By, Chart};
use crate::codes::{fhir, finding, service};

/// Problems that anti-inflammatory painkillers make worse, by themselves or with what is taken for them.
const HARMED_BY_NSAIDS: &[Code] = &[
    finding::HYPERTENSION,
    finding::HEART_FAILURE,
    finding::ISCHAEMIC_HEART_DISEASE,
    finding::ATRIAL_FIBRILLATION,
    finding::CKD_3,
    finding::ASTHMA,
    finding::REFLUX,
    finding::PREGNANT,
];

/// How somebody was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visit {
    /// In the surgery.
    Surgery,
    /// By telephone.
    Telephone,
    /// At home.
    Home,
    /// In the surgery, for a regular check.
    Review,
    /// In a clinic of the hospital.
    Clinic,
    /// In the emergency department.
    Emergency,
}

/// A kind of letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letter {
    /// What the hospital writes when somebody goes home.
    Discharge,
    /// What a clinic writes to the practice.
    Clinic,
}

impl Chart<'_> {
    /// A meeting of a quarter of an hour, or of two hours in the emergency department.
    pub(crate) fn visit(&mut self, visit: Visit, at: OffsetDateTime, by: By, about: Concept<'_>) -> String {
        let (class, kind, minutes) = match visit {
            Visit::Surgery => (fhir::AMBULATORY, service::CONSULTATION, 12),
            Visit::Telephone => (fhir::VIRTUAL, service::TELEPHONE, 8),
            Visit::Home => (fhir::HOME, service::HOME_VISIT, 35),
            Visit::Review => (fhir::AMBULATORY, service::CHECK_UP, 20),
            Visit::Clinic => (fhir::AMBULATORY, service::FOLLOW_UP, 20),
            Visit::Emergency => (fhir::EMERGENCY, service::EMERGENCY_VISIT, 150),
        };
        let in_hospital = matches!(visit, Visit::Clinic | Visit::Emergency);
        let at = self.who.lived_at(at);
        let id = self.sheet.id();
        self.sheet.add(&Encounter {
            head: self.who.head(&id, fhir::ENCOUNTER),
            status: EncounterStatus::Finished,
            class,
            kind: Concept::of(&kind),
            patient: &self.who.patient,
            episode: "",
            clinician: self.who.by(by),
            span: Span {
                from: When::At(at),
                until: Some(When::At(at.saturating_add(Duration::minutes(minutes)))),
            },
            reason: about,
            diagnosis: "",
            stay: None,
            location: if visit == Visit::Surgery || visit == Visit::Review {
                &self.who.surgery
            } else {
                ""
            },
            provider: if in_hospital {
                &self.who.hospital
            } else {
                &self.who.organisation
            },
        })
    }

    /// A stay in hospital; without an end they are there still.
    pub(crate) fn stay(
        &mut self,
        (from, until): (OffsetDateTime, Option<OffsetDateTime>),
        by: By,
        diagnosis: &str,
        why: Concept<'_>,
        discharged_to: Code,
    ) -> String {
        let from = self.who.lived_at(from);
        let until = until.map(|until| self.who.lived_at(until).max(from));
        let went_to = [discharged_to];
        let id = self.sheet.id();
        self.sheet.add(&Encounter {
            head: self.who.head(&id, fhir::ENCOUNTER),
            status: if until.is_some() {
                EncounterStatus::Finished
            } else {
                EncounterStatus::InProgress
            },
            class: fhir::INPATIENT,
            kind: Concept::of(&service::ADMISSION),
            patient: &self.who.patient,
            episode: "",
            clinician: self.who.by(by),
            span: Span {
                from: When::At(from),
                until: until.map(When::At),
            },
            reason: why,
            diagnosis,
            stay: Some(Stay {
                admitted_from: Concept::of(&fhir::FROM_EMERGENCY),
                discharged_to: if until.is_some() {
                    Concept {
                        codes: &went_to,
                        text: "",
                    }
                } else {
                    Concept::default()
                },
            }),
            location: "",
            provider: &self.who.hospital,
        })
    }

    /// A problem that is there still.
    pub(crate) fn problem(&mut self, code: Code, since: Date) -> String {
        self.noted_problem(code, since, None, "")
    }

    /// A problem, until when it was there, and what was said about it.
    pub(crate) fn noted_problem(
        &mut self,
        code: Code,
        since: Date,
        until: Option<Date>,
        note: &str,
    ) -> String {
        let since = self.who.lived(since);
        self.avoids_nsaids |= HARMED_BY_NSAIDS.contains(&code);
        let id = self.sheet.id();
        self.sheet.add(&Condition {
            head: self.who.head(&id, fhir::CONDITION),
            patient: &self.who.patient,
            code: Concept::of(&code),
            on_problem_list: true,
            course: match until {
                Some(day) => Course::Resolved(When::Day(self.who.lived(day).max(since))),
                None => Course::Active,
            },
            onset: When::Day(since),
            recorded: When::Day(since),
            encounter: "",
            recorder: self.who.by(By::Gp),
            severity: None,
            note,
        })
    }

    /// What was found in one encounter, and went away again after these days.
    pub(crate) fn diagnosis(
        &mut self,
        code: Code,
        at: OffsetDateTime,
        encounter: &str,
        days: i64,
        by: By,
    ) -> String {
        let at = self.who.lived_at(at);
        let over = self.who.lived(at.date().saturating_add(Duration::days(days)));
        let id = self.sheet.id();
        self.sheet.add(&Condition {
            head: self.who.head(&id, fhir::CONDITION),
            patient: &self.who.patient,
            code: Concept::of(&code),
            on_problem_list: false,
            course: Course::Resolved(When::Day(over)),
            onset: When::Day(at.date()),
            recorded: When::At(at),
            encounter,
            recorder: self.who.by(by),
            severity: None,
            note: "",
        })
    }

    /// Something that was done.
    pub(crate) fn procedure(
        &mut self,
        code: Code,
        at: When,
        by: By,
        (encounter, reason): (&str, &str),
        note: &str,
    ) -> String {
        let at = match at {
            When::Day(day) => When::Day(self.who.lived(day)),
            When::At(at) => When::At(self.who.lived_at(at)),
            When::Year(year) => When::Year(year),
        };
        let id = self.sheet.id();
        self.sheet.add(&Procedure {
            head: self.who.head(&id, fhir::PROCEDURE),
            code: Concept::of(&code),
            patient: &self.who.patient,
            encounter,
            at,
            performer: self.who.by(by),
            reason,
            based_on: "",
            body_site: None,
            outcome: Concept::default(),
            note,
        })
    }

    /// A letter from the hospital, as plain text.
    pub(crate) fn letter(
        &mut self,
        letter: Letter,
        title: &str,
        text: &str,
        at: OffsetDateTime,
        encounter: &str,
    ) -> String {
        let kind = match letter {
            Letter::Discharge => Concept::of(&service::DISCHARGE_SUMMARY),
            Letter::Clinic => Concept::words("Clinic letter"),
        };
        let id = self.sheet.id();
        self.sheet.add(&Document {
            head: self.who.head(&id, fhir::NO_PROFILE),
            kind,
            category: service::LETTERS,
            patient: &self.who.patient,
            at: self.who.lived_at(at),
            author: self.who.by(By::Physician),
            custodian: &self.who.hospital,
            description: title,
            text,
            encounter,
        })
    }
}
