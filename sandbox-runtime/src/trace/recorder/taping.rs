//! What of a run goes onto its tape: everything it learned from outside, without secrets.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request};

use super::{Recorder, World};
use crate::replay::{Tape, TapedBody, TapedValue, check_of};
use crate::trace::headers::without_secrets;
use crate::trace::mask::Mask;

/// What a tape needs besides what was recorded on the way.
#[derive(Debug, Clone)]
pub(crate) struct TapeParts {
    pub(crate) request: Request<Bytes>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) secrets: Arc<[String]>,
}

impl Recorder {
    /// A body as a tape has it.
    pub(crate) fn masked_bytes(&self, body: &Bytes) -> Bytes {
        self.mask
            .as_ref()
            .map_or_else(|| body.clone(), |mask| mask.bytes(body))
    }

    /// Headers of an answer as a tape has them.
    pub(crate) fn masked_headers(&self, headers: &HeaderMap) -> HeaderMap {
        let mut headers = headers.clone();
        if let Some(mask) = &self.mask {
            mask_values(&mut headers, mask);
        }
        headers
    }

    /// Takes the tape off, if one was made.
    pub(crate) fn tape(&self, mut parts: TapeParts) -> Option<Tape> {
        let World::Recorded(reel) = &self.world else {
            return None;
        };
        let has_room = reel.has_room_for(parts.request.body().len());
        if let Some(mask) = &self.mask {
            mask_values(parts.request.headers_mut(), mask);
        }
        without_secrets(parts.request.headers_mut());
        let (request, body) = parts.request.into_parts();
        let mut checks = Vec::new();
        let environment = parts.environment.into_iter().map(|(name, value)| {
            let is_secret = parts.secrets.contains(&value)
                || self
                    .mask
                    .as_ref()
                    .is_some_and(|mask| matches!(mask.text(&value), Cow::Owned(_)));
            let value = if is_secret {
                checks.push((name.clone(), check_of(&name, &value)));
                TapedValue::Secret
            } else {
                TapedValue::Plain(value)
            };
            (name, value)
        });
        let environment = environment.collect();
        let wound = reel.take();
        Some(Tape {
            run_id: self.story.run_id.clone(),
            started_at: self.story.started_at,
            limits: self.limits,
            method: request.method.to_string(),
            uri: self.url(&request.uri),
            headers: request.headers,
            body: TapedBody(if has_room {
                self.masked_bytes(&body)
            } else {
                Bytes::new()
            }),
            environment,
            seed: reel.seed,
            clock: wound.clock,
            polls: wound.polls,
            calls: wound.calls,
            cut: wound.cut,
            checks,
        })
    }
}

fn mask_values(headers: &mut HeaderMap, mask: &Mask) {
    for value in headers.values_mut() {
        let bytes = Bytes::copy_from_slice(value.as_bytes());
        let masked = mask.bytes(&bytes);
        if masked != bytes
            && let Ok(masked) = http::HeaderValue::from_maybe_shared(masked)
        {
            *value = masked;
        }
    }
}
