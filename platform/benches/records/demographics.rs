//! PDS over the same records: a read and a search beside a plain FHIR read, and a fuzzy search beside an exact one.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::exchange::Exchange;
use crate::load::{Load, Target, compare};
use crate::server::Server;
use crate::{FHIR, READ_AIM};

/// Where PDS keeps its patients.
const PDS: &str = "/w/demo/nhs/int/personal-demographics/FHIR/R4/Patient";
/// A person of every seed, and the searches that find her.
const JANE: &str = "9000000009";
const EXACT: &str = "family=Smith&gender=female&birthdate=eq2010-10-22";
const FUZZY: &str = "_fuzzy-match=true&family=Smyth&given=Jane&birthdate=eq2010-10-22";
/// One connection: what is compared is the time of one answer.
const LOOK: Load = Load {
    connections: 1,
    seconds: 2,
};
/// Looks at each search, in turns; odd, so that the middle one is a measured one.
const LOOKS: usize = 3;

/// What every request to PDS says.
fn headers(server: &Server) -> Result<Vec<(&'static str, String)>> {
    let mut exchange = Exchange::with(server.address())?;
    let workspace = exchange.json("GET", "/api/v1/workspaces/demo", b"", 200)?;
    let token = workspace
        .get("access_token")
        .and_then(Value::as_str)
        .context("a token")?;
    Ok(vec![
        ("authorization", format!("Bearer {token}")),
        ("x-request-id", "60e0b220-8136-4ca5-ae46-1d97ef59d068".to_owned()),
    ])
}

/// Whether both are what is aimed at.
///
/// # Errors
/// When the server refuses a request.
pub(crate) fn beside_a_plain_read(server: &Server) -> Result<bool> {
    let headers = headers(server)?;
    let plain = || Target::get(server.address(), &format!("{FHIR}/Patient/{JANE}"), &[]);
    let read = compare(
        "(d) PDS read, 8 connections: ours / a plain FHIR read of the same patient",
        Some(READ_AIM),
        plain(),
        Target::get(server.address(), &format!("{PDS}/{JANE}"), &headers),
    )?;
    let search = compare(
        "(d) PDS exact search, 8 connections: ours / a plain FHIR read of the same patient",
        Some(READ_AIM),
        plain(),
        Target::get(server.address(), &format!("{PDS}?{EXACT}"), &headers),
    )?;
    Ok(read && search)
}

/// # Errors
/// When a server does not start or refuses a search.
pub(crate) fn fuzzy_beside_exact(people: u32, data_dir: &Path) -> Result<()> {
    let server = Server::start(data_dir, people)?;
    let headers = headers(&server)?;
    let exact = Target::get(server.address(), &format!("{PDS}?{EXACT}"), &headers);
    let fuzzy = Target::get(server.address(), &format!("{PDS}?{FUZZY}"), &headers);
    let (mut exact_us, mut fuzzy_us) = (Vec::new(), Vec::new());
    for _ in 0..LOOKS {
        exact_us.push(LOOK.run(&exact)?.p50_us);
        fuzzy_us.push(LOOK.run(&fuzzy)?.p50_us);
    }
    let middle = |times: &mut Vec<u128>| {
        times.sort_unstable();
        times.get(LOOKS / 2).copied().unwrap_or_default()
    };
    let (exact, fuzzy) = (middle(&mut exact_us), middle(&mut fuzzy_us));
    #[expect(clippy::cast_precision_loss, reason = "a ratio for people to read")]
    let ratio = fuzzy as f64 / exact.max(1) as f64;
    println!("(d) {people} people, PDS fuzzy search p50 {fuzzy} us, exact {exact} us: {ratio:.1} times");
    Ok(())
}
