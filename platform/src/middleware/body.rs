//! Reading bodies: never more than the address takes, never for longer than somebody sends, never decompressed.

use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body_util::BodyExt as _;

use crate::error::AppError;

/// How long nothing may come before the body counts as broken off; a phone in a lift is back sooner.
pub(crate) const IDLE: Duration = Duration::from_secs(15);

/// How long a whole body may take: the largest component over a class's shared Wi-Fi takes about a minute.
pub(crate) const WHOLE: Duration = Duration::from_secs(120);

/// The whole body, if it is no longer than `limit_bytes`. A length that is announced as too long is refused unread.
pub(crate) async fn collect(
    headers: &HeaderMap,
    mut body: Body,
    limit_bytes: u64,
) -> Result<Bytes, AppError> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|announced| announced > limit_bytes) {
        return Err(AppError::BodyTooLarge { limit_bytes });
    }
    let limit = usize::try_from(limit_bytes).unwrap_or(usize::MAX);
    let mut parts = Parts::default();
    let deadline = Instant::now() + WHOLE;
    loop {
        let patience = IDLE.min(deadline.saturating_duration_since(Instant::now()));
        let frame =
            tokio::time::timeout(patience, body.frame())
                .await
                .map_err(|_| AppError::BodyTooSlow {
                    idle_s: IDLE.as_secs(),
                })?;
        let Some(frame) = frame else {
            return Ok(parts.whole());
        };
        let frame = frame.map_err(|error| AppError::BodyBroken(error.to_string()))?;
        let Ok(data) = frame.into_data() else { continue };
        if parts.length() + data.len() > limit {
            return Err(AppError::BodyTooLarge { limit_bytes });
        }
        parts.add(data);
    }
}

/// Refuses a body that says it is compressed: ten kilobytes could become ten gigabytes.
pub(crate) fn refuse_encoded(headers: &HeaderMap) -> Result<(), AppError> {
    match headers.get(header::CONTENT_ENCODING) {
        None => Ok(()),
        Some(encoding) if encoding.as_bytes().eq_ignore_ascii_case(b"identity") => Ok(()),
        Some(encoding) => Err(AppError::EncodedBody(
            String::from_utf8_lossy(encoding.as_bytes()).into_owned(),
        )),
    }
}

/// What came so far; most bodies come in one part and are never copied.
#[derive(Debug, Default)]
enum Parts {
    #[default]
    None,
    One(Bytes),
    Many(BytesMut),
}

impl Parts {
    fn length(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(part) => part.len(),
            Self::Many(parts) => parts.len(),
        }
    }

    fn add(&mut self, data: Bytes) {
        *self = match std::mem::take(self) {
            Self::None => Self::One(data),
            Self::One(first) => {
                let mut parts = BytesMut::from(first);
                parts.extend_from_slice(&data);
                Self::Many(parts)
            }
            Self::Many(mut parts) => {
                parts.extend_from_slice(&data);
                Self::Many(parts)
            }
        };
    }

    fn whole(self) -> Bytes {
        match self {
            Self::None => Bytes::new(),
            Self::One(part) => part,
            Self::Many(parts) => parts.freeze(),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::HeaderValue;

    use super::*;

    #[tokio::test]
    async fn bodies_are_cut_at_their_limit() {
        let chunks = || {
            let parts = ["ab", "cd", "e"].map(|part| Ok::<_, std::io::Error>(Bytes::from(part)));
            Body::from_stream(futures_util::stream::iter(parts))
        };
        let none = HeaderMap::new();
        assert_eq!(collect(&none, chunks(), 5).await.unwrap(), "abcde");
        assert!(matches!(
            collect(&none, chunks(), 4).await,
            Err(AppError::BodyTooLarge { limit_bytes: 4 })
        ));
        assert_eq!(collect(&none, Body::empty(), 0).await.unwrap(), "");
        let announced = HeaderMap::from_iter([(header::CONTENT_LENGTH, HeaderValue::from_static("6"))]);
        assert!(matches!(
            collect(&announced, chunks(), 5).await,
            Err(AppError::BodyTooLarge { .. })
        ));
    }
}
