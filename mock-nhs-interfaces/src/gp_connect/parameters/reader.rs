//! Reads the parameters of a structured record, each by its own rules.

use fhir::json::Json;
use time::Date;

use super::parts::Parts;
use super::{Consultations, Form, Immunisations, Medication, Span, Wanted, invalid};
use crate::gp_connect::Refused;
use crate::gp_connect::dates::day;
use crate::gp_connect::refused::INVALID_RESOURCE;
use crate::gp_connect::stu3::shape::items;

/// Reads one parameter after the other into what is wanted.
pub(super) struct Reader {
    pub(super) form: Form,
    pub(super) today: Date,
}

impl Reader {
    /// Reads one parameter; one that nobody knows is remembered.
    ///
    /// # Errors
    /// It holds a value that is not permitted.
    pub(super) fn take(&self, wanted: &mut Wanted, name: &str, parameter: &Json) -> Result<(), Refused> {
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
                wanted.immunisations = Some(immunisations(&mut parts)?);
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

fn immunisations(parts: &mut Parts<'_>) -> Result<Immunisations, Refused> {
    const NAMES: [&str; 3] = ["includeNotGiven", "includeStatus", "includeDissentConsent"];
    let not_given = parts.boolean("includeNotGiven")?;
    // What has become of the vaccine is always told. The last name is that of older versions.
    let status = parts
        .boolean("includeStatus")?
        .or(parts.boolean("includeDissentConsent")?);
    parts.others(&NAMES);
    Ok(Immunisations { not_given, status })
}
