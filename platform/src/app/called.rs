//! Which interface a request is for, built in or added, and its answer.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, Response};
use mock_nhs_interfaces::{AddedInterface, Interface, Profile, Tenant};

use super::App;
use crate::error::AppError;
use crate::model::Workspace;

/// The interface that a path leads to.
#[derive(Debug)]
pub(crate) enum Called {
    /// One that every workspace has.
    BuiltIn(&'static Interface),
    /// One that the workspace added.
    Added(Arc<AddedInterface>),
    /// There is none; the answer says what there is.
    Nobody,
}

impl Called {
    /// Its id, and its title in plain words.
    pub(crate) fn named(&self) -> Option<(&str, &str)> {
        match self {
            Self::BuiltIn(interface) => Some((interface.id, interface.title)),
            Self::Added(added) => Some((&added.id, &added.document.title)),
            Self::Nobody => None,
        }
    }

    /// Whether callers may show an API key there.
    pub(crate) fn takes_api_key(&self) -> bool {
        match self {
            Self::BuiltIn(interface) => interface.takes_api_key(),
            Self::Added(added) => added.takes_api_key(),
            Self::Nobody => false,
        }
    }
}

impl App {
    /// The interface of the workspace that this path leads to. Those that are built in come first.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub(crate) async fn called(&self, workspace: &Workspace, path: &str) -> Result<Called, AppError> {
        if let Some(interface) = self.nhs.interface_at(path) {
            return Ok(Called::BuiltIn(interface));
        }
        let added = self.added_interface_at(workspace, path).await?;
        Ok(added.map_or(Called::Nobody, Called::Added))
    }

    /// Answers as the interface would.
    pub(crate) async fn answer_nhs(
        &self,
        tenant: &Tenant,
        profile: Profile,
        called: &Called,
        request: Request<Body>,
    ) -> Response<Body> {
        match called {
            Called::Added(added) => self.nhs.answer_added(tenant, profile, added, request).await,
            Called::BuiltIn(_) | Called::Nobody => self.nhs.answer(tenant, profile, request).await,
        }
    }
}
