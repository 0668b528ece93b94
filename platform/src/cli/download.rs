//! `c4h download`: a version of an app as a file or a folder of the builder's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use serde::Deserialize;

use super::client::Client;
use super::{ServerArgs, output};
use crate::api::apps::AppDocument;
use crate::config::Environment;
use crate::model::{AppName, FilePath};

/// Download an app: the files it was made of, or its component
#[derive(Debug, Args)]
pub(super) struct DownloadArgs {
    /// Name of the app
    app: String,
    /// Number of the version [default: the current one]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    version: Option<u32>,
    /// The component, which runs on any wasi:http host, instead of the files
    #[arg(long)]
    component: bool,
    /// Where to write [default: a folder or a .wasm file of the app's name, here]
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
}

/// The files of a version, as the server lists them.
#[derive(Debug, Deserialize)]
struct Files {
    files: Vec<File>,
}

#[derive(Debug, Deserialize)]
struct File {
    path: String,
}

pub(super) async fn download(args: DownloadArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let client = args.server.client(environment)?;
    let app = AppName::new(&args.app)?;
    let number = match args.version {
        Some(number) => number,
        None => {
            client
                .read::<AppDocument>(&format!("/apps/{app}"))
                .await?
                .current_version
        }
    };
    let version = format!("/apps/{app}/versions/{number}");
    if args.component {
        let out = args.out.unwrap_or_else(|| PathBuf::from(format!("{app}.wasm")));
        ensure!(
            !out.exists(),
            "{} is there already; choose another with --out",
            out.display()
        );
        let component = client.download(&format!("{version}/component")).await?;
        fs::write(&out, &component).with_context(|| format!("{} cannot be written", out.display()))?;
        output::line(&format!("Wrote {}, {} bytes", out.display(), component.len()));
    } else {
        let out = args.out.unwrap_or_else(|| PathBuf::from(app.as_str()));
        let written = files(&client, &version, &out).await?;
        let words = if written == 1 {
            "1 file".to_owned()
        } else {
            format!("{written} files")
        };
        output::line(&format!(
            "Wrote {words} of {app}, version {number}, to {}",
            out.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn files(client: &Client, version: &str, out: &Path) -> anyhow::Result<usize> {
    if fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty; choose another folder with --out", out.display());
    }
    let list: Files = client.read(&format!("{version}/files")).await?;
    for File { path } in &list.files {
        // A server of strangers must not write where it likes.
        let path = FilePath::new(path)?;
        let bytes = client
            .download(&format!("{version}/files/{}", in_address(&path)))
            .await?;
        let file = out.join(path.as_str());
        let written = file
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&file, &bytes));
        written.with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(list.files.len())
}

/// Of what may stand in a path, what an address would misread.
fn in_address(path: &FilePath) -> String {
    path.as_str().replace(' ', "%20").replace('+', "%2B")
}
