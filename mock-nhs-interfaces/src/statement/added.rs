//! The statement of an interface that was made from an OpenAPI document.

use openapi_mock::{Operation, Parameter, ParameterPlace, Sample, Scheme};

use super::{ExampleStatement, FieldStatement, OperationStatement, Origin, Statement};
use crate::Profile;
use crate::added::AddedInterface;
use crate::interface::{FhirVersion, Login, Need, Place};

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
    }
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
    }
}
