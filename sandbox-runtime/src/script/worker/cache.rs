//! The compiler's memory: machine code of functions that it has seen.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use wasmtime::CacheStore;

/// The most that is remembered, in bytes. The runner's functions need a tenth of it, and no script adds functions.
const BYTES: usize = 256 * 1024 * 1024;

/// Functions by what they were compiled from.
#[derive(Debug, Default)]
pub(super) struct WarmCache {
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    functions: HashMap<Vec<u8>, Vec<u8>>,
    bytes: usize,
}

impl WarmCache {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }
}

impl CacheStore for WarmCache {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.functions.get(key).map(|code| Cow::Owned(code.clone()))
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let bytes = key.len() + value.len();
        if known.bytes + bytes > BYTES {
            return false;
        }
        known.bytes += bytes;
        known.functions.insert(key.to_owned(), value);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_within_bounds() {
        let cache = WarmCache::new();
        assert!(cache.insert(b"key", vec![1, 2]));
        assert_eq!(cache.get(b"key").as_deref(), Some(&[1, 2][..]));
        assert_eq!(cache.get(b"other"), None);
        assert!(!cache.insert(b"large", vec![0; BYTES]));
    }
}
