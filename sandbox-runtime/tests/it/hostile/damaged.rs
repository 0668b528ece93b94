//! One good component, cut at every length and with every byte turned.

use std::sync::Arc;

use bytes::Bytes;
use sandbox_runtime::inspect::{UploadLimits, check_upload};

use super::{Fates, NAMED, fate, tiny};

/// Jobs at once; the compiling children take the processors.
const AT_ONCE: usize = 4;

#[tokio::test]
async fn the_whole_one_answers() {
    let whole = tiny();
    assert!(
        whole.len() < 4_000,
        "{} bytes are too many to turn each",
        whole.len()
    );
    assert_eq!(fate(whole).await, "answered");
}

#[test]
fn cut_at_any_length_it_is_refused_with_a_reason() {
    let whole = tiny();
    for length in 0..whole.len() {
        let error = check_upload(&whole[..length], &UploadLimits::DEFAULT).unwrap_err();
        assert!(error.code().starts_with("upload-"), "{length}: {error}");
        assert!(error.to_string().ends_with(['.', ')']), "{length}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_any_byte_turned_it_is_refused_or_runs_to_a_named_end() {
    let whole = tiny();
    let turn = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let mut jobs = tokio::task::JoinSet::new();
    for place in 0..whole.len() {
        // One bit, and all of them.
        for mask in [1 << (place % 8), 0xff] {
            let mut turned = whole.to_vec();
            turned[place] ^= mask;
            if check_upload(&turned, &UploadLimits::DEFAULT).is_err() {
                continue;
            }
            let turn = Arc::clone(&turn);
            jobs.spawn(async move {
                let _turn = turn.acquire_owned().await;
                fate(Bytes::from(turned)).await
            });
        }
    }
    let mut fates = Fates::new();
    while let Some(fate) = jobs.join_next().await {
        *fates.entry(fate.unwrap()).or_default() += 1;
    }
    assert!(fates.keys().all(|fate| NAMED.contains(fate)), "{fates:?}");
    // Some bytes say nothing that matters, and some make it another program: the test would prove little without either.
    assert!(
        fates.get("answered").is_some_and(|number| *number > 10),
        "{fates:?}"
    );
    assert!(fates.len() >= 3, "{fates:?}");
}
