//! Requests worth trying.

use std::borrow::Cow;

use time::Date;

use super::dated;
use crate::Profile;

/// A request worth trying, and what it is answered with.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it shows, in plain words.
    pub title: &'static str,
    /// Path below the prefix, with its query.
    pub path_and_query: &'static str,
    /// Request headers besides the login and the headers that the operation's fields ask for: name and value.
    pub headers: &'static [(&'static str, &'static str)],
    /// What is sent; `None` for a request without a body.
    pub body: Option<ExampleBody>,
    /// Status of the answer, when the caller is logged in and names the request.
    pub status: u16,
    /// The only profile in which it is so; `None` where it is so in all.
    pub profile: Option<Profile>,
}

/// The body of a request worth trying.
#[derive(Clone, Copy, Debug)]
pub struct ExampleBody {
    /// Its media type.
    pub media_type: &'static str,
    /// The text; `{today}` and `{today-5}` stand for days, which [`ExampleBody::text_on`] puts in.
    pub text: &'static str,
}

impl ExampleBody {
    /// What is sent on this day.
    pub fn text_on(&self, today: Date) -> Cow<'static, str> {
        dated(self.text, today)
    }
}

impl Example {
    /// A request without a body.
    pub const fn get(title: &'static str, path_and_query: &'static str, status: u16) -> Self {
        Self {
            title,
            path_and_query,
            headers: &[],
            body: None,
            status,
            profile: None,
        }
    }

    /// A request with a body.
    pub const fn sending(
        title: &'static str,
        path_and_query: &'static str,
        body: ExampleBody,
        status: u16,
    ) -> Self {
        Self {
            title,
            path_and_query,
            headers: &[],
            body: Some(body),
            status,
            profile: None,
        }
    }

    /// The same, in this profile only.
    pub const fn only_in(self, profile: Profile) -> Self {
        Self {
            profile: Some(profile),
            ..self
        }
    }

    /// The same, with these request headers.
    pub const fn with_headers(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }
}
