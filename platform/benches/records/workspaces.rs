//! What it takes to make many workspaces, to copy one with everything in it, and to set it back.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::exchange::Exchange;
use crate::server::{Server, mib};

/// Workspaces that are made and read from: a large class with several each.
const MANY: u32 = 200;
/// Copies of a workspace with content; odd, so that the middle one is a measured one.
const COPIES: usize = 5;

/// Makes a workspace; the base of its FHIR server.
///
/// # Errors
/// When it is not made.
pub(crate) fn make(server: &Server, name: &str) -> Result<String> {
    let mut exchange = Exchange::with(server.address())?;
    post(&mut exchange, "/api/v1/workspaces", Some(name), 201)?;
    Ok(format!("/w/{name}/fhir"))
}

/// `full` is a workspace that much was written into.
///
/// # Errors
/// When anything is refused.
pub(crate) fn measure(server: &Server, full: &str) -> Result<()> {
    let mut exchange = Exchange::with(server.address())?;
    let before = server.resident_kib()?;
    let begun = Instant::now();
    for number in 0..MANY {
        let name = format!("many-{number}");
        post(&mut exchange, "/api/v1/workspaces", Some(&name), 201)?;
        exchange.json(
            "GET",
            &format!("/w/{name}/fhir/Patient?_count=1&_elements=id"),
            b"",
            200,
        )?;
    }
    let made = begun.elapsed();
    let grown = server.resident_kib()?.saturating_sub(before);
    println!(
        "(v) {MANY} workspaces made and asked once: {:.2} s, {:.2} MiB each",
        made.as_secs_f64(),
        mib(grown) / f64::from(MANY)
    );

    let mut forks = Vec::with_capacity(COPIES);
    for number in 0..COPIES {
        let path = format!("/api/v1/workspaces/{full}/fork");
        forks.push(timed(|| {
            post(&mut exchange, &path, Some(&format!("copy-{number}")), 201)
        })?);
    }
    let mut resets = Vec::with_capacity(COPIES);
    for number in 0..COPIES {
        let path = format!("/api/v1/workspaces/copy-{number}/reset");
        resets.push(timed(|| post(&mut exchange, &path, None, 204))?);
    }
    println!(
        "(v) a workspace with all that was imported: fork {:.1} ms, reset {:.1} ms (medians of {COPIES})",
        median(&mut forks),
        median(&mut resets)
    );
    Ok(())
}

fn post(exchange: &mut Exchange, path: &str, name: Option<&str>, status: u16) -> Result<()> {
    let body = name.map_or_else(String::new, |name| json!({"name": name}).to_string());
    let (found, answer) = exchange.send_as("application/json", "POST", path, body.as_bytes())?;
    ensure!(
        found == status,
        "POST {path} was answered with {found}: {}",
        String::from_utf8_lossy(&answer)
    );
    Ok(())
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed())
}

/// In milliseconds.
fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64) * 1000.0
}
