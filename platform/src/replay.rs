//! Repeats a kept run: on its tape, with its version or another, exactly or with one answer made bad. The repetition is a
//! run of its own and kept like any other; it calls nobody and changes nothing.

use std::sync::Arc;

use sandbox_runtime::RunContext;
use sandbox_runtime::replay::{Comparison, FaultName, ReplayOptions, compare};

use crate::app::App;
use crate::data::KeptRun;
use crate::deploy::guest_of;
use crate::error::AppError;
use crate::model::{Workspace, preview_name};
use crate::run;

/// How a run is to be repeated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Order {
    /// The version that runs; the run's own when nobody says.
    pub(crate) against: Option<u32>,
    /// What goes wrong, and with which call.
    pub(crate) fault: Option<(FaultName, Option<u32>)>,
}

/// A repetition beside what it repeats.
#[derive(Debug)]
pub(crate) struct Replayed {
    pub(crate) run: Arc<KeptRun>,
    pub(crate) comparison: Comparison,
}

/// Why a run cannot be repeated, if it cannot: the end of a sentence.
pub(crate) fn obstacle(run: &KeptRun) -> Option<String> {
    match &run.tape {
        None => Some("what it learned from the world was not recorded".to_owned()),
        Some(tape) => tape.cut().map(str::to_owned),
    }
}

/// Whether a call of the run was answered, so that its answer can be made bad.
pub(crate) fn has_answer(run: &KeptRun, number: u32) -> bool {
    let mut calls = run.tape.iter().flat_map(|tape| tape.calls());
    calls.any(|call| call.number == number && call.is_answered())
}

/// Why a fault would change nothing, if it would not: one sentence.
fn nothing_to_make_bad(of: &KeptRun, call: Option<u32>) -> Option<String> {
    let Some(number) = call else {
        let mut calls = of.tape.iter().flat_map(|tape| tape.calls());
        let is_there = calls.any(|call| !call.is_own && call.is_answered());
        return (!is_there).then(|| {
            "no interface answered a call of this run, so there is no answer to make bad.".to_owned()
        });
    };
    if has_answer(of, number) {
        return None;
    }
    let made = of.trace.calls.iter().find(|call| call.number == number);
    Some(match made {
        Some(call) => format!(
            "call {number} got no answer then, so there is none to make bad{}",
            call.refused
                .as_ref()
                .map_or_else(|| ".".to_owned(), |reason| format!(": {reason}"))
        ),
        None => format!(
            "the run made {} calls, so there is no call {number} to make bad.",
            of.trace.calls.len()
        ),
    })
}

/// Repeats a run of an app of this workspace.
///
/// # Errors
/// [`AppError::NotRepeatable`] with the reason, [`AppError::UnknownVersion`] for a version that is gone, and what any run
/// may meet on its way to a place.
pub(crate) async fn replay(
    app: &Arc<App>,
    workspace: &Arc<Workspace>,
    of: &KeptRun,
    order: Order,
) -> Result<Replayed, AppError> {
    let Some(tape) = of.tape.as_ref().filter(|tape| tape.whole()) else {
        return Err(AppError::NotRepeatable {
            run: of.trace.run_id.clone(),
            reason: obstacle(of).unwrap_or_default(),
        });
    };
    if let Some((_, call)) = order.fault
        && let Some(reason) = nothing_to_make_bad(of, call)
    {
        return Err(AppError::Query(reason));
    }
    let number = order.against.unwrap_or(of.version);
    let name = preview_name(&of.app, number);
    let running = app.running_app(workspace, &name).await?;
    let environment = app
        .environment_of(workspace, &of.app, &running.version.manifest)
        .await?;
    let declared = &running.version.manifest.secrets;
    let secrets: Vec<(String, String)> = environment
        .variables
        .into_iter()
        .filter(|(name, _)| declared.iter().any(|secret| secret.as_str() == name))
        .collect();
    let slot = app
        .slots
        .enter(workspace.id, &of.app, 0)
        .await
        .map_err(AppError::TooManyRuns)?;
    let guest = guest_of(app, workspace, &running).await?;
    let options = ReplayOptions { fault: order.fault };
    let mut context = RunContext::replay(run::new_run_id(), Arc::clone(tape), options, &secrets);
    context.watcher = app.traces.watcher(workspace.id, &of.app, &context.run_id, number);
    let repeated = run::sandbox_for(app, &slot, workspace)
        .replay(&guest, context)
        .await;
    drop(slot);
    let comparison = compare(&of.trace, &repeated.trace);
    let run = run::keep(app, workspace, &running, repeated.trace, None);
    Ok(Replayed { run, comparison })
}
