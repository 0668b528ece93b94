//! Creates and transactions, the same of whichever server.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use serde_json::{Value, json};

use crate::exchange::Exchange;

/// How long each kind of write goes on.
const WRITING: Duration = Duration::from_secs(3);
/// People of one transaction, each with [`READINGS`].
const PEOPLE: usize = 25;
/// Readings of one person of a transaction.
const READINGS: usize = 3;
/// Transactions of people that are searched for afterwards: 2,000 people.
const KNOWN: usize = 80;
const SYSTEM: &str = "https://example.com/bench";

/// What one server takes, each second.
pub(crate) struct Rates {
    pub(crate) create_1: f64,
    pub(crate) create_64: f64,
    pub(crate) imported: f64,
}

/// Where each kind of write goes; in ours a workspace of its own each, so that none meets its quota.
pub(crate) struct Bases {
    pub(crate) create_1: String,
    pub(crate) create_64: String,
    pub(crate) imports: String,
}

/// Creates with one client and with 64, then transactions with one.
///
/// # Errors
/// When a write is refused.
pub(crate) fn measure(whose: &str, address: SocketAddr, bases: &Bases) -> Result<Rates> {
    let create_1 = creates(address, &bases.create_1, 1)?;
    let create_64 = creates(address, &bases.create_64, 64)?;
    let imported = transactions(address, &bases.imports)?;
    println!(
        "(w) {whose}: create {create_1:.0}/s at 1 client, {create_64:.0}/s at 64 clients; transactions of {} resources: {imported:.0} resources/s",
        PEOPLE * (1 + READINGS)
    );
    Ok(Rates {
        create_1,
        create_64,
        imported,
    })
}

fn creates(address: SocketAddr, base: &str, clients: usize) -> Result<f64> {
    let path = format!("{base}/Observation");
    let body = reading("Patient/nobody", 70).to_string();
    let begun = Instant::now();
    let clients: Vec<_> = (0..clients)
        .map(|_| {
            let (path, body) = (path.clone(), body.clone());
            std::thread::spawn(move || -> Result<usize> {
                let mut exchange = Exchange::with(address)?;
                let mut made = 0;
                while begun.elapsed() < WRITING {
                    let (status, answer) = exchange.send("POST", &path, body.as_bytes())?;
                    ensure!(status == 201, "{status}: {}", String::from_utf8_lossy(&answer));
                    made += 1;
                }
                Ok(made)
            })
        })
        .collect();
    let mut made = 0;
    for client in clients {
        made += client.join().map_err(|_| anyhow!("a client panicked"))??;
    }
    Ok(rate(made, begun.elapsed()))
}

fn transactions(address: SocketAddr, base: &str) -> Result<f64> {
    let mut exchange = Exchange::with(address)?;
    let begun = Instant::now();
    let mut made = 0;
    while begun.elapsed() < WRITING {
        import(&mut exchange, base, "import", made)?;
        made += PEOPLE * (1 + READINGS);
    }
    Ok(rate(made, begun.elapsed()))
}

/// Two thousand people whom both servers know, and what is asked of them.
///
/// # Errors
/// When a write or a question is refused.
pub(crate) fn known_people(address: SocketAddr, base: &str) -> Result<Vec<(&'static str, String)>> {
    let mut exchange = Exchange::with(address)?;
    for number in 0..KNOWN {
        import(&mut exchange, base, "known", number * PEOPLE)?;
    }
    let number = KNOWN * PEOPLE / 2;
    let by_identifier = format!("/Patient?identifier={SYSTEM}%7Cknown-{number}");
    let page = exchange.json("GET", &format!("{base}{by_identifier}"), b"", 200)?;
    let id = page.pointer("/entry/0/resource/id").and_then(Value::as_str);
    let id = id.ok_or_else(|| anyhow!("{by_identifier} finds nobody"))?;
    Ok(vec![
        ("read", format!("/Patient/{id}")),
        ("search by identifier", by_identifier),
        (
            "search by name prefix",
            format!("/Patient?family=Known{}&_count=20", number / 10),
        ),
        (
            "search by patient and code",
            format!("/Observation?subject=Patient/{id}&code=29463-7&_count=20"),
        ),
    ])
}

/// One transaction of [`PEOPLE`], numbered from `first`.
fn import(exchange: &mut Exchange, base: &str, marker: &str, first: usize) -> Result<()> {
    let mut entries = Vec::new();
    for number in first..first + PEOPLE {
        let reference = format!("urn:uuid:00000000-0000-4000-8000-{number:012}");
        let patient = json!({
            "resourceType": "Patient",
            "identifier": [{"system": SYSTEM, "value": format!("{marker}-{number}")}],
            "name": [{"family": format!("Known{number}"), "given": ["Sam", "Jo"]}],
            "gender": "other",
            "birthDate": "1980-02-29",
            "address": [{"line": ["1 Example Street"], "city": "Exampleton", "postalCode": "ZZ99 3VZ"}],
        });
        entries.push(entry(&reference, &patient, "Patient"));
        for value in 0..READINGS {
            let own = format!("urn:uuid:00000000-0000-4000-900{value}-{number:012}");
            entries.push(entry(&own, &reading(&reference, 70 + value), "Observation"));
        }
    }
    let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries});
    exchange.json("POST", base, bundle.to_string().as_bytes(), 200)?;
    Ok(())
}

fn entry(full_url: &str, resource: &Value, url: &str) -> Value {
    json!({"fullUrl": full_url, "resource": resource, "request": {"method": "POST", "url": url}})
}

fn reading(subject: &str, kilograms: usize) -> Value {
    json!({
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7", "display": "Body weight"}]},
        "subject": {"reference": subject},
        "effectiveDateTime": "2026-01-15T10:30:00Z",
        "valueQuantity": {"value": kilograms, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    })
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
fn rate(made: usize, time: Duration) -> f64 {
    made as f64 / time.as_secs_f64()
}
