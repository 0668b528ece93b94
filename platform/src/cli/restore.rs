//! `c4h restore`: a dump into a new data folder.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use store::Storage;

use super::output;
use crate::config::{DataConfig, Environment};

/// Fill a new data folder from a dump; the server must not be running
#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// The file that c4h dump wrote
    file: PathBuf,
    /// Folder that keeps everything; it must be new or empty [env: C4H_DATA_DIR] [default: data]
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<String>,
}

pub(super) async fn restore(args: RestoreArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let data = DataConfig::read(args.data_dir.as_deref(), environment)?;
    let shown = args.file.display();
    let mut file = tokio::fs::File::open(&args.file)
        .await
        .with_context(|| format!("{shown} cannot be read"))?;
    let storage = Storage::open(&data.dir)?;
    let restored = storage.restore(&mut file).await;
    storage.close().await?;
    let info = restored?;
    output::line(&format!(
        "Restored {} rows and {} blobs into {}",
        info.rows,
        info.blobs,
        data.dir.display()
    ));
    Ok(ExitCode::SUCCESS)
}
