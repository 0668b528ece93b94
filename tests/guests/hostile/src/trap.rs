//! Harm at the seams: an allocator that traps when it is the host that needs it, or when something is let go of.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

use wasip2::http::types::IncomingRequest;

/// The usual allocator until one of its functions is spoiled.
struct Spoiled {
    taking: AtomicBool,
    giving_back: AtomicBool,
}

#[global_allocator]
static ALLOCATOR: Spoiled = Spoiled {
    taking: AtomicBool::new(false),
    giving_back: AtomicBool::new(false),
};

// SAFETY: every call is handed to the system's allocator or does not come back.
unsafe impl GlobalAlloc for Spoiled {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if self.taking.load(Ordering::Relaxed) {
            core::arch::wasm32::unreachable();
        }
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if self.giving_back.load(Ordering::Relaxed) {
            core::arch::wasm32::unreachable();
        }
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

/// Asks the host for the request's headers, and traps when the host wants room for them.
pub(crate) fn in_realloc(request: &IncomingRequest) -> String {
    let headers = request.headers();
    ALLOCATOR.taking.store(true, Ordering::Relaxed);
    let entries = headers.entries();
    format!("{} headers\n", entries.len())
}

/// Gets the request's headers, and traps when it lets go of them.
pub(crate) fn in_free(request: &IncomingRequest) -> String {
    let entries = request.headers().entries();
    ALLOCATOR.giving_back.store(true, Ordering::Relaxed);
    drop(entries);
    "let go\n".to_owned()
}
