//! The parameters of `$gpc.getstructuredrecord`: what of a record is asked for, and what does not go together.
//! Source: <https://developer.nhs.uk/apis/gpconnect/accessrecord_structured_development_retrieve_patient_record.html>

mod combinations;
mod parts;
mod reader;

use fhir::json::Json;
use time::Date;

use super::Refused;
use super::dates::day;
use super::refused::{
    BAD_REQUEST, INVALID_IDENTIFIER_SYSTEM, INVALID_NHS_NUMBER, INVALID_PARAMETER, INVALID_RESOURCE,
};
use super::stu3::shape::items;
use crate::value::NhsNumber;
use reader::Reader;

const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// More parameters, with their parts, than the operation has several times over.
const MOST_PARAMETERS: usize = 200;

/// Which rules hold where the two forms of the operation differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// By practices and other organisations.
    Classic,
    /// By patients: some parts have other names.
    PatientFacing,
}

/// Days, both included; `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
}

impl Span {
    /// Whether the day that a date or time begins with is in the span; what has no date is.
    pub(crate) fn holds(&self, text: Option<&str>) -> bool {
        let Some(day) = text.and_then(|text| day(text.get(..10)?)) else {
            return true;
        };
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// Medicines asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Medication {
    pub(crate) issues: bool,
    pub(crate) from: Option<Date>,
    /// Only repeat prescriptions, or only acute ones.
    pub(crate) repeat: Option<bool>,
}

/// Consultations asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Consultations {
    pub(crate) span: Span,
    pub(crate) most_recent: Option<usize>,
}

/// Immunisations asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Immunisations {
    /// With those not given, or without; without where nothing is said.
    pub(crate) not_given: Option<bool>,
    /// With what was said about consent, or without.
    pub(crate) status: Option<bool>,
}

/// Problems asked for: any of the pairs is enough; none means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems(pub(crate) Vec<(Option<String>, Option<String>)>);

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) nhs_number: String,
    /// With those that have ended, or without.
    pub(crate) allergies: Option<bool>,
    pub(crate) medication: Option<Medication>,
    pub(crate) consultations: Option<Consultations>,
    pub(crate) problems: Option<Problems>,
    pub(crate) immunisations: Option<Immunisations>,
    pub(crate) uncategorised: Option<Span>,
    pub(crate) investigations: Option<Span>,
    pub(crate) referrals: Option<Span>,
    /// Until this day.
    pub(crate) diary: Option<Option<Date>>,
    /// Names of parameters that nobody knows, as they are reported: `a` or `a.b`.
    pub(crate) unknown: Vec<String>,
}

fn invalid(name: &str, text: &str) -> Refused {
    Refused::saying(&INVALID_PARAMETER, format!("{name}: {text}"))
}

impl Wanted {
    /// Reads a `Parameters` resource.
    ///
    /// # Errors
    /// It is none, lacks the patient, or holds a value or a combination that is not permitted.
    pub(crate) fn parse(body: &Json, form: Form, today: Date) -> Result<Self, Refused> {
        if body.text("resourceType") != Some("Parameters") {
            return Err(Refused::saying(
                &INVALID_RESOURCE,
                "The body is not a Parameters resource.",
            ));
        }
        let parameters: Vec<&Json> = items(body, "parameter").collect();
        let parts: usize = parameters.iter().map(|one| items(one, "part").count()).sum();
        if parameters.len().saturating_add(parts) > MOST_PARAMETERS {
            return Err(Refused::saying(&BAD_REQUEST, "There are too many parameters."));
        }
        let mut wanted = Self {
            nhs_number: patient(&parameters)?,
            ..Self::default()
        };
        let reader = Reader { form, today };
        let mut seen: Vec<&str> = Vec::new();
        for parameter in parameters {
            let name = parameter.text("name").unwrap_or_default();
            if name == "patientNHSNumber" {
                continue;
            }
            if seen.contains(&name) && name != "includeProblems" {
                return Err(invalid(name, "may be given once only."));
            }
            seen.push(name);
            reader.take(&mut wanted, name, parameter)?;
        }
        combinations::check(&wanted, form, today)?;
        Ok(wanted)
    }
}

/// The patient's NHS number.
fn patient(parameters: &[&Json]) -> Result<String, Refused> {
    let mut given = parameters
        .iter()
        .filter(|one| one.text("name") == Some("patientNHSNumber"));
    let first = given
        .next()
        .ok_or_else(|| invalid("patientNHSNumber", "is missing."))?;
    if given.next().is_some() {
        return Err(invalid("patientNHSNumber", "may be given once only."));
    }
    let identifier = first
        .get("valueIdentifier")
        .ok_or_else(|| invalid("patientNHSNumber", "is a valueIdentifier."))?;
    if identifier.text("system") != Some(NHS_NUMBER_SYSTEM) {
        return Err(Refused::saying(
            &INVALID_IDENTIFIER_SYSTEM,
            format!("patientNHSNumber has the system {NHS_NUMBER_SYSTEM}"),
        ));
    }
    let number: NhsNumber = identifier
        .text("value")
        .unwrap_or_default()
        .parse()
        .map_err(|_| Refused::saying(&INVALID_NHS_NUMBER, "patientNHSNumber is no NHS number."))?;
    Ok(number.to_string())
}
