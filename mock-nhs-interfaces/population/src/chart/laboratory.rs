//! What the laboratory measures, and what people are asked and timed at.

use fhir_types::authored::{Amount, Code, Concept, When};
use fhir_types::clinical::{Observation, Range, Report, Value};
use time::{Duration, OffsetDateTime};

use super::vital_signs::Seen;
use super::{By, Chart};
use crate::codes::{fhir, measure};

/// A test of blood, its unit and what is normal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Test {
    code: Code,
    unit: &'static str,
    ucum: &'static str,
    low: Option<f64>,
    high: Option<f64>,
}

const fn test(
    code: Code,
    unit: &'static str,
    ucum: &'static str,
    low: Option<f64>,
    high: Option<f64>,
) -> Test {
    Test {
        code,
        unit,
        ucum,
        low,
        high,
    }
}

pub(crate) const HBA1C: Test = test(measure::HBA1C, "mmol/mol", "mmol/mol", None, Some(42.0));
pub(crate) const CREATININE: Test = test(measure::CREATININE, "umol/L", "umol/L", Some(45.0), Some(110.0));
pub(crate) const EGFR: Test = test(
    measure::EGFR,
    "mL/min/1.73m2",
    "mL/min/{1.73_m2}",
    Some(60.0),
    None,
);
pub(crate) const CHOLESTEROL: Test = test(measure::CHOLESTEROL, "mmol/L", "mmol/L", None, Some(5.0));
pub(crate) const HAEMOGLOBIN: Test = test(measure::HAEMOGLOBIN, "g/L", "g/L", Some(120.0), Some(170.0));
pub(crate) const POTASSIUM: Test = test(measure::POTASSIUM, "mmol/L", "mmol/L", Some(3.5), Some(5.3));
pub(crate) const SODIUM: Test = test(measure::SODIUM, "mmol/L", "mmol/L", Some(133.0), Some(146.0));
pub(crate) const CRP: Test = test(measure::CRP, "mg/L", "mg/L", None, Some(5.0));

/// A measure of gait or function, timed or counted by a therapist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    /// Stand up, walk three metres, turn, walk back, sit down.
    TimedUpAndGo,
    /// Walk ten metres.
    TenMetreWalk,
    /// Stand up and sit down for thirty seconds.
    SitToStand,
}

impl Chart<'_> {
    /// A result of the laboratory, with what is normal and whether it is.
    pub(crate) fn result(
        &mut self,
        test: &Test,
        value: f64,
        taken: OffsetDateTime,
        encounter: &str,
    ) -> String {
        let amount = |value| Amount {
            value,
            unit: test.unit,
            ucum: test.ucum,
        };
        let interpretation = if test.low.is_some_and(|low| value < low) {
            fhir::LOW
        } else if test.high.is_some_and(|high| value > high) {
            fhir::HIGH
        } else {
            fhir::NORMAL
        };
        let id = self.sheet.id();
        let taken = self.who.lived_at(taken);
        self.sheet.add(&Observation {
            issued: Some(taken.saturating_add(Duration::hours(6))),
            interpretation: Some(interpretation),
            range: Some(Range {
                low: test.low.map(amount),
                high: test.high.map(amount),
            }),
            ..Seen {
                category: fhir::LABORATORY,
                code: Concept::of(&test.code),
                value: Value::Amount(amount(value)),
                at: taken,
                encounter,
                by: By::Laboratory,
                profiles: fhir::OBSERVATION,
            }
            .observation(&self.who, &id)
        })
    }

    /// The report that goes with results of the laboratory.
    pub(crate) fn blood_report(
        &mut self,
        title: &str,
        results: &[&str],
        conclusion: &str,
        taken: OffsetDateTime,
        encounter: &str,
    ) -> String {
        self.report(
            (fhir::LAB_REPORT, Concept::words(title)),
            results,
            conclusion,
            taken,
            encounter,
        )
    }

    /// The report on a picture.
    pub(crate) fn picture_report(
        &mut self,
        what: Code,
        conclusion: &str,
        taken: OffsetDateTime,
        encounter: &str,
    ) -> String {
        self.report(
            (fhir::RADIOLOGY_REPORT, Concept::of(&what)),
            &[],
            conclusion,
            taken,
            encounter,
        )
    }

    fn report(
        &mut self,
        (category, code): (Code, Concept<'_>),
        results: &[&str],
        conclusion: &str,
        taken: OffsetDateTime,
        encounter: &str,
    ) -> String {
        let id = self.sheet.id();
        let taken = self.who.lived_at(taken);
        self.sheet.add(&Report {
            head: self.who.head(&id, fhir::REPORT),
            category,
            code,
            patient: &self.who.patient,
            encounter,
            at: When::At(taken),
            issued: taken.saturating_add(Duration::hours(6)),
            performer: self.who.by(By::Laboratory),
            results,
            conclusion,
        })
    }

    /// Gait and function, as a therapist measures them.
    pub(crate) fn function(
        &mut self,
        function: Function,
        value: f64,
        at: OffsetDateTime,
        encounter: &str,
    ) -> String {
        let (code, unit, ucum) = match function {
            Function::TimedUpAndGo => (measure::TIMED_UP_AND_GO, "s", "s"),
            Function::TenMetreWalk => (measure::TEN_METRE_WALK, "s", "s"),
            Function::SitToStand => (measure::SIT_TO_STAND, "times", "{count}"),
        };
        self.observe(Seen {
            category: fhir::SURVEY,
            code: Concept::of(&code),
            value: Value::Amount(Amount { value, unit, ucum }),
            at,
            encounter,
            by: By::Physiotherapist,
            profiles: fhir::OBSERVATION,
        })
    }

    /// Something that has a code of its own, such as how somebody smokes.
    pub(crate) fn smoking(&mut self, status: Code, at: OffsetDateTime, encounter: &str, by: By) -> String {
        self.observe(Seen {
            category: fhir::SOCIAL_HISTORY,
            code: Concept::of(&measure::SMOKING),
            value: Value::Concept(Concept {
                codes: &[status],
                text: "",
            }),
            at,
            encounter,
            by,
            profiles: fhir::OBSERVATION,
        })
    }

    /// A measure of our own with a number, such as the height of the womb.
    pub(crate) fn measure(
        &mut self,
        code: Code,
        (value, unit, ucum): (f64, &'static str, &'static str),
        at: OffsetDateTime,
        encounter: &str,
        by: By,
    ) -> String {
        self.observe(Seen {
            category: fhir::EXAM,
            code: Concept::of(&code),
            value: Value::Amount(Amount { value, unit, ucum }),
            at,
            encounter,
            by,
            profiles: fhir::OBSERVATION,
        })
    }
}
