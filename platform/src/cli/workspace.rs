//! `c4h workspace`: make and fork workspaces, set their records back, keep and restore checkpoints.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::client::Client;
use super::{ServerArgs, output};
use crate::api::workspaces::changes::ChangeList;
use crate::api::workspaces::checkpoints::{CheckpointDocument, CheckpointList};
use crate::api::workspaces::{WorkspaceDocument, WorkspaceList};
use crate::config::Environment;
use crate::model::{CheckpointName, WorkspaceName};

/// Make, fork and reset workspaces; keep and restore checkpoints of their records
#[derive(Debug, Args)]
pub(super) struct WorkspaceArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the workspaces
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Make a workspace with the seed's people and no apps
    New {
        /// Name of the new workspace
        name: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Make a workspace that is as this one is now: records, apps and what they keep
    Fork {
        /// Name of the new workspace
        name: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Set the records back to the seed, and take away what the apps keep; apps and checkpoints stay
    Reset {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List what was changed of the seed's records, the newest first
    Changes {
        /// How many records
        #[arg(long, default_value_t = 50, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=500))]
        limit: u16,
        /// Where to go on: the number that the list before ends with
        #[arg(long, value_name = "NUMBER")]
        before: Option<u64>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Keep the records as they are now under a name
    Checkpoint {
        /// Name of the checkpoint; one of that name that is there is replaced
        name: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List the checkpoints
    Checkpoints {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Set the records back to a checkpoint; what was done since is gone
    Restore {
        /// Name of the checkpoint
        name: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Remove a checkpoint; the records stay as they are
    Forget {
        /// Name of the checkpoint
        name: String,
        #[command(flatten)]
        server: ServerArgs,
    },
}

pub(super) async fn workspace(args: WorkspaceArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::List { server } => list(&server, environment).await?,
        Action::New { name, server } => {
            let client = server.client(environment)?;
            let name = WorkspaceName::new(&name)?;
            let made = client.create_workspace(&json!({ "name": name })).await?;
            say(
                &server,
                &made,
                &format!("{name} is there, with the seed's people and no apps"),
            );
        }
        Action::Fork { name, server } => {
            let client = server.client(environment)?;
            let name = WorkspaceName::new(&name)?;
            let made: WorkspaceDocument = client.post("/fork", &json!({ "name": name })).await?;
            let sentence = format!("{name} is there, and is as {} is now", client.workspace());
            say(&server, &made, &sentence);
        }
        Action::Reset { server } => {
            let client = server.client(environment)?;
            client.order("/reset").await?;
            done(
                &server,
                &format!("The records of {} are the seed's again", client.workspace()),
            );
        }
        Action::Changes {
            limit,
            before,
            server,
        } => changes(limit, before, &server, environment).await?,
        Action::Checkpoint { name, server } => {
            let client = server.client(environment)?;
            let name = CheckpointName::new(&name)?;
            let made: CheckpointDocument = client.put(&format!("/checkpoints/{name}"), &json!({})).await?;
            let back = format!(
                "{name} is kept; c4h workspace restore {name} sets {} back to it",
                client.workspace()
            );
            if server.json {
                output::json(&made);
            } else {
                output::line(&back);
            }
        }
        Action::Checkpoints { server } => checkpoints(&server, environment).await?,
        Action::Restore { name, server } => {
            let client = server.client(environment)?;
            let name = CheckpointName::new(&name)?;
            client.order(&format!("/checkpoints/{name}/restore")).await?;
            done(
                &server,
                &format!("The records of {} are as at {name}", client.workspace()),
            );
        }
        Action::Forget { name, server } => {
            let client = server.client(environment)?;
            let name = CheckpointName::new(&name)?;
            client.delete(&format!("/checkpoints/{name}")).await?;
            done(&server, &format!("The checkpoint {name} is removed"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(server: &ServerArgs, environment: &Environment) -> anyhow::Result<()> {
    let list: WorkspaceList = server.client(environment)?.workspaces().await?;
    if server.json {
        output::json(&list);
        return Ok(());
    }
    let mut heading = ["WORKSPACE", "MADE"].map(str::to_owned).to_vec();
    if list.workspaces.iter().any(|workspace| workspace.link.is_some()) {
        heading.push("LINK THAT OPENS IT".to_owned());
    }
    let rows = list.workspaces.into_iter().map(|workspace| {
        let mut row = vec![workspace.name, workspace.created_at.date().to_string()];
        row.extend(workspace.link);
        row
    });
    output::table(&[heading].into_iter().chain(rows).collect::<Vec<_>>());
    Ok(())
}

async fn changes(
    limit: u16,
    before: Option<u64>,
    server: &ServerArgs,
    environment: &Environment,
) -> anyhow::Result<()> {
    let client: Client = server.client(environment)?;
    let from = before
        .map(|before| format!("&before={before}"))
        .unwrap_or_default();
    let list: ChangeList = client.read(&format!("/changes?limit={limit}{from}")).await?;
    if server.json {
        output::json(&list);
        return Ok(());
    }
    if list.changes.is_empty() {
        output::line(&format!("The records of {} are the seed's", client.workspace()));
        return Ok(());
    }
    let heading = ["RECORD", "CHANGE", "VERSIONS", "CHANGED", "WHAT"]
        .map(str::to_owned)
        .to_vec();
    let rows = list.changes.into_iter().map(|change| {
        let at = change.changed_at;
        vec![
            format!("{}/{}", change.resource_type, change.id),
            change.change.word().to_owned(),
            change.versions.to_string(),
            format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute()),
            change.display.unwrap_or_default(),
        ]
    });
    output::table(&[heading].into_iter().chain(rows).collect::<Vec<_>>());
    if let Some(next) = list.next {
        output::line(&format!(
            "{} in all; c4h workspace changes --before {next} goes on",
            list.total
        ));
    }
    Ok(())
}

async fn checkpoints(server: &ServerArgs, environment: &Environment) -> anyhow::Result<()> {
    let client: Client = server.client(environment)?;
    let list: CheckpointList = client.read("/checkpoints").await?;
    if server.json {
        output::json(&list);
    } else if list.checkpoints.is_empty() {
        output::line(&format!(
            "{} has no checkpoints; c4h workspace checkpoint NAME makes one",
            client.workspace()
        ));
    } else {
        let heading = ["CHECKPOINT", "CHANGES", "MADE"].map(str::to_owned).to_vec();
        let rows = list.checkpoints.into_iter().map(|checkpoint| {
            let made = checkpoint.made_at;
            let made = format!("{} {:02}:{:02}", made.date(), made.hour(), made.minute());
            vec![checkpoint.name, checkpoint.versions.to_string(), made]
        });
        output::table(&[heading].into_iter().chain(rows).collect::<Vec<_>>());
    }
    Ok(())
}

fn say(server: &ServerArgs, made: &WorkspaceDocument, sentence: &str) {
    if server.json {
        output::json(made);
    } else {
        output::line(sentence);
        output::line(&format!("FHIR server: {}", made.interfaces.fhir));
        if let Some(link) = &made.link {
            output::line(&format!("Link that opens it: {link}"));
        }
    }
}

/// For what is answered with nothing.
fn done(server: &ServerArgs, sentence: &str) {
    if server.json {
        output::json(&Value::Object(serde_json::Map::new()));
    } else {
        output::line(sentence);
    }
}
