//! A panic in a handler is a fault of ours and answers 500; the process lives on.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;

use axum::response::Response;
use futures_util::FutureExt as _;

use crate::error::AppError;
use crate::metrics::Metrics;

pub(super) async fn catch(
    metrics: &Metrics,
    answer: impl Future<Output = Result<Response, Infallible>>,
) -> Result<Response, AppError> {
    // Unwind safety: what a handler shares with others is behind locks that are read again after a panic, and the
    // half-made answer is dropped.
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(never)) => match never {},
        Err(payload) => {
            metrics.panicked();
            let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
            Err(AppError::Panic(
                text.unwrap_or_else(|| "without a message".to_owned()),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_error() {
        let metrics = Metrics::default();
        let error = catch(&metrics, async { panic!("oh") }).await.unwrap_err();
        assert!(matches!(error, AppError::Panic(text) if text == "oh"));
    }
}
