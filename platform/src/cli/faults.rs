//! `c4h faults`: what goes wrong in a workspace on purpose.

use std::num::NonZero;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use mock_nhs_interfaces::fault::FaultKind;

use super::{ServerArgs, output};
use crate::api::workspaces::faults::{FaultDocument, FaultList};
use crate::config::Environment;
use crate::model::WrittenFault;

/// List, add or clear the faults of a workspace: rules that make interfaces answer badly on purpose
#[derive(Debug, Args)]
pub(super) struct FaultsArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the faults
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Add a fault
    Add {
        #[command(flatten)]
        fault: FaultArgs,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Take a fault away, or all of them
    Clear {
        /// The number of the fault; all when it is left out
        number: Option<u32>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Show what can go wrong, and how it is written
    Kinds,
}

#[derive(Debug, Args)]
struct FaultArgs {
    /// What happens, such as slow=1500, status-503 or status-429=spike; c4h faults kinds shows all
    fault: String,
    /// Only requests to this interface, such as pds; fhir is the workspace's own FHIR server
    #[arg(long, value_name = "ID")]
    interface: Option<String>,
    /// Only this operation of the interface, such as read_patient
    #[arg(long, value_name = "ID", requires = "interface")]
    operation: Option<String>,
    /// Only requests that name this person
    #[arg(long, value_name = "NHS NUMBER")]
    patient: Option<String>,
    /// Beginning with this one of such requests; only that one unless --times says more
    #[arg(long, value_name = "NUMBER")]
    nth: Option<NonZero<u32>>,
    /// So many of such requests
    #[arg(long, value_name = "NUMBER")]
    times: Option<NonZero<u32>>,
    /// How likely each of them meets it: more than 0, at most 1
    #[arg(long, value_name = "NUMBER")]
    probability: Option<f64>,
    /// Where chance begins; the same seed decides the same way every time
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

pub(super) async fn faults(args: FaultsArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::List { server } => {
            let client = server.client(environment)?;
            let list: FaultList = client.read("/faults").await?;
            if server.json {
                output::json(&list);
            } else if list.faults.is_empty() {
                output::line(&format!(
                    "{} has no faults; c4h faults add FAULT adds one",
                    client.workspace()
                ));
            } else {
                table(list.faults);
            }
        }
        Action::Add { fault, server } => {
            let client = server.client(environment)?;
            let made: FaultDocument = client.post("/faults", &fault.written()).await?;
            if server.json {
                output::json(&made);
            } else {
                output::line(&format!(
                    "Fault {} is added: {} ({}); c4h faults clear {} takes it away",
                    made.id, made.rule.fault, made.when, made.id
                ));
            }
        }
        Action::Clear { number, server } => {
            let client = server.client(environment)?;
            let (below, sentence) = match number {
                Some(number) => (format!("/faults/{number}"), format!("Fault {number} is gone")),
                None => (
                    "/faults".to_owned(),
                    format!("{} has no faults now", client.workspace()),
                ),
            };
            client.delete(&below).await?;
            if server.json {
                output::json(&serde_json::Map::new());
            } else {
                output::line(&sentence);
            }
        }
        Action::Kinds => {
            let heading = ["FAULT", "VALUE", "WHAT HAPPENS"].map(str::to_owned).to_vec();
            let rows = FaultKind::NAMES
                .iter()
                .map(|kind| [kind.name, kind.value, kind.sentence].map(str::to_owned).to_vec());
            output::table(&[heading].into_iter().chain(rows).collect::<Vec<_>>());
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl FaultArgs {
    fn written(self) -> WrittenFault {
        WrittenFault {
            fault: self.fault,
            interface: self.interface,
            operation: self.operation,
            patient: self.patient,
            nth: self.nth,
            times: self.times,
            probability: self.probability,
            seed: self.seed,
        }
    }
}

fn table(faults: Vec<FaultDocument>) {
    let heading = ["NUMBER", "FAULT", "REQUESTS", "WHICH"]
        .map(str::to_owned)
        .to_vec();
    let rows = faults.into_iter().map(|fault| {
        let of_scenario = if fault.from_scenario {
            " (of the scenario)"
        } else {
            ""
        };
        vec![
            fault.id.to_string(),
            fault.rule.fault,
            fault.requests.to_string(),
            format!("{}{of_scenario}", fault.when),
        ]
    });
    output::table(&[heading].into_iter().chain(rows).collect::<Vec<_>>());
}
