//! The parameters of `$gpc.getstructuredrecord`: what of a record is asked for, and what does not go together.
//! Source: <https://developer.nhs.uk/apis/gpconnect/accessrecord_structured_development_retrieve_patient_record.html>

use fhir::json::Json;
use time::Date;

use super::Refused;
use super::dates::day;
use super::refused::{
    BAD_REQUEST, INVALID_IDENTIFIER_SYSTEM, INVALID_NHS_NUMBER, INVALID_PARAMETER, INVALID_RESOURCE,
};
use super::stu3::shape::items;
use crate::value::NhsNumber;

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
    /// With those not given, or without.
    pub(crate) immunisations: Option<bool>,
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
        wanted.check_combination(form)?;
        Ok(wanted)
    }

    /// Dates and filters of one area, beside consultations or problems, which bring parts of that area of their own: what
    /// is missing would look as if it were not there.
    fn check_combination(&self, form: Form) -> Result<(), Refused> {
        let open = Span::default();
        let is_dated = |span: Option<Span>| span.is_some_and(|span| span != open);
        let others = self.medication.is_some_and(|one| one.from.is_some())
            || is_dated(self.uncategorised)
            || is_dated(self.investigations)
            || is_dated(self.referrals);
        let has_either = self.consultations.is_some() || self.problems.is_some();
        let some_consultations = self
            .consultations
            .is_some_and(|one| one.span != open || one.most_recent.is_some());
        let some_problems = self.problems.as_ref().is_some_and(|one| !one.0.is_empty());
        let each_other = form == Form::Classic
            && (some_consultations && self.problems.is_some()
                || some_problems && self.consultations.is_some());
        if (others && has_either) || each_other {
            return Err(Refused::saying(
                &INVALID_PARAMETER,
                "This combination of parameters is not permitted, for it is a clinical risk: dates or filters \
                 with consultations or problems.",
            ));
        }
        Ok(())
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

struct Reader {
    form: Form,
    today: Date,
}

impl Reader {
    fn take(&self, wanted: &mut Wanted, name: &str, parameter: &Json) -> Result<(), Refused> {
        let mut parts = Parts {
            of: name,
            parts: items(parameter, "part").collect(),
            unknown: &mut wanted.unknown,
        };
        match name {
            "includeAllergies" => {
                let resolved = parts.boolean("includeResolvedAllergies")?;
                let resolved =
                    resolved.ok_or_else(|| invalid(name, "includeResolvedAllergies is missing."))?;
                parts.others(&["includeResolvedAllergies"]);
                wanted.allergies = Some(resolved);
            }
            "includeMedication" => wanted.medication = Some(self.medication(&mut parts)?),
            "includeConsultations" => wanted.consultations = Some(self.consultations(&mut parts)?),
            "includeProblems" => {
                let pair = self.problems(&mut parts)?;
                let problems = wanted.problems.get_or_insert_default();
                if pair != (None, None) {
                    problems.0.push(pair);
                }
            }
            "includeImmunisations" | "includeImmunizations" => {
                let not_given = parts.boolean("includeNotGiven")?.unwrap_or(true);
                // What has become of the vaccine is always told.
                parts.boolean("includeDissentConsent")?;
                parts.boolean("includeStatus")?;
                parts.others(&["includeNotGiven", "includeDissentConsent", "includeStatus"]);
                wanted.immunisations = Some(not_given);
            }
            "includeUncategorisedData" => {
                wanted.uncategorised = Some(self.only_span(&mut parts, "uncategorisedDataSearchPeriod")?);
            }
            "includeInvestigations" => {
                wanted.investigations = Some(self.only_span(&mut parts, "investigationSearchPeriod")?);
            }
            "includeReferrals" => {
                wanted.referrals = Some(self.only_span(&mut parts, "referralSearchPeriod")?);
            }
            "includeDiaryEntries" if self.form == Form::Classic => {
                let until = parts.date("diaryEntriesSearchDate")?;
                if until.is_some_and(|until| until < self.today) {
                    return Err(invalid("diaryEntriesSearchDate", "is in the past."));
                }
                parts.others(&["diaryEntriesSearchDate"]);
                wanted.diary = Some(until);
            }
            _ => wanted.unknown.push(name.to_owned()),
        }
        Ok(())
    }

    fn medication(&self, parts: &mut Parts<'_>) -> Result<Medication, Refused> {
        let issues = parts.boolean("includePrescriptionIssues")?.unwrap_or(true);
        let from = parts.date("medicationSearchFromDate")?;
        if from.is_some_and(|from| from > self.today) {
            return Err(invalid("medicationSearchFromDate", "is in the future."));
        }
        let mut known = vec!["includePrescriptionIssues", "medicationSearchFromDate"];
        let mut repeat = None;
        if self.form == Form::PatientFacing {
            known.extend(["prescriptionType", "filterPrescriptionType"]);
            repeat = match parts
                .word("prescriptionType")?
                .or(parts.word("filterPrescriptionType")?)
            {
                None => None,
                Some("repeat" | "repeat-dispensing") => Some(true),
                Some("acute") => Some(false),
                Some(_) => return Err(invalid("prescriptionType", "is repeat or acute.")),
            };
        }
        parts.others(&known);
        Ok(Medication { issues, from, repeat })
    }

    fn consultations(&self, parts: &mut Parts<'_>) -> Result<Consultations, Refused> {
        let span = self.span(parts, "consultationSearchPeriod")?;
        let most_recent = parts.count("includeNumberOfMostRecent")?;
        parts.others(&["consultationSearchPeriod", "includeNumberOfMostRecent"]);
        if span.is_some() && most_recent.is_some() {
            return Err(Refused::saying(
                &INVALID_RESOURCE,
                "consultationSearchPeriod and includeNumberOfMostRecent exclude each other.",
            ));
        }
        Ok(Consultations {
            span: span.unwrap_or_default(),
            most_recent,
        })
    }

    fn problems(&self, parts: &mut Parts<'_>) -> Result<(Option<String>, Option<String>), Refused> {
        let one_of = |name: &'static str, words: [&str; 2]| match parts.word(name)? {
            None => Ok(None),
            Some(word) if words.contains(&word) => Ok(Some(word.to_owned())),
            Some(_) => Err(invalid(name, &format!("is {} or {}.", words[0], words[1]))),
        };
        let status = one_of("filterStatus", ["active", "inactive"])?;
        let significance = one_of("filterSignificance", ["major", "minor"])?;
        parts.others(&["filterStatus", "filterSignificance"]);
        Ok((status, significance))
    }

    fn only_span(&self, parts: &mut Parts<'_>, name: &'static str) -> Result<Span, Refused> {
        let span = self.span(parts, name)?;
        parts.others(&[name]);
        Ok(span.unwrap_or_default())
    }

    /// A period of whole days that are not in the future and the right way round.
    fn span(&self, parts: &Parts<'_>, name: &str) -> Result<Option<Span>, Refused> {
        let Some(part) = parts.one(name)? else {
            return Ok(None);
        };
        let period = part
            .get("valuePeriod")
            .ok_or_else(|| invalid(name, "is a valuePeriod."))?;
        let end = |which: &str| match period.get(which) {
            None => Ok(None),
            Some(value) => match value.as_str().and_then(day) {
                Some(day) => Ok(Some(day)),
                None => Err(invalid(name, &format!("{which} is a whole day without a time."))),
            },
        };
        let span = Span {
            from: end("start")?,
            to: end("end")?,
        };
        if span.from.is_none() && span.to.is_none() {
            return Err(invalid(name, "has neither start nor end."));
        }
        if span.from.is_some_and(|from| from > self.today) || span.to.is_some_and(|to| to > self.today) {
            return Err(invalid(name, "is in the future."));
        }
        if let (Some(from), Some(to)) = (span.from, span.to)
            && from > to
        {
            return Err(invalid(name, "start is after end."));
        }
        Ok(Some(span))
    }
}

/// The parts of one parameter.
struct Parts<'a> {
    of: &'a str,
    parts: Vec<&'a Json>,
    unknown: &'a mut Vec<String>,
}

impl<'a> Parts<'a> {
    fn one(&self, name: &str) -> Result<Option<&'a Json>, Refused> {
        let mut found = self.parts.iter().filter(|part| part.text("name") == Some(name));
        let first = found.next().copied();
        match found.next() {
            Some(_) => Err(invalid(name, "may be given once only.")),
            None => Ok(first),
        }
    }

    fn boolean(&self, name: &str) -> Result<Option<bool>, Refused> {
        let Some(part) = self.one(name)? else {
            return Ok(None);
        };
        match part.get("valueBoolean").and_then(Json::as_bool) {
            Some(value) => Ok(Some(value)),
            None => Err(invalid(&format!("{}.{name}", self.of), "is a valueBoolean.")),
        }
    }

    fn date(&self, name: &str) -> Result<Option<Date>, Refused> {
        let Some(part) = self.one(name)? else {
            return Ok(None);
        };
        match part.text("valueDate").and_then(day) {
            Some(value) => Ok(Some(value)),
            None => Err(invalid(name, "is a valueDate: a whole day without a time.")),
        }
    }

    /// A code; the published example of a request has it as `value`.
    fn word(&self, name: &str) -> Result<Option<&'a str>, Refused> {
        let Some(part) = self.one(name)? else {
            return Ok(None);
        };
        match part
            .text("valueCode")
            .or(part.text("valueString"))
            .or(part.text("value"))
        {
            Some(value) => Ok(Some(value)),
            None => Err(invalid(name, "is a valueCode.")),
        }
    }

    fn count(&self, name: &str) -> Result<Option<usize>, Refused> {
        let Some(part) = self.one(name)? else {
            return Ok(None);
        };
        let value = part.get("valuePositiveInt").or(part.get("valueInteger"));
        // One of the published examples has a number in quotation marks.
        let text = value.and_then(|value| value.as_number().or(value.as_str()));
        match text.and_then(|text| text.parse().ok()) {
            Some(count) if count > 0 => Ok(Some(count)),
            _ => Err(invalid(name, "is a valuePositiveInt.")),
        }
    }

    /// Remembers parts that nobody knows.
    fn others(&mut self, known: &[&str]) {
        for part in &self.parts {
            let name = part.text("name").unwrap_or_default();
            if !known.contains(&name) {
                self.unknown.push(format!("{}.{name}", self.of));
            }
        }
    }
}
