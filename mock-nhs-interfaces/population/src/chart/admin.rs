//! Allergies and their list, vaccines, family, consents, flags.

use fhir_types::authored::{Amount, Code, Concept, Span, When};
use fhir_types::clinical::{
    Allergy, AllergyCategory, AllergyKind, Answered, Consent, Coverage, Criticality, Flag, FlagStatus,
    Immunisation, List, QuestionnaireResponse, Reaction, RelatedPerson,
};
use fhir_types::patient::AdministrativeGender;
use time::{Date, OffsetDateTime};

use super::{By, Chart};
use crate::codes::vaccine::Vaccine;
use crate::codes::{fhir, finding, service};

/// An allergy of somebody's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allergic<'a> {
    pub(crate) to: Code,
    pub(crate) category: AllergyCategory,
    pub(crate) reaction: Code,
    pub(crate) is_severe: bool,
    pub(crate) since: Date,
    pub(crate) is_resolved: bool,
    pub(crate) note: &'a str,
}

/// What is known about somebody's allergies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allergies {
    /// Those written down.
    Known,
    /// None, and somebody asked.
    NoneKnown,
    /// Nobody asked.
    NotRecorded,
}

impl Chart<'_> {
    /// An allergy.
    pub(crate) fn allergy(&mut self, of: &Allergic<'_>) -> String {
        let since = self.who.lived(of.since);
        self.has_penicillin_allergy |= !of.is_resolved
            && (of.to == finding::PENICILLIN_ALLERGY || of.to == finding::AMOXICILLIN_ALLERGY);
        self.avoids_nsaids |= of.to == finding::ASPIRIN_ALLERGY;
        let id = self.sheet.id();
        self.sheet.add(&Allergy {
            head: self.who.head(&id, fhir::ALLERGY),
            resolved: of.is_resolved,
            kind: Some(AllergyKind::Allergy),
            category: Some(of.category),
            criticality: Some(if of.is_severe {
                Criticality::High
            } else {
                Criticality::Low
            }),
            code: Concept::of(&of.to),
            patient: &self.who.patient,
            recorded: When::Day(since),
            recorder: self.who.by(By::Gp),
            last: Some(When::Day(since)),
            reaction: Some(Reaction {
                manifestation: Concept::of(&of.reaction),
                severe: of.is_severe,
            }),
            note: of.note,
        })
    }

    /// The list of allergies, which tells "none known" and "nobody asked" apart.
    pub(crate) fn allergy_list(&mut self, what: Allergies, mut entries: Vec<String>, asked: Date) -> String {
        let asked = self.who.lived(asked);
        if what == Allergies::NoneKnown {
            let id = self.sheet.id();
            entries.push(self.sheet.add(&Allergy {
                head: self.who.head(&id, fhir::ALLERGY),
                resolved: false,
                kind: None,
                category: None,
                criticality: None,
                code: Concept::of(&finding::NO_KNOWN_ALLERGY),
                patient: &self.who.patient,
                recorded: When::Day(asked),
                recorder: self.who.by(By::Gp),
                last: None,
                reaction: None,
                note: "",
            }));
        }
        let id = self.sheet.id();
        self.sheet.add(&List {
            head: self.who.head(&id, fhir::LIST),
            title: "Allergies and adverse reactions",
            code: service::ALLERGIES,
            patient: &self.who.patient,
            at: When::Day(asked),
            source: self.who.by(By::Gp),
            empty_because: entries.is_empty().then_some(fhir::NOT_ASKED),
            entries: &entries,
            note: if what == Allergies::NotRecorded {
                "Nobody has asked about allergies yet."
            } else {
                ""
            },
        })
    }

    /// The list of medicines that are taken now.
    pub(crate) fn medicine_list(&mut self, entries: &[String], on: Date) -> String {
        let id = self.sheet.id();
        self.sheet.add(&List {
            head: self.who.head(&id, fhir::LIST),
            title: "Medicines taken now",
            code: service::MEDICATIONS,
            patient: &self.who.patient,
            at: When::Day(self.who.lived(on)),
            source: self.who.by(By::Pharmacist),
            entries,
            empty_because: entries.is_empty().then_some(fhir::NIL_KNOWN),
            note: "",
        })
    }

    /// A vaccine that was given: which dose of the series, when and by whom.
    pub(crate) fn immunise(&mut self, vaccine: &Vaccine, dose: u32, at: OffsetDateTime, by: By) -> String {
        let batch = format!("MADEUP{:04}", self.random.below(10_000));
        let id = self.sheet.id();
        self.sheet.add(&Immunisation {
            head: self.who.head(&id, fhir::IMMUNISATION),
            declined_because: Concept::default(),
            vaccine: Concept::of(&vaccine.code),
            patient: &self.who.patient,
            encounter: "",
            at: When::At(self.who.lived_at(at)),
            batch: &batch,
            procedure: Some(vaccine.procedure),
            site: vaccine.way.site(),
            route: Some(vaccine.way.route()),
            amount: Some(Amount {
                value: vaccine.millilitres,
                unit: "millilitre",
                ucum: "mL",
            }),
            performer: self.who.by(by),
            practice: self.who.practice.ods_code,
            against: vaccine.against,
            dose,
            note: "",
        })
    }

    /// A vaccine that was offered and declined.
    pub(crate) fn declined(&mut self, vaccine: &Vaccine, on: Date, note: &str) -> String {
        let id = self.sheet.id();
        self.sheet.add(&Immunisation {
            head: self.who.head(&id, fhir::IMMUNISATION),
            declined_because: Concept::of(&fhir::PATIENT_OBJECTION),
            vaccine: Concept::of(&vaccine.code),
            patient: &self.who.patient,
            encounter: "",
            at: When::Day(self.who.lived(on)),
            batch: "",
            procedure: None,
            site: None,
            route: None,
            amount: None,
            performer: "",
            practice: "",
            against: vaccine.against,
            dose: 0,
            note,
        })
    }

    /// Somebody who belongs to them.
    pub(crate) fn relative(
        &mut self,
        relationships: &[Code],
        (given, family): (&str, &str),
        gender: AdministrativeGender,
        phone: &str,
    ) -> String {
        let id = self.sheet.id();
        self.sheet.add(&RelatedPerson {
            head: self.who.head(&id, fhir::RELATED_PERSON),
            patient: &self.who.patient,
            relationships,
            given,
            family,
            gender,
            phone,
        })
    }

    /// What they allow to be shared.
    pub(crate) fn consent(&mut self, words: &str, permit: bool, on: Date) -> String {
        let id = self.sheet.id();
        self.sheet.add(&Consent {
            head: self.who.head(&id, fhir::NO_PROFILE),
            scope: fhir::PRIVACY,
            category: Concept {
                codes: &[fhir::INFORMATION_ACCESS],
                text: words,
            },
            patient: &self.who.patient,
            at: When::Day(self.who.lived(on)),
            organisation: &self.who.organisation,
            policy: "https://code4health.example/policy/sharing-of-records",
            permit,
        })
    }

    /// A flag that is up.
    pub(crate) fn flag(&mut self, category: Code, words: &str, since: Date) -> String {
        let id = self.sheet.id();
        self.sheet.add(&Flag {
            head: self.who.head(&id, fhir::NO_PROFILE),
            status: FlagStatus::Active,
            category,
            code: Concept::words(words),
            patient: &self.who.patient,
            span: Span {
                from: When::Day(self.who.lived(since)),
                until: None,
            },
            author: self.who.by(By::Gp),
        })
    }

    /// That the NHS pays.
    pub(crate) fn cover(&mut self) -> String {
        let id = self.sheet.id();
        self.sheet.add(&Coverage {
            head: self.who.head(&id, fhir::NO_PROFILE),
            kind: Concept {
                codes: &[fhir::PUBLIC_COVER],
                text: "NHS",
            },
            patient: &self.who.patient,
            span: Span {
                from: When::Day(self.who.born),
                until: None,
            },
            payor: &self.who.organisation,
        })
    }

    /// Answers to a questionnaire.
    pub(crate) fn answers(
        &mut self,
        questionnaire: &'static str,
        answers: &[Answered<'_>],
        at: OffsetDateTime,
        encounter: &str,
        by: By,
    ) -> String {
        let id = self.sheet.id();
        self.sheet.add(&QuestionnaireResponse {
            head: self.who.head(&id, fhir::NO_PROFILE),
            questionnaire,
            patient: &self.who.patient,
            encounter,
            at: When::At(self.who.lived_at(at)),
            author: self.who.by(by),
            answers,
        })
    }
}
