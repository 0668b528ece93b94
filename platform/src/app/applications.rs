//! Registering applications, over the API and on the workspace's page.

use mock_nhs_interfaces::auth::{Application, MadeKeys, NewApplication};

use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;

impl App {
    /// Registers an application.
    ///
    /// # Errors
    /// What is wrong with it, and when the store cannot answer.
    pub(crate) async fn register_application(
        &self,
        workspace: &Workspace,
        new: NewApplication,
    ) -> Result<Application, AppError> {
        let register = self.nhs.applications();
        let now = self.clock_of(workspace).now();
        let application = register.register(workspace.id, new, now).await?;
        tracing::info!(
            workspace.name = workspace.name.as_str(),
            application.title = application.title,
            "registered an application"
        );
        Ok(application)
    }

    /// Registers an application and makes its key pair in the same step.
    ///
    /// # Errors
    /// As [`App::register_application`].
    pub(crate) async fn register_application_with_keys(
        &self,
        workspace: &Workspace,
        new: NewApplication,
    ) -> Result<(Application, MadeKeys), AppError> {
        let application = self.register_application(workspace, new).await?;
        let register = self.nhs.applications();
        Ok(register.make_keys(workspace.id, &application.api_key).await?)
    }
}
