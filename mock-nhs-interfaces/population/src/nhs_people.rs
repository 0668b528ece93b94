//! The people that NHS England made up for testing, under the numbers it published: numbers, names, dates and flags are
//! facts of its tests; everything else here is ours.
//! Source: <https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir>

pub(crate) mod belongings;
mod jane_smith;
mod more;
mod table;

use fhir_types::patient::{
    AddressUse, AdministrativeGender as Gender, ContactPointSystem, ContactPointUse, Death, NameUse,
    PatientRecord,
};
use time::Date;
use time::macros::date;

use crate::{Draft, Standing, part};
use more::MORE;
use table::PEOPLE;

/// Everybody, in the order in which they are best met.
pub(crate) fn drafts() -> Vec<Draft> {
    let mut drafts = vec![jane_smith::draft()];
    drafts.extend(PEOPLE.iter().map(NhsPerson::draft));
    drafts
}

/// Those who came later.
pub(crate) fn more() -> Vec<Draft> {
    MORE.iter().map(NhsPerson::draft).collect()
}

/// The practice that NHS England's own people are registered with.
const PRACTICE: &str = "A20047";

/// All of these records began then, as far as anybody can tell from outside.
const SINCE: Date = date!(2021 - 08 - 03);

struct NhsPerson {
    number: &'static str,
    version: u32,
    title: &'static str,
    given: &'static [&'static str],
    family: &'static str,
    gender: Option<Gender>,
    born: Option<Date>,
    postcode: &'static str,
    practice: &'static str,
    flag: Flag,
    story: &'static str,
}

enum Flag {
    None,
    Restricted,
    RestrictedAndReached(&'static str, &'static str),
    Died(Death),
    UsedToBe(&'static str, &'static str),
    /// Their record does not tell any more.
    WasCalled(&'static str, &'static str),
    Reached(&'static str, &'static str),
    /// Phone, email, and the email before.
    ReachedBefore(&'static str, &'static str, &'static str),
    Superseded(&'static str),
}

impl NhsPerson {
    fn draft(&self) -> Draft {
        let mut record = PatientRecord {
            nhs_number: self.number.to_owned(),
            version: self.version,
            gender: self.gender,
            birth_date: self.born,
            ..PatientRecord::default()
        };
        let item = |kind: &str| self.item(kind);
        if !self.family.is_empty() {
            let name = part::name(&item("N"), NameUse::Usual, self.given, self.family, SINCE);
            record.names.push(if self.title.is_empty() {
                name
            } else {
                part::titled(self.title, name)
            });
        }
        if !self.postcode.is_empty() {
            let lines = ["1 Marzipan Terrace", "Made-up Village", "S Humberside"];
            record.addresses.push(part::address(
                &item("A"),
                AddressUse::Home,
                &lines,
                self.postcode,
                SINCE,
            ));
        }
        if !self.practice.is_empty() {
            record.practice = Some(part::practice(&item("P"), self.practice, SINCE));
        }
        let mut standing = Standing::Current;
        match self.flag {
            Flag::None => {}
            Flag::Restricted => record.restricted = true,
            Flag::Died(death) => record.death = Some(death),
            Flag::UsedToBe(given, family) => {
                let mut old = part::name(&item("O"), NameUse::Old, &[given], family, date!(1990 - 01 - 01));
                old.until = Some(SINCE);
                record.names.push(old);
            }
            Flag::WasCalled(given, family) => {
                let past = part::name(
                    &item("O"),
                    NameUse::Usual,
                    &[given],
                    family,
                    date!(1999 - 09 - 09),
                );
                record.past.names.push(past);
                record.past.genders.push(Gender::Female);
            }
            Flag::Reached(phone, email) => self.reached(&mut record, phone, email),
            Flag::RestrictedAndReached(phone, email) => {
                record.restricted = true;
                self.reached(&mut record, phone, email);
            }
            Flag::ReachedBefore(phone, email, before) => {
                self.reached(&mut record, phone, email);
                let home = ContactPointUse::Home;
                let past = part::telecom(&self.item("B"), ContactPointSystem::Email, home, before, SINCE);
                record.past.telecoms.push(past);
            }
            Flag::Superseded(by) => {
                if let Ok(by) = by.parse() {
                    standing = Standing::SupersededBy(by);
                }
            }
        }
        Draft {
            record,
            story: self.story.to_owned(),
            standing,
            tale: None,
        }
    }

    /// The id of an item of their record.
    fn item(&self, kind: &str) -> String {
        format!("{kind}{}", self.number.get(6..).unwrap_or_default())
    }

    fn reached(&self, record: &mut PatientRecord, phone: &str, email: &str) {
        let home = ContactPointUse::Home;
        for (kind, system, value) in [
            ("T", ContactPointSystem::Phone, phone),
            ("E", ContactPointSystem::Email, email),
        ] {
            let telecom = part::telecom(&self.item(kind), system, home, value, SINCE);
            record.telecoms.push(telecom);
        }
    }
}
