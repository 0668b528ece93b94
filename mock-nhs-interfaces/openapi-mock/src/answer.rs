//! From a request to its answer: what is asked for, whether the request is right, which example is about it.

mod choose;
mod judge;
mod refuse;
mod request;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{HeaderName, HeaderValue, Method, StatusCode};

use crate::budget::Budget;
use crate::document::Document;
use crate::limits::{ANSWER_STEPS, SOON_STEPS};
use crate::operation::{Content, Operation, Response, StatusKey};
use crate::path;
use crate::prefer::Preference;
use crate::schema::Direction;
use choose::Wanted;
pub use refuse::Refusal;
use request::Body;

/// A request, below the interface's prefix.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// Its method.
    pub method: &'r Method,
    /// Its path below the prefix, as it was sent.
    pub path: &'r str,
    /// Its query without the question mark; empty when there is none.
    pub query: &'r str,
    /// Its headers.
    pub headers: &'r HeaderMap,
    /// Its whole body.
    pub body: &'r [u8],
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers, also `Content-Type` where there is a body.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// One sentence about why it is this one, where it is no good answer.
    pub hint: Option<String>,
}

impl Document {
    /// Answers a request that [`Document::find`] led to the operation of this number.
    #[must_use]
    pub fn answer(&self, operation: usize, request: &Request<'_>) -> Answer {
        self.answer_within(operation, request, &Budget::of(ANSWER_STEPS))
    }

    /// The same where it is a matter of milliseconds, and `None` where it is more work than a thread should do that serves
    /// others.
    #[must_use]
    pub fn answer_soon(&self, operation: usize, request: &Request<'_>) -> Option<Answer> {
        let budget = Budget::of(SOON_STEPS);
        budget.spend(request.body.len() / SOON_BODY_BYTES);
        if budget.is_spent() {
            return None;
        }
        let answer = self.answer_within(operation, request, &budget);
        (!budget.is_spent()).then_some(answer)
    }

    pub(crate) fn answer_within(
        &self,
        operation: usize,
        request: &Request<'_>,
        budget: &Budget<'_>,
    ) -> Answer {
        let Some(operation) = self.operations.get(operation) else {
            return self.refuse(None, request.headers, Refusal::UnknownPath);
        };
        match self.good_answer(operation, request, budget) {
            Ok(answer) => answer,
            Err(refusal) => self.refuse_in(Some(operation), request.headers, refusal),
        }
    }

    fn good_answer(
        &self,
        operation: &Operation,
        request: &Request<'_>,
        budget: &Budget<'_>,
    ) -> Result<Answer, Refusal> {
        let preference = Preference::of(request.headers);
        if preference.code.is_some() || preference.example.is_some() {
            return self.preferred(operation, request.headers, &preference, budget);
        }
        let accept = accept_of(request.headers);
        let carried = request::carried(operation, request);
        let body = self.body(operation, request, budget)?;
        // An example of a request gets the answer of the same name, also where the request is an example of a mistake.
        if let Some(name) = choose::named_by(operation, &body, &carried, budget)
            && let Some(wanted) = choose::of_name(operation, &name, accept)
        {
            return Ok(self.say(&wanted, maker(&preference, budget)));
        }
        let response = choose::first_good(operation);
        let content = choose::content(response, accept).ok_or_else(|| Refusal::NotAcceptable {
            offered: response
                .contents
                .iter()
                .map(|content| content.media.text.clone())
                .collect(),
        })?;
        self.check(operation, &carried, &body, budget)?;
        let example = content.and_then(|content| choose::about(content, operation, &carried, &body, budget));
        let wanted = Wanted {
            response,
            status: choose::good_status(response.status),
            content,
            example,
        };
        Ok(self.say(&wanted, maker(&preference, budget)))
    }

    /// What the caller asks for by `Prefer`; whether the request is right does not matter then.
    fn preferred(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
        preference: &Preference,
        budget: &Budget<'_>,
    ) -> Result<Answer, Refusal> {
        let accept = accept_of(headers);
        let wanted = match (preference.code, &preference.example) {
            (Some(code), name) => choose::of_code(operation, code, name.as_deref(), accept),
            (None, Some(name)) => choose::of_name(operation, name, accept),
            (None, None) => None,
        };
        let wanted = wanted.ok_or_else(|| Refusal::NoSuchAnswer {
            offered: choose::offered(operation),
        })?;
        let mut answer = self.say(&wanted, maker(preference, budget));
        let applied = match preference.code {
            Some(code) => format!("code={code}"),
            None => "example".to_owned(),
        };
        if let Ok(applied) = HeaderValue::from_str(&applied) {
            answer
                .headers
                .insert(HeaderName::from_static("preference-applied"), applied);
        }
        Ok(answer)
    }

    /// Writes the answer, with a body that is made from this budget or with an example.
    fn say(&self, wanted: &Wanted<'_>, making: Option<&Budget<'_>>) -> Answer {
        let mut headers = HeaderMap::with_capacity(wanted.response.headers.len() + 6);
        for (name, value) in &wanted.response.headers {
            headers.append(name.clone(), value.clone());
        }
        let mut body = Bytes::new();
        if let Some(content) = wanted.content {
            headers.insert(CONTENT_TYPE, content.header.clone());
            let example = wanted.example.and_then(|place| content.examples.get(place));
            let example = example.or_else(|| content.examples.first());
            body = example.map(|example| example.body.clone()).unwrap_or_default();
            if let Some(made) = making.and_then(|budget| self.made(content, budget)) {
                body = made;
            }
        }
        let status = StatusCode::from_u16(wanted.status).unwrap_or(StatusCode::OK);
        if matches!(
            status,
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
        ) {
            body = Bytes::new();
            headers.remove(CONTENT_TYPE);
        }
        Answer {
            status,
            headers,
            body,
            hint: None,
        }
    }

    fn made(&self, content: &Content, budget: &Budget<'_>) -> Option<Bytes> {
        let schema = content.schema.filter(|_| content.media.is_json())?;
        let made = self.schemas.make(schema, Direction::Answer, budget)?;
        Some(Bytes::from(made.to_text()))
    }

    /// Whether the request is right.
    fn check(
        &self,
        operation: &Operation,
        carried: &crate::parameter::Carried<'_>,
        body: &Body<'_>,
        budget: &Budget<'_>,
    ) -> Result<(), Refusal> {
        let mut wrong: Vec<String> = operation
            .parameters
            .iter()
            .filter_map(|parameter| parameter.refusal(carried, &self.schemas, budget))
            .collect();
        wrong.extend(self.wrong_in_body(operation, body, budget));
        if wrong.is_empty() {
            return Ok(());
        }
        Err(Refusal::Invalid { wrong })
    }
}

/// Longest body of an answer that is given soon, by the steps for it.
const SOON_BODY_BYTES: usize = 10;

/// The budget for making a body, where the caller wants one made.
fn maker<'b>(preference: &Preference, budget: &'b Budget<'b>) -> Option<&'b Budget<'b>> {
    preference.is_dynamic.then_some(budget)
}

/// What the caller accepts.
fn accept_of(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(http::header::ACCEPT)
        .and_then(|value| value.to_str().ok())
}

/// The values of the path, by name.
fn path_values<'r>(operation: &Operation, path: &'r str) -> Vec<(String, std::borrow::Cow<'r, str>)> {
    let mut segments = path::segments(if path.is_empty() { "/" } else { path });
    if segments.len() > operation.pattern.length() && segments.last().is_some_and(|last| last.is_empty()) {
        segments.pop();
    }
    let values = operation.pattern.matches(&segments).unwrap_or_default();
    operation.pattern.names().map(str::to_owned).zip(values).collect()
}

/// The response that is for this status, the most particular one.
fn response_for(operation: &Operation, status: u16) -> Option<&Response> {
    operation
        .responses
        .iter()
        .find(|response| response.status.covers(status))
}

/// Whether this response is for errors only.
fn is_error(status: StatusKey) -> bool {
    status.usual() >= 400
}
