//! What the engine inside is told about memory.
//!
//! Deliberately absent: a limit of its own. The host's limit makes an allocation fail, which a script meets as `InternalError: out of memory` with a
//! line. Deep recursion ends in the host's stack limit, because QuickJS keeps no account of the stack on WASI.

use std::alloc::{Layout, alloc, dealloc};

/// Larger than the gaps that are worth filling, in bytes.
const LARGEST_GAP_BYTES: usize = 512 * 1024;

/// Up to here the allocator keeps gaps of each size apart, in bytes.
const SMALL_BYTES: usize = 512;

/// Steps between these sizes, in bytes.
const STEP_BYTES: usize = 16;

/// Memory at which the collector of cycles first runs, in bytes. What is in no cycle is freed at once anyway, and most runs end earlier.
pub(crate) const COLLECT_AT_BYTES: usize = 24 * 1024 * 1024;

/// Fills the gaps that evaluating modules has left between what stays, so that all that a request makes lies together behind it. A host
/// that keeps a run's memory for the next one has to put back what was written, page by page: a few pages side by side are cheaper than
/// the same number all over the place. The gaps stay filled for good; they are a small part of a snapshot.
pub(crate) fn fill_gaps() {
    let Some(behind) = block(LARGEST_GAP_BYTES) else {
        return;
    };
    let mut size = LARGEST_GAP_BYTES / 2;
    while size >= STEP_BYTES {
        while let Some(filling) = block(size) {
            if filling.addr() > behind.addr() {
                give_back(filling, size);
                break;
            }
        }
        size = if size > SMALL_BYTES {
            size / 2
        } else {
            size - STEP_BYTES
        };
    }
    give_back(behind, LARGEST_GAP_BYTES);
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size, align_of::<usize>()).ok()
}

/// A block of memory, or nothing when there is no more.
fn block(size: usize) -> Option<*mut u8> {
    // SAFETY: the callers' sizes are never zero.
    let block = unsafe { alloc(layout(size)?) };
    (!block.is_null()).then_some(block)
}

fn give_back(block: *mut u8, size: usize) {
    if let Some(layout) = layout(size) {
        // SAFETY: it came from `block` with the same size, and nobody else has it.
        unsafe { dealloc(block, layout) };
    }
}
