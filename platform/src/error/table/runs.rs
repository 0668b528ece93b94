//! Runs that got no place or no answer, and components that cannot be made ready.

use http::StatusCode;
use sandbox_runtime::{CompileError, GuestError, Limit, RunError};

use crate::slots::Full;

/// Who had to wait in vain, and for what.
pub(super) fn too_many_runs(full: Full) -> (StatusCode, &'static str, String) {
    let (status, code) = match full {
        Full::App { .. } | Full::Workspace { .. } | Full::Line { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, "limit-concurrency")
        }
        Full::Platform { .. } => (StatusCode::TOO_MANY_REQUESTS, "busy"),
        Full::Depth { .. } => (StatusCode::LOOP_DETECTED, "limit-hops"),
    };
    let detail = match full {
        Full::App { limit } => format!(
            "The app has {limit} runs under way, the most it may have, and none ended in time; try again when one has ended."
        ),
        Full::Workspace { limit } => format!(
            "The workspace has {limit} runs under way, the most it may have, and none ended in time; try again when one has ended."
        ),
        Full::Line { limit } => format!(
            "{limit} requests for apps of this workspace are already waiting, the most that may; send fewer at once, and try again in a moment."
        ),
        Full::Platform { limit } => format!(
            "The server has {limit} places for runs and left none for this workspace in time; try again in a moment."
        ),
        Full::Depth { limit } => format!(
            "Apps called apps, more than {limit} in a row; look for apps that call each other in a circle."
        ),
    };
    (status, code, detail)
}

/// Which status a run without an answer gets: 5xx, because the app behind the address failed and not the caller.
pub(super) fn run_status(error: &RunError) -> StatusCode {
    match error {
        RunError::Limit(hit) => limit_status(hit.code),
        RunError::Trap { .. }
        | RunError::Exit { .. }
        | RunError::Exception { .. }
        | RunError::Host { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        RunError::NoResponse | RunError::IncompleteResponse | RunError::ErrorResponse { .. } => {
            StatusCode::BAD_GATEWAY
        }
    }
}

fn limit_status(limit: Limit) -> StatusCode {
    match limit {
        Limit::Cpu
        | Limit::Memory
        | Limit::Table
        | Limit::Stack
        | Limit::Handles
        | Limit::HostCall
        | Limit::Random
        | Limit::Calls
        | Limit::StoreCalls
        | Limit::Log => StatusCode::SERVICE_UNAVAILABLE,
        Limit::Wall => StatusCode::GATEWAY_TIMEOUT,
        Limit::RequestBody => StatusCode::PAYLOAD_TOO_LARGE,
        Limit::CallBody | Limit::CallResponse | Limit::ResponseBody | Limit::Headers => {
            StatusCode::BAD_GATEWAY
        }
        Limit::Busy => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// Which status a component that cannot be made ready gets.
pub(super) fn guest_status(error: &GuestError) -> StatusCode {
    match error {
        GuestError::Compile(CompileError::Limit(_) | CompileError::Invalid { .. }) | GuestError::Load(_) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        GuestError::Compile(CompileError::Line { .. } | CompileError::Busy { .. }) => {
            StatusCode::TOO_MANY_REQUESTS
        }
        GuestError::Compile(CompileError::Starved { .. }) => StatusCode::SERVICE_UNAVAILABLE,
        GuestError::Compile(CompileError::Host { .. }) | GuestError::Source(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
