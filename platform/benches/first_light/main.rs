//! What a run costs beside the bare thing: ratios within one run of one machine, never absolute promises.
//!
//! `cargo bench` starts every server as a process of its own, drives each with the same load in turns
//! (baseline, ours, baseline, ours ...), takes the median round of each and prints the ratio.
//! `cargo bench -- --from-empty` also builds the program in an empty target folder and times it.
//! It ends with a failure when a ratio is below its aim.
//! The figures of the last release are in `docs/BENCHMARKS.md`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

mod bare_axum;
mod bare_wasmtime;
mod load;
#[expect(dead_code, reason = "shared with the other benches, which use the rest")]
mod program;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use load::{Target, compare};
use program::{COMPONENT, Program};

/// The least that a hello with every limit, the trace and the access log has of the throughput of a loop without any of them.
const HELLO_AIM: f64 = 0.9;
/// The same of a record, of the throughput of bytes that are simply there.
const READ_AIM: f64 = 0.6;
/// Copies of the hello component, each with bytes of its own, to see what one more deployed app weighs.
const DEPLOYED_APPS: u32 = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some("serve-bare-wasmtime") => bare_wasmtime::serve(examples::HELLO).map(|()| true),
        Some("serve-bare-axum") => bare_axum::serve(arguments.get(1).map(PathBuf::from)).map(|()| true),
        _ => measure(arguments.iter().any(|argument| argument == "--from-empty")),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            println!("a ratio is below its aim");
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("bench failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every ratio is what is aimed at.
fn measure(from_empty: bool) -> Result<bool> {
    if from_empty {
        time_from_empty()?;
    }
    let folder = tempfile::tempdir()?;
    let data_dir = folder.path().join("data");

    let begun = Instant::now();
    let first = Program::start(&data_dir)?;
    let first_ready = begun.elapsed();
    let at_rest_first = first.resident_kib()?;
    drop(first);
    let begun = Instant::now();
    let program = Program::start(&data_dir)?;
    let second_ready = begun.elapsed();
    println!(
        "(c) start to ready: {} ms on an empty folder (compiles the example app), {} ms on a used one",
        first_ready.as_millis(),
        second_ready.as_millis()
    );

    let at_rest = program.resident_kib()?;
    println!(
        "(d) memory at rest: {:.1} MiB resident ({:.1} MiB right after the first start)",
        mib(at_rest),
        mib(at_rest_first)
    );
    memory_per_app(&program, at_rest)?;

    program.deploy("hello", examples::HELLO, COMPONENT)?;
    let bare = Program::start_bench("serve-bare-wasmtime", &[])?;
    let hello = compare(
        "(a) hello component, 8 connections: ours with every limit and the trace / bare wasmtime",
        Some(HELLO_AIM),
        Target::get(bare.address(), "/", &[]),
        Target::get(program.address(), "/w/demo/apps/hello/", &[]),
    )?;
    drop(bare);

    let token = access_token(&program)?;
    let path = "/w/demo/nhs/int/personal-demographics/FHIR/R4/Patient/9000000009";
    let headers = [
        ("authorization", format!("Bearer {token}")),
        ("x-request-id", "60e0b220-8136-4ca5-ae46-1d97ef59d068".to_owned()),
    ];
    let ours = Target::get(program.address(), path, &headers);
    let answer = load::body_of(&ours)?;
    let bytes = folder.path().join("patient.json");
    std::fs::write(&bytes, &answer)?;
    let bytes = bytes
        .to_str()
        .context("the temporary folder has a name that is not UTF-8")?
        .to_owned();
    let bare = Program::start_bench("serve-bare-axum", &[&bytes])?;
    let read = compare(
        "(b) PDS read over HTTP, 8 connections: ours / a bare axum route with the same bytes",
        Some(READ_AIM),
        Target::get(bare.address(), path, &headers),
        ours,
    )?;
    Ok(hello && read)
}

/// The token that `int` interfaces of workspace `demo` accept.
fn access_token(program: &Program) -> Result<String> {
    let answer = program.exchange("GET", "/api/v1/workspaces/demo", &[], "")?;
    let body = answer
        .split_once("\r\n\r\n")
        .context("an answer without a body")?
        .1;
    let workspace: serde_json::Value = serde_json::from_str(body)?;
    Ok(workspace
        .get("access_token")
        .and_then(|token| token.as_str())
        .context("no access_token")?
        .to_owned())
}

/// Deploys copies that differ in a custom section (so nothing is shared), runs each once, divides the growth.
fn memory_per_app(program: &Program, at_rest: u64) -> Result<()> {
    for number in 0..DEPLOYED_APPS {
        let name = format!("copy-{number}");
        program.deploy(&name, &with_custom_section(examples::HELLO, &name)?, COMPONENT)?;
        let target = Target::get(program.address(), &format!("/w/demo/apps/{name}/"), &[]);
        load::body_of(&target)?;
    }
    let grown = program.resident_kib()?.saturating_sub(at_rest);
    println!(
        "    per deployed and used app: {:.2} MiB ({DEPLOYED_APPS} copies of the hello component)",
        mib(grown) / f64::from(DEPLOYED_APPS)
    );
    Ok(())
}

/// The same component with one more custom section: other bytes, other hash, same behaviour.
fn with_custom_section(component: &[u8], name: &str) -> Result<Vec<u8>> {
    let length = u8::try_from(name.len() + 1).context("the name is short")?;
    let name_length = u8::try_from(name.len())?;
    if length > 127 {
        bail!("a one-byte LEB128 length holds at most 127");
    }
    let mut bytes = component.to_vec();
    bytes.extend([0, length, name_length]);
    bytes.extend(name.as_bytes());
    Ok(bytes)
}

/// From an empty target folder to a program that answers, as a new user has it (crates already fetched).
fn time_from_empty() -> Result<()> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = tempfile::tempdir_in(root.join("target"))?;
    let begun = Instant::now();
    let status = std::process::Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--target-dir"])
        .arg(target.path())
        .current_dir(&root)
        .status()?;
    if !status.success() {
        bail!("cargo build --release failed");
    }
    println!(
        "(e) empty target folder to a built program: {:.1} min",
        begun.elapsed().as_secs_f64() / 60.0
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
