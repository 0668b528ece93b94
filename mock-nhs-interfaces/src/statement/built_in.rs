//! The statement of an interface that is a part of the program.

use time::Date;

use super::{ExampleStatement, FaultStatement, FieldStatement, OperationStatement, Origin, Statement};
use crate::interface::{Example, Fault, Field, FieldKind, Interface, Operation, dated};

impl Statement {
    /// What an interface that is a part of the program states, with the days of its examples seen from this day.
    pub fn of(interface: &'static Interface, today: Date) -> Self {
        Self {
            id: interface.id.into(),
            title: interface.title.into(),
            summary: interface.summary.into(),
            path_prefix: interface.path_prefix.into(),
            specification: Some(interface.specification.into()),
            fhir_version: interface.fhir_version,
            profiles: interface.profiles.to_vec(),
            logins: interface.logins.to_vec(),
            operations: interface
                .operations
                .iter()
                .map(|one| operation(one, today))
                .collect(),
            deviations: interface.deviations.iter().map(|words| (*words).into()).collect(),
            origin: Origin::BuiltIn,
        }
    }
}

fn operation(operation: &'static Operation, today: Date) -> OperationStatement {
    OperationStatement {
        id: operation.id.into(),
        title: operation.title.into(),
        summary: operation.summary.into(),
        method: operation.method.clone(),
        path: operation.path.into(),
        logins: operation.logins.to_vec(),
        fields: operation.fields.iter().map(|one| field(one, today)).collect(),
        examples: operation.examples.iter().map(|one| example(one, today)).collect(),
        faults: operation.faults.iter().map(fault).collect(),
    }
}

fn fault(fault: &'static Fault) -> FaultStatement {
    FaultStatement {
        status: fault.status,
        code: fault.code.into(),
        when: fault.when.into(),
    }
}

fn field(field: &'static Field, today: Date) -> FieldStatement {
    FieldStatement {
        name: field.name.into(),
        place: field.place,
        title: field.title.into(),
        kind: field.kind,
        choices: field
            .kind
            .choices()
            .iter()
            .map(|choice| (*choice).into())
            .collect(),
        hint: field.hint.into(),
        need: field.need,
        example: dated(field.example, today),
        is_credential: field.kind == FieldKind::Credential,
    }
}

fn example(example: &'static Example, today: Date) -> ExampleStatement {
    ExampleStatement {
        title: example.title.into(),
        path_and_query: example.path_and_query.into(),
        headers: example
            .headers
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect(),
        body: example
            .body
            .map(|body| (body.media_type.into(), body.text_on(today))),
        status: example.status,
        profile: example.profile,
    }
}
