//! `c4h versions`: what was deployed of an app, newest first.

use std::process::ExitCode;

use clap::Args;
use time::macros::format_description;

use super::{ServerArgs, output};
use crate::api::apps::AppDocument;
use crate::api::versions::VersionList;
use crate::config::Environment;
use crate::model::AppName;

/// List the versions of an app
#[derive(Debug, Args)]
pub(super) struct VersionsArgs {
    /// Name of the app
    app: String,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) async fn list_versions(args: VersionsArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let client = args.server.client(environment)?;
    let app = AppName::new(&args.app)?;
    let list: VersionList = client.read(&format!("/apps/{app}/versions")).await?;
    if args.server.json {
        output::json(&list);
        return Ok(ExitCode::SUCCESS);
    }
    let document: AppDocument = client.read(&format!("/apps/{app}")).await?;
    let time = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let mut rows = vec![
        ["VERSION", "DEPLOYED", "BYTES", "ADDRESS"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for version in list.versions {
        let answers = version.number == document.current_version;
        let address = if answers {
            document.addresses.path.clone()
        } else {
            preview(client.url(), client.workspace(), &app, version.number)
        };
        rows.push(vec![
            format!("{}{}", version.number, if answers { " (answers)" } else { "" }),
            version.deployed_at.format(time)?,
            version.size_bytes.to_string(),
            address,
        ]);
    }
    output::table(&rows);
    Ok(ExitCode::SUCCESS)
}

/// Where a version answers that is not the app's current one.
pub(super) fn preview(url: &str, workspace: &str, app: &AppName, number: u32) -> String {
    format!("{url}/w/{workspace}/apps/{app}--v{number}/")
}
