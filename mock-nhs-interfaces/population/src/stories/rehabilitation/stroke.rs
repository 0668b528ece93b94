//! A stroke, and the way back to walking and talking.

use fhir_types::authored::{Amount, Concept, When};
use fhir_types::clinical::{ActivityStatus, RequestStatus};
use fhir_types::patient::AdministrativeGender::Female;
use time::macros::{date, datetime};

use crate::chart::{By, Chart, Function, Letter, Visit};
use crate::codes::{fhir, finding, measure, medicine, service};
use crate::course::who_asks_after_allergies;

use super::repeat;

/// Ewa Kowalczyk: stroke, rehabilitation, Polish at home.
#[expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]
pub(in crate::stories) fn stroke(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::DAUGHTER, fhir::NEXT_OF_KIN],
        ("Magda", "Kowalczyk"),
        Female,
        "07700900209",
    );
    chart.flag(
        fhir::ADMINISTRATIVE_FLAG,
        "Prefers to speak Polish; interpreter for anything important",
        date!(2026 - 03 - 20),
    );
    who_asks_after_allergies(chart, 220);
    let arrived = datetime!(2026-03-09 09:05 UTC);
    chart.visit(
        Visit::Emergency,
        arrived,
        By::Physician,
        Concept::words("Weakness of the right arm and leg since 07:30"),
    );
    let stroke = chart.noted_problem(
        finding::STROKE,
        date!(2026 - 03 - 09),
        None,
        "Left middle cerebral artery, ischaemic.",
    );
    let fibrillation = chart.problem(finding::ATRIAL_FIBRILLATION, date!(2026 - 03 - 11));
    let home = datetime!(2026-04-02 11:00 UTC);
    let stay = chart.stay(
        (datetime!(2026-03-09 11:00 UTC), Some(home)),
        By::Physician,
        &stroke,
        Concept::of(&finding::STROKE),
        fhir::TO_HOME,
    );
    chart.procedure(
        finding::ECG,
        When::At(datetime!(2026-03-11 10:00 UTC)),
        By::Physician,
        (&stay, &stroke),
        "Atrial fibrillation, rate 92.",
    );
    for (medicine, reason) in [
        (&medicine::APIXABAN, &fibrillation),
        (&medicine::BISOPROLOL, &fibrillation),
        (&medicine::ATORVASTATIN, &stroke),
    ] {
        repeat(chart, medicine, date!(2026 - 04 - 02), reason, 3);
    }
    chart.letter(
        Letter::Discharge,
        "Discharge summary, stroke unit",
        "Diagnosis: ischaemic stroke of the left hemisphere with weakness of the right side; atrial fibrillation, found on \
         the ward.\n\nNot treated with thrombolysis: too late on arrival. Swallows safely. Speech has come back but for \
         single words.\n\nMedicines started: apixaban, bisoprolol, atorvastatin.\n\nRehabilitation at home from 3 April.",
        home,
        &stay,
    );
    chart.episode(
        "Rehabilitation after stroke",
        (date!(2026 - 04 - 03), None),
        By::Physiotherapist,
        &stroke,
    );
    let target = Amount {
        value: 12.0,
        unit: "s",
        ucum: "s",
    };
    let walk = chart.goal(
        "Walk ten metres in 12 seconds without a stick",
        date!(2026 - 04 - 03),
        fhir::IMPROVING,
        Some((measure::TEN_METRE_WALK, target, date!(2026 - 12 - 18))),
        &stroke,
    );
    let work = chart.goal(
        "Back to the bakery two mornings a week",
        date!(2026 - 04 - 03),
        fhir::IN_PROGRESS,
        None,
        &stroke,
    );
    let to_do = [
        ("Walking practice every day", ActivityStatus::InProgress),
        ("Hand and arm exercises", ActivityStatus::InProgress),
        (
            "Talk with the employer about a start in the new year",
            ActivityStatus::Scheduled,
        ),
    ];
    chart.plan(
        "Life after stroke",
        (date!(2026 - 04 - 03), None),
        (By::Physiotherapist, &stroke),
        &[&walk, &work],
        &to_do,
    );
    for (at, ten_metres, up_and_go) in [
        (datetime!(2026-04-07 10:00 UTC), 41.0, 52.0),
        (datetime!(2026-05-05 10:00 UTC), 30.5, 36.4),
        (datetime!(2026-06-09 10:00 UTC), 23.0, 27.1),
        (datetime!(2026-08-04 10:00 UTC), 17.2, 20.3),
        (datetime!(2026-10-20 10:00 UTC), 14.0, 16.8),
    ] {
        let visit = chart.visit(
            Visit::Clinic,
            at,
            By::Physiotherapist,
            Concept::of(&finding::PHYSIOTHERAPY),
        );
        chart.function(Function::TenMetreWalk, ten_metres, at, &visit);
        chart.function(Function::TimedUpAndGo, up_and_go, at, &visit);
        chart.blood_pressure(128, 78, at, &visit, By::Physiotherapist);
    }
    chart.referral(
        Concept::of(&service::CARDIOLOGY),
        date!(2026 - 04 - 10),
        RequestStatus::Completed,
        &fibrillation,
        "Echocardiogram, please.",
    );
    chart.procedure(
        finding::ECHOCARDIOGRAM,
        When::Day(date!(2026 - 05 - 19)),
        By::Physician,
        ("", &fibrillation),
        "Left atrium slightly large; function good.",
    );
}
