//! The record of one person while it is written: who they are, who cares for them, and every resource so far.

mod admin;
mod care;
mod laboratory;
mod medicines;
mod planning;
mod vital_signs;

use bytes::Bytes;
use fhir_types::authored::{Authored, Head};
use fhir_types::patient::{AdministrativeGender, KeptPatient, LinkType};
use time::{Date, Duration, OffsetDateTime, Time};

pub(crate) use admin::{Allergic, Allergies};
pub(crate) use care::{Letter, Visit};
pub(crate) use laboratory::{
    CHOLESTEROL, CREATININE, CRP, EGFR, Function, HAEMOGLOBIN, HBA1C, POTASSIUM, SODIUM,
};
pub(crate) use medicines::Repeat;
pub(crate) use vital_signs::{Vitals, tenths};

use crate::codes::fhir as profiles;
use crate::nhs_people::belongings;
use crate::random::Random;
use crate::shared::Practice;
use crate::{Draft, Record, Resource, SEED_DAY, SEED_INSTANT, Standing, WriteError, course, draft, shared};

/// The NHS's own first patient, whose PDS record says that she died on the day she was born; her care goes on.
const BORN_DEAD: &str = "9000000009";

/// A record being written.
///
/// Invariant: whatever a method is told, nothing is dated before birth, after death or after the seed day, but what is
/// planned.
#[derive(Debug)]
pub(crate) struct Chart<'d> {
    pub(crate) who: Who<'d>,
    /// What makes this person different from the others.
    pub(crate) random: Random,
    sheet: Sheet,
    has_penicillin_allergy: bool,
    avoids_nsaids: bool,
}

/// Who a record is about, and who cares for them.
#[derive(Debug)]
pub(crate) struct Who<'d> {
    pub(crate) draft: &'d Draft,
    /// Reference to the person.
    pub(crate) patient: String,
    /// The practice that cares for them.
    pub(crate) practice: &'static Practice,
    pub(crate) born: Date,
    /// The last day on which anything can have happened.
    pub(crate) last: Date,
    pub(crate) is_woman: bool,
    organisation: String,
    surgery: String,
    hospital: String,
    /// References to those who care, in the order of [`By`].
    staff: [String; 10],
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// Their named GP.
    Gp,
    /// The practice nurse.
    Nurse,
    /// The pharmacist of the practice.
    Pharmacist,
    /// The health visitor.
    HealthVisitor,
    /// A physician of the hospital.
    Physician,
    /// An orthopaedic surgeon of the hospital.
    Surgeon,
    /// A nurse of the ward.
    WardNurse,
    /// A physiotherapist.
    Physiotherapist,
    /// A midwife.
    Midwife,
    /// The laboratory of the hospital.
    Laboratory,
}

/// What has been written.
#[derive(Debug)]
struct Sheet {
    prefix: String,
    next: u32,
    resources: Vec<Resource>,
    failed: Option<WriteError>,
}

/// Writes everything about one person.
pub(crate) fn record(seed: u64, place: u32, draft: &Draft) -> Result<Record, WriteError> {
    let nhs_number = draft
        .record
        .nhs_number
        .parse()
        .map_err(|_| WriteError::NhsNumber)?;
    let mut chart = Chart::open(seed, place, draft);
    chart.write_patient();
    if draft.standing == Standing::Current {
        course::live(&mut chart);
        let belongings = belongings::of(&draft.record.nhs_number);
        chart.sheet.resources.extend(belongings);
    }
    match chart.sheet.failed {
        Some(error) => Err(error),
        None => Ok(Record {
            nhs_number,
            resources: chart.sheet.resources,
        }),
    }
}

impl Sheet {
    /// An id for the next resource.
    fn id(&mut self) -> String {
        self.next += 1;
        format!("{}-{}", self.prefix, self.next)
    }

    /// Writes a resource and answers with a reference to it.
    fn add<A: Authored>(&mut self, resource: &A) -> String {
        match resource.write() {
            Ok(text) => self.resources.push(Resource {
                type_name: A::TYPE,
                id: resource.id().to_owned(),
                text: Bytes::from(text),
            }),
            Err(error) => self.failed = Some(error),
        }
        format!("{}/{}", A::TYPE, resource.id())
    }
}

impl<'d> Who<'d> {
    fn of(draft: &'d Draft, gp: u32) -> Self {
        let record = &draft.record;
        let practice = shared::practice(
            record
                .practice
                .as_ref()
                .map(|practice| practice.ods_code.as_str()),
        );
        let hospital = practice.hospital;
        let born = record.birth_date.unwrap_or(SEED_DAY);
        let born = if record.only_birth_year {
            // Whatever happened that year may have been before their birth.
            Date::from_ordinal_date(born.year() + 1, 1).unwrap_or(born)
        } else {
            born
        };
        let end = record
            .death
            .filter(|_| record.nhs_number != BORN_DEAD)
            .map_or(SEED_DAY, |death| death.at.date());
        let of_practice = |post: &str| format!("Practitioner/{}-{post}", practice.ods_code);
        let of_hospital = |post: &str| format!("Practitioner/{hospital}-{post}");
        Self {
            draft,
            patient: format!("Patient/{}", record.nhs_number),
            practice,
            born,
            last: end.previous_day().unwrap_or(end).max(born),
            is_woman: record.gender == Some(AdministrativeGender::Female),
            organisation: format!("Organization/{}", practice.ods_code),
            surgery: format!("Location/{}", practice.ods_code),
            hospital: format!("Organization/{hospital}"),
            staff: [
                of_practice(&format!("gp{gp}")),
                of_practice("nurse"),
                of_practice("pharmacist"),
                of_practice("health-visitor"),
                of_hospital("physician"),
                of_hospital("surgeon"),
                of_hospital("ward-nurse"),
                of_hospital("physiotherapist"),
                of_hospital("midwife"),
                format!("Organization/{hospital}"),
            ],
        }
    }

    /// The head of a resource of this person.
    fn head<'a>(&self, id: &'a str, profiles: &'static [&'static str]) -> Head<'a> {
        Head {
            id,
            updated: SEED_INSTANT,
            profiles,
            restricted: self.draft.record.restricted,
        }
    }

    /// A reference to who did something.
    pub(crate) fn by(&self, by: By) -> &str {
        let [
            gp,
            nurse,
            pharmacist,
            visitor,
            physician,
            surgeon,
            ward,
            physio,
            midwife,
            laboratory,
        ] = &self.staff;
        match by {
            By::Gp => gp,
            By::Nurse => nurse,
            By::Pharmacist => pharmacist,
            By::HealthVisitor => visitor,
            By::Physician => physician,
            By::Surgeon => surgeon,
            By::WardNurse => ward,
            By::Physiotherapist => physio,
            By::Midwife => midwife,
            By::Laboratory => laboratory,
        }
    }

    /// How old they are on this day, in years.
    pub(crate) fn age_on(&self, day: Date) -> i32 {
        let birthday_to_come = (day.month() as u8, day.day()) < (self.born.month() as u8, self.born.day());
        day.year() - self.born.year() - i32::from(birthday_to_come)
    }

    /// How old they are, or were.
    pub(crate) fn age(&self) -> i32 {
        self.age_on(self.last)
    }

    /// The day at this age in years, and some days.
    pub(crate) fn day_at(&self, years: i32, days: i64) -> Date {
        let (year, month, day) = self.born.to_calendar_date();
        Date::from_calendar_date(year + years, month, day)
            .or_else(|_| Date::from_calendar_date(year + years, month, 28))
            .unwrap_or(self.born)
            .saturating_add(Duration::days(days))
    }

    /// The day this many days before the last one.
    pub(crate) fn ago(&self, days: i64) -> Date {
        self.lived(self.last.saturating_sub(Duration::days(days)))
    }

    /// This day, or the nearest on which they lived.
    pub(crate) fn lived(&self, day: Date) -> Date {
        day.clamp(self.born, self.last)
    }

    /// This time of a day on which they lived.
    pub(crate) fn at(&self, day: Date, hour: u8, minute: u8) -> OffsetDateTime {
        let time = Time::from_hms(hour, minute, 0).unwrap_or(Time::MIDNIGHT);
        self.lived(day).with_time(time).assume_utc()
    }

    /// This time, or the nearest day on which they lived.
    pub(crate) fn lived_at(&self, at: OffsetDateTime) -> OffsetDateTime {
        at.replace_date(self.lived(at.date()))
    }

    /// Whether this day is part of their story.
    pub(crate) fn is_lived(&self, day: Date) -> bool {
        (self.born..=self.last).contains(&day)
    }

    /// Whether their story ends with the seed day, not with their death.
    pub(crate) fn is_alive(&self) -> bool {
        self.last == SEED_DAY.previous_day().unwrap_or(SEED_DAY)
    }
}

impl<'d> Chart<'d> {
    fn open(seed: u64, place: u32, draft: &'d Draft) -> Self {
        let mut random = Random::of_person(seed, place);
        Self {
            who: Who::of(draft, 1 + random.below(3)),
            random,
            has_penicillin_allergy: false,
            avoids_nsaids: false,
            sheet: Sheet {
                prefix: format!("p{place}"),
                next: 0,
                resources: Vec::with_capacity(48),
                failed: None,
            },
        }
    }

    fn write_patient(&mut self) {
        let draft = self.who.draft;
        let mut record = draft.record.clone();
        if record.restricted {
            draft::hide_location(&mut record);
        }
        let links = match draft.standing {
            Standing::SupersededBy(now) => vec![(LinkType::ReplacedBy, format!("Patient/{now}"))],
            Standing::Current | Standing::Invalidated => Vec::new(),
        };
        // PDS's extensions of an address and a telephone are older than UK Core's.
        for address in &mut record.addresses {
            (address.paf_key, address.uprn) = (None, None);
        }
        for telecom in &mut record.telecoms {
            telecom.other_system = None;
        }
        self.sheet.add(&KeptPatient {
            head: self.who.head(&record.nhs_number, profiles::PATIENT),
            record: &record,
            active: draft.standing == Standing::Current,
            links: &links,
        });
    }

    /// Whether penicillins may be given.
    pub(crate) fn is_safe_with_penicillin(&self) -> bool {
        !self.has_penicillin_allergy
    }

    /// Whether anti-inflammatory painkillers may be given: not to the old, nor with a heart, kidneys or a stomach that
    /// they harm, nor after a reaction to aspirin.
    pub(crate) fn is_safe_with_nsaids(&self) -> bool {
        !self.avoids_nsaids && self.who.age() < 65
    }

    /// A weekday at or shortly before this day, at an hour at which practices are open.
    pub(crate) fn in_hours(&mut self, day: Date) -> OffsetDateTime {
        let past_friday = i64::from(day.weekday().number_days_from_monday())
            .saturating_sub(4)
            .max(0);
        let day = day.saturating_sub(Duration::days(past_friday));
        let (hour, minute) = (8 + self.random.small(9), 5 * self.random.small(12));
        self.who.at(day, hour, minute)
    }
}
