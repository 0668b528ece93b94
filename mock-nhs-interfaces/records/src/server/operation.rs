//! Operations: interactions whose name begins with `$`. <https://hl7.org/fhir/R4/operations.html>

use std::future::Future;
use std::pin::Pin;

use axum::body::Body;
use http::Method;

use super::{Answer, Call, Refusal};
use crate::ResourceType;
use crate::operations::OPERATIONS;

/// Where an operation can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    System,
    Type,
    Instance,
}

/// What an operation is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    System,
    Type(ResourceType),
    Instance(ResourceType, &'a str),
}

impl Subject<'_> {
    fn level(&self) -> Level {
        match self {
            Self::System => Level::System,
            Self::Type(_) => Level::Type,
            Self::Instance(..) => Level::Instance,
        }
    }

    fn kind(&self) -> Option<ResourceType> {
        match self {
            Self::System => None,
            Self::Type(kind) | Self::Instance(kind, _) => Some(*kind),
        }
    }
}

/// What an operation answers, some time.
pub(crate) type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, Refusal>> + Send + 'a>>;

/// An operation: one row of [`OPERATIONS`], from which routes and the `CapabilityStatement` are made.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name with the `$`.
    pub(crate) name: &'static str,
    /// The canonical URL of its definition; empty for what is part of another, which is not stated.
    pub(crate) definition: &'static str,
    /// Where it can be called.
    pub(crate) levels: &'static [Level],
    /// On which types, below the system; empty: on all.
    pub(crate) kinds: &'static [&'static str],
    /// The methods that it takes.
    pub(crate) methods: &'static [&'static str],
    /// Does it.
    pub(crate) handler: for<'a> fn(&'a Call<'a>, Subject<'a>, Body) -> Answering<'a>,
}

impl Operation {
    /// Whether it can be called on this type.
    pub(crate) fn takes(&self, kind: ResourceType) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind.name())
    }
}

/// Calls an operation.
pub(super) async fn call_operation(
    call: &Call<'_>,
    name: &str,
    subject: Subject<'_>,
    body: Body,
) -> Result<Answer, Refusal> {
    let operation = OPERATIONS.iter().find(|operation| {
        operation.name == name
            && operation.levels.contains(&subject.level())
            && subject.kind().is_none_or(|kind| operation.takes(kind))
    });
    let operation = operation.ok_or_else(|| Refusal::UnknownOperation(name.to_owned()))?;
    if !operation.methods.contains(&call.parts.method.as_str()) {
        return Err(Refusal::Method(operation.methods));
    }
    debug_assert!(call.parts.method != Method::OPTIONS, "answered before");
    (operation.handler)(call, subject, body).await
}
