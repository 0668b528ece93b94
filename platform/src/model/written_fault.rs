//! A fault as it is written in a request, a scenario and a row; it becomes a rule when every part of it makes sense.

use std::num::NonZero;

use mock_nhs_interfaces::fault::{FaultKind, FaultRule, Probability};
use mock_nhs_interfaces::value::NhsNumber;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::nearest::nearest;

/// A rule that makes an interface answer badly. What is not said applies to every request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenFault {
    /// What happens: `slow`, `timeout`, `refused`, `status-503`, `status-429`, `expired-token`, `changed-meanwhile`,
    /// `malformed-json`, `truncated`, `empty`, `drip` or `wrong-person`. Some take a value: `slow=1500`,
    /// `status-404=INVALIDATED_RESOURCE`, `status-429=spike`.
    #[schema(example = "status-503")]
    pub(crate) fault: String,
    /// Only requests to this interface, by its id; `fhir` is the workspace's own FHIR server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "pds")]
    pub(crate) interface: Option<String>,
    /// Only this operation of the interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "read_patient")]
    pub(crate) operation: Option<String>,
    /// Only requests that name this person, by NHS number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "9000000009")]
    pub(crate) patient: Option<String>,
    /// Beginning with this one of the requests that suit; only that one unless `times` says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>, minimum = 1, example = 1)]
    pub(crate) nth: Option<NonZero<u32>>,
    /// So many of the requests that suit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    pub(crate) times: Option<NonZero<u32>>,
    /// How likely each of them meets it: more than 0, at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) probability: Option<f64>,
    /// Where chance begins: the same seed decides the same way every time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u64>,
}

/// What the interfaces of the server are called, so that a misspelt one is noticed.
#[derive(Debug, Clone)]
pub(crate) struct KnownInterface {
    pub(crate) id: String,
    pub(crate) operations: Vec<String>,
}

/// Why a written fault is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub(crate) struct FaultMistake {
    /// The member that cannot be used.
    pub(crate) member: &'static str,
    /// What is wrong with it, and what would be right.
    pub(crate) sentence: String,
}

impl FaultMistake {
    fn new(member: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            member,
            sentence: sentence.into(),
        }
    }
}

impl WrittenFault {
    /// The rule with this number.
    ///
    /// # Errors
    /// The first member that cannot be used.
    pub(crate) fn rule(&self, id: u32) -> Result<FaultRule, FaultMistake> {
        let kind: FaultKind = self
            .fault
            .parse()
            .map_err(|unknown| FaultMistake::new("fault", format!("{unknown}")))?;
        let patient = self.patient.as_deref().map(NhsNumber::from_written).transpose();
        let patient = patient.map_err(|error| {
            FaultMistake::new("patient", format!("The patient is no NHS number: {error}."))
        })?;
        let probability = match self.probability {
            None => Probability::ALWAYS,
            Some(likely) => Probability::new(likely).ok_or_else(|| {
                FaultMistake::new("probability", "The probability is more than 0 and at most 1.")
            })?,
        };
        if self.operation.is_some() && self.interface.is_none() {
            return Err(FaultMistake::new(
                "operation",
                "An operation belongs to an interface: say interface as well.",
            ));
        }
        let once = self.nth.is_some().then_some(NonZero::<u32>::MIN);
        Ok(FaultRule {
            id,
            kind,
            interface: self.interface.as_deref().map(Into::into),
            operation: self.operation.as_deref().map(Into::into),
            patient,
            nth: self.nth.unwrap_or(NonZero::<u32>::MIN),
            times: self.times.or(once),
            probability,
            seed: self.seed.unwrap_or(1),
        })
    }

    /// Checks that the interface and its operation are there.
    ///
    /// # Errors
    /// The member that names what is not, with what it may have meant.
    pub(crate) fn check_names(&self, known: &[KnownInterface]) -> Result<(), FaultMistake> {
        let Some(id) = self.interface.as_deref() else {
            return Ok(());
        };
        let Some(interface) = known.iter().find(|interface| interface.id == id) else {
            let ids = known.iter().map(|interface| interface.id.as_str());
            return Err(unknown("interface", id, ids));
        };
        // The workspace's FHIR server has operations by kind of resource, which nobody lists.
        match self.operation.as_deref() {
            Some(operation) if !interface.operations.iter().any(|known| known == operation) => Err(unknown(
                "operation",
                operation,
                interface.operations.iter().map(String::as_str),
            )),
            _ => Ok(()),
        }
    }

    /// The rule in plain words, behind what happens: "of pds, about 900 000 0009, the 2nd request".
    pub(crate) fn when(&self) -> String {
        let mut parts = Vec::new();
        match (&self.interface, &self.operation) {
            (Some(interface), Some(operation)) => parts.push(format!("{interface}, {operation}")),
            (Some(interface), None) => parts.push(format!("all of {interface}")),
            (None, _) => parts.push("every interface".to_owned()),
        }
        if let Some(patient) = &self.patient {
            parts.push(format!("requests about {patient}"));
        }
        match (self.nth.map(NonZero::get), self.times.map(NonZero::get)) {
            (None, None) => {}
            (None, Some(1)) => parts.push("the first request".to_owned()),
            (None, Some(times)) => parts.push(format!("the first {times} requests")),
            (Some(nth), None | Some(1)) => parts.push(format!("request number {nth} only")),
            (Some(nth), Some(times)) => parts.push(format!("{times} requests from number {nth} on")),
        }
        if let Some(likely) = self.probability {
            parts.push(format!("with probability {likely}"));
        }
        parts.join("; ")
    }
}

fn unknown<'k>(
    what: &'static str,
    given: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> FaultMistake {
    let given: String = given
        .chars()
        .filter(|letter| !letter.is_control())
        .take(60)
        .collect();
    let meant = nearest(&given, known.clone())
        .map(|meant| format!(" (did you mean {meant}?)"))
        .unwrap_or_default();
    let all: Vec<&str> = known.collect();
    FaultMistake::new(
        what,
        format!(
            "There is no {what} \"{given}\"{meant}; there are {}.",
            all.join(", ")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<FaultRule, String> {
        let written: WrittenFault = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let known = [
            KnownInterface {
                id: "pds".to_owned(),
                operations: vec!["read_patient".to_owned(), "search_patients".to_owned()],
            },
            KnownInterface {
                id: "fhir".to_owned(),
                operations: vec!["read".to_owned()],
            },
        ];
        written
            .check_names(&known)
            .map_err(|mistake| mistake.to_string())?;
        written.rule(7).map_err(|mistake| mistake.to_string())
    }

    #[test]
    fn a_fault_says_what_and_when() {
        let rule = read(
            r#"{"fault":"status-429=spike","interface":"pds","operation":"read_patient","patient":"900 000 0009","nth":2,"probability":0.5,"seed":9}"#,
        )
        .unwrap();
        assert_eq!(
            (rule.id, rule.nth.get(), rule.times.unwrap().get(), rule.seed),
            (7, 2, 1, 9)
        );
        let rule = read(r#"{"fault":"slow","times":3}"#).unwrap();
        assert_eq!((rule.nth.get(), rule.times.unwrap().get()), (1, 3));
        assert_eq!(read(r#"{"fault":"slow"}"#).unwrap().times, None);
    }

    #[test]
    fn mistakes_are_told_with_the_way_out() {
        for (json, words) in [
            (r#"{"fault":"slwo"}"#, "the faults are slow"),
            (r#"{"fault":"slow","interface":"psd"}"#, "did you mean pds?"),
            (
                r#"{"fault":"slow","interface":"pds","operation":"read_patients"}"#,
                "did you mean read_patient?",
            ),
            (r#"{"fault":"slow","operation":"read_patient"}"#, "say interface"),
            (r#"{"fault":"slow","patient":"9000000008"}"#, "NHS number"),
            (r#"{"fault":"slow","probability":2}"#, "at most 1"),
            (r#"{"fault":"slow","nth":0}"#, "nonzero"),
            (r#"{"fault":"slow","patent":"9000000009"}"#, "unknown field"),
            (r#"{}"#, "missing field"),
        ] {
            let mistake = read(json).unwrap_err();
            assert!(mistake.contains(words), "{json}: {mistake}");
        }
    }

    #[test]
    fn what_a_replay_calls_a_fault_is_a_fault_here() {
        for fault in sandbox_runtime::replay::FaultName::ALL {
            assert!(fault.name().parse::<FaultKind>().is_ok(), "{fault}");
        }
    }

    #[test]
    fn when_is_told_in_plain_words() {
        for (json, words) in [
            (r#"{"fault":"slow"}"#, "every interface"),
            (
                r#"{"fault":"slow","interface":"pds","nth":2}"#,
                "all of pds; request number 2 only",
            ),
            (
                r#"{"fault":"slow","interface":"pds","operation":"read_patient","patient":"9000000009","times":3,"probability":0.5}"#,
                "pds, read_patient; requests about 9000000009; the first 3 requests; with probability 0.5",
            ),
        ] {
            let written: WrittenFault = serde_json::from_str(json).unwrap();
            assert_eq!(written.when(), words);
        }
    }
}
