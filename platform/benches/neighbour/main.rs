//! What a neighbour notices: a small app in one workspace, while another workspace does its worst.
//!
//! `cargo bench --bench neighbour` starts the program, asks the small app for its page over one connection and takes the median and the
//! 99th percentile of the quiet time; then it does so again during each attack, and prints the ratio, as rows of a table for
//! `docs/BENCHMARKS.md`. It ends with a failure when a ratio is above the target. Quiet and attacked take turns, and
//! of the turns the one with the middle ratio is told, so that a slow spell of the machine is in both, or in a turn that is not told.
//! The attacker's clients share the processors with the server, and take what it leaves, because in earnest they would be elsewhere;
//! what they take all the same is a part of what the neighbour notices.
#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

mod attack;
#[path = "../first_light/program.rs"]
#[expect(dead_code, reason = "shared with the other benches, which use the rest")]
mod program;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use attack::Attack;
use program::{COMPONENT, Program};

/// How long the small app is asked, quiet and under each attack, in each turn.
const SECONDS: u64 = 2;
/// How many times quiet and attacked take turns.
const TURNS: usize = 3;
/// Between two requests: a person's browser, not a load.
const PAUSE: Duration = Duration::from_millis(2);
/// What the issue of a fair server is measured by.
const TARGET: f64 = 3.0;

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            println!("a ratio is above the target");
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("bench failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every ratio is within the target.
fn measure() -> Result<bool> {
    // `cargo bench -- spin` measures the attacks whose name holds the word.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let hostile = hostile_guest()?;
    let table_bomb = attack::table_bomb()?;
    let folder = tempfile::tempdir()?;
    let data_dir = folder.path().join("data");
    let program = Program::start(&data_dir)?;
    let address = program.address();
    let made = program.exchange(
        "POST",
        "/api/v1/workspaces",
        br#"{"name": "quiet"}"#,
        "application/json",
    )?;
    ensure!(made.starts_with("HTTP/1.1 201"), "making a workspace: {made}");
    for number in 0..attack::APPS {
        program.deploy(&format!("hostile-{number}"), &hostile, COMPONENT)?;
        program.deploy(&format!("table-{number}"), &table_bomb, COMPONENT)?;
    }
    let answer = program.exchange(
        "POST",
        "/api/v1/workspaces/quiet/apps/probe/versions",
        examples::HELLO,
        COMPONENT,
    )?;
    ensure!(
        answer.starts_with("HTTP/1.1 201"),
        "deploying the probe: {answer}"
    );
    probe(address, 1)?;

    println!(
        "p99 of a small app in a quiet workspace, in microseconds, over {SECONDS} s each; the middle one of {TURNS} turns\n"
    );
    println!("| Attack | Quiet p50, p99 | Attacked p50, p99 | Ratio of p99 |\n|---|---|---|---|");
    let mut worst = 0.0_f64;
    for attack in attack::all(&hostile)? {
        if !wanted.is_empty() && !wanted.iter().any(|word| attack.name.contains(word.as_str())) {
            continue;
        }
        let mut turns = Vec::with_capacity(TURNS);
        for _ in 0..TURNS {
            let quiet = probe(address, SECONDS)?;
            let attacked = during(address, attack.clone())?;
            turns.push((quiet, attacked, attacked.1 / quiet.1));
        }
        turns.sort_by(|(.., one), (.., other)| one.total_cmp(other));
        let (quiet, attacked, ratio) = turns.swap_remove(TURNS / 2);
        worst = worst.max(ratio);
        let mark = if ratio > TARGET { "**" } else { "" };
        println!(
            "| {} | {:.0}, {:.0} | {:.0}, {:.0} | {mark}{ratio:.2}{mark} |",
            attack.name, quiet.0, quiet.1, attacked.0, attacked.1,
        );
    }
    println!("\nworst ratio: {worst:.2} (target: at most {TARGET:.0})");
    Ok(worst <= TARGET)
}

/// Median and 99th percentile while the attack runs.
fn during(address: SocketAddr, attack: Attack) -> Result<(f64, f64)> {
    let attackers = attack.begin(address);
    // Until it has spread to all it can take.
    std::thread::sleep(Duration::from_secs(1));
    let figures = probe(address, SECONDS);
    attackers.end();
    // What still runs must not be in the next quiet figures.
    std::thread::sleep(Duration::from_secs(2));
    figures
}

/// Asks the small app over one connection; median and 99th percentile in microseconds.
fn probe(address: SocketAddr, seconds: u64) -> Result<(f64, f64)> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut connection = BufReader::new(stream);
    let request = format!("GET /w/quiet/apps/probe/ HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let mut times = Vec::new();
    let until = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < until {
        let begun = Instant::now();
        connection.get_mut().write_all(request.as_bytes())?;
        read_answer(&mut connection)?;
        times.push(begun.elapsed());
        std::thread::sleep(PAUSE);
    }
    times.sort_unstable();
    let at = |share: usize| {
        let time = times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
        time.map_or(0.0, |time| time.as_secs_f64() * 1e6)
    };
    Ok((at(50), at(99)))
}

fn read_answer(connection: &mut BufReader<TcpStream>) -> Result<()> {
    let mut line = String::new();
    connection.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200") {
        bail!("the quiet workspace was answered {line}");
    }
    let mut length = 0;
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
    }
    connection.read_exact(&mut vec![0; length])?;
    Ok(())
}

/// The guest of the journeys, built here: the package that carries it depends on this one.
fn hostile_guest() -> Result<Vec<u8>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = root.join("target/guests/tests");
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "--locked",
            "--quiet",
            "--target",
            "wasm32-wasip2",
            "--target-dir",
        ])
        .arg(&target)
        .current_dir(root.join("tests/guests"))
        .status()?;
    ensure!(status.success(), "the hostile guest does not build");
    let component = target.join("wasm32-wasip2/release/hostile.wasm");
    std::fs::read(&component).with_context(|| component.display().to_string())
}
