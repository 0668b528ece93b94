//! The single way out of a guest: its request becomes a call in process, of the mock interfaces, of the app's own values,
//! or of another app.
//!
//! Together with [`crate::app`] the only place where the sandbox and the mock interfaces meet. Deliberately absent:
//! sockets, name look-ups, redirects that are followed.

mod address;
mod answer;
mod apps;
pub(crate) mod fhir;
pub(crate) mod key_sets;
mod managed_login;
mod nhs;
mod store;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{Request, Uri};
use sandbox_runtime::{Egress, EgressAnswer};

pub(crate) use self::address::FHIR as FHIR_HOST;
use self::address::{Destination, destination, is_store};
use crate::app::App;
use crate::data::RunningApp;
use crate::model::Workspace;

/// What one run reaches: what its workspace has, as far as its version may use it.
#[derive(Debug)]
pub(crate) struct Inside {
    pub(crate) app: Arc<App>,
    pub(crate) workspace: Arc<Workspace>,
    /// The app that calls.
    pub(crate) running: Arc<RunningApp>,
    /// How many apps wait for the answer of the app that calls.
    pub(crate) depth: u8,
    /// How many notifications of Subscriptions led to the run.
    pub(crate) chain: u8,
    /// The longest answer handed to a guest, in bytes.
    pub(crate) response_bytes: u64,
}

/// The app of the caller's workspace whose address inside the sandbox this is.
pub(crate) fn app_at(uri: &Uri) -> Option<String> {
    match destination(uri) {
        Ok(Destination::App(name)) => Some(name),
        Ok(Destination::Nhs(_) | Destination::Fhir | Destination::Store) | Err(_) => None,
    }
}

impl Egress for Inside {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
        match destination(request.uri()) {
            Ok(Destination::Nhs(profile)) => nhs::call(self, profile, request).boxed(),
            Ok(Destination::Fhir) => fhir::call(self, request).boxed(),
            Ok(Destination::Store) => store::call(self, request).boxed(),
            Ok(Destination::App(name)) => apps::call(self, name, request).boxed(),
            Err(reason) => futures_util::future::ready(EgressAnswer::Refused { reason }).boxed(),
        }
    }

    fn is_own(&self, uri: &Uri) -> bool {
        is_store(uri)
    }
}
