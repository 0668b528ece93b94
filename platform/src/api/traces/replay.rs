//! Repeating a run.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts as _, State};
use http::Request;
use sandbox_runtime::replay::{CallDifference, Change, Comparison, Cost, Difference, FaultName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wire::RunDocument;
use crate::api::extract::{InApp, path_value};
use crate::app::App;
use crate::error::AppError;
use crate::middleware::collect;
use crate::replay::{Order, Replayed, replay};

/// The longest order, in bytes.
const ORDER_BYTES: u64 = 4 << 10;

/// How a run is to be repeated. Everything may be left out: then it is repeated exactly.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayOrder {
    /// The version that runs on what was recorded; the run's own when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) against: Option<u32>,
    /// What goes wrong with one answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<Fault>,
    /// The number of the call whose answer it is; the first call of an interface when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) call: Option<u32>,
}

/// What can go wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fault {
    /// The answer comes three seconds late.
    Slow,
    /// No answer comes.
    Timeout,
    /// The interface fails.
    #[serde(rename = "status-500")]
    Status500,
    /// The interface is not available.
    #[serde(rename = "status-503")]
    Status503,
    /// There is no such thing.
    #[serde(rename = "status-404")]
    Status404,
    /// There were too many calls.
    #[serde(rename = "status-429")]
    Status429,
    /// The connection is refused.
    Refused,
    /// The body is not JSON.
    MalformedJson,
    /// The connection breaks in the middle of the body.
    Truncated,
    /// The body is empty.
    Empty,
}

/// The repetition, and what is different.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReplayDocument {
    /// The repetition, which is a run of its own.
    pub(crate) run: RunDocument,
    /// What is different from the run that it repeats.
    pub(crate) comparison: ComparisonDocument,
}

/// What is different between two runs.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ComparisonDocument {
    /// Whether answer and calls are the same. The cost never is.
    pub(crate) same: bool,
    /// All of it in one sentence.
    pub(crate) sentence: String,
    /// Outcome, status, headers and body of the answer.
    pub(crate) answer: Vec<DifferenceDocument>,
    /// Calls that one of them made and the other did not, or not so.
    pub(crate) calls: Vec<CallDifferenceDocument>,
    /// What both used.
    pub(crate) cost: Vec<CostDocument>,
}

/// One difference.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DifferenceDocument {
    /// What is different.
    #[schema(example = "status")]
    pub(crate) place: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    /// The same in plain words.
    pub(crate) sentence: String,
}

/// A call that is different.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CallDifferenceDocument {
    /// `added`, `missing` or `changed`.
    #[schema(example = "missing")]
    pub(crate) change: String,
    /// Method and address.
    pub(crate) call: String,
    /// Its number in the first run.
    pub(crate) before: Option<u32>,
    /// Its number in the second run.
    pub(crate) after: Option<u32>,
    pub(crate) differences: Vec<DifferenceDocument>,
    /// The same in plain words.
    pub(crate) sentence: String,
}

/// What both runs used of one thing.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CostDocument {
    #[schema(example = "processor time")]
    pub(crate) name: String,
    pub(crate) before: u64,
    pub(crate) after: u64,
    /// What both numbers count: `us` or `bytes`.
    #[schema(example = "us")]
    pub(crate) unit: String,
    /// The same in plain words.
    pub(crate) sentence: String,
}

/// Repeats a run: the same request, the same time of day, the same answers. It calls nobody and changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/traces/{run}/replay",
    tag = "runs",
    params(
        InApp,
        ("run" = String, Path, description = "The run's id")
    ),
    request_body(content = ReplayOrder, description = "May be empty: then the run is repeated exactly"),
    responses(
        (status = OK, description = "The repetition, which is kept as a run of its own, and what is different", body = ReplayDocument),
        (status = BAD_REQUEST, description = "The order cannot be read", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "There is no such workspace, app, run or version", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Not everything that the run learned was kept, so it cannot be repeated", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = TOO_MANY_REQUESTS, description = "There is no place for a run", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn replay_run(
    State(app): State<Arc<App>>,
    request: Request<axum::body::Body>,
) -> Result<Json<ReplayDocument>, AppError> {
    let (mut parts, body) = request.into_parts();
    let InApp {
        workspace,
        app: deployed,
    } = InApp::from_request_parts(&mut parts, &app).await?;
    let id = path_value(&mut parts, "run").await?;
    let order = collect(&parts.headers, body, ORDER_BYTES).await?;
    let order: ReplayOrder = if order.is_empty() {
        ReplayOrder::default()
    } else {
        serde_json::from_slice(&order)
            .map_err(|error| AppError::Query(format!("the order does not read: {error}.")))?
    };
    let of = app.traces.get(workspace.id, &deployed.name, &id);
    let of = of.ok_or(AppError::UnknownRun(id))?;
    let replayed = replay(&app, &workspace, &of, Order::try_from(order)?).await?;
    Ok(Json(ReplayDocument::from(replayed)))
}

impl TryFrom<ReplayOrder> for Order {
    type Error = AppError;

    fn try_from(order: ReplayOrder) -> Result<Self, AppError> {
        if order.fault.is_none() && order.call.is_some() {
            return Err(AppError::Query(
                "call says whose answer goes wrong; say fault as well, for example \"slow\".".to_owned(),
            ));
        }
        Ok(Self {
            against: order.against,
            fault: order.fault.map(|fault| (fault.into(), order.call)),
        })
    }
}

impl From<FaultName> for Fault {
    fn from(fault: FaultName) -> Self {
        match fault {
            FaultName::Slow => Self::Slow,
            FaultName::Timeout => Self::Timeout,
            FaultName::Status500 => Self::Status500,
            FaultName::Status503 => Self::Status503,
            FaultName::Status404 => Self::Status404,
            FaultName::Status429 => Self::Status429,
            FaultName::Refused => Self::Refused,
            FaultName::MalformedJson => Self::MalformedJson,
            FaultName::Truncated => Self::Truncated,
            FaultName::Empty => Self::Empty,
        }
    }
}

impl From<Fault> for FaultName {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Slow => Self::Slow,
            Fault::Timeout => Self::Timeout,
            Fault::Status500 => Self::Status500,
            Fault::Status503 => Self::Status503,
            Fault::Status404 => Self::Status404,
            Fault::Status429 => Self::Status429,
            Fault::Refused => Self::Refused,
            Fault::MalformedJson => Self::MalformedJson,
            Fault::Truncated => Self::Truncated,
            Fault::Empty => Self::Empty,
        }
    }
}

impl From<Replayed> for ReplayDocument {
    fn from(replayed: Replayed) -> Self {
        Self {
            run: RunDocument::of(&replayed.run),
            comparison: replayed.comparison.into(),
        }
    }
}

// Taken apart by name, so that a new field does not compile until somebody decides about it.

impl From<Comparison> for ComparisonDocument {
    fn from(comparison: Comparison) -> Self {
        let Comparison {
            same,
            sentence,
            answer,
            calls,
            cost,
        } = comparison;
        Self {
            same,
            sentence,
            answer: answer.into_iter().map(DifferenceDocument::from).collect(),
            calls: calls.into_iter().map(CallDifferenceDocument::from).collect(),
            cost: cost.into_iter().map(CostDocument::from).collect(),
        }
    }
}

impl From<Difference> for DifferenceDocument {
    fn from(difference: Difference) -> Self {
        let Difference {
            place,
            before,
            after,
            sentence,
        } = difference;
        Self {
            place,
            before,
            after,
            sentence,
        }
    }
}

impl From<CallDifference> for CallDifferenceDocument {
    fn from(difference: CallDifference) -> Self {
        let CallDifference {
            change,
            call,
            before,
            after,
            differences,
            sentence,
        } = difference;
        let change = match change {
            Change::Added => "added",
            Change::Missing => "missing",
            Change::Changed => "changed",
        };
        Self {
            change: change.to_owned(),
            call,
            before,
            after,
            differences: differences.into_iter().map(DifferenceDocument::from).collect(),
            sentence,
        }
    }
}

impl From<Cost> for CostDocument {
    fn from(cost: Cost) -> Self {
        let Cost {
            name,
            before,
            after,
            unit,
            sentence,
        } = cost;
        Self {
            name,
            before,
            after,
            unit,
            sentence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_the_same_name_here() {
        for name in FaultName::ALL {
            let fault: Fault = serde_json::from_value(name.name().into()).unwrap();
            assert_eq!((FaultName::from(fault), Fault::from(*name)), (*name, fault));
        }
    }
}
