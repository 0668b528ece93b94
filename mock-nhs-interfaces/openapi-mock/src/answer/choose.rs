//! Which of a document's answers a request gets.

use crate::budget::Budget;
use crate::media::accepted;
use crate::operation::{Content, Operation, Response, StatusKey};
use crate::parameter::{Carried, ParameterPlace};

use super::request::Body;
use super::{is_error, response_for};

/// An answer of the document.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'o> {
    pub(super) response: &'o Response,
    pub(super) status: u16,
    /// `None` for an answer without a body.
    pub(super) content: Option<&'o Content>,
    /// Place of the example in the content; the first when there is none.
    pub(super) example: Option<usize>,
}

/// The response of an operation when all is well: the first good one, or else the first that is no error, or else the first.
pub(super) fn first_good(operation: &Operation) -> &Response {
    let responses = &operation.responses;
    let good = responses.iter().find(|response| response.status.is_success());
    let other = responses.iter().find(|response| !is_error(response.status));
    static NONE: Response = Response {
        status: StatusKey::Exact(200),
        description: String::new(),
        headers: Vec::new(),
        contents: Vec::new(),
    };
    good.or(other).or_else(|| responses.first()).unwrap_or(&NONE)
}

pub(super) fn good_status(status: StatusKey) -> u16 {
    status.usual()
}

/// The media type that the caller gets: `None` when none is acceptable, `Some(None)` when there is no body.
pub(super) fn content<'o>(response: &'o Response, accept: Option<&str>) -> Option<Option<&'o Content>> {
    if response.contents.is_empty() {
        return Some(None);
    }
    let offered: Vec<_> = response.contents.iter().map(|content| &content.media).collect();
    let place = accepted(accept, &offered)?;
    Some(response.contents.get(place))
}

/// The media type that the caller gets, or the nearest to it: errors are told in any.
pub(super) fn any_content<'o>(response: &'o Response, accept: Option<&str>) -> Option<&'o Content> {
    content(response, accept)
        .or_else(|| content(response, None))
        .flatten()
}

/// The answer of this status, and of this example's name where one is wanted.
pub(super) fn of_code<'o>(
    operation: &'o Operation,
    code: u16,
    name: Option<&str>,
    accept: Option<&str>,
) -> Option<Wanted<'o>> {
    let response = response_for(operation, code)?;
    let content = any_content(response, accept);
    let example = match name {
        Some(name) => Some(place_of(content?, name)?),
        None => content.and_then(|content| telling_of(content, code)),
    };
    Some(Wanted {
        response,
        status: code,
        content,
        example,
    })
}

/// The answer whose example has this name; the good ones before the others.
pub(super) fn of_name<'o>(operation: &'o Operation, name: &str, accept: Option<&str>) -> Option<Wanted<'o>> {
    let good = operation
        .responses
        .iter()
        .filter(|response| response.status.is_success());
    let others = operation
        .responses
        .iter()
        .filter(|response| !response.status.is_success());
    good.chain(others).find_map(|response| {
        let content = any_content(response, accept)?;
        let example = place_of(content, name)?;
        Some(Wanted {
            response,
            status: status_of_name(response.status, name),
            content: Some(content),
            example: Some(example),
        })
    })
}

/// A range of statuses has examples for several of them, often named so: `404-NotFound`.
fn status_of_name(status: StatusKey, name: &str) -> u16 {
    let said = || {
        let digits = name
            .split(|c: char| !c.is_ascii_digit())
            .find(|part| part.len() == 3);
        digits
            .and_then(|digits| digits.parse().ok())
            .filter(|code| status.covers(*code))
    };
    match status {
        StatusKey::Range(_) => said().unwrap_or_else(|| status.usual()),
        StatusKey::Exact(_) | StatusKey::Default => status.usual(),
    }
}

fn place_of(content: &Content, name: &str) -> Option<usize> {
    let mut examples = content.examples.iter();
    examples.position(|example| example.name.as_deref() == Some(name))
}

/// Among several examples of one response, the one that tells of this status.
pub(super) fn telling_of(content: &Content, code: u16) -> Option<usize> {
    if content.examples.len() < 2 {
        return None;
    }
    let digits = code.to_string();
    let named = content
        .examples
        .iter()
        .position(|example| example.name.as_ref().is_some_and(|name| name.contains(&digits)));
    named.or_else(|| {
        content
            .examples
            .iter()
            .position(|example| example.mentions.binary_search(&digits.as_str().into()).is_ok())
    })
}

/// The name of the example that this request is.
pub(super) fn named_by(
    operation: &Operation,
    body: &Body<'_>,
    carried: &Carried<'_>,
    budget: &Budget<'_>,
) -> Option<String> {
    if let (Some(content), Some(place)) = (body.content, body.shown)
        && let Some(name) = content
            .examples
            .get(place)
            .and_then(|example| example.name.clone())
    {
        return Some(name);
    }
    operation.parameters.iter().find_map(|parameter| {
        if parameter.examples.is_empty() || !budget.spend(1 + parameter.examples.len()) {
            return None;
        }
        let texts = carried.texts(parameter);
        let same = parameter
            .examples
            .iter()
            .find(|(_, example)| texts.iter().any(|text| **text == *example));
        // Only names that answers have too say which answer is meant.
        let has_answer = |name: &str| {
            let contents = operation.responses.iter().flat_map(|response| &response.contents);
            contents
                .into_iter()
                .any(|content| budget.spend(1 + content.examples.len()) && place_of(content, name).is_some())
        };
        same.map(|(name, _)| name.clone()).filter(|name| has_answer(name))
    })
}

/// The example that is about what is asked: the one at the place of the request's own example, or the one that mentions most
/// of what the path and the query say.
pub(super) fn about(
    content: &Content,
    operation: &Operation,
    carried: &Carried<'_>,
    body: &Body<'_>,
    budget: &Budget<'_>,
) -> Option<usize> {
    if content.examples.len() < 2 {
        return None;
    }
    if let (Some(sent), Some(place)) = (body.content, body.shown)
        && sent.examples.len() == content.examples.len()
    {
        return Some(place);
    }
    let asked: Vec<String> = operation
        .parameters
        .iter()
        .filter(|parameter| matches!(parameter.place, ParameterPlace::Path | ParameterPlace::Query))
        .flat_map(|parameter| carried.texts(parameter))
        .flat_map(|text| {
            // `system|value` and `Type/id` are about the second half.
            let tail = text.rsplit(['|', '/']).next().unwrap_or_default().to_owned();
            [text.into_owned(), tail]
        })
        .filter(|text| text.len() > 1)
        .take(50)
        .collect();
    if asked.is_empty() || !budget.spend(asked.len().saturating_mul(content.examples.len())) {
        return None;
    }
    let scored = content.examples.iter().enumerate().map(|(place, example)| {
        let mentioned = asked
            .iter()
            .filter(|text| {
                example
                    .mentions
                    .binary_search_by(|known| (**known).cmp(text.as_str()))
                    .is_ok()
            })
            .count();
        (mentioned, place)
    });
    scored
        .max_by_key(|(mentioned, place)| (*mentioned, std::cmp::Reverse(*place)))
        .filter(|(mentioned, _)| *mentioned > 0)
        .map(|(_, place)| place)
}

/// What can be asked for by `Prefer`, a few of it, for people.
pub(super) fn offered(operation: &Operation) -> String {
    const MOST_NAMES: usize = 20;
    let codes: Vec<String> = operation
        .responses
        .iter()
        .map(|response| match response.status {
            StatusKey::Exact(code) => code.to_string(),
            StatusKey::Range(first) => format!("{first}00 to {first}99"),
            StatusKey::Default => "any other".to_owned(),
        })
        .collect();
    let contents = operation.responses.iter().flat_map(|response| &response.contents);
    let names = contents.flat_map(|content| {
        content
            .examples
            .iter()
            .filter_map(|example| example.name.as_deref())
    });
    let mut known: Vec<&str> = Vec::new();
    for name in names {
        if known.len() < MOST_NAMES && !known.contains(&name) {
            known.push(name);
        }
    }
    let examples = if known.is_empty() {
        String::new()
    } else {
        format!("; its examples have the names {}", known.join(", "))
    };
    format!("its answers have the codes {}{examples}", codes.join(", "))
}
