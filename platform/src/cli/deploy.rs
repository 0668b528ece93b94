//! `c4h deploy`: a file or a folder becomes the next version of an app.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use clap::Args;

use super::client::Upload;
use super::folder::AppFolder;
use super::{ServerArgs, output};
use crate::api::versions::DeployedVersion;
use crate::config::Environment;
use crate::model::AppName;

/// Names that every second script has: the folder around it says more.
const SAYS_NOTHING: [&str; 3] = ["app", "index", "main"];

/// Deploy an app: a component, a script, or a folder with an app.toml
#[derive(Debug, Args)]
pub(super) struct DeployArgs {
    /// A .wasm file, a .js, .mjs or .ts file, or a folder with an app.toml
    path: PathBuf,
    /// Name of the app [default: the name in app.toml, or the file's; of app.js, index.js and main.js the folder's]
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
    /// Keep the version beside the current one, which goes on answering
    #[arg(long)]
    no_activate: bool,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) async fn deploy(args: DeployArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let client = args.server.client(environment)?;
    let (name, upload) = if args.path.is_dir() {
        let folder = AppFolder::open(&args.path)?;
        let name = folder.name(args.app.as_deref())?;
        folder.build().await?;
        (name, Upload::Folder(folder.parts()?))
    } else {
        let upload = upload_of(&args.path)?;
        (name_of(&args)?, upload)
    };
    let deployed: DeployedVersion = client.deploy(&name, upload, !args.no_activate).await?;
    if args.server.json {
        output::json(&deployed);
        return Ok(ExitCode::SUCCESS);
    }
    let DeployedVersion {
        app,
        version,
        address,
        addresses,
        ..
    } = deployed;
    let number = version.number;
    let workspace = client.workspace();
    output::line(&format!(
        "Deployed {app}, version {number}, in workspace {workspace}"
    ));
    if args.no_activate {
        let preview = format!("{}/w/{workspace}/apps/{app}--v{number}/", client.url());
        output::line(&format!("Preview: {preview}"));
        output::line(&format!("To make it answer: c4h rollback {app} --to {number}"));
    } else {
        output::line(&format!("Address: {address}"));
    }
    output::line(&format!("Runs:    {}", addresses.page));
    Ok(ExitCode::SUCCESS)
}

fn name_of(args: &DeployArgs) -> anyhow::Result<AppName> {
    if let Some(name) = &args.app {
        return Ok(AppName::new(name)?);
    }
    let stem = args.path.file_stem().unwrap_or_default().to_string_lossy();
    if !SAYS_NOTHING.contains(&&*stem.to_ascii_lowercase()) {
        return AppName::from_text(&stem)
            .context("the file's name gives no name for the app; choose one with --app NAME");
    }
    let file = std::path::absolute(&args.path).context("the file's folder cannot be found")?;
    let folder = file.parent().and_then(Path::file_name).unwrap_or_default();
    AppName::from_text(&folder.to_string_lossy())
        .context("neither the file nor its folder gives a name for the app; choose one with --app NAME")
}

fn upload_of(file: &Path) -> anyhow::Result<Upload> {
    let bytes = read(file)?;
    let extension = file.extension().unwrap_or_default().to_string_lossy();
    match extension.to_ascii_lowercase().as_str() {
        "js" | "mjs" => Ok(Upload::JavaScript(bytes)),
        "ts" | "mts" => Ok(Upload::TypeScript(bytes)),
        "tsx" | "jsx" => bail!(
            "{} is written in JSX, which this program does not read; use the tagged template html of the module nhs",
            file.display()
        ),
        // What it really is, the server says: a file may be named as it likes.
        _ => Ok(Upload::Component(bytes)),
    }
}

fn read(path: &Path) -> anyhow::Result<Bytes> {
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
