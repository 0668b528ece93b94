//! Medicines: repeats with their issues, short courses, what is bought or given elsewhere.

use fhir_types::authored::{Amount, Code, Concept, Span, When};
use fhir_types::clinical::{Dose, MedicationRequest, MedicationStatement, Supply};
use time::{Date, Duration, OffsetDateTime};

use super::{By, Chart};
use crate::codes::medicine::Medicine;
use crate::codes::{fhir, vaccine};

/// A repeat medicine of somebody's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repeat<'a> {
    pub(crate) medicine: &'a Medicine,
    pub(crate) since: Date,
    /// When and why it was stopped.
    pub(crate) stopped: Option<(Date, &'a str)>,
    /// Reference to the problem it is for; may be empty.
    pub(crate) reason: &'a str,
    /// Issues to write down, the last one shortly before the end.
    pub(crate) issues: u8,
}

fn dose(medicine: &Medicine) -> Dose<'static> {
    let (times, days) = medicine.times;
    let (amount, unit) = medicine.dose;
    Dose {
        words: medicine.label,
        times_in_days: (times > 0).then_some((times, days)),
        as_needed: times == 0,
        route: matches!(unit, "tablet" | "capsule" | "sachet").then_some(vaccine::ORAL),
        amount: Some(Amount {
            value: amount,
            unit,
            ucum: "",
        }),
    }
}

fn concept(medicine: &Medicine) -> Concept<'static> {
    Concept {
        codes: medicine.codes,
        text: medicine.name,
    }
}

impl Chart<'_> {
    /// A repeat: the template, its latest issues, and the statement of what is taken.
    pub(crate) fn repeat(&mut self, repeat: Repeat<'_>) -> String {
        let since = self.who.lived(repeat.since);
        // Nobody goes on taking medicines after death.
        let stopped = repeat
            .stopped
            .or((!self.who.is_alive()).then_some((self.who.last, "Patient died")));
        let end = stopped.map(|(day, _)| self.who.lived(day).max(since));
        let plan = self.prescription(Prescription {
            status: if end.is_some() { "stopped" } else { "active" },
            intent: "plan",
            medicine: repeat.medicine,
            at: When::Day(since),
            encounter: "",
            reason: repeat.reason,
            based_on: "",
            therapy: fhir::CONTINUOUS,
            category: fhir::COMMUNITY,
            stopped_because: stopped.map(|(_, why)| why).unwrap_or_default(),
            valid: (since, None),
        });
        let last_issue = end.unwrap_or(self.who.last);
        let offset = i64::from(self.random.small(28));
        for nth in (0..repeat.issues).rev() {
            let day = last_issue.saturating_sub(Duration::days(offset + 28 * i64::from(nth)));
            if day < since {
                continue;
            }
            self.prescription(Prescription {
                status: "completed",
                intent: "order",
                medicine: repeat.medicine,
                at: When::Day(day),
                encounter: "",
                reason: repeat.reason,
                based_on: &plan,
                therapy: fhir::CONTINUOUS,
                category: fhir::COMMUNITY,
                stopped_because: "",
                valid: (day, Some(day.saturating_add(Duration::days(180)))),
            });
        }
        self.statement(repeat.medicine, (since, end), By::Gp, (&plan, repeat.reason), "");
        plan
    }

    /// A short course.
    pub(crate) fn acute(
        &mut self,
        medicine: &Medicine,
        at: OffsetDateTime,
        encounter: &str,
        reason: &str,
    ) -> String {
        let at = self.who.lived_at(at);
        self.prescription(Prescription {
            status: "completed",
            intent: "order",
            medicine,
            at: When::At(at),
            encounter,
            reason,
            based_on: "",
            therapy: fhir::ACUTE,
            category: fhir::COMMUNITY,
            stopped_because: "",
            valid: (at.date(), Some(at.date().saturating_add(Duration::days(180)))),
        })
    }

    /// A medicine to take home from hospital.
    pub(crate) fn take_home(
        &mut self,
        medicine: &Medicine,
        at: OffsetDateTime,
        encounter: &str,
        reason: &str,
    ) -> String {
        let at = self.who.lived_at(at);
        self.prescription(Prescription {
            status: "completed",
            intent: "order",
            medicine,
            at: When::At(at),
            encounter,
            reason,
            based_on: "",
            therapy: fhir::ACUTE,
            category: fhir::DISCHARGE,
            stopped_because: "",
            valid: (at.date(), Some(at.date().saturating_add(Duration::days(28)))),
        })
    }

    /// A medicine that the practice does not prescribe.
    pub(crate) fn taken_from_elsewhere(&mut self, medicine: &Medicine, since: Date, note: &str) -> String {
        let since = self.who.lived(since);
        self.statement(medicine, (since, None), By::Pharmacist, ("", ""), note)
    }

    fn prescription(&mut self, of: Prescription<'_>) -> String {
        let id = self.sheet.id();
        let by = if of.category == fhir::DISCHARGE {
            By::Physician
        } else {
            By::Gp
        };
        let (_, unit) = of.medicine.dose;
        self.sheet.add(&MedicationRequest {
            head: self.who.head(&id, fhir::MEDICATION_REQUEST),
            status: of.status,
            intent: of.intent,
            category: of.category,
            medicine: concept(of.medicine),
            patient: &self.who.patient,
            encounter: of.encounter,
            authored: of.at,
            requester: self.who.by(by),
            reason: of.reason,
            based_on: of.based_on,
            therapy: Some(of.therapy),
            stopped_because: Concept::words(of.stopped_because),
            dose: dose(of.medicine),
            supply: Some(Supply {
                amount: Amount {
                    value: of.medicine.pack,
                    unit,
                    ucum: "",
                },
                repeats: if of.intent == "plan" { 12 } else { 0 },
                valid: Span {
                    from: When::Day(of.valid.0),
                    until: of.valid.1.map(When::Day),
                },
            }),
            note: "",
        })
    }

    fn statement(
        &mut self,
        medicine: &Medicine,
        (since, until): (Date, Option<Date>),
        source: By,
        (based_on, reason): (&str, &str),
        note: &str,
    ) -> String {
        let id = self.sheet.id();
        self.sheet.add(&MedicationStatement {
            head: self.who.head(&id, fhir::MEDICATION_STATEMENT),
            identifier: ("https://code4health.example/Id/medication-statement", &id),
            status: if until.is_some() { "stopped" } else { "active" },
            medicine: concept(medicine),
            patient: &self.who.patient,
            span: Span {
                from: When::Day(since),
                until: until.map(When::Day),
            },
            asserted: When::Day(until.unwrap_or(since)),
            source: self.who.by(source),
            based_on,
            reason,
            dose: dose(medicine),
            note,
        })
    }
}

/// What a prescription says.
#[derive(Clone, Copy)]
struct Prescription<'a> {
    status: &'static str,
    intent: &'static str,
    medicine: &'a Medicine,
    at: When,
    encounter: &'a str,
    reason: &'a str,
    based_on: &'a str,
    therapy: Code,
    category: Code,
    stopped_because: &'a str,
    valid: (Date, Option<Date>),
}
