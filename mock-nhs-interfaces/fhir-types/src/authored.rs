//! What every resource that we author has in common: its head, its codes, and how its typed parts become text.

use fhir_sdk::r4b::types::{CodeableConcept, Coding, Meta, Reference};
use fhir_sdk::{Date as FhirDate, DateTime, Instant};
use time::{Date, OffsetDateTime};

use crate::WriteError;
use crate::patient::ORIGIN_SYSTEM;

/// A resource that can be written.
pub trait Authored {
    /// Its type, such as `Observation`.
    const TYPE: &'static str;

    /// Its id.
    fn id(&self) -> &str;

    /// Its JSON, compact.
    ///
    /// # Errors
    /// When a part cannot be built or written, such as a year of more than four digits.
    fn write(&self) -> Result<Vec<u8>, WriteError>;
}

/// What stands at the head of a resource.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// Id of the resource.
    pub id: &'a str,
    /// When it was last changed.
    pub updated: OffsetDateTime,
    /// Profiles that it meets.
    pub profiles: &'static [&'static str],
    /// Whether it is about somebody whose whereabouts are kept from those who ask (security code R).
    pub restricted: bool,
}

/// A code, where it comes from, and what it says in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// Code system.
    pub system: &'static str,
    /// Code.
    pub code: &'static str,
    /// In words.
    pub display: &'static str,
}

/// Something said in codes, in words, or both.
#[derive(Clone, Copy, Debug, Default)]
pub struct Concept<'a> {
    /// Codes that mean the same.
    pub codes: &'a [Code],
    /// Words; empty where the code says it all.
    pub text: &'a str,
}

impl<'a> Concept<'a> {
    /// What one code says.
    pub const fn of(code: &'a Code) -> Self {
        Self {
            codes: std::slice::from_ref(code),
            text: "",
        }
    }

    /// What only words say.
    pub const fn words(text: &'a str) -> Self {
        Self { codes: &[], text }
    }
}

/// A time as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// To the year.
    Year(i32),
    /// To the day.
    Day(Date),
    /// To the second.
    At(OffsetDateTime),
}

/// A measured amount.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    /// How much.
    pub value: f64,
    /// Unit as people write it.
    pub unit: &'static str,
    /// Unit in UCUM; empty where there is none.
    pub ucum: &'static str,
}

/// Since when and until when.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// First moment.
    pub from: When,
    /// Last moment; `None` while it lasts.
    pub until: Option<When>,
}

/// The mark of everything here that nobody lived through.
const ORIGIN: Code = Code {
    system: ORIGIN_SYSTEM,
    code: "made-up",
    display: "Made-up person",
};

const RESTRICTED: Code = Code {
    system: "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
    code: "R",
    display: "restricted",
};

pub(crate) fn meta(head: &Head<'_>) -> Result<Meta, WriteError> {
    let mut meta = Meta::builder()
        .version_id("1".to_owned())
        .last_updated(Instant(head.updated))
        .tag(vec![Some(coding(&ORIGIN)?)]);
    if !head.profiles.is_empty() {
        meta = meta.profile(head.profiles.iter().map(|url| Some((*url).to_owned())).collect());
    }
    if head.restricted {
        meta = meta.security(vec![Some(coding(&RESTRICTED)?)]);
    }
    Ok(meta.build()?)
}

pub(crate) fn coding(code: &Code) -> Result<Coding, WriteError> {
    let mut coding = Coding::builder().code(code.code.to_owned());
    if !code.system.is_empty() {
        coding = coding.system(code.system.to_owned());
    }
    if !code.display.is_empty() {
        coding = coding.display(code.display.to_owned());
    }
    Ok(coding.build()?)
}

pub(crate) fn concept(concept: &Concept<'_>) -> Result<CodeableConcept, WriteError> {
    let mut built = CodeableConcept::builder();
    if !concept.codes.is_empty() {
        let codings: Result<Vec<_>, WriteError> =
            concept.codes.iter().map(|code| coding(code).map(Some)).collect();
        built = built.coding(codings?);
    }
    if !concept.text.is_empty() {
        built = built.text(concept.text.to_owned());
    }
    Ok(built.build()?)
}

pub(crate) fn coded(code: &Code) -> Result<CodeableConcept, WriteError> {
    concept(&Concept::of(code))
}

/// A list of one for a concept that says something, an empty one for one that says nothing.
pub(crate) fn concepts(of: &Concept<'_>) -> Result<Vec<Option<CodeableConcept>>, WriteError> {
    if of.codes.is_empty() && of.text.is_empty() {
        Ok(Vec::new())
    } else {
        Ok(vec![Some(concept(of)?)])
    }
}

pub(crate) fn reference(to: &str) -> Result<Reference, WriteError> {
    Ok(Reference::builder().reference(to.to_owned()).build()?)
}

/// A list of references, without the empty ones.
pub(crate) fn references(to: &[&str]) -> Result<Vec<Option<Reference>>, WriteError> {
    to.iter()
        .filter(|to| !to.is_empty())
        .map(|to| reference(to).map(Some))
        .collect()
}

pub(crate) fn when(when: When) -> DateTime {
    match when {
        When::Year(year) => DateTime::Date(FhirDate::Year(year)),
        When::Day(day) => DateTime::Date(FhirDate::Date(day)),
        When::At(at) => DateTime::DateTime(Instant(at)),
    }
}
