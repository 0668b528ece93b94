//! The base's search index, built on several threads.

use search::index::{BaseIndex, Batch, BuildError, Builder};

use super::Base;
use crate::indexing;

/// Indexes every resource: each thread takes one stretch of them.
pub(super) fn build(base: &Base, threads: usize) -> Result<BaseIndex, BuildError> {
    let threads = threads.clamp(1, 64);
    let stretch = base.documents.len().div_ceil(threads).max(1);
    let mut builder = Builder::new();
    let batches: Vec<Batch> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|number| scope.spawn(move || index_stretch(base, number.saturating_mul(stretch), stretch)))
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
    for batch in batches {
        builder.push(batch);
    }
    builder.build(threads)
}

fn index_stretch(base: &Base, first: usize, count: usize) -> Batch {
    let mut batch = Batch::new();
    let documents = (0_u32..).zip(&base.documents).skip(first).take(count);
    for (doc, document) in documents {
        let text = base.texts.slice(document.text);
        indexing::with_values(doc, document.kind, document.last_updated, text, |entry| {
            batch.add(entry)
        });
    }
    batch
}
