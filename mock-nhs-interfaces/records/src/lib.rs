//! The FHIR R4 server of every workspace: one shared base, an overlay of changes each.

mod base;
mod bundle;
mod draft;
mod error;
mod indexing;
mod instant;
mod log;
mod operations;
mod overlay;
mod packages;
mod record;
mod records;
mod resource_id;
mod server;
mod subscriptions;
mod view;
mod workspace;

pub use base::{Base, BaseError, BasePart};
pub use bundle::fuzz_bundle;
pub use draft::{Draft, Quota};
pub use error::RecordsError;
pub use instant::Instant;
pub use packages::Packages;
pub use record::{Change, Record};
pub use records::{CheckpointInfo, MAX_CHECKPOINTS, Records, RecordsConfig};
pub use resource_id::{MAX_ID_CHARS, ResourceId};
/// A resource type of R4, as a small number: its place in the sorted list of names, which is kept nowhere but in memory.
pub use search::query::ResourceType;
pub use server::{FhirServer, FhirTenant, MAX_BODY_BYTES, MAX_BUNDLE_BYTES, MAX_FORM_BYTES, MAX_PAGE_BYTES};
pub use subscriptions::{Doing, Hooks, MAX_CHAIN, MAX_SUBSCRIPTIONS, Notification};
pub use view::{ChangeKind, Changed, ChangesPage, HistoryPage, PageSize, Scope, Used, View, Window};
