//! `c4h interfaces`: what apps can call, and interfaces made from OpenAPI documents.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use bytes::Bytes;
use clap::{Args, Subcommand};
use openapi_mock::Document;

use super::{FAILED, ServerArgs, output};
use crate::api::interfaces::{InterfaceDocument, InterfaceList, ProblemDocument};
use crate::config::Environment;

/// List the interfaces of a workspace, add others from OpenAPI documents, or remove those
#[derive(Debug, Args)]
pub(super) struct InterfacesArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the interfaces of the workspace
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Add an interface made from an OpenAPI document; an added one of the same name is replaced
    Add {
        /// The document: OpenAPI 3.0 or 3.1, in YAML or JSON
        file: PathBuf,
        /// Name in manifests and lists; made from the document without it
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Path under which it is reached; that of the document's servers without it
        #[arg(long, value_name = "PATH")]
        prefix: Option<String>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Remove an interface that was added
    Remove {
        /// Its name
        name: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Say what is wrong with an OpenAPI document, without a server
    Check {
        /// The document
        file: PathBuf,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn interfaces(args: InterfacesArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::List { server } => {
            let list: InterfaceList = server.client(environment)?.read("/interfaces").await?;
            if server.json {
                output::json(&list);
            } else {
                list.interfaces.iter().for_each(show_in_list);
            }
        }
        Action::Add {
            file,
            name,
            prefix,
            server,
        } => {
            let client = server.client(environment)?;
            let names: Vec<(&str, &str)> = [("name", &name), ("prefix", &prefix)]
                .into_iter()
                .filter_map(|(key, value)| Some((key, value.as_deref()?)))
                .collect();
            let added: InterfaceDocument = client.add_interface(&names, read(&file)?).await?;
            if server.json {
                output::json(&added);
            } else {
                show_added(&added, client.url(), client.workspace_name().as_str());
            }
        }
        Action::Remove { name, server } => {
            let client = server.client(environment)?;
            client.delete(&format!("/interfaces/{name}")).await?;
            output::line(&format!("Removed {name}"));
        }
        Action::Check { file, json } => return check(&file, json),
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> anyhow::Result<Bytes> {
    let shown = file.display();
    let bytes = std::fs::read(file).with_context(|| format!("{shown} cannot be read"))?;
    Ok(bytes.into())
}

fn show_in_list(interface: &InterfaceDocument) {
    let problems = match interface.problems.len() + interface.further_problems {
        0 => String::new(),
        count => format!(", {count} problems in its document"),
    };
    output::line(&format!(
        "{}  {}  {} ({}{problems})",
        interface.id, interface.path_prefix, interface.title, interface.origin
    ));
}

fn show_added(added: &InterfaceDocument, url: &str, workspace: &str) {
    show_problems(&added.problems, added.further_problems);
    output::line(&format!(
        "Added {}: {}, {} operations",
        added.id,
        added.title,
        added.operations.len()
    ));
    output::line(&format!(
        "In an app:     https://sandbox.api.service.nhs.uk{}",
        added.path_prefix
    ));
    output::line(&format!(
        "From outside:  {url}/w/{workspace}/nhs/sandbox{}",
        added.path_prefix
    ));
    output::line(&format!("In app.toml:   uses = [\"{}\"]", added.id));
}

fn show_problems(problems: &[ProblemDocument], further: usize) {
    for problem in problems {
        let line = problem
            .line
            .map(|line| format!("line {line}, "))
            .unwrap_or_default();
        output::line(&format!(
            "{}: {line}{}: {}",
            problem.severity, problem.pointer, problem.text
        ));
    }
    if further > 0 {
        output::line(&format!("and {further} more"));
    }
}

/// Says what is wrong; the exit code is that of a failure when something is left out.
fn check(file: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let document = Document::read(&read(file)?).map_err(|error| anyhow!("{error}"))?;
    let problems: Vec<ProblemDocument> = document.problems.iter().map(ProblemDocument::of).collect();
    if json {
        output::json(&problems);
    } else {
        show_problems(&problems, document.unsaid_problems);
        output::line(&format!(
            "{}: {} operations, {} problems",
            document.title,
            document.operations.len(),
            problems.len() + document.unsaid_problems
        ));
    }
    let is_broken =
        document.unsaid_problems > 0 || problems.iter().any(|problem| problem.severity == "broken");
    Ok(if is_broken {
        ExitCode::from(FAILED)
    } else {
        ExitCode::SUCCESS
    })
}
