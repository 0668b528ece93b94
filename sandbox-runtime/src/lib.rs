//! Runs strangers' WebAssembly components, one fresh instance a request, within limits.
#![deny(missing_docs)]

pub mod artefact;
mod capability;
pub mod compile;
pub mod egress;
pub mod engine;
pub mod error;
pub mod guest;
pub mod inspect;
pub mod limits;
pub mod sandbox;
mod ticker;
pub mod trace;

pub use artefact::{Artefact, ArtefactCache, ArtefactKey, ComponentSha};
pub use compile::{CompileError, Compiler, CompilerConfig, compile_child};
pub use egress::{CallLabel, Egress, EgressAnswer};
pub use engine::Allocation;
pub use error::{LoadError, RunError, SandboxError};
pub use guest::{Guest, GuestError, Guests};
pub use inspect::{Inspection, UploadError, UploadLimits, check_upload};
pub use limits::{Limit, LimitHit, Limits};
pub use sandbox::{Run, RunContext, Sandbox, SandboxConfig};
pub use trace::Trace;
