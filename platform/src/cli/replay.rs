//! `c4h replay`: a run once more, exactly, on another version, or with one answer made bad.

use std::process::ExitCode;

use clap::Args;
use sandbox_runtime::replay::FaultName;

use super::{ServerArgs, output};
use crate::api::traces::{ComparisonDocument, DifferenceDocument, ReplayDocument, ReplayOrder, RunDocument};
use crate::config::Environment;
use crate::model::AppName;

/// Repeat a run with what it learned then, and show what is different
#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The run, as c4h traces lists it
    run: String,
    /// The app of the run; looked for when left out
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
    /// Run this version on it instead of the one that ran
    #[arg(long, value_name = "NUMBER")]
    against: Option<u32>,
    /// What goes wrong with one answer: slow, timeout, status-500, status-503, status-404, status-429, refused, malformed-json, truncated, empty
    #[arg(long, value_name = "NAME")]
    fault: Option<FaultName>,
    /// The call whose answer it is; the first of an interface when left out
    #[arg(long, value_name = "NUMBER", requires = "fault")]
    call: Option<u32>,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) async fn replay(args: ReplayArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let client = args.server.client(environment)?;
    let run = super::traces::run_id(&args.run)?;
    let app = match &args.app {
        Some(app) => AppName::new(app)?,
        None => {
            let found: RunDocument = client.read(&format!("/runs/{run}")).await?;
            AppName::new(&found.app)?
        }
    };
    let order = ReplayOrder {
        against: args.against,
        fault: args.fault.map(Into::into),
        call: args.call,
    };
    let replayed: ReplayDocument = client
        .post(&format!("/apps/{app}/traces/{run}/replay"), &order)
        .await?;
    if args.server.json {
        output::json(&replayed);
    } else {
        for line in difference(&run, &replayed) {
            output::line(&line);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is different, for reading.
fn difference(run: &str, replayed: &ReplayDocument) -> Vec<String> {
    let ReplayDocument { run: new, comparison } = replayed;
    let ComparisonDocument {
        same: _,
        sentence,
        answer,
        calls,
        cost,
    } = comparison;
    let mut lines = vec![
        format!(
            "{run} was repeated with version {} of {} as run {}",
            new.version, new.app, new.run
        ),
        sentence.clone(),
    ];
    lines.extend(new.replay_notes.iter().map(|note| format!("Note: {note}")));
    if !answer.is_empty() {
        lines.push("The answer:".to_owned());
        lines.extend(answer.iter().flat_map(|difference| shown("  ", difference)));
    }
    if !calls.is_empty() {
        lines.push("The calls:".to_owned());
        for call in calls {
            let sentence = match (call.change.as_str(), call.after) {
                // What is different about it stands below.
                ("changed", Some(number)) => format!("Call {number}: {}", call.call),
                _ => call.sentence.clone(),
            };
            lines.push(format!("  {} {sentence}", sign(&call.change)));
            lines.extend(
                call.differences
                    .iter()
                    .flat_map(|difference| shown("      ", difference)),
            );
        }
    }
    lines.extend(cost.iter().map(|cost| cost.sentence.clone()));
    lines
}

fn sign(change: &str) -> char {
    match change {
        "added" => '+',
        "missing" => '-',
        _ => '~',
    }
}

fn shown(indent: &str, difference: &DifferenceDocument) -> Vec<String> {
    let mut lines = vec![format!("{indent}{}", difference.place)];
    lines.extend(
        difference
            .before
            .iter()
            .map(|before| format!("{indent}  - {before}")),
    );
    lines.extend(
        difference
            .after
            .iter()
            .map(|after| format!("{indent}  + {after}")),
    );
    lines
}
