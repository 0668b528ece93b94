//! `DELETE /Immunization/{id}`: takes back a vaccination that was recorded by mistake.

use axum::body::Body;
use http::{Method, Response, StatusCode};
use records::ResourceId;

use super::create::{MEDIA_TYPE, NotKept, immunization};
use super::error::{INVALID, NOT_FOUND, NOT_IMPLEMENTED, Problem, UNAUTHORIZED};
use super::{ID, SPECIFICATION, caller, read};
use crate::Profile;
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, Login, Operation};

pub(super) const OPERATION: Operation = Operation {
    id: "delete_immunization",
    title: "Take back a vaccination",
    summary: "Marks a vaccination as recorded by mistake: nobody finds it any more.",
    method: Method::DELETE,
    path: read::PATH,
    logins: &[Login::Application, Login::HealthcareWorker],
    fields: &[
        ID,
        super::AUTHORIZATION,
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
    ],
    examples: &[
        Example::get("A vaccination is taken back", "/Immunization/p0-8", 204),
        Example::get(
            "A vaccination that nobody recorded",
            "/Immunization/12a33650-6f94-4e8f-a971-1c5c41da5b23",
            404,
        ),
    ],
    faults: &[
        INVALID.fault,
        UNAUTHORIZED.fault,
        NOT_IMPLEMENTED.fault,
        NOT_FOUND.fault,
    ],
    media_type: MEDIA_TYPE,
    specification: SPECIFICATION,
    handler: delete,
};

fn delete<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        if let Err(refusal) = caller::check(exchange) {
            return *refusal;
        }
        deleted(exchange).await.unwrap_or_else(|problem| problem.answer())
    })
}

async fn deleted(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let id = read::id(exchange)?;
    let missing = || Problem::not_found(&id);
    if exchange.profile == Profile::Sandbox {
        let view = exchange.view().await.map_err(|error| Problem::internal(&error))?;
        view.read(immunization(), &id).ok_or_else(missing)?;
    } else {
        exchange
            .change(|draft| {
                let place = ResourceId::parse(&id).ok_or_else(|| NotKept::Refused(missing()))?;
                draft
                    .view()
                    .read(immunization(), &id)
                    .ok_or_else(|| NotKept::Refused(missing()))?;
                draft.delete(immunization(), &place)?;
                Ok(())
            })
            .await
            .map_err(NotKept::problem)?;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}
