//! People in hospital, just home from it, and at the end of life.

use fhir_types::authored::{Concept, When};
use fhir_types::clinical::{ActivityStatus, AppointmentStatus};
use fhir_types::patient::AdministrativeGender::{Female, Male};
use time::OffsetDateTime;
use time::macros::{date, datetime};

use crate::chart::{By, CRP, Chart, HAEMOGLOBIN, Letter, POTASSIUM, Repeat, SODIUM, Visit, Vitals};
use crate::codes::{fhir, finding, medicine};
use crate::course::{Admission, admit, vaccinate, who_asks_after_allergies};

fn repeat(chart: &mut Chart<'_>, medicine: &medicine::Medicine, since: time::Date, reason: &str) {
    chart.repeat(Repeat {
        medicine,
        since,
        stopped: None,
        reason,
        issues: 3,
    });
}

/// When, breaths, saturation, litres of oxygen, systolic, pulse, temperature.
const WORSE: &[(OffsetDateTime, u8, u8, u8, u8, u8, u16)] = &[
    (datetime!(2026-10-30 16:00 UTC), 21, 88, 0, 138, 98, 374),
    (datetime!(2026-10-30 20:00 UTC), 22, 88, 1, 136, 102, 376),
    (datetime!(2026-10-31 00:00 UTC), 22, 87, 1, 132, 104, 379),
    (datetime!(2026-10-31 04:00 UTC), 24, 87, 2, 126, 108, 381),
    (datetime!(2026-10-31 08:00 UTC), 24, 86, 2, 116, 112, 383),
    (datetime!(2026-10-31 12:00 UTC), 26, 86, 2, 112, 116, 384),
];

/// Raymond Tattersall.
pub(super) fn copd(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::DAUGHTER, fhir::NEXT_OF_KIN],
        ("Denise", "Tattersall"),
        Female,
        "07700900203",
    );
    who_asks_after_allergies(chart, 400);
    vaccinate(chart);
    let lungs = chart.noted_problem(
        finding::COPD,
        date!(2013 - 03 - 19),
        None,
        "Severe; carbon dioxide was high in 2025.",
    );
    chart.problem(finding::HYPERTENSION, date!(2009 - 09 - 09));
    repeat(chart, &medicine::TIOTROPIUM, date!(2013 - 04 - 01), &lungs);
    repeat(chart, &medicine::SALBUTAMOL, date!(2013 - 04 - 01), &lungs);
    repeat(chart, &medicine::AMLODIPINE, date!(2009 - 10 - 01), "");
    chart.smoking(finding::EX_SMOKER, datetime!(2026-03-17 10:00 UTC), "", By::Nurse);
    chart.procedure(
        finding::SPIROMETRY,
        When::Day(date!(2026 - 03 - 17)),
        By::Nurse,
        ("", &lungs),
        "FEV1 38 % of predicted.",
    );
    chart.flag(
        fhir::SAFETY_FLAG,
        "Oxygen alert: target saturation 88 to 92 %",
        date!(2025 - 02 - 20),
    );
    admit(chart, Admission::CopdExacerbation, 620);
    let course = chart.in_hours(date!(2026 - 08 - 12));
    chart.acute(&medicine::PREDNISOLONE, course, "", &lungs);
    let arrived = datetime!(2026-10-30 14:20 UTC);
    chart.visit(
        Visit::Emergency,
        arrived,
        By::Physician,
        Concept::of(&finding::BREATHLESSNESS),
    );
    let worse = chart.noted_problem(
        finding::COPD_EXACERBATION,
        date!(2026 - 10 - 30),
        None,
        "Third in eighteen months.",
    );
    let stay = chart.stay(
        (datetime!(2026-10-30 16:00 UTC), None),
        By::Physician,
        &worse,
        Concept::of(&finding::COPD_EXACERBATION),
        fhir::TO_HOME,
    );
    for (at, breaths, saturation, oxygen, systolic, pulse, temperature) in WORSE {
        let vitals = Vitals {
            breaths: *breaths,
            saturation: *saturation,
            oxygen: *oxygen,
            systolic: *systolic,
            diastolic: 68,
            pulse: *pulse,
            is_confused: false,
            temperature: *temperature,
            scale_2: true,
        };
        chart.vitals(&vitals, *at, &stay, By::WardNurse);
    }
    let taken = datetime!(2026-10-30 15:00 UTC);
    let crp = chart.result(&CRP, 88.0, taken, &stay);
    let sodium = chart.result(&SODIUM, 134.0, taken, &stay);
    chart.blood_report("Bloods on admission", &[&crp, &sodium], "", taken, &stay);
    chart.picture_report(
        finding::CHEST_X_RAY,
        "Hyperinflated. New shadow at the left base.",
        taken,
        &stay,
    );
}

/// Gwilym Pritchard-Owen.
#[expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]
pub(super) fn discharge(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::SPOUSE, fhir::NEXT_OF_KIN],
        ("Bethan", "Pritchard-Owen"),
        Female,
        "07700900207",
    );
    who_asks_after_allergies(chart, 13);
    vaccinate(chart);
    let joints = chart.problem(finding::OSTEOARTHRITIS, date!(2017 - 02 - 21));
    chart.problem(finding::HYPERLIPIDAEMIA, date!(2018 - 06 - 12));
    chart.repeat(Repeat {
        medicine: &medicine::NAPROXEN,
        since: date!(2017 - 03 - 01),
        stopped: Some((
            date!(2026 - 10 - 18),
            "Stopped by the hospital after the heart attack",
        )),
        reason: &joints,
        issues: 3,
    });
    let arrived = datetime!(2026-10-18 04:50 UTC);
    chart.visit(
        Visit::Emergency,
        arrived,
        By::Physician,
        Concept::of(&finding::CHEST_PAIN),
    );
    let infarction = chart.noted_problem(
        finding::MYOCARDIAL_INFARCTION,
        date!(2026 - 10 - 18),
        None,
        "Inferior, treated within two hours.",
    );
    let home = datetime!(2026-10-22 14:30 UTC);
    let stay = chart.stay(
        (datetime!(2026-10-18 06:00 UTC), Some(home)),
        By::Physician,
        &infarction,
        Concept::of(&finding::MYOCARDIAL_INFARCTION),
        fhir::TO_HOME,
    );
    chart.procedure(
        finding::ECG,
        When::At(datetime!(2026-10-18 04:58 UTC)),
        By::Physician,
        (&stay, &infarction),
        "ST elevation in the inferior leads.",
    );
    chart.procedure(
        finding::CORONARY_INTERVENTION,
        When::At(datetime!(2026-10-18 06:25 UTC)),
        By::Physician,
        (&stay, &infarction),
        "Two stents in the right coronary artery.",
    );
    chart.procedure(
        finding::ECHOCARDIOGRAM,
        When::At(datetime!(2026-10-20 10:00 UTC)),
        By::Physician,
        (&stay, &infarction),
        "Ejection fraction 48 %.",
    );
    for (at, systolic, pulse) in [
        (datetime!(2026-10-18 08:00 UTC), 106, 94),
        (datetime!(2026-10-19 08:00 UTC), 118, 82),
        (datetime!(2026-10-22 08:00 UTC), 124, 68),
    ] {
        let vitals = Vitals {
            breaths: 16,
            saturation: 97,
            oxygen: 0,
            systolic,
            diastolic: 72,
            pulse,
            is_confused: false,
            temperature: 368,
            scale_2: false,
        };
        chart.vitals(&vitals, at, &stay, By::WardNurse);
    }
    chart.result(&HAEMOGLOBIN, 141.0, datetime!(2026-10-18 05:10 UTC), &stay);
    chart.result(&POTASSIUM, 4.3, datetime!(2026-10-21 07:00 UTC), &stay);
    for medicine in [
        &medicine::ASPIRIN,
        &medicine::CLOPIDOGREL,
        &medicine::ATORVASTATIN,
        &medicine::BISOPROLOL,
        &medicine::RAMIPRIL,
    ] {
        chart.take_home(medicine, home, &stay, &infarction);
    }
    chart.letter(
        Letter::Discharge,
        "Discharge summary, cardiology",
        DISCHARGE,
        home,
        &stay,
    );
    let to_do = [
        (
            "Cardiac rehabilitation class from 9 November",
            ActivityStatus::Scheduled,
        ),
        (
            "No driving for one week, tell the insurer",
            ActivityStatus::Completed,
        ),
        (
            "Bloods for kidneys and potassium by 5 November",
            ActivityStatus::NotStarted,
        ),
        (
            "Add the five new medicines to the repeats",
            ActivityStatus::NotStarted,
        ),
    ];
    chart.plan(
        "After the heart attack",
        (date!(2026 - 10 - 22), None),
        (By::Physician, &infarction),
        &[],
        &to_do,
    );
    chart.appointment(
        "Cardiac rehabilitation",
        datetime!(2026-11-09 13:00 UTC),
        By::Physiotherapist,
        ("", ""),
    );
}

const DISCHARGE: &str = "Diagnosis: heart attack (inferior ST elevation) on 18 October 2026.\n\nTreatment: two stents in the \
right coronary artery within two hours. Echocardiogram: ejection fraction 48 %.\n\nMedicines started: aspirin 75 mg, \
clopidogrel 75 mg (for twelve months, until October 2027), atorvastatin, bisoprolol 2.5 mg, ramipril 5 mg.\nMedicines \
stopped: naproxen. Please do not start it again.\n\nFor the practice: check kidneys and potassium within two weeks; raise \
bisoprolol and ramipril as blood pressure allows; find another way to treat his knees.\n\nFor the patient: call 999 for \
chest pain that lasts fifteen minutes. No driving for a week. The rehabilitation class begins on 9 November.";

/// Stanley Ormerod.
pub(super) fn last_months(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::SON, fhir::NEXT_OF_KIN],
        ("Brian", "Ormerod"),
        Male,
        "07700900217",
    );
    who_asks_after_allergies(chart, 700);
    let failure = chart.noted_problem(
        finding::HEART_FAILURE,
        date!(2020 - 04 - 14),
        None,
        "At the end of life.",
    );
    chart.problem(finding::CKD_3, date!(2021 - 08 - 05));
    repeat(chart, &medicine::FUROSEMIDE, date!(2020 - 05 - 01), &failure);
    repeat(chart, &medicine::BISOPROLOL, date!(2020 - 05 - 01), &failure);
    chart.flag(
        fhir::CLINICAL_FLAG,
        "Does not want to be resuscitated or taken to hospital",
        date!(2026 - 04 - 22),
    );
    let home = chart.goal(
        "Be at home with his son and the dog",
        date!(2026 - 04 - 22),
        fhir::ACHIEVED,
        None,
        &failure,
    );
    let to_do = [
        ("District nurse twice a week", ActivityStatus::Completed),
        ("Medicines for comfort in the house", ActivityStatus::Completed),
    ];
    let span = (date!(2026 - 04 - 22), Some(date!(2026 - 09 - 11)));
    chart.plan(
        "Wishes for the last months",
        span,
        (By::Gp, &failure),
        &[&home],
        &to_do,
    );
    for at in [
        datetime!(2026-04-22 12:30 UTC),
        datetime!(2026-06-17 12:30 UTC),
        datetime!(2026-08-05 12:30 UTC),
        datetime!(2026-09-09 17:10 UTC),
    ] {
        let visit = chart.visit(Visit::Home, at, By::Gp, Concept::of(&finding::HEART_FAILURE));
        chart.blood_pressure(98, 58, at, &visit, By::Gp);
    }
    let never_cancelled = datetime!(2026-10-06 09:40 UTC);
    chart.appointment_that(
        AppointmentStatus::Booked,
        "Heart failure review",
        never_cancelled,
        By::Nurse,
        ("", ""),
    );
}
