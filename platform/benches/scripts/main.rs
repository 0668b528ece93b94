//! What a script costs beside the incumbent: a component of componentize-js under a bare wasmtime server.
//!
//! `cargo bench --bench scripts`, or one part with `-- answers`, `-- edits`, `-- memory`, `-- disk`. Needs Node.js and npm, for the
//! baseline's toolchain.
//! Both sides answer the same two pages; ours runs them with every limit, the trace and the tape.
//! It ends with a failure when a ratio is below its aim. The figures of the last release are in `docs/BENCHMARKS.md`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

#[path = "../first_light/bare_wasmtime.rs"]
mod bare_wasmtime;
mod componentize;
#[path = "../first_light/load.rs"]
mod load;
#[path = "../first_light/program.rs"]
mod program;
mod sources;

use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use componentize::ComponentizeJs;
use load::{Target, compare};
use program::{COMPONENT, Program};
use sources::Page;

/// How many times as fast as the incumbent a hello has to be.
const HELLO_AIM: f64 = 3.0;
/// And a page made from a bundle.
const BUNDLE_AIM: f64 = 1.5;
/// Media type of a script.
const SCRIPT: &str = "text/javascript";
/// Edits of one app, each answered once: enough that the median means something.
const EDITS: usize = 21;
/// Scripts that are deployed at the same moment, and each asked: a class.
const CLASS: usize = 30;
/// Apps that differ by one comment, deployed and used, to see what one more weighs.
const IDLE_APPS: u32 = 40;
/// As many before those: what a first deploy leaves with the allocator belongs to no app.
const APPS_BEFORE: u32 = 10;
/// Runs under way at once when their memory is looked at: what one app may have.
const WAITING_RUNS: u32 = 8;
/// Until a run that was begun holds all that it will: it waits for eight seconds.
const SETTLED: Duration = Duration::from_secs(2);
/// Apps on disk when the program starts again: ten workspaces of fifty.
const APPS_ON_DISK: u32 = 500;
const APPS_IN_A_WORKSPACE: u32 = 50;
/// Of those, how many are asked once.
const APPS_ASKED: u32 = 50;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some("serve-bare-wasmtime") => serve_bare(arguments.get(1)).map(|()| true),
        _ => measure(&arguments),
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

fn serve_bare(component: Option<&String>) -> Result<()> {
    let component = std::fs::read(component.context("a component to serve")?)?;
    bare_wasmtime::serve(&component)
}

/// Whether every ratio is what is aimed at.
fn measure(arguments: &[String]) -> Result<bool> {
    let wanted: Vec<_> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|word| *word == part);
    let folder = tempfile::tempdir()?;
    let data_dir = folder.path().join("data");
    let mut reached = true;
    if wants("answers") || wants("edits") {
        let toolchain = ComponentizeJs::install()?;
        let program = Program::start(&data_dir)?;
        if wants("answers") {
            for (page, aim) in [(Page::hello(), HELLO_AIM), (Page::bundle()?, BUNDLE_AIM)] {
                reached &= answers_per_second(&program, &toolchain, &page, aim, folder.path())?;
            }
        }
        if wants("edits") {
            source_to_answer(&program, &toolchain, folder.path())?;
            class_at_once(&program)?;
        }
    }
    if wants("memory") {
        memory_of_apps(&Program::start(&folder.path().join("idle"))?)?;
        // A program that has run nothing yet: what earlier runs left in the pool would hide what these take.
        memory_of_runs(&Program::start(&folder.path().join("fresh"))?)?;
    }
    if wants("disk") {
        from_disk(&folder.path().join("many"))?;
    }
    Ok(reached)
}

fn answers_per_second(
    program: &Program,
    toolchain: &ComponentizeJs,
    page: &Page,
    aim: f64,
    folder: &Path,
) -> Result<bool> {
    let (component, _) = toolchain.build(&page.componentize_js(), &folder.join(page.name))?;
    let component = component.to_str().context("a folder whose name is not UTF-8")?;
    let bare = Program::start_bench("serve-bare-wasmtime", &[component])?;
    program.deploy(page.name, page.script().as_bytes(), SCRIPT)?;
    compare(
        &format!(
            "(s) script {}, 8 connections: ours with everything on / componentize-js under bare wasmtime",
            page.name
        ),
        Some(aim),
        Target::get(bare.address(), "/", &[]),
        Target::get(program.address(), &format!("/w/demo/apps/{}/", page.name), &[]),
    )
}

/// From the press of the button to the first answer of the changed app, as the editor does it.
fn source_to_answer(program: &Program, toolchain: &ComponentizeJs, folder: &Path) -> Result<()> {
    let page = Page::bundle()?;
    let mut times = Vec::with_capacity(EDITS);
    for edit in 0..EDITS {
        let source = format!("{}// edit {edit}\n", page.script());
        // An app takes so many deploys a minute; a second one takes the rest.
        let name = format!("edited-{}", edit % 2);
        times.push(deploy_and_ask(program, &name, &source)?);
    }
    let ours = median(&mut times);
    let (component, built) = toolchain.build(&page.componentize_js(), &folder.join("edited"))?;
    let component = std::fs::read(component)?;
    let begun = Instant::now();
    program.deploy("edited-elsewhere", &component, COMPONENT)?;
    load::body_of(&Target::get(
        program.address(),
        "/w/demo/apps/edited-elsewhere/",
        &[],
    ))?;
    let theirs = built + begun.elapsed();
    println!(
        "(t) source to first answer, warm, median of {EDITS}: {} ms; componentize-js's build, deploy and first answer: {} ms ({:.0} times)",
        ours.as_millis(),
        theirs.as_millis(),
        theirs.as_secs_f64() / ours.as_secs_f64()
    );
    Ok(())
}

fn deploy_and_ask(program: &Program, name: &str, source: &str) -> Result<Duration> {
    let begun = Instant::now();
    program.deploy(name, source.as_bytes(), SCRIPT)?;
    load::body_of(&Target::get(
        program.address(),
        &format!("/w/demo/apps/{name}/"),
        &[],
    ))?;
    Ok(begun.elapsed())
}

/// Everybody of a class presses the button at once.
fn class_at_once(program: &Program) -> Result<()> {
    let page = Page::bundle()?.script();
    let mut times = std::thread::scope(|scope| {
        let pupils: Vec<_> = (0..CLASS)
            .map(|pupil| {
                let source = format!("{page}// of pupil {pupil}\n");
                scope.spawn(move || deploy_and_ask(program, &format!("pupil-{pupil}"), &source))
            })
            .collect();
        let times = pupils.into_iter().map(|pupil| {
            pupil
                .join()
                .map_err(|_panicked| anyhow::anyhow!("a client panicked"))?
        });
        times.collect::<Result<Vec<Duration>>>()
    })?;
    let middle = median(&mut times);
    let last = times.iter().max().copied().unwrap_or_default();
    println!(
        "(t) {CLASS} scripts at once, source to first answer: median {} ms, the last {} ms",
        middle.as_millis(),
        last.as_millis()
    );
    Ok(())
}

fn memory_of_apps(program: &Program) -> Result<()> {
    let page = Page::hello().script();
    let deploy = |numbers: Range<u32>| -> Result<u64> {
        for number in numbers {
            deploy_and_ask(
                program,
                &format!("idle-{number}"),
                &format!("{page}// {number}\n"),
            )?;
        }
        program.resident_kib()
    };
    let before = deploy(0..APPS_BEFORE)?;
    let grown = deploy(APPS_BEFORE..APPS_BEFORE + IDLE_APPS)?.saturating_sub(before);
    println!(
        "(m) memory for each deployed and used script: {:.2} MiB ({IDLE_APPS} apps)",
        mib(grown) / f64::from(IDLE_APPS)
    );
    Ok(())
}

/// One run under way, then seven more of the same app: what each of the seven adds that belongs to it alone. What all share (the
/// machine code, the pages of the snapshot that nobody writes) is in the figure for a deployed app.
fn memory_of_runs(program: &Program) -> Result<()> {
    program.deploy("wait", include_bytes!("wait.js"), SCRIPT)?;
    let target = Target::get(program.address(), "/w/demo/apps/wait/", &[]);
    let begin = || {
        let target = target.clone();
        std::thread::spawn(move || load::body_of(&target))
    };
    let mut runs = vec![begin()];
    std::thread::sleep(SETTLED);
    let one = program.private_kib()?;
    runs.extend((1..WAITING_RUNS).map(|_| begin()));
    std::thread::sleep(SETTLED);
    let all = program.private_kib()?;
    for run in runs {
        run.join().map_err(|_| anyhow::anyhow!("a client panicked"))??;
    }
    println!(
        "(m) memory for each run of a script under way: {:.2} MiB of its own ({WAITING_RUNS} runs; the script itself holds {:.2} MiB, most of it shared with its app)",
        mib(all.saturating_sub(one)) / f64::from(WAITING_RUNS - 1),
        mib(memory_of_guest(program)? / 1024)
    );
    Ok(())
}

/// The linear memory of the newest run, in bytes, as its trace tells it.
fn memory_of_guest(program: &Program) -> Result<u64> {
    let traces = "/api/v1/workspaces/demo/apps/wait/traces";
    let read = |path: &str| -> Result<serde_json::Value> {
        let answer = program.exchange("GET", path, b"", "application/json")?;
        let body = answer
            .split_once("\r\n\r\n")
            .context("an answer without a body")?
            .1;
        Ok(serde_json::from_str(body)?)
    };
    let list = read(traces)?;
    let run = list.pointer("/runs/0/run").and_then(serde_json::Value::as_str);
    let trace = read(&format!("{traces}/{}", run.context("no run in the list")?))?;
    let memory = trace.pointer("/trace/memory_peak_bytes");
    memory
        .and_then(serde_json::Value::as_u64)
        .context("no memory in the trace")
}

/// Five hundred apps lie on the disk; the program starts, and fifty of them are asked for the first time.
fn from_disk(data_dir: &Path) -> Result<()> {
    let page = Page::hello().script();
    let program = Program::start(data_dir)?;
    let begun = Instant::now();
    for number in 0..APPS_ON_DISK {
        let workspace = workspace_of(number);
        if number % APPS_IN_A_WORKSPACE == 0 {
            let made = format!("{{\"name\": \"{workspace}\"}}");
            program.exchange("POST", "/api/v1/workspaces", made.as_bytes(), "application/json")?;
        }
        program.deploy_in(
            &workspace,
            &format!("app-{number}"),
            format!("{page}// {number}\n").as_bytes(),
            SCRIPT,
        )?;
    }
    println!(
        "(k) {APPS_ON_DISK} scripts deployed in {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    drop(program);
    let begun = Instant::now();
    let program = Program::start(data_dir)?;
    let ready = begun.elapsed();
    let at_rest = program.resident_kib()?;
    let mut times = Vec::new();
    for number in 0..APPS_ASKED {
        let number = number * (APPS_ON_DISK / APPS_ASKED);
        let path = format!("/w/{}/apps/app-{number}/", workspace_of(number));
        let target = Target::get(program.address(), &path, &[]);
        let begun = Instant::now();
        load::body_of(&target)?;
        times.push(begun.elapsed());
    }
    let longest = times.iter().max().copied().unwrap_or_default();
    println!(
        "(k) {APPS_ON_DISK} apps on disk: ready in {} ms with {:.1} MiB; first answer of an app from disk: median {:.1} ms, longest {:.1} ms",
        ready.as_millis(),
        mib(at_rest),
        median(&mut times).as_secs_f64() * 1000.0,
        longest.as_secs_f64() * 1000.0
    );
    Ok(())
}

fn workspace_of(app: u32) -> String {
    format!("ward-{}", app / APPS_IN_A_WORKSPACE)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
