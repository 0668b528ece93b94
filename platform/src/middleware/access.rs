//! Who may come in, where the server asks: what an address needs ([`crate::access`]) against what the caller has.

use axum::body::Body;
use http::Request;

use crate::access::{Needs, needs};
use crate::app::App;
use crate::error::AppError;

/// Lets the caller in or says why not. On pages and in the API, somebody who is nobody here learns nothing of which workspaces there
/// are, and somebody with a link learns nothing of other people's. Apps, interfaces and logins answer everybody.
pub(super) fn check(app: &App, request: &Request<Body>) -> Result<(), AppError> {
    let Some(access) = &app.access else {
        return Ok(());
    };
    let needs = needs(request.method(), request.uri().path());
    // Most requests: runs of apps, interfaces, styles.
    if needs == Needs::Nothing {
        return Ok(());
    }
    if let Needs::Fhir(_) = needs {
        // Answered where the workspace's own tokens are known.
        return Ok(());
    }
    let caller = access.caller(request.headers(), app.clock.now())?;
    let fits = match needs {
        Needs::Nothing | Needs::Fhir(_) => true,
        Needs::SomeWorkspace => caller.is_known(),
        Needs::Workspace(name) => caller.may_use(access, name),
        Needs::Trainer => caller.is_trainer,
    };
    match (fits, needs) {
        (true, _) => Ok(()),
        (false, _) if !caller.is_known() => Err(AppError::LoginNeeded),
        (false, Needs::Workspace(name)) => Err(AppError::UnknownWorkspace(name.to_owned())),
        (false, _) => Err(AppError::TrainerOnly),
    }
}
