//! One call of a run: what it means, how it ended, and its place on the run's scale of time.

use sandbox_runtime::trace::Call;

use super::ending::{Ending, Tone};
use super::{HEADING_CHARACTERS, SCALE};
use crate::web::message::{Depth, Message};
use crate::web::words;

/// The shortest bar that can still be seen, in thousandths of the run.
pub(super) const SHORTEST_BAR: u64 = 6;

/// A place on the scale of time, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) start: u64,
    pub(crate) length: u64,
}

/// One call of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallView {
    pub(crate) number: u32,
    /// The operation in plain words, or the method and path where nobody knows what it means.
    pub(crate) title: String,
    /// `GET int.api.service.nhs.uk/...`: the usual scheme is left out.
    pub(crate) line: String,
    pub(crate) ending: Ending,
    /// When it began, after the start of the run.
    pub(crate) began: String,
    /// How long it took; `None` when the run ended first.
    pub(crate) took: Option<String>,
    pub(crate) bar: Bar,
    pub(crate) refused: Option<String>,
    /// What was done to the answer on purpose.
    pub(crate) fault: Option<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) request: Message,
    pub(crate) response: Option<Message>,
}

impl CallView {
    /// `total_us` is the length of the whole run.
    pub(super) fn new(call: &Call, total_us: u64, depth: Depth) -> Self {
        let line = format!("{} {}", call.method, call.url);
        let ending = match (call.status, &call.refused) {
            (_, Some(_)) => Ending {
                words: "Refused".to_owned(),
                tone: Tone::Bad,
            },
            (Some(status), None) => Ending {
                words: words::status(status),
                tone: Tone::of_status(status),
            },
            (None, None) => Ending {
                words: "No answer".to_owned(),
                tone: Tone::Bad,
            },
        };
        let title = match &call.label {
            Some(label) => label.title.clone(),
            None => format!("{} {}", call.method, host_of(&call.url)),
        };
        Self {
            number: call.number,
            title: words::shorten(&words::visible(&title), HEADING_CHARACTERS),
            line: words::shorten(
                &words::visible(&line.replacen("https://", "", 1)),
                2 * HEADING_CHARACTERS,
            ),
            began: words::duration(call.started_us),
            took: call.duration_us.map(words::duration),
            bar: bar(call, total_us),
            refused: call
                .refused
                .as_deref()
                .map(|reason| words::visible(reason).into_owned()),
            fault: call
                .fault
                .as_deref()
                .map(|fault| words::visible(fault).into_owned()),
            notes: call.notes.clone(),
            request: Message::new(&line, &call.request_headers, &call.request_body, depth),
            response: call.status.map(|status| {
                Message::new(
                    &words::status(status),
                    &call.response_headers,
                    &call.response_body,
                    depth,
                )
            }),
            ending,
        }
    }
}

fn bar(call: &Call, total_us: u64) -> Bar {
    let place = |us: u64| {
        (us.min(total_us).saturating_mul(SCALE))
            .checked_div(total_us)
            .unwrap_or(0)
    };
    let start = place(call.started_us).min(SCALE - SHORTEST_BAR);
    // A call without an answer went on until the run ended.
    let end = call
        .duration_us
        .map_or(SCALE, |took| place(call.started_us.saturating_add(took)));
    Bar {
        start,
        length: end.saturating_sub(start).max(SHORTEST_BAR),
    }
}

pub(super) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}
