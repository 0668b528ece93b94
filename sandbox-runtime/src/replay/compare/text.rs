//! Differences between bodies: by path when both are JSON, by line otherwise. Bounded, because a body comes from a stranger.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Difference, page};
use crate::limits::bytes_in_words;
use crate::trace::{Body, Headers};

/// Differences that are listed of one body; the rest is counted.
const LISTED: usize = 100;

/// The longest piece of text that a difference shows, in characters.
const SHOWN: usize = 300;

/// Pairs that are looked at to align two lists; beyond that everything between the equal ends counts as different.
const PAIRS: usize = 1_000_000;

/// Headers that are different in every run and say nothing about the app.
const OF_THE_RUN: [&str; 1] = ["traceparent"];

/// The beginning of a long text.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

pub(super) fn header_differences(place: &str, before: &Headers, after: &Headers) -> Vec<Difference> {
    let values = |headers: &Headers, name: &str| {
        let values: Vec<&str> = headers
            .iter()
            .filter(|(candidate, _)| *candidate == name)
            .map(|(_, value)| value)
            .collect();
        (!values.is_empty()).then(|| shortened(&format!("`{}`", values.join(", "))))
    };
    let names: BTreeSet<&str> = before.iter().chain(after.iter()).map(|(name, _)| name).collect();
    names
        .into_iter()
        .filter(|name| !OF_THE_RUN.contains(name))
        .filter_map(|name| {
            let (before, after) = (values(before, name), values(after, name));
            (before != after).then(|| Difference::new(format!("{place} {name}"), before, after))
        })
        .collect()
}

pub(super) fn body_differences(place: &str, before: &Body, after: &Body) -> Vec<Difference> {
    if before.is_same(after) {
        return Vec::new();
    }
    let mut differences = match (before.text(), after.text()) {
        (Some(before), Some(after)) => match (serde_json::from_str(before), serde_json::from_str(after)) {
            (Ok(before), Ok(after)) => json_differences(place, &before, &after),
            _ => line_differences(place, before, after),
        },
        _ => Vec::new(),
    };
    if differences.is_empty() {
        // Not text, or different only in white space, or only after what was kept.
        differences.push(if before.size_bytes() != after.size_bytes() {
            let size = |body: &Body| Some(format!("{} bytes", body.size_bytes()));
            Difference::new(place.to_owned(), size(before), size(after))
        } else if before.is_cut() && before.kept() == after.kept() {
            let kept = bytes_in_words(u64::try_from(before.kept().len()).unwrap_or(u64::MAX));
            Difference::new(format!("{place} after its first {kept}"), None, None)
        } else {
            Difference::new(place.to_owned(), None, None)
        });
    }
    listed(place, differences)
}

/// What people see of two pages; nothing when they read the same.
pub(super) fn page_differences(place: &str, before: &Body, after: &Body) -> Vec<Difference> {
    let (Some(before), Some(after)) = (before.text(), after.text()) else {
        return Vec::new();
    };
    let text = |html: &str| page::lines(html).join("\n");
    listed(place, line_differences(place, &text(before), &text(after)))
}

fn listed(place: &str, mut differences: Vec<Difference>) -> Vec<Difference> {
    if differences.len() > LISTED {
        let more = differences.len() - LISTED;
        differences.truncate(LISTED);
        differences.push(Difference::new(
            format!("{place}, in {more} more places,"),
            None,
            None,
        ));
    }
    differences
}

fn json_differences(place: &str, before: &Value, after: &Value) -> Vec<Difference> {
    // A resource of another kind is another answer: that its fields are others says nothing.
    let kind = |body: &Value| body.get("resourceType").and_then(Value::as_str).map(shortened);
    let (kind_before, kind_after) = (kind(before), kind(after));
    if kind_before.is_some() && kind_after.is_some() && kind_before != kind_after {
        return vec![Difference::new(place.to_owned(), kind_before, kind_after)];
    }
    let mut differences = Vec::new();
    walk(String::new(), Some(before), Some(after), &mut differences);
    differences
        .into_iter()
        .map(|(path, before, after)| {
            let place = if path.is_empty() {
                place.to_owned()
            } else {
                format!("{place} at {path}")
            };
            let words = |value: Option<&Value>| value.map(|value| shortened(&value.to_string()));
            Difference::new(place, words(before), words(after))
        })
        .collect()
}

type Found<'a> = Vec<(String, Option<&'a Value>, Option<&'a Value>)>;

fn walk<'a>(path: String, before: Option<&'a Value>, after: Option<&'a Value>, found: &mut Found<'a>) {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for key in keys {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                walk(path, before.get(key), after.get(key), found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for index in 0..before.len().max(after.len()) {
                walk(
                    format!("{path}[{index}]"),
                    before.get(index),
                    after.get(index),
                    found,
                );
            }
        }
        (before, after) if before != after => found.push((path, before, after)),
        _ => {}
    }
}

/// Lines that went and lines that came in their place are one change each. Lines of nothing but white space say nothing.
fn line_differences(place: &str, before: &str, after: &str) -> Vec<Difference> {
    let before: Vec<(usize, &str)> = (1..).zip(before.lines()).collect();
    let after: Vec<(usize, &str)> = (1..).zip(after.lines()).collect();
    let mut differences = Vec::new();
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for pair in align(&before, &after, |one, other| one.1 == other.1) {
        match pair {
            (Some(line), None) => gone.push(*line),
            (None, Some(line)) => new.push(*line),
            _ => differences.extend(block(place, &mut gone, &mut new)),
        }
    }
    differences.extend(block(place, &mut gone, &mut new));
    differences
}

/// The changes between two lines that stayed.
fn block(place: &str, gone: &mut Vec<(usize, &str)>, new: &mut Vec<(usize, &str)>) -> Vec<Difference> {
    let says_something = |line: &(usize, &str)| !line.1.trim().is_empty();
    let mut gone = gone.drain(..).filter(says_something).fuse();
    let mut new = new.drain(..).filter(says_something).fuse();
    let quoted = |line: (usize, &str)| format!("`{}`", shortened(line.1.trim()));
    std::iter::from_fn(|| {
        let (before, after) = (gone.next(), new.next());
        let (number, _) = after.or(before)?;
        let place = format!("{place}, line {number}");
        Some(Difference::new(place, before.map(quoted), after.map(quoted)))
    })
    .collect()
}

/// Puts two lists side by side so that as many as possible are in pairs, in order.
pub(super) fn align<'a, T>(
    before: &'a [T],
    after: &'a [T],
    same: impl Fn(&T, &T) -> bool,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let head = before
        .iter()
        .zip(after)
        .take_while(|(one, other)| same(one, other))
        .count();
    let (first, before) = before.split_at(head);
    let (first_after, after) = after.split_at(head);
    let tail = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take_while(|(one, other)| same(one, other))
        .count();
    let (before, last) = before.split_at(before.len() - tail);
    let (after, last_after) = after.split_at(after.len() - tail);
    let pairs = |one: &'a [T], other: &'a [T]| -> Vec<(Option<&'a T>, Option<&'a T>)> {
        one.iter().map(Some).zip(other.iter().map(Some)).collect()
    };
    let mut aligned = pairs(first, first_after);
    if before.len().saturating_mul(after.len()) > PAIRS {
        aligned.extend(before.iter().map(|one| (Some(one), None)));
        aligned.extend(after.iter().map(|other| (None, Some(other))));
    } else {
        aligned.extend(middle(before, after, &same));
    }
    aligned.extend(pairs(last, last_after));
    aligned
}

/// The longest common subsequence, by the table that everyone knows.
fn middle<'a, T>(
    before: &'a [T],
    after: &'a [T],
    same: &impl Fn(&T, &T) -> bool,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let width = after.len() + 1;
    let mut common = vec![0_u32; (before.len() + 1) * width];
    let at =
        |common: &[u32], row: usize, column: usize| common.get(row * width + column).copied().unwrap_or(0);
    for (row, one) in before.iter().enumerate().rev() {
        for (column, other) in after.iter().enumerate().rev() {
            let value = if same(one, other) {
                at(&common, row + 1, column + 1) + 1
            } else {
                at(&common, row + 1, column).max(at(&common, row, column + 1))
            };
            if let Some(cell) = common.get_mut(row * width + column) {
                *cell = value;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut aligned = Vec::new();
    while let (Some(one), Some(other)) = (before.get(row), after.get(column)) {
        if same(one, other) {
            aligned.push((Some(one), Some(other)));
            row += 1;
            column += 1;
        } else if at(&common, row + 1, column) >= at(&common, row, column + 1) {
            aligned.push((Some(one), None));
            row += 1;
        } else {
            aligned.push((None, Some(other)));
            column += 1;
        }
    }
    aligned.extend(before.iter().skip(row).map(|one| (Some(one), None)));
    aligned.extend(after.iter().skip(column).map(|other| (None, Some(other))));
    aligned
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;

    fn places(before: &str, after: &str) -> Vec<String> {
        let body = |text: &str| Body::record(&Bytes::copy_from_slice(text.as_bytes()));
        body_differences("body", &body(before), &body(after))
            .into_iter()
            .map(|difference| difference.sentence)
            .collect()
    }

    #[test]
    fn json_is_compared_by_path_and_text_by_line() {
        assert_eq!(
            places(r#"{"a":[1,{"b":"x"}],"gone":null}"#, r#"{"a":[1,{"b":"y"},3]}"#),
            [
                r#"body at a[1].b: it was "x" and is "y"."#,
                "body at a[2]: 3 is new.",
                "body at gone: null is gone.",
            ]
        );
        assert_eq!(
            places("one\ntwo\nthree\n", "one\n2\nthree\nfour\n"),
            [
                "body, line 2: it was `two` and is `2`.",
                "body, line 4: `four` is new."
            ]
        );
        assert_eq!(
            places("<p>\none\n\n  two\n</p>", "<p>\n1\n2\n  \n3\n</p>"),
            [
                "body, line 2: it was `one` and is `1`.",
                "body, line 3: it was `two` and is `2`.",
                "body, line 5: `3` is new.",
            ]
        );
        assert_eq!(
            places(
                r#"{"resourceType":"Patient","id":"1"}"#,
                r#"{"resourceType":"OperationOutcome"}"#
            ),
            ["body: it was Patient and is OperationOutcome."]
        );
        assert_eq!(places("same", "same"), [""; 0]);
        assert_eq!(places("{}", "{ }"), ["body: it was 2 bytes and is 3 bytes."]);
        assert_eq!(places("a\n\n \nb", "a\n \n\nb"), ["body is different."]);
        let kept = "a".repeat(crate::trace::KEPT_BODY_BYTES);
        assert_eq!(
            places(&format!("{kept}one"), &format!("{kept}two")),
            ["body after its first 64 KiB is different."]
        );
        let long: String = (0..5_000).map(|line| format!("{line}\n")).collect();
        assert_eq!(places(&long, &long.replace('\n', "x\n")).len(), LISTED + 1);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_when_two_lists_are_aligned(before in prop::collection::vec(0..4_u8, 0..12), after in prop::collection::vec(0..4_u8, 0..12)) {
            let aligned = align(&before, &after, |one, other| one == other);
            let left: Vec<u8> = aligned.iter().filter_map(|pair| pair.0.copied()).collect();
            let right: Vec<u8> = aligned.iter().filter_map(|pair| pair.1.copied()).collect();
            prop_assert_eq!(&left, &before);
            prop_assert_eq!(&right, &after);
            prop_assert!(aligned.iter().all(|(one, other)| one.is_none() || other.is_none() || one == other));
        }
    }
}
