//! What can go wrong in front of a caller: one enum, one table, two skins (problem document and plain page).
//!
//! A handler answers `Result<_, AppError>`. The answer it makes is empty and carries the error as an extension; the
//! edge ([`crate::middleware`]) writes the body, because only there the request id and the caller's taste are known,
//! and logs the private detail once. `tests/it/golden/errors.txt` holds the table.

mod page;
mod problem;
mod table;
mod unfit;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use sandbox_runtime::compile::FULL_RETRY_S;
use sandbox_runtime::{CompileError, GuestError, RunError, UploadError};

pub(crate) use page::page;
pub use problem::Problem;
pub(crate) use problem::{MEDIA_TYPE as PROBLEM_TYPE, problem};
pub use table::Public;
pub use unfit::Unfit;

use crate::data::{DataError, DeployError, DraftError, KeyError, ValueError};
use crate::model::NameError;
use crate::slots::Full;

/// Whose limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeployLimit {
    /// The app was deployed as often as it may be.
    App,
    /// In the workspace as many deploys were tried as may be.
    Workspace,
}

/// Everything that is answered instead of what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No route has this address.
    #[error("unknown address")]
    UnknownAddress,
    /// The address is known, the method is not.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// There is no workspace of that name.
    #[error("unknown workspace")]
    UnknownWorkspace(String),
    /// The server asks who callers are, and this one did not say.
    #[error("login needed")]
    LoginNeeded,
    /// Only the trainer may do this.
    #[error("trainer only")]
    TrainerOnly,
    /// The trainer's password was wrong too often.
    #[error("too many tries")]
    TooManyTries {
        /// When it can be tried again, in seconds.
        retry_after_s: u64,
    },
    /// A workspace of that name is there already.
    #[error("workspace exists")]
    WorkspaceExists(String),
    /// There are as many workspaces as may be.
    #[error("too many workspaces")]
    TooManyWorkspaces {
        /// How many.
        limit: u64,
    },
    /// There is no such package.
    #[error("unknown package")]
    UnknownPackage(String),
    /// As many packages are installed as may be.
    #[error("too many packages")]
    TooManyPackages {
        /// How many.
        limit: usize,
    },
    /// The workspace has no such fault.
    #[error("unknown fault")]
    UnknownFault(String),
    /// The workspace has as many faults as it may.
    #[error("too many faults")]
    TooManyFaults {
        /// How many.
        limit: usize,
    },
    /// No scenario of that name comes with the program.
    #[error("unknown scenario")]
    UnknownScenario(String),
    /// The workspace did not add such an interface.
    #[error("unknown interface")]
    UnknownInterface(String),
    /// The name or the path of an interface is taken; the sentence says by what.
    #[error("interface exists")]
    InterfaceExists(String),
    /// The workspace added as many interfaces as it may.
    #[error("too many interfaces")]
    TooManyInterfaces {
        /// How many.
        limit: usize,
    },
    /// The records of the workspace do not allow it.
    #[error(transparent)]
    Records(#[from] records::RecordsError),
    /// The register of applications does not allow it.
    #[error(transparent)]
    Applications(#[from] mock_nhs_interfaces::auth::ApplicationsError),
    /// The workspace has no app of that name.
    #[error("unknown app")]
    UnknownApp {
        /// The workspace.
        workspace: String,
        /// The app that it does not have.
        app: String,
    },
    /// The app has no such version, or no longer.
    #[error("unknown version")]
    UnknownVersion {
        /// The app.
        app: String,
        /// What was asked for.
        version: String,
    },
    /// The version has no such file.
    #[error("unknown file")]
    UnknownFile(String),
    /// The app has no such secret.
    #[error("unknown secret")]
    UnknownSecret(String),
    /// The app has no such run, or no longer.
    #[error("unknown run")]
    UnknownRun(String),
    /// The app keeps no value under that key.
    #[error("unknown value")]
    UnknownValue(String),
    /// A text cannot be the key of a value.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A value cannot be kept.
    #[error(transparent)]
    Value(ValueError),
    /// A draft cannot be kept.
    #[error(transparent)]
    Draft(DraftError),
    /// The app was not written here, so that there are no files to edit.
    #[error("nothing to edit")]
    NothingToEdit(String),
    /// No link of that name shows a version, or no longer.
    #[error("unknown share")]
    UnknownShare,
    /// There is no profile of that name.
    #[error("unknown profile")]
    UnknownProfile(String),
    /// A name for something new breaks the rules.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The query of the address does not read.
    #[error("bad query")]
    Query(String),
    /// The request cannot be understood at all.
    #[error("bad request")]
    Malformed(&'static str),
    /// The body has another type than the address takes.
    #[error("unsupported media type")]
    MediaType {
        /// What the address takes.
        expected: &'static str,
        /// What the caller said it sends.
        found: Option<String>,
    },
    /// The body is compressed; a small one could grow without end.
    #[error("encoded body")]
    EncodedBody(String),
    /// The body is larger than the address takes.
    #[error("body over {limit_bytes} bytes")]
    BodyTooLarge {
        /// What the address takes, in bytes.
        limit_bytes: u64,
    },
    /// The body stopped coming.
    #[error("body too slow")]
    BodyTooSlow {
        /// How long nothing came, in seconds.
        idle_s: u64,
    },
    /// The body broke off.
    #[error("body broke off: {0}")]
    BodyBroken(String),
    /// The address is longer than any of ours.
    #[error("address too long")]
    UriTooLong {
        /// What is taken, in bytes.
        limit_bytes: usize,
    },
    /// The request is for a host that this server is not.
    #[error("unknown host")]
    UnknownHost(String),
    /// A page from elsewhere asks for a change.
    #[error("foreign origin")]
    ForeignOrigin(String),
    /// The uploaded component cannot be deployed as it is.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The component cannot be made ready to run.
    #[error(transparent)]
    Guest(#[from] GuestError),
    /// What a builder sent has to be changed.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The first version of an app is to wait, so that nothing would answer.
    #[error("the first version must answer")]
    FirstMustAnswer,
    /// The app was deployed as often as it may be, or its workspace tried as often as it may.
    #[error("too many deploys")]
    TooManyDeploys {
        /// Whose limit it is.
        limit: DeployLimit,
        /// When the next one is taken, in seconds.
        retry_after_s: u64,
    },
    /// Other deploys of the same app came first, again and again.
    #[error("deploys of the same app kept coming first")]
    DeployContended,
    /// There was no place for the run.
    #[error("too many runs at once")]
    TooManyRuns(Full),
    /// The run cannot be repeated.
    #[error("run {run} cannot be repeated: {reason}")]
    NotRepeatable {
        /// The run.
        run: String,
        /// Why not.
        reason: String,
    },
    /// As many watch the app, or all apps, as may.
    #[error("too many watchers")]
    TooManyWatchers,
    /// The app gave no answer.
    #[error("{error}")]
    Run {
        /// Why.
        error: Box<RunError>,
        /// The run's id.
        run: String,
        /// Where its trace is.
        trace: String,
    },
    /// The storage takes no changes.
    #[error("storage refuses changes: {0}")]
    StorageRefuses(String),
    /// Reading or writing what is stored failed.
    #[error(transparent)]
    Data(DataError),
    /// A blob is missing, or something else that cannot be.
    #[error("{0}")]
    Internal(String),
    /// A handler panicked.
    #[error("panic: {0}")]
    Panic(String),
}

impl AppError {
    /// When to try again what was too much, in seconds; a sentence that says when says the same.
    #[must_use]
    pub fn retry_after_s(&self) -> u64 {
        if let Self::TooManyDeploys { retry_after_s, .. } | Self::TooManyTries { retry_after_s } = self {
            return *retry_after_s;
        }
        let is_in_front_of_compiler = matches!(
            self,
            Self::Guest(GuestError::Compile(
                CompileError::Line { .. } | CompileError::Busy { .. }
            ))
        );
        // A place for a run is free again when one ends, which takes seconds at most.
        if is_in_front_of_compiler { FULL_RETRY_S } else { 1 }
    }

    /// What only the log may know; `None` where the public sentence says all there is.
    #[must_use]
    pub fn private(&self) -> Option<String> {
        // Bounds that the caller ran into: the platform did not fail.
        if matches!(self, Self::Value(_) | Self::Draft(_) | Self::TooManyRuns(_)) {
            return None;
        }
        // `Display` of what the sandbox reports is for the caller and leaves the detail out.
        if let Self::Run { error, .. } = self {
            return matches!(**error, RunError::Host { .. }).then(|| format!("{error:?}"));
        }
        if let Self::Guest(error) = self {
            return self
                .public()
                .status
                .is_server_error()
                .then(|| format!("{error:?}"));
        }
        self.public().status.is_server_error().then(|| self.to_string())
    }
}

impl From<DataError> for AppError {
    fn from(error: DataError) -> Self {
        use store::StoreError;
        match error {
            DataError::Store(StoreError::Unavailable(reason) | StoreError::Full(reason)) => {
                Self::StorageRefuses(reason)
            }
            other @ (DataError::Store(_) | DataError::Row { .. } | DataError::Contended { .. }) => {
                Self::Data(other)
            }
        }
    }
}

impl From<store::StoreError> for AppError {
    fn from(error: store::StoreError) -> Self {
        DataError::from(error).into()
    }
}

impl From<DeployError> for AppError {
    fn from(error: DeployError) -> Self {
        match error {
            DeployError::Contended { .. } => Self::DeployContended,
            DeployError::FirstMustAnswer => Self::FirstMustAnswer,
            // Whoever knows the app's name says more.
            DeployError::UnknownVersion(version) => Self::UnknownVersion {
                app: String::new(),
                version: version.to_string(),
            },
            DeployError::Data(error) => error.into(),
        }
    }
}

impl From<ValueError> for AppError {
    fn from(error: ValueError) -> Self {
        match error {
            ValueError::Data(error) => error.into(),
            other @ (ValueError::Large { .. }
            | ValueError::Type
            | ValueError::Count
            | ValueError::Full { .. }
            | ValueError::Changed
            | ValueError::Number
            | ValueError::NoApp) => Self::Value(other),
        }
    }
}

impl From<DraftError> for AppError {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Data(error) => error.into(),
            other @ (DraftError::Large { .. }
            | DraftError::Undo { .. }
            | DraftError::Changed
            | DraftError::NoApp) => Self::Draft(other),
        }
    }
}

/// The error of an answer that has no body yet.
#[derive(Debug, Clone)]
pub(crate) struct Refused(pub(crate) Arc<AppError>);

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let status = self.public().status;
        let mut response = status.into_response();
        response.extensions_mut().insert(Refused(Arc::new(self)));
        response
    }
}
