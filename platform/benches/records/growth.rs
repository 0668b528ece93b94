//! The same questions over more and more people: time to start, memory, and by how much each search slows down.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::load::{Load, Target};
use crate::question::Questions;
use crate::server::{Server, mib};

/// Connections and seconds of one look at one question: one connection, because what grows is the time of one answer.
const LOOK: Load = Load {
    connections: 1,
    seconds: 2,
};
/// Looks at each question, in turns with the others; odd, so that the middle one is a measured one.
const LOOKS: usize = 3;

/// Median microseconds of every question at one size.
struct Size {
    people: u32,
    times: Vec<(&'static str, u128)>,
}

/// # Errors
/// When a server does not start or refuses a question.
pub(crate) fn measure(sizes: &[u32], folder: &Path) -> Result<()> {
    let mut measured: Vec<Size> = Vec::new();
    for &people in sizes {
        // The people are made again at every start, so that a used folder says the same at every size: once is enough.
        let again = measured.is_empty();
        measured.push(of_size(people, again, &folder.join(format!("people-{people}")))?);
    }
    let Some((first, rest)) = measured.split_first() else {
        return Ok(());
    };
    for size in rest {
        for ((name, before), (_, after)) in first.times.iter().zip(&size.times) {
            println!(
                "(g) search {name}: {:.2} times as long over {} people as over {}",
                ratio(*after, *before),
                size.people,
                first.people
            );
        }
    }
    Ok(())
}

fn of_size(people: u32, again: bool, data_dir: &Path) -> Result<Size> {
    let begun = Instant::now();
    let mut server = Server::start(data_dir, people)?;
    let ready = begun.elapsed();
    println!(
        "(g) {people} people: ready in {} ms on an empty folder, {:.0} MiB at rest",
        ready.as_millis(),
        mib(server.resident_kib()?)
    );
    if again {
        drop(server);
        let begun = Instant::now();
        server = Server::start(data_dir, people)?;
        println!(
            "(g) {people} people: ready in {} ms on a used folder",
            begun.elapsed().as_millis()
        );
    }
    let questions = Questions::of(&server)?;
    let targets = questions
        .searches()
        .map(|(name, path)| (name, Target::get(server.address(), &path, &[])));
    let mut looks: Vec<Vec<u128>> = vec![Vec::new(); targets.len()];
    for _ in 0..LOOKS {
        for ((_, target), times) in targets.iter().zip(&mut looks) {
            times.push(LOOK.run(target)?.p50_us);
        }
    }
    let times: Vec<_> = targets
        .iter()
        .zip(&mut looks)
        .map(|((name, _), times)| {
            times.sort_unstable();
            (*name, times.get(LOOKS / 2).copied().unwrap_or_default())
        })
        .collect();
    for (name, time) in &times {
        println!("(g) {people} people, search {name}: p50 {time} us");
    }
    Ok(Size { people, times })
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for people to read")]
fn ratio(after: u128, before: u128) -> f64 {
    after as f64 / before.max(1) as f64
}
