//! Repeating a run from its page: three forms, and the page that says what is different.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use sandbox_runtime::replay::{CallDifference, Change, Comparison, Difference, FaultName, compare};
use sandbox_runtime::trace::RunKind;
use serde::Deserialize;

use super::page::{Frame, render};
use super::timeline::{Ending, ending};
use super::words;
use crate::app::App;
use crate::error::AppError;
use crate::replay::{Order, replay};
use crate::web::extract::{Form, Path};

/// The longest piece of a run inside the page, in characters.
const PIECE_CHARACTERS: usize = 400;

/// What the forms send; what a form does not have is empty.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    how: String,
    #[serde(default)]
    fault: String,
    #[serde(default)]
    call: String,
    #[serde(default)]
    against: String,
}

/// The page that compares a repetition with what it repeats.
#[derive(Debug, Template)]
#[template(path = "comparison.html")]
struct ComparisonPage {
    frame: Frame,
    run_page: String,
    before: Side,
    after: Side,
    /// What was different on purpose, in one sentence.
    intent: String,
    /// What was not as it was then, each in one sentence.
    notes: Vec<String>,
    same: bool,
    sentence: String,
    answer: Vec<Row>,
    calls: Vec<CallRow>,
    cost: Vec<String>,
}

/// One of the two runs.
#[derive(Debug)]
struct Side {
    page: String,
    version: u32,
    ending: Ending,
}

/// One difference.
#[derive(Debug)]
struct Row {
    place: String,
    before: String,
    after: String,
}

/// A call that is different.
#[derive(Debug)]
struct CallRow {
    change: &'static str,
    sentence: String,
    rows: Vec<Row>,
}

fn piece(text: &str) -> String {
    words::shorten(&words::visible(text), PIECE_CHARACTERS)
}

/// Without the marks around a line or a header: the table's cell is around it already.
fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
    inner.unwrap_or(text)
}

impl From<Difference> for Row {
    fn from(difference: Difference) -> Self {
        let shown = |value: Option<String>| {
            value.map_or_else(|| "Nothing".to_owned(), |value| piece(unquoted(&value)))
        };
        Self {
            place: piece(&difference.place),
            before: shown(difference.before),
            after: shown(difference.after),
        }
    }
}

impl From<CallDifference> for CallRow {
    fn from(difference: CallDifference) -> Self {
        let sentence = match (difference.change, difference.after) {
            // What is different about it is in the rows.
            (Change::Changed, Some(number)) => format!("Call {number}: {}", difference.call),
            _ => difference.sentence,
        };
        Self {
            change: match difference.change {
                Change::Added => "New call",
                Change::Missing => "Missing call",
                Change::Changed => "Changed call",
            },
            sentence: piece(&sentence),
            rows: difference.differences.into_iter().map(Row::from).collect(),
        }
    }
}

/// `POST /w/{workspace}/app/{app}/runs/{run}/replay`
pub(super) async fn replay_run(
    State(app): State<Arc<App>>,
    Path((workspace, name, run_id)): Path<(String, String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let deployed = app.deployed_app(&workspace, &name).await?;
    let of = app.traces.get(workspace.id, &deployed.name, &run_id);
    let of = of.ok_or_else(|| AppError::UnknownRun(run_id.clone()))?;
    let app_page = super::app::page_address(&workspace.name, &deployed.name);
    let order = match order_of(&sent) {
        Ok(order) => order,
        Err(problem) => {
            let page = super::run::page(&app, &workspace, &deployed, &of, Some(problem)).await?;
            return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    let replayed = replay(&app, &workspace, &of, order).await?;
    let new = &replayed.run.trace.run_id;
    Ok(Redirect::to(&format!("{app_page}/runs/{new}/comparison")).into_response())
}

/// What was filled in, or what is missing.
fn order_of(sent: &Sent) -> Result<Order, &'static str> {
    let number = |text: &str| text.parse::<u32>().ok();
    match sent.how.as_str() {
        "fault" => {
            let fault: FaultName = sent.fault.parse().map_err(|_| "Choose what should go wrong")?;
            Ok(Order {
                fault: Some((fault, number(&sent.call))),
                against: None,
            })
        }
        "against" => {
            let against = number(&sent.against).ok_or("Choose a version")?;
            Ok(Order {
                against: Some(against),
                fault: None,
            })
        }
        _ => Ok(Order::default()),
    }
}

/// `GET /w/{workspace}/app/{app}/runs/{run}/comparison`: the run beside the one that it repeats.
pub(super) async fn read_comparison(
    State(app): State<Arc<App>>,
    Path((workspace, name, run_id)): Path<(String, String, String)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let deployed = app.deployed_app(&workspace, &name).await?;
    let kept = |id: &str| {
        let run = app.traces.get(workspace.id, &deployed.name, id);
        run.ok_or_else(|| AppError::UnknownRun(id.to_owned()))
    };
    let after = kept(&run_id)?;
    // A run that repeats nothing has nothing beside it.
    let RunKind::Replay { of, fault, notes } = &after.trace.kind else {
        return Err(AppError::UnknownAddress);
    };
    let before = kept(of)?;
    let Comparison {
        same,
        sentence,
        answer,
        calls,
        cost,
    } = compare(&before.trace, &after.trace);
    let app_page = super::app::page_address(&workspace.name, &deployed.name);
    let side = |run: &crate::data::KeptRun| Side {
        page: format!("{app_page}/runs/{}", run.trace.run_id),
        version: run.version,
        ending: ending(&run.trace),
    };
    let intent = match (fault, before.version == after.version) {
        (Some(fault), _) if after.trace.made_bad().is_some() => {
            format!("One answer was made bad on purpose: {}", fault.sentence())
        }
        (Some(fault), _) => format!("One answer was to be made bad on purpose: {}", fault.sentence()),
        (None, true) => {
            "The run was repeated exactly: the same request, the same time of day, the same answers."
                .to_owned()
        }
        (None, false) => format!(
            "Version {} was given what version {} was given: the same request, the same time of day, the same answers.",
            after.version, before.version
        ),
    };
    let heading = if same {
        "The same happened again"
    } else {
        "Something different happened"
    };
    let page = ComparisonPage {
        frame: Frame {
            heading: heading.to_owned(),
            section: Some(format!("{}, workspace {}", deployed.title, workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        run_page: side(&before).page,
        before: side(&before),
        after: side(&after),
        intent,
        notes: notes.iter().map(|note| piece(note)).collect(),
        same,
        sentence: piece(&sentence),
        answer: answer.into_iter().map(Row::from).collect(),
        calls: calls.into_iter().map(CallRow::from).collect(),
        cost: cost.iter().map(|cost| piece(&cost.sentence)).collect(),
    };
    Ok(render(StatusCode::OK, &page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_become_orders() {
        let sent = |how: &str, fault: &str, call: &str, against: &str| Sent {
            how: how.to_owned(),
            fault: fault.to_owned(),
            call: call.to_owned(),
            against: against.to_owned(),
        };
        for (sent, expected) in [
            (sent("", "", "", ""), Ok((None, None))),
            (
                sent("fault", "slow", "2", ""),
                Ok((None, Some((FaultName::Slow, Some(2))))),
            ),
            (
                sent("fault", "empty", "", ""),
                Ok((None, Some((FaultName::Empty, None)))),
            ),
            (sent("fault", "", "", ""), Err("Choose what should go wrong")),
            (sent("against", "", "", "3"), Ok((Some(3), None))),
            (sent("against", "", "", ""), Err("Choose a version")),
        ] {
            let found = order_of(&sent).map(|order| (order.against, order.fault));
            assert_eq!(found, expected, "{sent:?}");
        }
    }
}
