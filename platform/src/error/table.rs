//! The table: variant → status, code, public sentence. No wildcard arm: a new variant must be placed by hand.

mod data;
mod runs;

use http::StatusCode;
use sandbox_runtime::GuestError;

use self::data::{applications, draft, records, value};
use self::runs::{guest_status, run_status, too_many_runs};
use super::{AppError, DeployLimit};
use crate::deploy::{DEPLOYS_PER_MINUTE, TRIES_PER_MINUTE};

/// What a caller may know of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    /// HTTP status.
    pub status: StatusCode,
    /// The stable code that programs look at.
    pub code: &'static str,
    /// One or two plain sentences for people, with the way out.
    pub detail: String,
}

/// Text of a caller in a sentence: escaped and cut, so that it can neither break the line nor fill it.
fn quoted(text: &str) -> String {
    format!("{:?}", text.chars().take(80).collect::<String>())
}

impl AppError {
    /// What the caller is told.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one table, one row a variant")]
    pub fn public(&self) -> Public {
        let (status, code, detail) = match self {
            Self::UnknownAddress => (
                StatusCode::NOT_FOUND,
                "unknown-address",
                "There is nothing at this address; /api/v1/openapi.json lists what there is.".to_owned(),
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "This address does not take that method; the header Allow lists those it takes.".to_owned(),
            ),
            Self::UnknownWorkspace(name) => (
                StatusCode::NOT_FOUND,
                "unknown-workspace",
                format!(
                    "There is no workspace {}; /api/v1/workspaces lists those there are.",
                    quoted(name)
                ),
            ),
            Self::LoginNeeded => (
                StatusCode::UNAUTHORIZED,
                "login-needed",
                "This server asks who you are: open the link of your workspace, or log in as the trainer. Programs send the key \
                 at the end of the link as a bearer token (C4H_TOKEN)."
                    .to_owned(),
            ),
            Self::TrainerOnly => (
                StatusCode::FORBIDDEN,
                "trainer-only",
                "Only the trainer may do this.".to_owned(),
            ),
            Self::TooManyTries { retry_after_s } => (
                StatusCode::TOO_MANY_REQUESTS,
                "limit-tries",
                format!("The trainer's password was wrong too often; try again in {retry_after_s} seconds."),
            ),
            Self::WorkspaceExists(name) => (
                StatusCode::CONFLICT,
                "workspace-exists",
                format!("There is a workspace {} already; choose another name.", quoted(name)),
            ),
            Self::TooManyWorkspaces { limit } => (
                StatusCode::INSUFFICIENT_STORAGE,
                "limit-workspaces",
                format!("This server has {limit} workspaces, the most it may have."),
            ),
            Self::UnknownPackage(package) => (
                StatusCode::NOT_FOUND,
                "unknown-package",
                format!(
                    "There is no package {}; `c4h packages list` shows those there are, as name@version.",
                    quoted(package)
                ),
            ),
            Self::TooManyPackages { limit } => (
                StatusCode::CONFLICT,
                "limit-packages",
                format!("{limit} packages are installed, the most that may be; remove one with `c4h packages remove`."),
            ),
            Self::UnknownFault(fault) => (
                StatusCode::NOT_FOUND,
                "unknown-fault",
                format!("The workspace has no fault {}; `c4h faults list` shows those it has.", quoted(fault)),
            ),
            Self::TooManyFaults { limit } => (
                StatusCode::CONFLICT,
                "limit-faults",
                format!("A workspace has at most {limit} faults; take some away with `c4h faults clear`."),
            ),
            Self::UnknownScenario(name) => (
                StatusCode::NOT_FOUND,
                "unknown-scenario",
                format!("There is no scenario {}; `c4h scenarios list` shows those there are.", quoted(name)),
            ),
            Self::UnknownInterface(id) => (
                StatusCode::NOT_FOUND,
                "unknown-interface",
                format!(
                    "The workspace added no interface {}; `c4h interfaces list` shows those there are.",
                    quoted(id)
                ),
            ),
            Self::InterfaceExists(reason) => (StatusCode::CONFLICT, "interface-exists", first_upper(&format!("{reason}."))),
            Self::TooManyInterfaces { limit } => (
                StatusCode::CONFLICT,
                "limit-interfaces",
                format!("The workspace added {limit} interfaces, the most that may be; remove one with `c4h interfaces remove`."),
            ),
            Self::Records(error) => records(error),
            Self::Applications(error) => applications(error),
            Self::UnknownApp { workspace, app } => (
                StatusCode::NOT_FOUND,
                "unknown-app",
                format!(
                    "The workspace {} has no app {}; deploy it with `c4h deploy`, or see its apps with `c4h apps`.",
                    quoted(workspace),
                    quoted(app)
                ),
            ),
            Self::UnknownVersion { app, version } => (
                StatusCode::NOT_FOUND,
                "unknown-version",
                format!(
                    "The app {} has no version {}, or no longer: old versions make room for new ones.",
                    quoted(app),
                    quoted(version)
                ),
            ),
            Self::UnknownFile(path) => (
                StatusCode::NOT_FOUND,
                "unknown-file",
                format!("This version has no file {}; the list of its files has those there are.", quoted(path)),
            ),
            Self::UnknownSecret(name) => (
                StatusCode::NOT_FOUND,
                "unknown-secret",
                format!("The secret {} has no value; `c4h secrets set` gives it one.", quoted(name)),
            ),
            Self::UnknownRun(run) => (
                StatusCode::NOT_FOUND,
                "unknown-run",
                format!(
                    "There is no trace of run {}; traces are kept within a budget, and the oldest make room for newer ones.",
                    quoted(run)
                ),
            ),
            Self::UnknownValue(key) => (
                StatusCode::NOT_FOUND,
                "unknown-value",
                format!("The app keeps nothing under the key {}.", quoted(key)),
            ),
            Self::Key(error) => (StatusCode::UNPROCESSABLE_ENTITY, "bad-key", error.to_string()),
            Self::Value(error) => value(error),
            Self::Draft(error) => draft(error),
            Self::NothingToEdit(app) => (
                StatusCode::CONFLICT,
                "nothing-to-edit",
                format!(
                    "The app {} is a component that was built elsewhere, so there are no files to edit here; change it where it was built and deploy it again.",
                    quoted(app)
                ),
            ),
            Self::UnknownShare => (
                StatusCode::NOT_FOUND,
                "unknown-share",
                "This link shows nothing, or no longer: ask whoever gave it to you for a new one.".to_owned(),
            ),
            Self::UnknownProfile(profile) => (
                StatusCode::NOT_FOUND,
                "unknown-profile",
                format!(
                    "There is no profile {}; the profiles are sandbox and int.",
                    quoted(profile)
                ),
            ),
            Self::Name(error) => (StatusCode::UNPROCESSABLE_ENTITY, "bad-name", error.to_string()),
            Self::Query(reason) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "bad-query",
                format!(
                    "The query of this address cannot be used: {}",
                    reason.chars().take(200).collect::<String>()
                ),
            ),
            Self::Malformed(reason) => (StatusCode::BAD_REQUEST, "bad-request", (*reason).to_owned()),
            Self::MediaType { expected, found } => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                match found {
                    Some(found) => format!("Send {expected}, not {}.", quoted(found)),
                    None => format!("Say what you send: content-type: {expected}."),
                },
            ),
            Self::EncodedBody(encoding) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "encoded-body",
                format!("The body is encoded as {}; send it as it is.", quoted(encoding)),
            ),
            Self::BodyTooLarge { limit_bytes } => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "limit-request-body",
                format!("The body is larger than {limit_bytes} bytes, the most this address takes."),
            ),
            Self::BodyTooSlow { idle_s } => (
                StatusCode::REQUEST_TIMEOUT,
                "limit-request-time",
                format!(
                    "The body came too slowly: nothing for {idle_s} seconds, or not all of it in time; send it again."
                ),
            ),
            Self::BodyBroken(_) => (
                StatusCode::BAD_REQUEST,
                "broken-body",
                "The body broke off before its end; send it again.".to_owned(),
            ),
            Self::UriTooLong { limit_bytes } => (
                StatusCode::URI_TOO_LONG,
                "limit-uri",
                format!("The address is longer than {limit_bytes} bytes; send long texts in the body."),
            ),
            Self::UnknownHost(host) => (
                StatusCode::MISDIRECTED_REQUEST,
                "unknown-host",
                format!(
                    "This server does not answer for the host {}; use the address it printed when it started, or http://localhost with its port.",
                    quoted(host)
                ),
            ),
            Self::ForeignOrigin(origin) => (
                StatusCode::FORBIDDEN,
                "foreign-origin",
                format!(
                    "A page of {} may not change anything here; only this server's own pages and programs outside a browser may.",
                    quoted(origin)
                ),
            ),
            Self::Upload(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.code(), error.to_string()),
            Self::Guest(GuestError::Source(_)) => ours(),
            Self::Guest(error @ (GuestError::Compile(_) | GuestError::Load(_))) => {
                (guest_status(error), error.code(), error.to_string())
            }
            Self::Unfit(unfit) => (StatusCode::UNPROCESSABLE_ENTITY, unfit.code(), unfit.to_string()),
            Self::FirstMustAnswer => (
                StatusCode::CONFLICT,
                "first-version",
                "The app is not there yet, and its first version has to answer its requests: deploy it without activate=false."
                    .to_owned(),
            ),
            Self::TooManyDeploys { limit, retry_after_s } => (
                StatusCode::TOO_MANY_REQUESTS,
                "limit-deploys",
                match limit {
                    DeployLimit::App => format!(
                        "The app was deployed {DEPLOYS_PER_MINUTE} times within a minute, the most it may be; try again in {retry_after_s} seconds."
                    ),
                    DeployLimit::Workspace => format!(
                        "Deploys were tried {TRIES_PER_MINUTE} times within a minute in this workspace, the most it may be; try again in {retry_after_s} seconds."
                    ),
                },
            ),
            Self::DeployContended => (
                StatusCode::CONFLICT,
                "deploy-conflict",
                "Other deploys of the same app came first, again and again; try again.".to_owned(),
            ),
            Self::TooManyRuns(full) => too_many_runs(*full),
            Self::NotRepeatable { run, reason } => (
                StatusCode::CONFLICT,
                "not-repeatable",
                format!("The run {} cannot be repeated: {reason}. Make the request again, and repeat the new run.", quoted(run)),
            ),
            Self::TooManyWatchers => (
                StatusCode::TOO_MANY_REQUESTS,
                "limit-watchers",
                "As many watch the runs of this app, of this workspace, or of all apps, as may at once; close another page or program that watches, or read the traces now and then."
                    .to_owned(),
            ),
            Self::Run { error, .. } => (run_status(error), error.code(), error.to_string()),
            Self::StorageRefuses(_) => storage_refuses(),
            Self::Data(_) | Self::Internal(_) | Self::Panic(_) => ours(),
        };
        Public { status, code, detail }
    }
}

fn storage_refuses() -> (StatusCode, &'static str, String) {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "storage-unavailable",
        "The storage takes no changes at the moment; `c4h doctor` and the server's log say why.".to_owned(),
    )
}

fn ours() -> (StatusCode, &'static str, String) {
    let detail = "The server failed; its log has the reason under this request id.".to_owned();
    (StatusCode::INTERNAL_SERVER_ERROR, "platform-error", detail)
}

/// The sentence with a capital at its beginning.
fn first_upper(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
