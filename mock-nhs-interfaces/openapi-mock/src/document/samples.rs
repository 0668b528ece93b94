//! Requests that show what an operation does, made of the document's own examples.

use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{Document, words};
use crate::answer::Request;
use crate::budget::Budget;
use crate::held::{ENTRY_BYTES, Held};
use crate::limits::{ANSWER_STEPS, SAMPLE_STEPS};
use crate::operation::{Operation, Sample};
use crate::parameter::ParameterPlace;

/// What a path keeps as it is, beside letters and digits: `$` and `:` are everywhere in FHIR.
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
const IN_QUERY: &AsciiSet = &IN_PATH.remove(b'/').add(b'&').add(b'+').add(b'=').add(b';');
/// Requests that are shown of one operation.
const MOST_SAMPLES: usize = 12;

impl Document {
    /// Shows every operation by requests, each with the status that it is really answered with.
    pub(super) fn add_samples(&mut self, held: &Held) {
        let budget = Budget::of(SAMPLE_STEPS);
        for place in 0..self.operations.len() {
            let samples = self
                .operations
                .get(place)
                .map(|operation| self.samples(place, operation, held, &budget))
                .unwrap_or_default();
            if let Some(operation) = self.operations.get_mut(place) {
                operation.samples = samples;
            }
        }
    }

    /// Those whose answer could be found out; the steps of the whole document end somewhere.
    fn samples(&self, place: usize, operation: &Operation, held: &Held, budget: &Budget<'_>) -> Vec<Sample> {
        let mut found: Vec<Sample> = Vec::new();
        for draft in drafts(operation) {
            let status = self.status_of(place, operation, &draft, budget);
            if budget.is_spent() {
                break;
            }
            let sample = Sample { status, ..draft };
            let is_known = found.iter().any(|other| {
                other.path_and_query == sample.path_and_query
                    && other.body == sample.body
                    && other.headers == sample.headers
            });
            if is_known {
                continue;
            }
            if found.len() >= MOST_SAMPLES || !held.take(bytes_of(&sample)) {
                break;
            }
            found.push(sample);
        }
        found
    }

    fn status_of(&self, place: usize, operation: &Operation, sample: &Sample, budget: &Budget<'_>) -> u16 {
        let (path, query) = sample
            .path_and_query
            .split_once('?')
            .unwrap_or((&sample.path_and_query, ""));
        let mut headers = HeaderMap::new();
        let body = sample.body.as_ref();
        let media = body.map(|(media, _)| ("content-type".to_owned(), media.clone()));
        for (name, value) in sample.headers.iter().chain(media.as_ref()) {
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(value),
            ) {
                headers.append(name, value);
            }
        }
        let request = Request {
            method: &operation.method,
            path,
            query,
            headers: &headers,
            body: body.map_or(b"", |(_, text)| text.as_bytes()),
        };
        let part = budget.part(ANSWER_STEPS);
        self.answer_within(place, &request, &part).status.as_u16()
    }
}

/// Requests without the status of their answer: one of the plain examples, one for each named one.
fn drafts(operation: &Operation) -> impl Iterator<Item = Sample> {
    let bodies = bodies(operation);
    let (_, first_body) = bodies.first().cloned().unwrap_or((None, None));
    let first = draft(operation, None, operation.title.clone(), first_body.clone());
    let of_bodies = bodies.into_iter().map(|(title, body)| {
        let title = title.unwrap_or_else(|| operation.title.clone());
        draft(operation, None, title, body)
    });
    let named = operation.parameters.iter().flat_map(|parameter| {
        let examples = parameter.examples.iter();
        examples.map(move |(name, text)| (parameter, name, text))
    });
    let of_parameters = named.map(move |(parameter, name, text)| {
        let title = format!("{}: {}", operation.title, words::of_id(name));
        let instead = Some((parameter.place, &*parameter.name, &**text));
        draft(operation, instead, title, first_body.clone())
    });
    [first].into_iter().chain(of_bodies).chain(of_parameters)
}

/// About how many bytes it takes in memory.
fn bytes_of(sample: &Sample) -> usize {
    let headers = sample
        .headers
        .iter()
        .map(|(name, value)| ENTRY_BYTES + name.len() + value.len());
    let body = sample.body.as_ref().map_or(0, |(_, text)| text.len());
    size_of::<Sample>() + sample.title.len() + sample.path_and_query.len() + headers.sum::<usize>() + body
}

type NamedBody = (Option<String>, Option<(String, String)>);

fn bodies(operation: &Operation) -> Vec<NamedBody> {
    let contents = operation.body.iter().flat_map(|body| &body.contents);
    let Some(content) = contents
        .clone()
        .find(|content| content.media.is_json())
        .or_else(|| contents.clone().next())
    else {
        return Vec::new();
    };
    if content.media.is_range() {
        return Vec::new();
    }
    content
        .examples
        .iter()
        .map(|example| {
            let title = example
                .title
                .clone()
                .or_else(|| example.name.as_deref().map(words::of_id));
            let text = if content.media.is_json() {
                example.value.to_text()
            } else if content.media.is_form() {
                form(&example.value)
            } else {
                crate::parameter::written(&example.value)
            };
            (title, Some((content.media.text.clone(), text)))
        })
        .collect()
}

fn form(value: &fhir::json::Json) -> String {
    let members = value.as_object().unwrap_or_default();
    let pairs: Vec<String> = members
        .iter()
        .map(|(name, value)| {
            let value = crate::parameter::written(value);
            format!(
                "{}={}",
                utf8_percent_encode(name, IN_QUERY),
                utf8_percent_encode(&value, IN_QUERY)
            )
        })
        .collect();
    pairs.join("&")
}

fn draft(
    operation: &Operation,
    instead: Option<(ParameterPlace, &str, &str)>,
    title: String,
    body: Option<(String, String)>,
) -> Sample {
    let mut path = operation.path.clone();
    let mut query: Vec<String> = Vec::new();
    let mut headers = Vec::new();
    for parameter in &operation.parameters {
        let given = instead.filter(|(place, name, _)| *place == parameter.place && *name == parameter.name);
        let Some(text) = given.map(|(_, _, text)| text).or(parameter.example.as_deref()) else {
            continue;
        };
        let is_wanted = parameter.is_required || given.is_some();
        match parameter.place {
            ParameterPlace::Path => {
                let escaped = utf8_percent_encode(text, IN_PATH).to_string();
                path = path.replace(&format!("{{{}}}", parameter.name), &escaped);
            }
            ParameterPlace::Query if is_wanted => {
                let name = utf8_percent_encode(&parameter.name, IN_QUERY);
                query.push(format!("{name}={}", utf8_percent_encode(text, IN_QUERY)));
            }
            ParameterPlace::Header if is_wanted => headers.push((parameter.name.clone(), text.to_owned())),
            ParameterPlace::Cookie if is_wanted => {
                headers.push(("Cookie".to_owned(), format!("{}={text}", parameter.name)))
            }
            ParameterPlace::Query | ParameterPlace::Header | ParameterPlace::Cookie => {}
        }
    }
    let path_and_query = if query.is_empty() {
        path
    } else {
        format!("{path}?{}", query.join("&"))
    };
    Sample {
        title,
        path_and_query,
        headers,
        body,
        status: 0,
    }
}
