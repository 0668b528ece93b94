//! `c4h rollback`: another version of an app answers from now on.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::{ServerArgs, output};
use crate::api::apps::AppDocument;
use crate::api::versions::VersionList;
use crate::config::Environment;
use crate::model::AppName;

/// Let another version of an app answer: the one before, or any other
#[derive(Debug, Args)]
pub(super) struct RollbackArgs {
    /// Name of the app
    app: String,
    /// Number of the version [default: the one before the current]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    to: Option<u32>,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) async fn roll_back(args: RollbackArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let client = args.server.client(environment)?;
    let app = AppName::new(&args.app)?;
    let before: AppDocument = client.read(&format!("/apps/{app}")).await?;
    let wanted = match args.to {
        Some(number) => number,
        None => {
            let list: VersionList = client.read(&format!("/apps/{app}/versions")).await?;
            let numbers = list.versions.iter().map(|version| version.number);
            earlier(numbers, before.current_version).with_context(|| {
                format!(
                    "{app} has no version before {}; c4h versions {app} lists all",
                    before.current_version
                )
            })?
        }
    };
    let now: AppDocument = client
        .put(&format!("/apps/{app}/current"), &json!({ "version": wanted }))
        .await?;
    if args.server.json {
        output::json(&now);
    } else {
        output::line(&format!(
            "{app} answers with version {}; before it was {}",
            now.current_version, before.current_version
        ));
        output::line(&format!("Address: {}", now.addresses.path));
    }
    Ok(ExitCode::SUCCESS)
}

/// The newest version that is older than the current one.
fn earlier(numbers: impl Iterator<Item = u32>, current: u32) -> Option<u32> {
    numbers.filter(|number| *number < current).max()
}

#[cfg(test)]
mod tests {
    use super::earlier;

    #[test]
    fn the_one_before_may_not_be_the_number_before() {
        assert_eq!(earlier([7, 5, 2].into_iter(), 7), Some(5));
        assert_eq!(earlier([7, 5, 2].into_iter(), 5), Some(2));
        assert_eq!(earlier([7, 5, 2].into_iter(), 2), None);
    }
}
