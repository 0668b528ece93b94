//! Sends what stands in the form, or once more what was sent before.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use store::Clock as _;

use super::page::page;
use super::{Here, Names};
use crate::app::App;
use crate::error::AppError;
use crate::web::explorer::form::Filled;
use crate::web::explorer::history::Sent;
use crate::web::explorer::login;
use crate::web::explorer::request::prepare;
use crate::web::explorer::send::send;
use crate::web::extract::{Form, Path};
use crate::web::page::render;

/// `POST /w/{workspace}/interfaces/{interface}/{operation}`: sends what was filled in.
pub(in crate::web) async fn send_operation(
    State(app): State<Arc<App>>,
    Path(names): Names,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let here = Here::find(&app, &names, &headers).await?;
    let (interface, operation) = (&here.interface, here.operation()?);
    let filled = Filled::of_pairs(interface, operation, &pairs);
    let fault = pairs.iter().find(|(name, _)| name == "fault");
    let fault = fault.map(|(_, fault)| fault.clone()).unwrap_or_default();
    let id = uuid::Uuid::new_v4().to_string();
    let prepared = match prepare(interface, operation, &filled, &id) {
        Ok(prepared) => prepared,
        Err(problems) => {
            let page = page(&app, &here, &filled, None, None, problems)?;
            return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    let received = send(&app, &here.workspace, interface, &prepared, &fault, &here.origin).await?;
    let sent = app.explored.keep(here.workspace.id, |number| Sent {
        number,
        at: here.workspace.conditions.clock.now(),
        interface: interface.id.to_string(),
        operation: operation.id.to_string(),
        title: operation.title.to_string(),
        pairs: filled.pairs(),
        prepared,
        fault,
        received,
    });
    Ok(Redirect::to(&format!("{}?sent={}#answer", here.address()?, sent.number)).into_response())
}

/// What a repetition needs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Again {
    sent: u32,
    /// Who asks this time; whoever asked before when it is empty.
    who: String,
}

/// `POST /w/{workspace}/interfaces/{interface}/{operation}/again`: sends the same once more, and compares.
pub(in crate::web) async fn send_again(
    State(app): State<Arc<App>>,
    Path(names): Names,
    headers: HeaderMap,
    Form(again): Form<Again>,
) -> Result<Response, AppError> {
    let here = Here::find(&app, &names, &headers).await?;
    let before = app.explored.get(here.workspace.id, again.sent);
    let before = before.filter(|sent| names.1 == sent.interface && names.2 == sent.operation);
    let Some(before) = before else {
        // It is older than what is kept.
        return Ok(Redirect::to(&here.address()?).into_response());
    };
    let mut prepared = before.prepared.clone();
    let mut pairs = before.pairs.clone();
    if let Some(who) = login::Who::parse(&again.who) {
        pairs.retain(|(name, _)| name != "who");
        pairs.push(("who".to_owned(), who.value()));
        prepared.who = who;
    }
    let received = send(
        &app,
        &here.workspace,
        &here.interface,
        &prepared,
        &before.fault,
        &here.origin,
    )
    .await?;
    let sent = app.explored.keep(here.workspace.id, |number| Sent {
        number,
        at: here.workspace.conditions.clock.now(),
        interface: before.interface.clone(),
        operation: before.operation.clone(),
        title: before.title.clone(),
        pairs,
        prepared,
        fault: before.fault.clone(),
        received,
    });
    let address = here.address()?;
    Ok(Redirect::to(&format!(
        "{address}?sent={}&beside={}#answer",
        sent.number, before.number
    ))
    .into_response())
}
