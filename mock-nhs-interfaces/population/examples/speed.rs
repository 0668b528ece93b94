//! How fast people are made, and how large they are: `cargo run --release -p population --example speed -- 2000`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Instant;

use population::{Config, Population};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let people = std::env::args()
        .nth(1)
        .map_or(Ok(2_000), |text| text.parse::<u32>())?;
    let population = Population::generate(Config {
        people,
        ..Config::default()
    });
    let begun = Instant::now();
    let (mut resources, mut bytes) = (0_u64, 0_u64);
    let mut of_type: BTreeMap<&str, u64> = BTreeMap::new();
    for record in population.people(0..people) {
        for resource in &record?.resources {
            resources += 1;
            bytes += u64::try_from(resource.text.len())?;
            *of_type.entry(resource.type_name).or_default() += 1;
        }
    }
    let took = begun.elapsed();
    let a_second = u128::from(resources) * 1_000_000_000 / took.as_nanos().max(1);
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{people} people, {resources} resources in {} ms",
        took.as_millis()
    )?;
    writeln!(out, "{a_second} resources a second on one thread")?;
    writeln!(out, "{} resources a person", resources / u64::from(people.max(1)))?;
    writeln!(out, "{} bytes a resource", bytes / resources.max(1))?;
    for (name, count) in of_type {
        writeln!(out, "  {count:>8} {name}")?;
    }
    Ok(())
}
