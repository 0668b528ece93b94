//! Typed parts that several resources have, one function each.

use fhir_sdk::r4b::codes::{AddressUse, ContactPointSystem, ContactPointUse, NameUse};
use fhir_sdk::r4b::types::{
    Address, Annotation, ContactPoint, Dosage, DosageAsNeeded, DosageDoseAndRate, DosageDoseAndRateDose,
    HumanName, Identifier, Period, Quantity, Timing, TimingRepeat,
};

use crate::WriteError;
use crate::authored::{Amount, Span, coded, when};
use crate::clinical::medicine::Dose;

pub(crate) fn quantity(amount: &Amount) -> Result<Quantity, WriteError> {
    let mut quantity = Quantity::builder()
        .value(amount.value)
        .unit(amount.unit.to_owned());
    if !amount.ucum.is_empty() {
        quantity = quantity
            .system("http://unitsofmeasure.org".to_owned())
            .code(amount.ucum.to_owned());
    }
    Ok(quantity.build()?)
}

pub(crate) fn period(span: &Span) -> Result<Period, WriteError> {
    let mut period = Period::builder().start(when(span.from));
    if let Some(until) = span.until {
        period = period.end(when(until));
    }
    Ok(period.build()?)
}

pub(crate) fn identifier(system: &str, value: &str) -> Result<Identifier, WriteError> {
    Ok(Identifier::builder()
        .system(system.to_owned())
        .value(value.to_owned())
        .build()?)
}

/// A list of one note, an empty one where there are no words.
pub(crate) fn notes(text: &str) -> Result<Vec<Option<Annotation>>, WriteError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![Some(Annotation::builder().text(text.to_owned()).build()?)])
}

pub(crate) fn phone(number: &str, kind: ContactPointUse) -> Result<ContactPoint, WriteError> {
    Ok(ContactPoint::builder()
        .system(ContactPointSystem::Phone)
        .value(number.to_owned())
        .r#use(kind)
        .build()?)
}

pub(crate) fn name(prefix: &str, given: &str, family: &str) -> Result<HumanName, WriteError> {
    let mut name = HumanName::builder()
        .r#use(NameUse::Official)
        .family(family.to_owned());
    if !given.is_empty() {
        name = name.given(vec![Some(given.to_owned())]);
    }
    if !prefix.is_empty() {
        name = name.prefix(vec![Some(prefix.to_owned())]);
    }
    Ok(name.build()?)
}

pub(crate) fn address(line: &str, city: &str, postcode: &str) -> Result<Address, WriteError> {
    Ok(Address::builder()
        .r#use(AddressUse::Work)
        .line(vec![Some(line.to_owned())])
        .city(city.to_owned())
        .postal_code(postcode.to_owned())
        .build()?)
}

pub(crate) fn dosage(dose: &Dose<'_>) -> Result<Dosage, WriteError> {
    let mut dosage = Dosage::builder().text(dose.words.to_owned());
    if let Some((times, days)) = dose.times_in_days {
        let mut repeat = TimingRepeat::builder()
            .period(f64::from(days))
            .period_unit("d".to_owned());
        if let Some(times) = std::num::NonZeroU32::new(times) {
            repeat = repeat.frequency(times);
        }
        dosage = dosage.timing(Timing::builder().repeat(repeat.build()?).build()?);
    }
    if dose.as_needed {
        dosage = dosage.as_needed(DosageAsNeeded::Boolean(true));
    }
    if let Some(route) = &dose.route {
        dosage = dosage.route(coded(route)?);
    }
    if let Some(amount) = &dose.amount {
        let dose = DosageDoseAndRate::builder()
            .dose(DosageDoseAndRateDose::Quantity(quantity(amount)?))
            .build()?;
        dosage = dosage.dose_and_rate(vec![Some(dose)]);
    }
    Ok(dosage.build()?)
}
