//! `c4h clock`: what a workspace's clock shows, setting it, and real time again.

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::client::Client;
use super::{ServerArgs, output};
use crate::api::workspaces::clock::{ClockDocument, ClockMode};
use crate::config::Environment;
use crate::model::parse_span;

/// Show, set or move the clock of a workspace
#[derive(Debug, Args)]
pub(super) struct ClockArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show what the clock shows
    Show {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Set the clock; from there it goes on
    Set {
        /// The time, with its zone, such as 2027-01-05T08:30:00Z
        time: String,
        /// Let it stand still there
        #[arg(long)]
        stopped: bool,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Move the clock forwards; with a minus, backwards
    Advance {
        /// How far, such as 90m, 1d12h or -2w
        #[arg(allow_hyphen_values = true)]
        by: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Let the clock follow real time again
    Real {
        #[command(flatten)]
        server: ServerArgs,
    },
}

pub(super) async fn clock(args: ClockArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let (server, client, clock): (ServerArgs, Client, ClockDocument) = match args.action {
        Action::Show { server } => {
            let client = server.client(environment)?;
            let clock = client.read("/clock").await?;
            (server, client, clock)
        }
        Action::Set {
            time,
            stopped,
            server,
        } => {
            let client = server.client(environment)?;
            // Which part of it is wrong, the library would say twice and in its own words.
            let Ok(_) = OffsetDateTime::parse(&time, &Rfc3339) else {
                bail!("{time:?} is no time with its zone; write it as 2027-01-05T08:30:00Z.");
            };
            let clock = client
                .put("/clock", &json!({ "now": time, "stopped": stopped }))
                .await?;
            (server, client, clock)
        }
        Action::Advance { by, server } => {
            let client = server.client(environment)?;
            parse_span(&by).map_err(|error| anyhow!("{by:?} cannot be used: {error}"))?;
            let clock = client.post("/clock/advance", &json!({ "by": by })).await?;
            (server, client, clock)
        }
        Action::Real { server } => {
            let client = server.client(environment)?;
            let clock = client.take("/clock").await?;
            (server, client, clock)
        }
    };
    if server.json {
        output::json(&clock);
    } else {
        output::line(&sentence(client.workspace(), &clock)?);
    }
    Ok(ExitCode::SUCCESS)
}

fn sentence(workspace: &str, clock: &ClockDocument) -> anyhow::Result<String> {
    let now = clock.now.replace_nanosecond(0)?.format(&Rfc3339)?;
    Ok(match clock.mode {
        ClockMode::Real => format!("The clock of {workspace} shows real time: {now}"),
        ClockMode::Moved => {
            format!("The clock of {workspace} shows {now}, and goes on; c4h clock real puts it back")
        }
        ClockMode::Stopped => {
            format!("The clock of {workspace} stands still at {now}; c4h clock real puts it back")
        }
    })
}
