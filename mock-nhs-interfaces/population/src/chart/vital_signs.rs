//! What is measured at the bedside and in the surgery.

use fhir_types::authored::{Amount, Code, Concept, When};
use fhir_types::clinical::{Component, Observation, Value};
use time::OffsetDateTime;

use super::{By, Chart, Who};
use crate::codes::{fhir, measure};

/// The seven measures of NEWS2 at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vitals {
    pub(crate) breaths: u8,
    pub(crate) saturation: u8,
    /// Litres a minute; 0 is air.
    pub(crate) oxygen: u8,
    pub(crate) systolic: u8,
    pub(crate) diastolic: u8,
    pub(crate) pulse: u8,
    pub(crate) is_confused: bool,
    /// In tenths of a degree.
    pub(crate) temperature: u16,
    /// Whether saturation is judged on scale 2, for people whose target is 88 to 92 %.
    pub(crate) scale_2: bool,
}

impl Vitals {
    /// The score of the Royal College of Physicians, 2017.
    /// Source: <https://www.rcp.ac.uk/resources/national-early-warning-score-news-2/>
    pub(crate) fn news2(&self) -> i32 {
        let breaths = match self.breaths {
            0..=8 | 25.. => 3,
            9..=11 => 1,
            12..=20 => 0,
            21..=24 => 2,
        };
        let saturation = match (self.scale_2, self.oxygen, self.saturation) {
            (false, _, 0..=91) | (true, _, 0..=83) | (true, 1.., 97..) => 3,
            (false, _, 92..=93) | (true, _, 84..=85) | (true, 1.., 95..=96) => 2,
            (false, _, 94..=95) | (true, _, 86..=87) | (true, 1.., 93..=94) => 1,
            (false, _, 96..) | (true, _, 88..=92) | (true, 0, 93..) => 0,
        };
        let oxygen = if self.oxygen > 0 { 2 } else { 0 };
        let systolic = match self.systolic {
            0..=90 | 220.. => 3,
            91..=100 => 2,
            101..=110 => 1,
            111..=219 => 0,
        };
        let pulse = match self.pulse {
            0..=40 | 131.. => 3,
            41..=50 | 91..=110 => 1,
            51..=90 => 0,
            111..=130 => 2,
        };
        let consciousness = if self.is_confused { 3 } else { 0 };
        let temperature = match self.temperature {
            0..=350 => 3,
            351..=360 | 381..=390 => 1,
            361..=380 => 0,
            391.. => 2,
        };
        breaths + saturation + oxygen + systolic + pulse + consciousness + temperature
    }
}

/// A measure of which there is one number.
struct Sign {
    codes: &'static [Code],
    unit: &'static str,
    ucum: &'static str,
    profiles: &'static [&'static str],
}

const HEART_RATE: Sign = Sign {
    codes: &[measure::HEART_RATE, measure::PULSE],
    unit: "beats/minute",
    ucum: "/min",
    profiles: fhir::HEART_RATE,
};
const BREATHING: Sign = Sign {
    codes: &[measure::RESPIRATORY_RATE, measure::BREATHING],
    unit: "breaths/minute",
    ucum: "/min",
    profiles: fhir::RESPIRATORY_RATE,
};
const TEMPERATURE: Sign = Sign {
    codes: &[measure::TEMPERATURE, measure::BODY_TEMPERATURE],
    unit: "°C",
    ucum: "Cel",
    profiles: fhir::BODY_TEMPERATURE,
};
const SATURATION: Sign = Sign {
    codes: &[
        measure::OXYGEN_SATURATION,
        measure::PULSE_OXIMETRY,
        measure::SATURATION,
    ],
    unit: "%",
    ucum: "%",
    profiles: fhir::OXYGEN_SATURATION,
};
const WEIGHT: Sign = Sign {
    codes: &[measure::WEIGHT, measure::BODY_WEIGHT],
    unit: "kg",
    ucum: "kg",
    profiles: fhir::BODY_WEIGHT,
};
const HEIGHT: Sign = Sign {
    codes: &[measure::HEIGHT, measure::BODY_HEIGHT],
    unit: "cm",
    ucum: "cm",
    profiles: fhir::BODY_HEIGHT,
};
const BMI: Sign = Sign {
    codes: &[measure::BMI, measure::BODY_MASS_INDEX],
    unit: "kg/m2",
    ucum: "kg/m2",
    profiles: fhir::BODY_MASS_INDEX,
};
const HEAD: Sign = Sign {
    codes: &[measure::HEAD],
    unit: "cm",
    ucum: "cm",
    profiles: fhir::HEAD_CIRCUMFERENCE,
};

impl Chart<'_> {
    /// Everything that NEWS2 is made of, and the score with its parts.
    pub(crate) fn vitals(&mut self, vitals: &Vitals, at: OffsetDateTime, encounter: &str, by: By) -> String {
        let breaths = self.sign(&BREATHING, f64::from(vitals.breaths), at, encounter, by);
        let saturation = self.sign(&SATURATION, f64::from(vitals.saturation), at, encounter, by);
        let oxygen = self.oxygen(vitals.oxygen, at, encounter, by);
        let pressure = self.blood_pressure(vitals.systolic, vitals.diastolic, at, encounter, by);
        let pulse = self.sign(&HEART_RATE, f64::from(vitals.pulse), at, encounter, by);
        let temperature = self.sign(
            &TEMPERATURE,
            f64::from(vitals.temperature) / 10.0,
            at,
            encounter,
            by,
        );
        let state = if vitals.is_confused {
            measure::CONFUSED
        } else {
            measure::ALERT
        };
        let consciousness = self.observe(Seen {
            category: fhir::EXAM,
            code: Concept::of(&measure::ACVPU),
            value: Value::Concept(Concept::of(&state)),
            at,
            encounter,
            by,
            profiles: fhir::OBSERVATION,
        });
        let members = [
            breaths,
            saturation,
            oxygen,
            pressure,
            pulse,
            temperature,
            consciousness,
        ];
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let id = self.sheet.id();
        self.sheet.add(&Observation {
            members: &members,
            note: if vitals.scale_2 {
                "Saturation judged on SpO2 scale 2: target 88 to 92 %."
            } else {
                ""
            },
            ..Seen {
                category: fhir::SURVEY,
                code: Concept::of(&measure::NEWS2),
                value: Value::Whole(vitals.news2()),
                at,
                encounter,
                by,
                profiles: fhir::OBSERVATION,
            }
            .observation(&self.who, &id)
        })
    }

    /// Systolic and diastolic, in mmHg.
    pub(crate) fn blood_pressure(
        &mut self,
        systolic: u8,
        diastolic: u8,
        at: OffsetDateTime,
        encounter: &str,
        by: By,
    ) -> String {
        let mmhg = |value: u8| {
            Value::Amount(Amount {
                value: f64::from(value),
                unit: "mmHg",
                ucum: "mm[Hg]",
            })
        };
        let components = [
            Component {
                code: Concept::of(&measure::SYSTOLIC),
                value: mmhg(systolic),
            },
            Component {
                code: Concept::of(&measure::DIASTOLIC),
                value: mmhg(diastolic),
            },
        ];
        let id = self.sheet.id();
        self.sheet.add(&Observation {
            value: None,
            components: &components,
            ..Seen {
                category: fhir::VITAL_SIGNS,
                code: Concept {
                    codes: &[measure::BLOOD_PRESSURE, measure::PRESSURE],
                    text: "",
                },
                value: Value::Whole(0),
                at,
                encounter,
                by,
                profiles: fhir::BLOOD_PRESSURE,
            }
            .observation(&self.who, &id)
        })
    }

    /// Weight in kg and height in cm, and the BMI they give.
    pub(crate) fn body(&mut self, weight: f64, height: f64, at: OffsetDateTime, encounter: &str, by: By) {
        self.sign(&WEIGHT, weight, at, encounter, by);
        self.sign(&HEIGHT, height, at, encounter, by);
        let metres = height / 100.0;
        let bmi = tenths(weight / (metres * metres));
        self.sign(&BMI, bmi, at, encounter, by);
    }

    /// Weight, length and head of a small child.
    pub(crate) fn growth(
        &mut self,
        (weight, length, head): (f64, f64, Option<f64>),
        at: OffsetDateTime,
        encounter: &str,
        by: By,
    ) {
        self.sign(&WEIGHT, weight, at, encounter, by);
        self.sign(&HEIGHT, length, at, encounter, by);
        if let Some(head) = head {
            self.sign(&HEAD, head, at, encounter, by);
        }
    }

    /// Weight alone, in kg.
    pub(crate) fn weight(&mut self, weight: f64, at: OffsetDateTime, encounter: &str, by: By) {
        self.sign(&WEIGHT, weight, at, encounter, by);
    }

    /// Temperature in tenths of a degree, and pulse.
    pub(crate) fn warmth(
        &mut self,
        temperature: u16,
        pulse: u8,
        at: OffsetDateTime,
        encounter: &str,
        by: By,
    ) {
        self.sign(&TEMPERATURE, f64::from(temperature) / 10.0, at, encounter, by);
        self.sign(&HEART_RATE, f64::from(pulse), at, encounter, by);
    }

    fn oxygen(&mut self, litres: u8, at: OffsetDateTime, encounter: &str, by: By) -> String {
        if litres > 0 {
            return self.observe(Seen {
                category: fhir::VITAL_SIGNS,
                code: Concept::of(&measure::INHALED_OXYGEN),
                value: Value::Amount(Amount {
                    value: f64::from(litres),
                    unit: "L/min",
                    ucum: "L/min",
                }),
                at,
                encounter,
                by,
                profiles: fhir::OBSERVATION,
            });
        }
        self.observe(Seen {
            category: fhir::EXAM,
            code: Concept::of(&measure::OXYGEN_THERAPY),
            value: Value::Concept(Concept::of(&measure::ROOM_AIR)),
            at,
            encounter,
            by,
            profiles: fhir::OBSERVATION,
        })
    }

    fn sign(&mut self, sign: &Sign, value: f64, at: OffsetDateTime, encounter: &str, by: By) -> String {
        self.observe(Seen {
            category: fhir::VITAL_SIGNS,
            code: Concept {
                codes: sign.codes,
                text: "",
            },
            value: Value::Amount(Amount {
                value,
                unit: sign.unit,
                ucum: sign.ucum,
            }),
            at,
            encounter,
            by,
            profiles: sign.profiles,
        })
    }

    /// Writes an observation of one value.
    pub(super) fn observe(&mut self, seen: Seen<'_>) -> String {
        let id = self.sheet.id();
        self.sheet.add(&seen.observation(&self.who, &id))
    }
}

/// What most observations consist of.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) category: Code,
    pub(super) code: Concept<'a>,
    pub(super) value: Value<'a>,
    pub(super) at: OffsetDateTime,
    pub(super) encounter: &'a str,
    pub(super) by: By,
    pub(super) profiles: &'static [&'static str],
}

impl<'a> Seen<'a> {
    pub(super) fn observation(self, who: &'a Who<'_>, id: &'a str) -> Observation<'a> {
        Observation {
            head: who.head(id, self.profiles),
            category: self.category,
            code: self.code,
            patient: &who.patient,
            encounter: self.encounter,
            at: When::At(who.lived_at(self.at)),
            issued: None,
            performer: who.by(self.by),
            value: Some(self.value),
            interpretation: None,
            range: None,
            components: &[],
            members: &[],
            note: "",
        }
    }
}

/// To one decimal place.
pub(crate) fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
