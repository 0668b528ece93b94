//! `c4h logs`: what the runs of an app printed.

use std::process::ExitCode;

use clap::Args;
use time::macros::format_description;

use super::{ServerArgs, output};
use crate::api::logs::LogList;
use crate::config::Environment;
use crate::model::AppName;

/// Show what the runs of an app printed
#[derive(Debug, Args)]
pub(super) struct LogsArgs {
    /// Name of the app
    app: String,
    /// How many lines, the newest
    #[arg(long, default_value_t = 200, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=5000))]
    limit: u16,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) async fn show_logs(args: LogsArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let client = args.server.client(environment)?;
    let app = AppName::new(&args.app)?;
    let list: LogList = client
        .read(&format!("/apps/{app}/logs?limit={}", args.limit))
        .await?;
    if args.server.json {
        output::json(&list);
        return Ok(ExitCode::SUCCESS);
    }
    if list.lines.is_empty() {
        output::line("Nothing was printed yet.");
    }
    let time = format_description!("[hour]:[minute]:[second].[subsecond digits:3]");
    for line in list.lines {
        let at = line.at.format(time)?;
        output::line(&format!("{at} {} {:5} {}", line.run, line.level, line.text));
    }
    Ok(ExitCode::SUCCESS)
}
