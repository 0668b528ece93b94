//! Two people who learn to walk again.

mod hip_fracture;
mod stroke;

use fhir_types::clinical::{Answer, Answered};

use crate::chart::{Chart, Repeat, Vitals};
use crate::codes::medicine;

pub(super) use self::hip_fracture::hip_fracture;
pub(super) use self::stroke::stroke;

const WELL: Vitals = Vitals {
    breaths: 16,
    saturation: 97,
    oxygen: 0,
    systolic: 134,
    diastolic: 76,
    pulse: 78,
    is_confused: false,
    temperature: 367,
    scale_2: false,
};

fn repeat(chart: &mut Chart<'_>, medicine: &medicine::Medicine, since: time::Date, reason: &str, issues: u8) {
    chart.repeat(Repeat {
        medicine,
        since,
        stopped: None,
        reason,
        issues,
    });
}

const fn answered<'a>(link_id: &'a str, question: &'a str, answer: Answer<'a>) -> Answered<'a> {
    Answered {
        link_id,
        question,
        answer,
    }
}
