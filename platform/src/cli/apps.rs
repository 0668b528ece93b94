//! `c4h apps`: the apps of a workspace and where they answer.

use std::process::ExitCode;

use clap::Args;

use super::{ServerArgs, output};
use crate::api::apps::AppList;
use crate::config::Environment;

/// List the apps of a workspace
#[derive(Debug, Args)]
pub(super) struct AppsArgs {
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) async fn list_apps(args: AppsArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let client = args.server.client(environment)?;
    let list: AppList = client.read("/apps").await?;
    if args.server.json {
        output::json(&list);
    } else if list.apps.is_empty() {
        output::line(&format!(
            "No apps in workspace {}; make one with c4h new NAME, or deploy one with c4h deploy PATH",
            client.workspace()
        ));
    } else {
        let heading = ["APP", "VERSION", "ADDRESS"].map(str::to_owned).to_vec();
        let rows = list
            .apps
            .into_iter()
            .map(|app| vec![app.name, app.current_version.to_string(), app.addresses.path]);
        output::table(&[heading].into_iter().chain(rows).collect::<Vec<_>>());
    }
    Ok(ExitCode::SUCCESS)
}
