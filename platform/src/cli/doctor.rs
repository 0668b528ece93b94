//! `c4h doctor`: whether this machine can run the server, and what to do where it cannot.

mod checks;

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{FAILED, output};
use crate::config::{DataConfig, Environment, ListenConfig};

/// Check whether this machine can run the server, and say what to do where it cannot
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// Where the server would answer [env: C4H_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Folder that keeps everything [env: C4H_DATA_DIR] [default: data]
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    /// It works, and deserves a look.
    Warn,
    /// The server would not work.
    Fail,
}

/// One line of the examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    verdict: Verdict,
    /// What was looked at.
    what: &'static str,
    /// What was found, with the way out.
    sentence: String,
}

impl Finding {
    fn ok(what: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Ok,
            what,
            sentence: sentence.into(),
        }
    }

    fn warn(what: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Warn,
            what,
            sentence: sentence.into(),
        }
    }

    fn fail(what: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Fail,
            what,
            sentence: sentence.into(),
        }
    }
}

pub(super) async fn examine(args: DoctorArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let listen = ListenConfig::read(args.listen.as_deref(), environment)?;
    let data = DataConfig::read(args.data_dir.as_deref(), environment)?;
    let mut findings = checks::storage(&data.dir).await;
    findings.push(checks::free_disk(&data.dir));
    findings.extend(checks::sandbox().await);
    findings.push(checks::port(listen.address).await);
    findings.extend(checks::isolation().await);
    findings.extend(checks::platform());
    if args.json {
        output::json(&findings);
    } else {
        for Finding {
            verdict,
            what,
            sentence,
        } in &findings
        {
            let verdict = match verdict {
                Verdict::Ok => "ok  ",
                Verdict::Warn => "warn",
                Verdict::Fail => "FAIL",
            };
            output::line(&format!("{verdict}  {what}: {sentence}"));
        }
    }
    let healthy = findings.iter().all(|finding| finding.verdict != Verdict::Fail);
    Ok(if healthy {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}
