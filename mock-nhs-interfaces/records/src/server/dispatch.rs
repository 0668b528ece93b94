//! From path and method to interaction: every route in one list.

use axum::body::Body;
use http::{HeaderValue, Method, StatusCode};

use super::operation::{Subject, call_operation};
use super::route::{NoRoute, Route, route};
use super::{Answer, Call, Refusal};
use super::{capabilities, compartment, create, delete, history, patch, read, search, update, vread};
use crate::{ResourceType, bundle};

/// Answers a call.
pub(super) async fn answer(call: &mut Call<'_>, body: Body) -> Result<Answer, Refusal> {
    let parts = call.parts;
    let place = route(parts.uri.path()).map_err(|no_route| match no_route {
        NoRoute::Type(name) => Refusal::UnknownType(name.to_owned()),
        NoRoute::Path => Refusal::UnknownPath,
    })?;
    let allowed = allowed(place);
    if parts.method == Method::OPTIONS {
        let mut answer = Answer::empty(StatusCode::NO_CONTENT);
        answer.allow = HeaderValue::from_str(&allowed.join(", ")).ok();
        return Ok(answer);
    }
    if !allowed.contains(&parts.method.as_str()) {
        return Err(Refusal::Method(allowed));
    }
    match parts.method {
        Method::GET | Method::HEAD => get(call, place, body).await,
        Method::POST => post(call, place, body).await,
        Method::DELETE if let Route::SystemOperation(name) = place => {
            call_operation(call, name, Subject::System, body).await
        }
        _ => match written(place) {
            Some((kind, id)) => write(call, kind, id, body).await,
            None => Err(Refusal::Method(allowed)),
        },
    }
}

/// The type that a write is about, and the id unless conditions take its place.
fn written(place: Route<'_>) -> Option<(ResourceType, Option<&str>)> {
    if let Route::Instance(kind, id) = place {
        Some((kind, Some(id)))
    } else if let Route::Type(kind) = place {
        Some((kind, None))
    } else {
        None
    }
}

async fn write(call: &Call<'_>, kind: ResourceType, id: Option<&str>, body: Body) -> Result<Answer, Refusal> {
    match (&call.parts.method, id) {
        (&Method::PUT, Some(id)) => update::update_resource(call, kind, id, body).await,
        (&Method::PUT, None) => update::update_matching_resource(call, kind, body).await,
        (&Method::PATCH, Some(id)) => patch::patch_resource(call, kind, id, body).await,
        (&Method::PATCH, None) => patch::patch_matching_resource(call, kind, body).await,
        // The methods that a type and an instance take are these three beside those that were answered before.
        (_, Some(id)) => delete::delete_resource(call, kind, id).await,
        (_, None) => delete::delete_matching_resource(call, kind).await,
    }
}

async fn get(call: &Call<'_>, place: Route<'_>, body: Body) -> Result<Answer, Refusal> {
    match place {
        Route::System => search::search_system(call).await,
        Route::Metadata => capabilities::read_capabilities(call).await,
        Route::SystemHistory => history::history_system(call).await,
        Route::Type(kind) => search::search_type(call, kind).await,
        Route::TypeHistory(kind) => history::history_type(call, kind).await,
        Route::Instance(kind, id) => read::read_resource(call, kind, id).await,
        Route::InstanceHistory(kind, id) => history::history_instance(call, kind, id).await,
        Route::Version(kind, id, version) => vread::vread_resource(call, kind, id, version).await,
        Route::Compartment(kind, id, member) => compartment::search_compartment(call, kind, id, member).await,
        Route::SystemOperation(name) => call_operation(call, name, Subject::System, body).await,
        Route::TypeOperation(kind, name) => call_operation(call, name, Subject::Type(kind), body).await,
        Route::InstanceOperation(kind, id, name) => {
            call_operation(call, name, Subject::Instance(kind, id), body).await
        }
        Route::SystemSearch | Route::TypeSearch(_) | Route::CompartmentSearch(..) => {
            Err(Refusal::Method(allowed(place)))
        }
    }
}

async fn post(call: &mut Call<'_>, place: Route<'_>, body: Body) -> Result<Answer, Refusal> {
    match place {
        Route::System => bundle::process_bundle(call, body).await,
        Route::SystemSearch => {
            search::read_form(call, body).await?;
            search::search_system(call).await
        }
        Route::Type(kind) => create::create_resource(call, kind, body).await,
        Route::TypeSearch(kind) => {
            search::read_form(call, body).await?;
            search::search_type(call, kind).await
        }
        Route::CompartmentSearch(kind, id, member) => {
            search::read_form(call, body).await?;
            compartment::search_compartment(call, kind, id, member).await
        }
        Route::SystemOperation(name) => call_operation(call, name, Subject::System, body).await,
        Route::TypeOperation(kind, name) => call_operation(call, name, Subject::Type(kind), body).await,
        Route::InstanceOperation(kind, id, name) => {
            call_operation(call, name, Subject::Instance(kind, id), body).await
        }
        Route::Metadata
        | Route::SystemHistory
        | Route::TypeHistory(_)
        | Route::Instance(..)
        | Route::InstanceHistory(..)
        | Route::Version(..)
        | Route::Compartment(..) => Err(Refusal::Method(allowed(place))),
    }
}

/// The methods that an address takes.
fn allowed(place: Route<'_>) -> &'static [&'static str] {
    match place {
        Route::System => &["GET", "HEAD", "POST", "OPTIONS"],
        Route::Metadata
        | Route::SystemHistory
        | Route::TypeHistory(_)
        | Route::InstanceHistory(..)
        | Route::Version(..)
        | Route::Compartment(..) => &["GET", "HEAD", "OPTIONS"],
        Route::SystemSearch | Route::TypeSearch(_) | Route::CompartmentSearch(..) => &["POST", "OPTIONS"],
        Route::Type(_) => &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        Route::Instance(..) => &["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"],
        // Which of them an operation takes, it says itself.
        Route::SystemOperation(_) => &["GET", "HEAD", "POST", "DELETE", "OPTIONS"],
        Route::TypeOperation(..) | Route::InstanceOperation(..) => &["GET", "HEAD", "POST", "OPTIONS"],
    }
}
