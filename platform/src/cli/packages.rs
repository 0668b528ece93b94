//! `c4h packages`: the FHIR packages that are installed for all workspaces.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::{ServerArgs, output};
use crate::api::packages::{PackageDocument, PackageList};
use crate::config::Environment;

/// Install, list or remove FHIR packages: profiles and codes for all workspaces
#[derive(Debug, Args)]
pub(super) struct PackagesArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the installed packages
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Install a package; one of the same name and version is replaced
    Install {
        /// The package's file, such as fhir.r4.ukcore.stu2-2.0.2.tgz
        file: PathBuf,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Remove a package
    Remove {
        /// Name and version, such as fhir.r4.ukcore.stu2@2.0.2
        package: String,
        #[command(flatten)]
        server: ServerArgs,
    },
}

pub(super) async fn packages(args: PackagesArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::List { server } => {
            let list: PackageList = server.client(environment)?.packages().await?;
            if server.json {
                output::json(&list);
            } else if list.packages.is_empty() {
                output::line("No packages; c4h packages install FILE.tgz adds one");
            } else {
                for package in list.packages {
                    output::line(&format!("{}@{}", package.name, package.version));
                }
            }
        }
        Action::Install { file, server } => {
            let client = server.client(environment)?;
            let shown = file.display();
            let bytes = std::fs::read(&file).with_context(|| format!("{shown} cannot be read"))?;
            let package: PackageDocument = client.install_package(bytes.into()).await?;
            if server.json {
                output::json(&package);
            } else {
                output::line(&format!(
                    "Installed {}@{}; $validate and the terminology operations of every workspace know it",
                    package.name, package.version
                ));
            }
        }
        Action::Remove { package, server } => {
            let client = server.client(environment)?;
            client.remove_package(&package).await?;
            output::line(&format!("Removed {package}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
