//! The base of the made-up population.

use std::ops::Range;

use population::{Population, Resource};

use super::{Base, BaseError, BasePart};

/// People that one thread makes before it takes the next: enough that threads seldom wait for each other.
const PEOPLE_AT_ONCE: u32 = 64;

impl Base {
    /// Makes every resource of the population, and indexes them, on this many threads.
    ///
    /// The order is the same whatever the number of threads: what everybody shares first, then person after person.
    ///
    /// # Errors
    /// When a resource cannot be written, has an id that another has, or there are too many.
    pub fn of_population(population: &Population, threads: usize) -> Result<Self, BaseError> {
        let mut shared = BasePart::default();
        for resource in population.shared() {
            push(
                &mut shared,
                resource.map_err(|error| BaseError::Seed(error.to_string()))?,
            )?;
        }
        let mut parts = vec![shared];
        parts.extend(people(population, threads.clamp(1, 64))?);
        Self::assemble(parts, threads)
    }
}

/// Every person's record: one part for each thread, in order.
fn people(population: &Population, threads: usize) -> Result<Vec<BasePart>, BaseError> {
    let count = population.count();
    let share = count
        .div_ceil(u32::try_from(threads).unwrap_or(1))
        .max(PEOPLE_AT_ONCE);
    let starts = (0..count).step_by(usize::try_from(share).unwrap_or(usize::MAX));
    let made: Vec<Result<BasePart, BaseError>> = std::thread::scope(|scope| {
        let workers: Vec<_> = starts
            .map(|start| scope.spawn(move || part(population, start..start.saturating_add(share).min(count))))
            .collect();
        workers
            .into_iter()
            .map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    made.into_iter().collect()
}

fn part(population: &Population, places: Range<u32>) -> Result<BasePart, BaseError> {
    let mut part = BasePart::default();
    for record in population.people(places) {
        let record = record.map_err(|error| BaseError::Seed(error.to_string()))?;
        for resource in record.resources {
            push(&mut part, resource)?;
        }
    }
    Ok(part)
}

fn push(part: &mut BasePart, resource: Resource) -> Result<(), BaseError> {
    part.push(resource.type_name, &resource.id, &resource.text)
}
