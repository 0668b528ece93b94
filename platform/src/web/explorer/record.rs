//! The record as it was sent, line by line, with an explanation of every field that has one.

use super::explained;
use crate::web::message::indent_json;
use crate::web::words;

/// Lines on one page; the whole can be downloaded.
const MOST_LINES: usize = 2_500;
/// Characters of a line.
const MOST_CHARACTERS: usize = 2_000;

/// The record on its lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) lines: Vec<Line>,
    /// Lines that are not on the page.
    pub(super) left_out: usize,
}

/// One line: its indent, a field with its explanation, and the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) indent: String,
    pub(super) field: Option<Field>,
    pub(super) rest: String,
    /// Which record of the answer begins here: the views keep their place by it.
    pub(super) place: Option<usize>,
}

/// A field's name, in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) meaning: Option<&'static str>,
}

/// A structure that is open.
#[derive(Debug)]
struct Frame {
    is_list: bool,
    /// The name of the member that holds it; of a thing in a list, the list's.
    name: String,
    /// Things of a list so far.
    count: usize,
}

/// The body on its lines; JSON is told apart into fields, anything else stays text.
pub(super) fn record(body: &str, is_json: bool) -> Record {
    let text = if is_json {
        indent_json(body)
    } else {
        body.replace("\r\n", "\n")
    };
    let all = text.lines().count();
    let mut frames: Vec<Frame> = Vec::new();
    let lines = text.lines().take(MOST_LINES).map(|line| {
        if is_json {
            told(line, &mut frames)
        } else {
            Line {
                rest: shown(line),
                ..Line::default()
            }
        }
    });
    Record {
        lines: lines.collect(),
        left_out: all.saturating_sub(MOST_LINES),
    }
}

fn shown(text: &str) -> String {
    words::shorten(&words::visible(text), MOST_CHARACTERS)
}

fn told(line: &str, frames: &mut Vec<Frame>) -> Line {
    let rest = line.trim_start();
    let indent = line.get(..line.len() - rest.len()).unwrap_or_default().to_owned();
    if rest.starts_with(['}', ']']) {
        frames.pop();
        return Line {
            indent,
            rest: shown(rest),
            ..Line::default()
        };
    }
    let is_in_list = frames.last().is_none_or(|frame| frame.is_list);
    let (name, value) = if is_in_list { (None, rest) } else { member(rest) };
    let mut place = None;
    if let Some(list) = frames.last_mut().filter(|frame| frame.is_list) {
        let number = list.count;
        list.count += 1;
        let is_outer = frames.len() == 1
            || (frames.len() == 2 && frames.get(1).is_some_and(|list| list.name == "entry"));
        place = is_outer.then_some(number);
    } else if frames.is_empty() {
        place = Some(0);
    }
    let parent = frames.last().map(|frame| frame.name.clone()).unwrap_or_default();
    if rest.ends_with(['{', '[']) {
        frames.push(Frame {
            is_list: rest.ends_with('['),
            name: name.map_or_else(|| parent.clone(), str::to_owned),
            count: 0,
        });
    }
    Line {
        indent,
        field: name.map(|name| Field {
            meaning: explained::meaning(&parent, name),
            name: shown(name),
        }),
        rest: shown(value),
        place,
    }
}

/// The name of a member and what stands behind it, with the colon.
fn member(line: &str) -> (Option<&str>, &str) {
    let inner = line.strip_prefix('"');
    let end = inner.and_then(|inner| inner.find("\": "));
    match (inner, end) {
        (Some(inner), Some(end)) => (inner.get(..end), inner.get(end + 1..).unwrap_or_default()),
        _ => (None, line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_from_values_and_records_have_places() {
        let body = r#"{"resourceType":"Bundle","entry":[{"resource":{"name":[{"family":"a\": {"}]}},{"resource":{}}],"total":1.50}"#;
        let record = record(body, true);
        let fields: Vec<&str> = record
            .lines
            .iter()
            .filter_map(|line| line.field.as_ref())
            .map(|field| field.name.as_str())
            .collect();
        assert_eq!(
            fields,
            [
                "resourceType",
                "entry",
                "resource",
                "name",
                "family",
                "resource",
                "total"
            ]
        );
        let places: Vec<usize> = record.lines.iter().filter_map(|line| line.place).collect();
        assert_eq!(places, [0, 0, 1]);
        let again: String = record
            .lines
            .iter()
            .map(|line| {
                let field = line
                    .field
                    .as_ref()
                    .map(|field| format!("\"{}\"", field.name))
                    .unwrap_or_default();
                format!("{}{field}{}\n", line.indent, line.rest)
            })
            .collect();
        assert_eq!(again.trim_end(), indent_json(body));
    }

    #[test]
    fn what_is_no_json_stays_text_and_long_ones_are_cut() {
        let plain = record("a\r\n{\"b\": 1}", false);
        assert_eq!(plain.lines.len(), 2);
        assert!(plain.lines.iter().all(|line| line.field.is_none()));
        let long = record(&format!("[{}1]", "1,".repeat(4_000)), true);
        assert_eq!(
            (long.lines.len(), long.left_out),
            (MOST_LINES, 4_003 - MOST_LINES)
        );
    }
}
