//! What is different between two runs, as data and in plain words: the answer, the calls, the cost.

mod page;
mod text;

use serde::{Deserialize, Serialize};

use self::text::{body_differences, header_differences, page_differences, shortened};
use crate::limits::bytes_in_words;
use crate::trace::{Call, Outcome, ResponseRecord, Trace};

/// What is different between two runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Whether answer and calls are the same. The cost never is.
    pub same: bool,
    /// All of it in one sentence.
    pub sentence: String,
    /// Outcome, status, headers and body of the answer.
    pub answer: Vec<Difference>,
    /// Calls that one of them made and the other did not, or not so.
    pub calls: Vec<CallDifference>,
    /// What both used.
    pub cost: Vec<Cost>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What is different, such as `status`, `header content-type`, `body at entry[0].id` or `body, line 12`.
    pub place: String,
    /// What the first run had; `None` when it had nothing there.
    pub before: Option<String>,
    /// What the second run has; `None` when it has nothing there.
    pub after: Option<String>,
    /// The same in plain words.
    pub sentence: String,
}

impl Difference {
    pub(super) fn new(place: String, before: Option<String>, after: Option<String>) -> Self {
        let sentence = match (&before, &after) {
            (Some(before), Some(after)) => format!("{place}: it was {before} and is {after}."),
            (None, Some(after)) => format!("{place}: {after} is new."),
            (Some(before), None) => format!("{place}: {before} is gone."),
            (None, None) => format!("{place} is different."),
        };
        Self {
            place,
            before,
            after,
            sentence,
        }
    }
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only the second run made it.
    Added,
    /// Only the first run made it.
    Missing,
    /// Both made it; something about it is different.
    Changed,
}

/// A call that is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallDifference {
    /// What became of it.
    pub change: Change,
    /// Method and address.
    pub call: String,
    /// Its number in the first run.
    pub before: Option<u32>,
    /// Its number in the second run.
    pub after: Option<u32>,
    /// What is different about it.
    pub differences: Vec<Difference>,
    /// The same in plain words.
    pub sentence: String,
}

/// What both runs used of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Of what, such as "processor time".
    pub name: String,
    /// What the first run used.
    pub before: u64,
    /// What the second run used.
    pub after: u64,
    /// What both numbers count: `us` or `bytes`.
    pub unit: String,
    /// The same in plain words.
    pub sentence: String,
}

/// What is different in `after`, seen from `before`.
#[must_use]
pub fn compare(before: &Trace, after: &Trace) -> Comparison {
    let answer = answer_differences(before, after);
    let calls = call_differences(&before.calls, &after.calls);
    let same = answer.is_empty() && calls.is_empty();
    let sentence = match (answer.len(), calls.len()) {
        (0, 0) => "Both runs made the same calls and gave the same answer.".to_owned(),
        (answers, 0) => format!(
            "The answer is different ({}); the calls are the same.",
            places(answers)
        ),
        (0, calls) => format!("The answer is the same; {} different.", number_of_calls(calls)),
        (answers, calls) => format!(
            "The answer is different ({}), and {} different.",
            places(answers),
            number_of_calls(calls)
        ),
    };
    Comparison {
        same,
        sentence,
        answer,
        calls,
        cost: costs(before, after),
    }
}

fn places(number: usize) -> String {
    match number {
        1 => "in one place".to_owned(),
        number => format!("in {number} places"),
    }
}

fn number_of_calls(number: usize) -> String {
    match number {
        1 => "one call is".to_owned(),
        number => format!("{number} calls are"),
    }
}

/// A difference when the two are not equal.
fn differ<T: PartialEq + ToString>(place: &str, before: Option<T>, after: Option<T>) -> Option<Difference> {
    let words = |value: Option<T>| value.map(|value| shortened(&value.to_string()));
    (before != after).then(|| Difference::new(place.to_owned(), words(before), words(after)))
}

fn answer_differences(before: &Trace, after: &Trace) -> Vec<Difference> {
    let outcome = |trace: &Trace| match &trace.outcome {
        Outcome::Answered => None,
        Outcome::Failed { code, sentence } => Some(format!("{code}: {sentence}")),
    };
    let mut differences = Vec::new();
    differences.extend(differ("failure", outcome(before), outcome(after)));
    let (Some(before), Some(after)) = (&before.response, &after.response) else {
        let status = |trace: &Trace| trace.response.as_ref().map(|response| response.status);
        differences.extend(differ("status", status(before), status(after)));
        return differences;
    };
    differences.extend(differ("status", Some(before.status), Some(after.status)));
    differences.extend(header_differences("header", &before.headers, &after.headers));
    let is_page = |response: &ResponseRecord| {
        let kind = response.headers.get("content-type").unwrap_or_default();
        kind.trim_start().starts_with("text/html")
    };
    let seen = if is_page(before) && is_page(after) {
        page_differences("page", &before.body, &after.body)
    } else {
        Vec::new()
    };
    if seen.is_empty() {
        differences.extend(body_differences("body", &before.body, &after.body));
    }
    differences.extend(seen);
    differences
}

fn name(call: &Call) -> String {
    format!("{} {}", call.method, call.url)
}

fn call_differences(before: &[Call], after: &[Call]) -> Vec<CallDifference> {
    let same = |one: &Call, other: &Call| one.method == other.method && one.url == other.url;
    let alone = |change, call: &Call| CallDifference {
        change,
        call: name(call),
        before: (change == Change::Missing).then_some(call.number),
        after: (change == Change::Added).then_some(call.number),
        differences: Vec::new(),
        sentence: match change {
            Change::Added => format!("Call {} is new: {}.", call.number, name(call)),
            Change::Missing | Change::Changed => {
                format!("Call {} is no longer made: {}.", call.number, name(call))
            }
        },
    };
    text::align(before, after, same)
        .into_iter()
        .filter_map(|pair| match pair {
            (Some(one), None) => Some(alone(Change::Missing, one)),
            (None, Some(other)) => Some(alone(Change::Added, other)),
            (Some(one), Some(other)) => changed(one, other),
            (None, None) => None,
        })
        .collect()
}

fn changed(before: &Call, after: &Call) -> Option<CallDifference> {
    let mut differences = header_differences("header sent", &before.request_headers, &after.request_headers);
    differences.extend(body_differences(
        "body sent",
        &before.request_body,
        &after.request_body,
    ));
    let faults = differ("fault", before.fault.as_ref(), after.fault.as_ref());
    let is_on_purpose = faults.is_some();
    differences.extend(faults);
    differences.extend(differ("status", before.status, after.status));
    differences.extend(differ("refusal", before.refused.as_ref(), after.refused.as_ref()));
    // What a fault made of an answer is no finding.
    if !is_on_purpose {
        differences.extend(header_differences(
            "header of the answer",
            &before.response_headers,
            &after.response_headers,
        ));
        differences.extend(body_differences(
            "body of the answer",
            &before.response_body,
            &after.response_body,
        ));
    }
    if differences.is_empty() {
        return None;
    }
    let words: Vec<&str> = differences
        .iter()
        .map(|difference| difference.sentence.as_str())
        .collect();
    Some(CallDifference {
        change: Change::Changed,
        call: name(after),
        before: Some(before.number),
        after: Some(after.number),
        sentence: shortened(&format!(
            "Call {} ({}) is different. {}",
            after.number,
            name(after),
            words.join(" ")
        )),
        differences,
    })
}

fn costs(before: &Trace, after: &Trace) -> Vec<Cost> {
    let cost = |name: &str, unit: &str, of: fn(&Trace) -> u64, words: fn(u64) -> String| {
        let (before, after) = (of(before), of(after));
        Cost {
            name: name.to_owned(),
            before,
            after,
            unit: unit.to_owned(),
            sentence: format!("{name}: {} before, {} now.", words(before), words(after)),
        }
    };
    vec![
        cost("processor time", "us", |trace| trace.cpu_us, milliseconds),
        cost(
            "time from start to end",
            "us",
            |trace| trace.wall_us,
            milliseconds,
        ),
        cost(
            "most memory at once",
            "bytes",
            |trace| trace.memory_peak_bytes,
            bytes_in_words,
        ),
    ]
}

fn milliseconds(us: u64) -> String {
    format!("{}.{} ms", us / 1_000, us % 1_000 / 100)
}
