//! The questions of a person's record that are asked of every size; the person is the same in each.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::FHIR;
use crate::exchange::Exchange;
use crate::server::Server;

/// People that are looked at until one has a reading with a code and a date.
const CANDIDATES: u32 = 50;

/// A person of the seed, and how to ask for what is known of them.
#[derive(Debug)]
pub(crate) struct Questions {
    patient: String,
    identifier: String,
    family: String,
    code: String,
    date: String,
}

impl Questions {
    /// Finds a person with a name, a number and readings.
    pub(crate) fn of(server: &Server) -> Result<Self> {
        let mut exchange = Exchange::with(server.address())?;
        let path = format!("{FHIR}/Patient?_sort=_id&_count={CANDIDATES}");
        let page = exchange.json("GET", &path, b"", 200)?;
        let patients = page.get("entry").and_then(Value::as_array).context("patients")?;
        for entry in patients {
            if let Some(found) = Self::of_patient(&mut exchange, entry)? {
                return Ok(found);
            }
        }
        anyhow::bail!("none of {CANDIDATES} people has a reading with a code and a date")
    }

    fn of_patient(exchange: &mut Exchange, entry: &Value) -> Result<Option<Self>> {
        let text = |value: &Value, place: &str| Some(value.pointer(place)?.as_str()?.to_owned());
        let Some(patient) = text(entry, "/resource/id") else {
            return Ok(None);
        };
        let path = format!("{FHIR}/Observation?patient={patient}&_sort=-date&_count=1");
        let page = exchange.json("GET", &path, b"", 200)?;
        let family = text(entry, "/resource/name/0/family");
        // A name that needs no escaping.
        let family = family
            .filter(|family| family.len() >= 4 && family.bytes().all(|byte| byte.is_ascii_alphabetic()));
        let found = || {
            let system = text(entry, "/resource/identifier/0/system")?;
            let value = text(entry, "/resource/identifier/0/value")?;
            let coding_system = text(&page, "/entry/0/resource/code/coding/0/system")?;
            let code = text(&page, "/entry/0/resource/code/coding/0/code")?;
            let date = text(&page, "/entry/0/resource/effectiveDateTime")?;
            Some(Self {
                identifier: format!("{system}%7C{value}"),
                family: family.as_ref()?.chars().take(4).collect(),
                code: format!("{coding_system}%7C{code}"),
                date: date.chars().take(10).collect(),
                patient: patient.clone(),
            })
        };
        Ok(found())
    }

    /// Path of the person.
    pub(crate) fn read(&self) -> String {
        format!("{FHIR}/Patient/{}", self.patient)
    }

    /// Each question with its name, as a path.
    pub(crate) fn searches(&self) -> [(&'static str, String); 6] {
        let Self {
            patient,
            identifier,
            family,
            code,
            date,
        } = self;
        [
            ("by identifier", format!("Patient?identifier={identifier}")),
            ("by name prefix", format!("Patient?family={family}&_count=20")),
            (
                "by patient, code and date",
                format!("Observation?patient={patient}&code={code}&date=ge{date}"),
            ),
            (
                "chained",
                format!("Observation?patient.identifier={identifier}&code={code}&_count=20"),
            ),
            (
                "with _include",
                format!("Observation?patient={patient}&_include=Observation:patient&_count=20"),
            ),
            (
                "first page sorted",
                "Patient?_sort=-birthdate&_count=20".to_owned(),
            ),
        ]
        .map(|(name, query)| (name, format!("{FHIR}/{query}")))
    }
}
