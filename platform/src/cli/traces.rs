//! `c4h traces`: what the runs of an app did; one run as a timeline.

use std::process::ExitCode;

use clap::Args;
use time::macros::format_description;

use super::client::Client;
use super::{ServerArgs, output};
use crate::api::traces::{Format, RunDocument, TraceDocument, TraceList};
use crate::config::Environment;
use crate::model::AppName;

/// Show what the runs of an app did
#[derive(Debug, Args)]
pub(super) struct TracesArgs {
    /// Name of the app
    app: String,
    /// A run, to see its timeline; `last` is the newest
    run: Option<String>,
    /// How many runs, the newest
    #[arg(long, default_value_t = 20, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=500))]
    limit: u16,
    /// A file for other programs instead of text: har (HTTP Archive) or otlp (OpenTelemetry)
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) async fn show_traces(args: TracesArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let client = args.server.client(environment)?;
    let app = AppName::new(&args.app)?;
    let limit = if args.run.as_deref() == Some("last") {
        1
    } else {
        args.limit
    };
    let list = format!("/apps/{app}/traces?limit={limit}");
    let run = match args.run.as_deref() {
        None if args.format.is_some_and(|format| format != Format::Json) => {
            return save(&client, &list, args.format).await;
        }
        None => {
            let list: TraceList = client.read(&list).await?;
            show_list(&list, args.server.json)?;
            return Ok(ExitCode::SUCCESS);
        }
        Some("last") => {
            let list: TraceList = client.read(&list).await?;
            let newest = list.runs.into_iter().next();
            newest
                .map(|run| run.run)
                .ok_or_else(|| anyhow::anyhow!("{app} has not run yet"))?
        }
        Some(run) => run.to_owned(),
    };
    let run = run_id(&run)?;
    if args.format.is_some_and(|format| format != Format::Json) {
        return save(&client, &format!("/apps/{app}/traces/{run}"), args.format).await;
    }
    let document: RunDocument = client.read(&format!("/apps/{app}/traces/{run}")).await?;
    if args.server.json {
        output::json(&document);
    } else {
        for line in timeline(&document) {
            output::line(&line);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A run's id, which becomes part of an address.
pub(super) fn run_id(text: &str) -> anyhow::Result<String> {
    let plain = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    anyhow::ensure!(
        plain,
        "a run's id is letters and digits, as c4h traces APP lists them"
    );
    Ok(text.to_owned())
}

/// Prints a file of another format as it is.
async fn save(client: &Client, below: &str, format: Option<Format>) -> anyhow::Result<ExitCode> {
    let format = match format {
        Some(Format::Har) => "har",
        Some(Format::Otlp) => "otlp",
        Some(Format::Json) | None => "json",
    };
    let separator = if below.contains('?') { '&' } else { '?' };
    let document: serde_json::Value = client.read(&format!("{below}{separator}format={format}")).await?;
    output::json(&document);
    Ok(ExitCode::SUCCESS)
}

fn show_list(list: &TraceList, json: bool) -> anyhow::Result<()> {
    if json {
        output::json(list);
        return Ok(());
    }
    if list.runs.is_empty() {
        output::line("No runs yet.");
        return Ok(());
    }
    let time = format_description!("[hour]:[minute]:[second].[subsecond digits:3]");
    let mut rows = vec![
        ["STARTED", "RUN", "OUTCOME", "STATUS", "TIME", "CALLS", "REQUEST"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for run in &list.runs {
        rows.push(vec![
            run.started_at.format(time)?,
            run.run.clone(),
            run.outcome.clone(),
            run.status
                .map_or_else(|| "-".to_owned(), |status| status.to_string()),
            ms(run.wall_us),
            run.calls.to_string(),
            format!("{} {}", run.method, run.uri),
        ]);
    }
    output::table(&rows);
    Ok(())
}

/// Calls and log lines in the order they happened, with the time after the start in front.
fn timeline(document: &RunDocument) -> Vec<String> {
    let trace = &document.trace;
    let mut events: Vec<(u64, String)> = Vec::new();
    for call in &trace.calls {
        let ended = match (&call.refused, call.status, call.duration_us) {
            (Some(refused), _, _) => format!("refused: {refused}"),
            (None, Some(status), Some(took)) => match &call.fault {
                Some(fault) => format!("{status} in {} (on purpose: {fault})", ms(took)),
                None => format!("{status} in {}", ms(took)),
            },
            (None, _, _) => "no answer before the run ended".to_owned(),
        };
        let title = call.title.as_deref().unwrap_or("call");
        let mut text = format!("→ {title}: {} {} → {ended}", call.method, call.url);
        for note in &call.notes {
            text.push_str(&format!("\n            {note}"));
        }
        events.push((call.started_us, text));
    }
    events.extend(trace.log.iter().map(|line| {
        (
            line.at_us,
            format!("  {} {}: {}", line.stream, line.level, line.text),
        )
    }));
    events.sort_by_key(|(at_us, _)| *at_us);
    let mut lines = vec![
        format!(
            "Run {} of {}, version {}",
            document.run, document.app, document.version
        ),
        format!("{} {}", trace.request.method, trace.request.uri),
    ];
    lines.extend(
        events
            .into_iter()
            .map(|(at_us, text)| format!("{:>10}  {text}", ms(at_us))),
    );
    lines.push(format!("{:>10}  {}", ms(trace.wall_us), ending(trace)));
    lines.extend(
        trace
            .limits_hit
            .iter()
            .map(|hit| format!("limit {}: {}", hit.code, hit.sentence)),
    );
    for frame in &trace.backtrace {
        let place = match (&frame.file, frame.line) {
            (Some(file), Some(line)) => match frame.column {
                Some(column) => format!(" at {file}:{line}:{column}"),
                None => format!(" at {file}:{line}"),
            },
            (Some(file), None) => format!(" at {file}"),
            (None, _) => String::new(),
        };
        lines.push(format!("  in {}{place}", frame.function));
        lines.extend(frame.source.iter().map(|source| format!("     > {source}")));
    }
    lines.push(format!(
        "processor {}, memory {} KiB",
        ms(trace.cpu_us),
        trace.memory_peak_bytes / 1024
    ));
    lines
}

fn ending(trace: &TraceDocument) -> String {
    match (&trace.outcome.sentence, &trace.response) {
        (Some(sentence), _) => format!("failed ({}): {sentence}", trace.outcome.code),
        (None, Some(response)) => format!(
            "answered {} ({} bytes)",
            response.status, response.body.size_bytes
        ),
        (None, None) => trace.outcome.code.clone(),
    }
}

fn ms(us: u64) -> String {
    format!("{}.{} ms", us / 1_000, us % 1_000 / 100)
}
