//! `c4h deploy`: a file becomes the next version of an app.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use clap::Args;

use super::{ServerArgs, output};
use crate::api::versions::DeployedVersion;
use crate::config::Environment;
use crate::model::AppName;

/// Deploy a component as the next version of an app
#[derive(Debug, Args)]
pub(super) struct DeployArgs {
    /// The component: a .wasm file
    path: PathBuf,
    /// Name of the app [default: the file's name]
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) async fn deploy(args: DeployArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let client = args.server.client(environment)?;
    let name = name_of(&args)?;
    let component = read(&args.path)?;
    let deployed: DeployedVersion = client.deploy(&name, component).await?;
    if args.server.json {
        output::json(&deployed);
    } else {
        let DeployedVersion {
            app,
            version,
            address,
            addresses,
        } = deployed;
        output::line(&format!(
            "Deployed {app}, version {}, in workspace {}",
            version.number,
            client.workspace()
        ));
        output::line(&format!("Address: {address}"));
        output::line(&format!("Runs:    {}", addresses.page));
    }
    Ok(ExitCode::SUCCESS)
}

fn name_of(args: &DeployArgs) -> anyhow::Result<AppName> {
    if let Some(name) = &args.app {
        return Ok(AppName::new(name)?);
    }
    let stem = args.path.file_stem().unwrap_or_default().to_string_lossy();
    AppName::from_text(&stem).context("the file's name gives no name for the app; choose one with --app NAME")
}

fn read(path: &std::path::Path) -> anyhow::Result<Bytes> {
    let shown = path.display();
    let size = std::fs::metadata(path)
        .with_context(|| format!("{shown} cannot be read"))?
        .len();
    // The server has its own, lower limit; this one only keeps a wrong file from filling the memory.
    if size > u64::try_from(store::MAX_BLOB_BYTES).unwrap_or(u64::MAX) {
        bail!("{shown} has {size} bytes, more than any server takes for a component");
    }
    std::fs::read(path)
        .map(Bytes::from)
        .with_context(|| format!("{shown} cannot be read"))
}
