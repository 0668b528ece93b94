//! Room for components on their way in: many large uploads at once wait for each other instead of filling the memory.

use http::{HeaderMap, header};
use tokio::sync::{Semaphore, SemaphorePermit};

/// MiB that all uploads together may hold: eight of the largest components, or hundreds of ordinary ones, which is more
/// than a class of thirty sends when everybody presses the button at once.
const ROOM_MIB: u32 = 256;

/// Bytes of a MiB.
const MIB: u64 = 1024 * 1024;

/// Gives out the room, in the order in which uploads come.
#[derive(Debug)]
pub struct UploadRoom {
    free_mib: Semaphore,
}

impl Default for UploadRoom {
    fn default() -> Self {
        Self {
            free_mib: Semaphore::new(usize::try_from(ROOM_MIB).unwrap_or(usize::MAX)),
        }
    }
}

impl UploadRoom {
    /// Waits for room for the body that these headers announce, or for the largest one where they announce none. The
    /// room is free again when the permit is dropped.
    pub(crate) async fn enter(&self, headers: &HeaderMap, largest_bytes: u64) -> Option<SemaphorePermit<'_>> {
        let announced = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        let bytes = announced.unwrap_or(largest_bytes).min(largest_bytes);
        let mib = u32::try_from(bytes.div_ceil(MIB)).unwrap_or(u32::MAX);
        // Never closed, so there is always a permit.
        self.free_mib.acquire_many(mib.clamp(1, ROOM_MIB)).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use http::HeaderValue;

    use super::*;

    #[tokio::test]
    async fn large_uploads_wait_for_each_other_and_small_ones_hardly_ever() {
        let room = UploadRoom::default();
        let announcing =
            |bytes: u64| HeaderMap::from_iter([(header::CONTENT_LENGTH, HeaderValue::from(bytes))]);
        let largest = 32 * MIB;
        let mut inside = Vec::new();
        for _ in 0..7 {
            inside.push(room.enter(&HeaderMap::new(), largest).now_or_never().flatten());
        }
        assert!(inside.iter().all(Option::is_some));
        let small = room.enter(&announcing(400_000), largest).now_or_never();
        assert!(
            small.is_some(),
            "an ordinary component finds room beside seven of the largest"
        );
        let eighth = room.enter(&announcing(u64::MAX), largest).now_or_never();
        assert!(
            eighth.is_none(),
            "with the small one inside there is no room for an eighth"
        );
        drop(small);
        assert!(
            room.enter(&announcing(u64::MAX), largest)
                .now_or_never()
                .is_some()
        );
    }
}
