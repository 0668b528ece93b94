//! The statement of an interface that was made from an OpenAPI document.

use openapi_mock::{Operation, Parameter, ParameterPlace, Sample, Scheme};

use super::{ExampleStatement, FaultStatement, FieldStatement, OperationStatement, Origin, Statement};
use crate::Profile;
use crate::added::AddedInterface;
use crate::interface::{FhirVersion, FieldKind, Login, Need, Place};

/// What is true of every added interface.
const DEVIATIONS: [&str; 2] = [
    "It answers with the examples of its document and keeps nothing.",
    "It checks what its document says and nothing that is only written in words.",
];

impl Statement {
    pub(crate) fn of_added(added: &AddedInterface) -> Self {
        let document = &*added.document;
        let mut logins: Vec<Login> = document.operations.iter().flat_map(logins).collect();
        logins.dedup();
        logins.sort_by_key(|login| login.title());
        logins.dedup();
        let summary = if document.summary.is_empty() {
            format!("{} has no description in its document.", document.title)
        } else {
            document.summary.clone()
        };
        let prefix = document.prefix.to_ascii_uppercase();
        let fhir_version = if !document.is_fhir {
            None
        } else if prefix.contains("STU3") {
            Some(FhirVersion::Stu3)
        } else {
            prefix.contains("R4").then_some(FhirVersion::R4)
        };
        Self {
            id: added.id.to_string().into(),
            title: document.title.clone().into(),
            summary: summary.into(),
            path_prefix: added.path_prefix.to_string().into(),
            specification: document.specification.clone().map(Into::into),
            fhir_version,
            profiles: Profile::ALL.to_vec(),
            logins,
            operations: document.operations.iter().map(operation).collect(),
            deviations: DEVIATIONS.iter().map(|words| (*words).into()).collect(),
            origin: Origin::Added,
        }
    }
}

fn logins(operation: &Operation) -> Vec<Login> {
    if operation.logins.is_empty() {
        return vec![Login::Open];
    }
    operation
        .logins
        .iter()
        .map(|scheme| match scheme {
            Scheme::Bearer => Login::HealthcareWorker,
            Scheme::ApiKey => Login::ApiKey,
        })
        .collect()
}

fn operation(operation: &Operation) -> OperationStatement {
    OperationStatement {
        id: operation.id.clone().into(),
        title: operation.title.clone().into(),
        summary: operation.summary.clone().into(),
        method: operation.method.clone(),
        path: operation.path.clone().into(),
        logins: logins(operation),
        fields: operation.parameters.iter().filter_map(field).collect(),
        examples: operation.samples.iter().map(example).collect(),
        faults: operation.errors.iter().map(fault).collect(),
    }
}

fn fault((status, words): &(u16, String)) -> FaultStatement {
    FaultStatement {
        status: *status,
        code: "".into(),
        when: if words.is_empty() {
            "Its document does not say when.".into()
        } else {
            words.clone().into()
        },
    }
}

/// A name as people would write it: `patientName` and `patient-name` are "Patient name".
fn label(name: &str) -> String {
    let mut label = String::new();
    let mut before_is_small = false;
    for letter in name.chars() {
        if matches!(letter, '-' | '_' | '.' | ':' | ' ') {
            label.push(' ');
            before_is_small = false;
            continue;
        }
        if letter.is_uppercase() && before_is_small {
            label.push(' ');
        }
        before_is_small = letter.is_lowercase() || letter.is_ascii_digit();
        label.push(letter);
    }
    let words = label.split_whitespace().enumerate().map(|(place, word)| {
        let is_abbreviation = word.len() > 1 && word.chars().all(char::is_uppercase);
        let mut letters = word.chars();
        match (is_abbreviation, letters.next()) {
            (false, Some(first)) if place == 0 => first.to_uppercase().chain(letters).collect(),
            (false, Some(_)) if word.chars().skip(1).any(char::is_uppercase) => word.to_owned(),
            (false, Some(_)) => word.to_lowercase(),
            (true, _) | (_, None) => word.to_owned(),
        }
    });
    words.collect::<Vec<String>>().join(" ")
}

fn field(parameter: &Parameter) -> Option<FieldStatement> {
    let place = match parameter.place {
        ParameterPlace::Path => Place::Path,
        ParameterPlace::Query => Place::Query,
        ParameterPlace::Header => Place::Header,
        // Nobody fills in cookies.
        ParameterPlace::Cookie => return None,
    };
    Some(FieldStatement {
        name: parameter.name.clone().into(),
        place,
        title: label(&parameter.name).into(),
        kind: FieldKind::Text { wildcards: false },
        choices: parameter
            .choices
            .iter()
            .map(|choice| choice.clone().into())
            .collect(),
        hint: parameter.summary.clone().into(),
        need: if parameter.is_required {
            Need::Required
        } else {
            Need::Optional
        },
        example: parameter.example.clone().unwrap_or_default().into(),
        is_credential: false,
    })
}

fn example(sample: &Sample) -> ExampleStatement {
    let headers = sample.headers.iter();
    ExampleStatement {
        title: sample.title.clone().into(),
        path_and_query: sample.path_and_query.clone().into(),
        headers: headers
            .map(|(name, value)| (name.clone().into(), value.clone().into()))
            .collect(),
        body: sample
            .body
            .clone()
            .map(|(media, text)| (media.into(), text.into())),
        status: sample.status,
        profile: None,
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn names_become_labels() {
        for (name, expected) in [
            ("patientNHSNumber", "Patient NHSNumber"),
            ("X-Request-ID", "X request ID"),
            ("org_code", "Org code"),
            ("birthdate", "Birthdate"),
            ("_count", "Count"),
            ("", ""),
        ] {
            assert_eq!(label(name), expected);
        }
    }
}
