//! What the service refuses of a vaccination, in its words and its order: first what stands there wrongly, then what R4
//! does not allow, then what is missing.
//!
//! Source: the service's own public repository, NHSDigital/immunisation-fhir-api, as of May 2026.

mod given;
mod people;
mod values;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::error::{INVARIANT, Problem};
use super::vaccine::{self, SNOMED};
pub(super) use people::is_element;
use values::Checked;

/// Says in a vaccination what giving it is called.
pub(super) const PROCEDURE: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure";

/// A vaccination under examination, and the time that it is.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    document: &'a Map<String, Value>,
    contained: &'a [Value],
    now: OffsetDateTime,
}

/// Why a check fails.
#[derive(Debug)]
enum Wrong {
    /// Said together with everything else that is wrong.
    Listed(String),
    /// Said alone, whatever else is wrong.
    Alone(String),
}

impl From<String> for Wrong {
    fn from(words: String) -> Self {
        Self::Listed(words)
    }
}

impl From<&str> for Wrong {
    fn from(words: &str) -> Self {
        Self::Listed(words.to_owned())
    }
}

type Check = for<'a> fn(&Seen<'a>) -> Checked;

/// Everything that may be there and be wrong, in the order in which it is said.
const CHECKS: [Check; 44] = [
    given::resource_type,
    people::elements,
    people::patient_reference,
    people::practitioner_reference,
    people::patient_identifier_extension,
    people::patient_identifier,
    people::patient_number,
    people::patient_names,
    people::patient_given,
    people::patient_family,
    people::patient_birth_date,
    people::patient_gender,
    people::patient_addresses,
    people::patient_postcode,
    given::occurrence,
    given::performer,
    given::organisation_value,
    given::identifier,
    given::identifier_value,
    given::identifier_system,
    given::status,
    people::practitioner_names,
    people::practitioner_given,
    people::practitioner_family,
    given::recorded,
    given::primary_source,
    given::protocol,
    given::dose_number,
    given::dose_words,
    given::diseases,
    given::disease_codings,
    given::disease_codes,
    given::manufacturer,
    given::lot_number,
    given::expiration_date,
    given::site,
    given::route,
    given::dose_quantity,
    given::reasons,
    given::organisation_system,
    given::location,
    given::procedure_is_there,
    given::procedure,
    given::vaccine_code,
];

/// Checks a vaccination that somebody wants to record.
///
/// # Errors
/// Everything of the first kind of mistakes that it has.
pub(super) fn check(document: &Map<String, Value>, now: OffsetDateTime) -> Result<(), Problem> {
    let contained = people::contained(document).map_err(|wrong| Problem::invariant(words(wrong)))?;
    let seen = Seen {
        document,
        contained,
        now,
    };
    let mut wrong = Vec::new();
    for check in CHECKS {
        match check(&seen) {
            Ok(()) => {}
            Err(Wrong::Listed(words)) => wrong.push(words),
            Err(Wrong::Alone(words)) => return Err(Problem::invariant(words)),
        }
    }
    if !wrong.is_empty() {
        return Err(Problem::invariant(wrong.join("; ")));
    }
    is_r4(document)?;
    let diseases = vaccine::diseases(document);
    if diseases.is_empty() {
        return Err(Problem::new(
            &INVARIANT,
            format!(
                "protocolApplied[0].targetDisease[0].coding[?(@.system=='{SNOMED}')].code is a mandatory field"
            ),
        ));
    }
    if vaccine::named(&diseases).is_none() {
        let quoted: Vec<String> = diseases.iter().map(|code| format!("'{code}'")).collect();
        return Err(Problem::invariant(format_args!(
            "protocolApplied[0].targetDisease[*].coding[?(@.system=='{SNOMED}')].code - [{}] is not a valid combination of disease codes for this service",
            quoted.join(", ")
        )));
    }
    let missing = missing(&seen);
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Problem::invariant(missing.join("; ")))
    }
}

fn words(wrong: Wrong) -> String {
    match wrong {
        Wrong::Listed(words) | Wrong::Alone(words) => words,
    }
}

/// What R4 itself demands. The service says it as its library does.
fn is_r4(document: &Map<String, Value>) -> Result<(), Problem> {
    let said = |place: &str, words: &str| {
        let words = format!("1 validation error for Immunization\n{place}\n  {words}");
        Err(Problem::new(&INVARIANT, words))
    };
    const MISSING: &str = "field required (type=value_error.missing)";
    if !document.contains_key("status") {
        return said("status", MISSING);
    }
    if !document.contains_key("occurrenceDateTime") {
        return said(
            "__root__",
            "Expect any of field value from this list ['occurrenceDateTime', 'occurrenceString']. (type=value_error)",
        );
    }
    if !document.contains_key("vaccineCode") {
        return said("vaccineCode", MISSING);
    }
    let text = Value::Object(document.clone()).to_string();
    let Ok(json) = fhir::json::Json::parse(text.as_bytes()) else {
        return said("__root__", "not a resource (type=value_error)");
    };
    let issues = validation::check_shape(&json);
    let error = issues
        .iter()
        .find(|issue| issue.severity == validation::Severity::Error);
    match error {
        Some(issue) => said(
            issue.expression.trim_start_matches("Immunization."),
            &format!("{} (type=value_error)", issue.diagnostics),
        ),
        None => Ok(()),
    }
}

/// What a vaccination must say and this one does not.
fn missing(seen: &Seen<'_>) -> Vec<String> {
    let top = |name: &str| seen.document.contains_key(name);
    let within = |path: &str| seen.value(path).is_some();
    let organisation = |name: &str| {
        given::organisation(seen)
            .and_then(|actor| actor.get("identifier")?.get(name))
            .is_some()
    };
    let procedure = format!(
        "extension[?(@.url=='{PROCEDURE}')].valueCodeableConcept.coding[?(@.system=='{SNOMED}')].code"
    );
    let patient = |name: &str| people::patient(seen).is_some_and(|patient| patient.contains_key(name));
    let of_patient = |rest: &str| format!("contained[?(@.resourceType=='Patient')].{rest}");
    let of_organisation =
        |name: &str| format!("performer[?(@.actor.type=='Organization')].actor.identifier.{name}");
    let (given, given_place) = people::name_part(seen, "Patient", "given");
    let (family, family_place) = people::name_part(seen, "Patient", "family");
    let wanted = [
        (given_place, given.is_some()),
        (family_place, family.is_some()),
        (of_patient("birthDate"), patient("birthDate")),
        (of_patient("gender"), patient("gender")),
        (
            of_patient("address[0].postalCode"),
            !people::postcodes(seen).is_empty(),
        ),
        (of_organisation("value"), organisation("value")),
        (of_organisation("system"), organisation("system")),
        ("identifier[0].value".to_owned(), within("/identifier/0/value")),
        ("identifier[0].system".to_owned(), within("/identifier/0/system")),
        ("recorded".to_owned(), top("recorded")),
        ("primarySource".to_owned(), top("primarySource")),
        (procedure, given::procedure_part(seen, "code").is_some()),
        (
            "location.identifier.value".to_owned(),
            within("/location/identifier/value"),
        ),
        (
            "location.identifier.system".to_owned(),
            within("/location/identifier/system"),
        ),
    ];
    wanted
        .into_iter()
        .filter(|(_, is_there)| !is_there)
        .map(|(place, _)| format!("{place} is a mandatory field"))
        .collect()
}

impl<'a> Seen<'a> {
    /// What stands at a place such as `/identifier/0/value`.
    fn value(&self, path: &str) -> Option<&'a Value> {
        let (first, rest) = path.strip_prefix('/')?.split_once('/')?;
        self.document.get(first)?.pointer(&format!("/{rest}"))
    }

    /// The list at the top, empty where there is none.
    fn list(&self, name: &str) -> &'a [Value] {
        self.document
            .get(name)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }
}
