//! What the document of the API says about parts of addresses and about refusals that many operations share.
//!
//! An extractor that refuses says here which parts of the address it reads and what it answers.

use std::collections::BTreeMap;

use http::StatusCode;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Content, Ref, RefOr, Required};
use utoipa::{IntoParams, IntoResponses, PartialSchema};

use super::extract::{InApp, InApplication, InVersion, InWorkspace};
use crate::error::{PROBLEM_TYPE, Problem};

/// What any change can be refused with.
pub(crate) enum ChangeRefused {}

/// What a small body of JSON can be refused with, besides what is in it.
pub(crate) enum BodyRefused {}

impl IntoResponses for ChangeRefused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            (
                StatusCode::FORBIDDEN,
                "The request came from a page of another site",
            ),
            (StatusCode::SERVICE_UNAVAILABLE, "The storage takes no changes"),
        ])
    }
}

impl IntoResponses for BodyRefused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is not JSON"),
        ])
    }
}

impl IntoResponses for InWorkspace {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[(StatusCode::NOT_FOUND, "There is no such workspace")])
    }
}

impl IntoParams for InWorkspace {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            part::<String>("workspace", "Name of the workspace")
                .example(Some("demo".into()))
                .build(),
        ]
    }
}

impl IntoResponses for InApp {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[(StatusCode::NOT_FOUND, "There is no such workspace or app")])
    }
}

impl IntoParams for InApp {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parts = InWorkspace::into_params(place);
        parts.push(
            part::<String>("app", "Name of the app")
                .example(Some("patient-lookup".into()))
                .build(),
        );
        parts
    }
}

impl IntoResponses for InVersion {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[(
            StatusCode::NOT_FOUND,
            "There is no such workspace, app or version",
        )])
    }
}

impl IntoParams for InVersion {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parts = InApp::into_params(place);
        parts.push(
            part::<u32>("version", "Number of the version")
                .example(Some(1.into()))
                .build(),
        );
        parts
    }
}

impl IntoResponses for InApplication {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[(StatusCode::NOT_FOUND, "There is no such workspace or application")])
    }
}

impl IntoParams for InApplication {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parts = InWorkspace::into_params(place);
        parts.push(part::<String>("application", "The application's API key").build());
        parts
    }
}

/// A part of the address that holds a `T`.
fn part<T: PartialSchema>(name: &str, description: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(T::schema()))
}

/// Answers that are problem documents.
fn refusals(cases: &[(StatusCode, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let problem = || Content::new(Some(Ref::from_schema_name(<Problem as utoipa::ToSchema>::name())));
    let media_type = || String::from_utf8_lossy(PROBLEM_TYPE.as_bytes()).into_owned();
    cases
        .iter()
        .map(|(status, description)| {
            let response = ResponseBuilder::new()
                .description(*description)
                .content(media_type(), problem())
                .build();
            (status.as_str().to_owned(), RefOr::T(response))
        })
        .collect()
}
