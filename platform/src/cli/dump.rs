//! `c4h dump`: everything that is stored, in one file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use store::Storage;
use tokio::io::AsyncWriteExt as _;

use super::output;
use crate::config::{DataConfig, Environment};

/// Write everything that is stored into one file; the server must not be running
#[derive(Debug, Args)]
pub(super) struct DumpArgs {
    /// The file to write; it must not be there yet
    file: PathBuf,
    /// Folder that keeps everything [env: C4H_DATA_DIR] [default: data]
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<String>,
}

pub(super) async fn dump(args: DumpArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let data = DataConfig::read(args.data_dir.as_deref(), environment)?;
    // Opening would make an empty folder, and a dump of nothing helps nobody.
    anyhow::ensure!(
        data.dir.is_dir(),
        "there is no data folder {}; name it with --data-dir",
        data.dir.display()
    );
    let storage = Storage::open(&data.dir)?;
    let shown = args.file.display();
    let file = tokio::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&args.file)
        .await;
    let mut file = file.with_context(|| format!("{shown} cannot be made"))?;
    let written = storage.dump(&mut file).await;
    let written = match written {
        Ok(info) => file
            .flush()
            .await
            .and(file.sync_all().await)
            .map(|()| info)
            .map_err(anyhow::Error::from),
        Err(error) => Err(error.into()),
    };
    storage.close().await?;
    if written.is_err() {
        // Half a dump must not be taken for a whole one; it would be refused, but late.
        let _removed = tokio::fs::remove_file(&args.file).await;
    }
    let info = written.with_context(|| format!("{shown} was not written"))?;
    output::line(&format!(
        "Wrote {} rows and {} blobs to {shown} ({} bytes)",
        info.rows, info.blobs, info.bytes
    ));
    Ok(ExitCode::SUCCESS)
}
