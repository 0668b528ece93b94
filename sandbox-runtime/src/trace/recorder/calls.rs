//! Calls as they go out and come back, each a step of the run's story.

use std::borrow::Cow;

use http::{HeaderMap, Uri};

use super::Recorder;
use crate::capability::way_out::join_story;
use crate::trace::{Body, Call, Event, Headers, SpanId, TraceParent};

/// How many calls over the limit are listed; after that they are refused without a line each.
const REFUSED_CALLS_LISTED: usize = 8;

/// The place of a call in the trace. Calls over the limit may have none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallSlot {
    /// Among all calls of the run, from 1.
    pub(crate) number: u32,
    /// Among those that are counted together with it, from 1.
    pub(crate) count: u32,
    pub(crate) is_own: bool,
    pub(crate) is_over_limit: bool,
    index: Option<usize>,
}

impl Recorder {
    /// Notes that the guest sends a call; says whether it may, and gives it its step in the run's story.
    pub(crate) fn call_sent(
        &self,
        method: Cow<'static, str>,
        uri: &Uri,
        headers: &mut HeaderMap,
        is_own: bool,
    ) -> CallSlot {
        let at_us = self.elapsed_us();
        let mut recorded = self.lock();
        recorded.calls_sent = recorded.calls_sent.saturating_add(1);
        let number = recorded.calls_sent;
        if is_own {
            recorded.own_calls_sent = recorded.own_calls_sent.saturating_add(1);
        }
        let (count, allowed) = if is_own {
            (recorded.own_calls_sent, self.limits.store_calls)
        } else {
            (number.saturating_sub(recorded.own_calls_sent), self.limits.calls)
        };
        let mut slot = CallSlot {
            number,
            count,
            is_own,
            is_over_limit: count > allowed,
            index: None,
        };
        let listed = usize::try_from(allowed)
            .unwrap_or(usize::MAX)
            .saturating_add(REFUSED_CALLS_LISTED);
        if slot.is_over_limit && usize::try_from(count).unwrap_or(usize::MAX) > listed {
            return slot;
        }
        let span_id = call_span(self.story.span_id, number);
        let step = TraceParent {
            trace_id: self.story.trace_id,
            span_id,
            sampled: self.story.parent.as_ref().is_none_or(|parent| parent.sampled),
            state: None,
        };
        let state = self
            .story
            .parent
            .as_ref()
            .and_then(|parent| parent.state.as_deref());
        join_story(headers, &step.to_string(), state);
        let call = Call {
            number,
            span_id,
            is_own,
            started_us: at_us,
            duration_us: None,
            method,
            url: self.url(uri),
            label: None,
            status: None,
            request_headers: self.headers(headers),
            request_body: Body::default(),
            response_headers: Headers::default(),
            response_body: Body::default(),
            refused: None,
            fault: None,
            notes: Vec::new(),
        };
        self.tell(Event::CallStarted(&call));
        recorded.calls.push(call);
        slot.index = Some(recorded.calls.len() - 1);
        slot
    }

    /// Fills in what became of a call.
    pub(crate) fn call_ended(&self, slot: CallSlot, fill: impl FnOnce(&mut Call)) {
        let at_us = self.elapsed_us();
        let mut recorded = self.lock();
        if let Some(call) = slot.index.and_then(|index| recorded.calls.get_mut(index)) {
            call.duration_us = Some(at_us.saturating_sub(call.started_us));
            fill(call);
            self.tell(Event::CallEnded(call));
        }
    }

    /// Adds to a call that is still under way.
    pub(crate) fn call_changed(&self, slot: CallSlot, fill: impl FnOnce(&mut Call)) {
        if let Some(call) = slot
            .index
            .and_then(|index| self.lock().calls.get_mut(index).map(fill))
        {
            call
        }
    }
}

/// The step of a call: made from the run's and its number by splitmix64's finalizer, which maps no two of them to one.
fn call_span(run: SpanId, number: u32) -> SpanId {
    let mut mixed =
        u64::from_be_bytes(run.0).wrapping_add(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    SpanId((mixed ^ (mixed >> 31)).max(1).to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_calls_differ() {
        let steps: std::collections::HashSet<_> = (1..=1_000)
            .map(|number| call_span(SpanId([7; 8]), number))
            .collect();
        assert_eq!(steps.len(), 1_000);
    }
}
