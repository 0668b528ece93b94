//! What a workspace's FHIR server costs: beside a bare axum route, beside a public server in memory, and as the people grow.
//!
//! `cargo bench --bench records` takes some minutes; `-- 1000 10000` measures those sizes only. Every server is a process of
//! its own. The figures of the last release are in `docs/BENCHMARKS.md`; ratios mean something elsewhere, rates do not.
//! It ends with a failure when a ratio is below its aim. The peer needs Node.js and npm; without them its lines are left out, and that is said.
#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

#[path = "../first_light/bare_axum.rs"]
mod bare_axum;
mod demographics;
mod exchange;
mod growth;
#[path = "../first_light/load.rs"]
mod load;
mod peer;
mod question;
mod server;
mod workspaces;
mod writes;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

use load::{Target, compare};
use peer::Peer;
use question::Questions;
use server::Server;

/// People of the sizes that are compared.
const SIZES: [u32; 3] = [1_000, 10_000, 100_000];
/// The least that a read has of the throughput of something simpler: a bare route, or for PDS the FHIR server.
const READ_AIM: f64 = 0.7;
/// Path of a workspace's FHIR server.
const FHIR: &str = "/w/demo/fhir";
/// The workspace that transactions go into.
const IMPORTS: &str = "imports";
/// The one route of the bare server, whatever its path says.
const BARE: &str = "/w/demo/nhs/int/personal-demographics/FHIR/R4/Patient/9000000009";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some("serve-bare-axum") => bare_axum::serve(arguments.get(1).map(PathBuf::from)).map(|()| true),
        _ => {
            let sizes: Vec<u32> = arguments.iter().filter_map(|size| size.parse().ok()).collect();
            measure(if sizes.is_empty() { &SIZES } else { &sizes })
        }
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
fn measure(sizes: &[u32]) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let smallest = sizes.iter().min().copied().context("at least one size")?;
    let server = Server::start(&folder.path().join("data"), smallest)?;
    let questions = Questions::of(&server)?;
    let mut reached = read_beside_bare_axum(&server, &questions, folder.path())?;
    reached &= demographics::beside_a_plain_read(&server)?;
    let bases = writes::Bases {
        create_1: workspaces::make(&server, "one-client")?,
        create_64: workspaces::make(&server, "many-clients")?,
        imports: workspaces::make(&server, IMPORTS)?,
    };
    let ours = writes::measure("ours", server.address(), &bases)?;
    beside_the_peer(&server, &ours)?;
    workspaces::measure(&server, IMPORTS)?;
    drop(server);
    growth::measure(sizes, folder.path())?;
    let largest = sizes.iter().max().copied().context("at least one size")?;
    demographics::fuzzy_beside_exact(largest, &folder.path().join(format!("people-{largest}")))?;
    Ok(reached)
}

fn read_beside_bare_axum(server: &Server, questions: &Questions, folder: &Path) -> Result<bool> {
    let ours = Target::get(server.address(), &questions.read(), &[]);
    let file = folder.join("patient.json");
    std::fs::write(&file, load::body_of(&ours)?)?;
    let file = file.to_str().context("a folder whose name is not UTF-8")?;
    let bare = Server::start_bench("serve-bare-axum", &[file])?;
    compare(
        "(r) read of a patient, 8 connections: ours / a bare axum route with the same bytes",
        Some(READ_AIM),
        Target::get(bare.address(), BARE, &[]),
        ours,
    )
}

/// The same people and readings in both, made by the same transactions; then the same questions.
fn beside_the_peer(server: &Server, ours: &writes::Rates) -> Result<()> {
    let peer = match Peer::start() {
        Ok(peer) => peer,
        Err(reason) => {
            println!("(p) THE PEER IS LEFT OUT: {reason:#}");
            return Ok(());
        }
    };
    println!(
        "(p) the peer: @medplum/fhir-router in memory on Node.js, ready in {} ms with {:.0} MiB",
        peer.ready_after.as_millis(),
        server::mib(peer.server.resident_kib()?)
    );
    let bases = writes::Bases {
        create_1: peer::BASE.to_owned(),
        create_64: peer::BASE.to_owned(),
        imports: peer::BASE.to_owned(),
    };
    let theirs = writes::measure("peer", peer.server.address(), &bases)?;
    println!(
        "(p) ours / peer: create at 1 client {:.2}, at 64 clients {:.2}, transactions {:.2} (ours on disk, the peer in memory)",
        ours.create_1 / theirs.create_1,
        ours.create_64 / theirs.create_64,
        ours.imported / theirs.imported
    );
    let theirs = writes::known_people(peer.server.address(), peer::BASE)?;
    let known = workspaces::make(server, "known")?;
    let own = writes::known_people(server.address(), &known)?;
    for ((title, their_path), (_, our_path)) in theirs.iter().zip(&own) {
        compare(
            &format!("(p) {title}, 8 connections: ours / peer"),
            None,
            Target::get(peer.server.address(), &format!("{}{their_path}", peer::BASE), &[]),
            Target::get(server.address(), &format!("{known}{our_path}"), &[]),
        )?;
    }
    Ok(())
}
