//! What may not change unnoticed: everything about fifty people as one number, and one person word for word.

use std::fmt::Write;
use std::path::Path;

use crate::{population, records};

/// FNV-1a, 64 bits. Source: <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>
fn digest(texts: impl Iterator<Item = impl AsRef<[u8]>>) -> u64 {
    let mut digest = 0xCBF2_9CE4_8422_2325_u64;
    for text in texts {
        for byte in text.as_ref().iter().chain(b"\n") {
            digest = (digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    digest
}

#[test]
fn the_last_of_fifty_people_beyond_the_stories_never_change() {
    let population = population(1, 150);
    let all = records(&population);
    let texts = all[100..]
        .iter()
        .flat_map(|record| &record.resources)
        .map(|resource| &resource.text);
    assert_eq!(
        format!("{:016x}", digest(texts)),
        include_str!("golden/fifty_people.txt").trim()
    );
}

#[test]
fn one_person_is_written_word_for_word() {
    let population = population(1, 0);
    let holroyd = population::cast()
        .into_iter()
        .find(|member| member.name.contains("Holroyd"))
        .unwrap();
    let place = population.place(holroyd.nhs_number).unwrap();
    let mut text = String::new();
    for resource in population.record(place).unwrap().unwrap().resources {
        writeln!(text, "{}", std::str::from_utf8(&resource.text).unwrap()).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/margaret_holroyd.ndjson");
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(text, golden);
}
