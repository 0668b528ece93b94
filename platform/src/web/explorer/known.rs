//! Every interface of a workspace by its id: built in, added, and the workspace's own FHIR server.

use std::sync::Arc;

use mock_nhs_interfaces::statement::Statement;

use super::fhir_server;
use crate::app::App;
use crate::egress::fhir;
use crate::error::AppError;
use crate::model::Workspace;

/// All interfaces, as the cards show them: those about people first, the login last.
///
/// # Errors
/// When the store cannot answer.
pub(in crate::web) async fn all(app: &App, workspace: &Workspace) -> Result<Vec<Arc<Statement>>, AppError> {
    let today = app.clock_of(workspace).now().date();
    let (login, built_in): (Vec<_>, Vec<_>) = app
        .nhs
        .interfaces()
        .iter()
        .map(|built_in| Arc::new(Statement::of(built_in, today)))
        .partition(|interface| interface.id == "oauth2");
    let added = app.added_interfaces(workspace).await?;
    let added = added.iter().map(|added| added.statement());
    Ok(built_in
        .into_iter()
        .chain([Arc::new(fhir_server::statement())])
        .chain(added)
        .chain(login)
        .collect())
}

/// The interface of this id.
///
/// # Errors
/// [`AppError::UnknownInterface`], and when the store cannot answer.
pub(super) async fn one(app: &App, workspace: &Workspace, id: &str) -> Result<Arc<Statement>, AppError> {
    if let Some(built_in) = app.nhs.interfaces().iter().find(|interface| interface.id == id) {
        let today = app.clock_of(workspace).now().date();
        return Ok(Arc::new(Statement::of(built_in, today)));
    }
    if id == fhir::ID {
        return Ok(Arc::new(fhir_server::statement()));
    }
    let added = app.added_interfaces(workspace).await?;
    let found = added.iter().find(|added| &*added.id == id);
    found
        .map(|added| added.statement())
        .ok_or_else(|| AppError::UnknownInterface(id.to_owned()))
}
