//! Writes the shared resources and everything about the first people as NDJSON to the standard output:
//! `cargo run --release -p population --example ndjson -- 100`.

use std::io::{self, BufWriter, Write};

use population::{Config, Population, Resource};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let people = std::env::args()
        .nth(1)
        .map_or(Ok(100), |text| text.parse::<u32>())?;
    let population = Population::generate(Config {
        people,
        ..Config::default()
    });
    let mut out = BufWriter::new(io::stdout().lock());
    let mut write = |resource: &Resource| -> io::Result<()> {
        out.write_all(&resource.text)?;
        out.write_all(b"\n")
    };
    for resource in population.shared() {
        write(&resource?)?;
    }
    for record in population.people(0..people) {
        for resource in &record?.resources {
            write(resource)?;
        }
    }
    out.flush()?;
    Ok(())
}
