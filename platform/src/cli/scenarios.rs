//! `c4h scenarios`: a patient, a clock and faults that show one thing.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::{ServerArgs, output};
use crate::api::scenarios::{ScenarioDocument, ScenarioList};
use crate::api::workspaces::scenario::{CurrentScenario, ScenarioWish, ShownScenario};
use crate::config::Environment;

/// List, show, apply or clear scenarios: a patient, a clock and faults that show one thing
#[derive(Debug, Args)]
pub(super) struct ScenariosArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the scenarios that come with the program, and which one the workspace shows
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Show the file of a scenario, to read it or to make your own of it
    Show {
        /// Name of the scenario
        name: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Begin to show a scenario, in place of the one before
    Apply {
        /// Name of a scenario that comes with the program, or your own file, such as mine.toml
        scenario: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// End the scenario: its faults go, and the clock is set as it was before
    Clear {
        #[command(flatten)]
        server: ServerArgs,
    },
}

pub(super) async fn scenarios(args: ScenariosArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::List { server } => list(&server, environment).await?,
        Action::Show { name, server } => {
            let found: ScenarioDocument = server.client(environment)?.scenario(&name).await?;
            if server.json {
                output::json(&found);
            } else {
                output::line(found.toml.trim_end());
            }
        }
        Action::Apply { scenario, server } => {
            let client = server.client(environment)?;
            let shown: ShownScenario = client.put("/scenario", &wish(&scenario)?).await?;
            if server.json {
                output::json(&shown);
            } else {
                output::line(&format!("{} shows: {}", client.workspace(), shown.title));
                output::line("");
                output::line(&shown.trainer);
            }
        }
        Action::Clear { server } => {
            let client = server.client(environment)?;
            client.delete("/scenario").await?;
            if server.json {
                output::json(&serde_json::Map::new());
            } else {
                output::line(&format!("{} shows no scenario now", client.workspace()));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A file where one is meant, else a name.
fn wish(scenario: &str) -> anyhow::Result<ScenarioWish> {
    let path = Path::new(scenario);
    if path.extension().is_some() || path.components().count() > 1 {
        let text = std::fs::read_to_string(path).with_context(|| format!("{scenario} cannot be read"))?;
        return Ok(ScenarioWish {
            toml: Some(text),
            ..ScenarioWish::default()
        });
    }
    Ok(ScenarioWish {
        name: Some(scenario.to_owned()),
        ..ScenarioWish::default()
    })
}

async fn list(server: &ServerArgs, environment: &Environment) -> anyhow::Result<()> {
    let client = server.client(environment)?;
    let list: ScenarioList = client.scenarios().await?;
    if server.json {
        output::json(&list);
        return Ok(());
    }
    let heading = ["SCENARIO", "WHAT IT SHOWS"].map(str::to_owned).to_vec();
    let rows = list
        .scenarios
        .into_iter()
        .map(|scenario| vec![scenario.name, scenario.title]);
    output::table(&[heading].into_iter().chain(rows).collect::<Vec<_>>());
    let current: CurrentScenario = client.read("/scenario").await?;
    if let Some(shown) = current.scenario {
        output::line("");
        output::line(&format!("{} shows: {}", client.workspace(), shown.title));
    }
    Ok(())
}
