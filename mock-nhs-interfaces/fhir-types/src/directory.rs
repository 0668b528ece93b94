//! Resources that everybody's records share: who cares, where, when, and what codes mean.

mod affiliation;
mod deletions;
mod ods;
mod organisation;
mod people;
mod service;
mod terminology;
mod time_table;

pub use affiliation::Affiliation;
pub use deletions::{Deletion, Deletions};
pub use ods::{HeldRole, Registration};
pub use organisation::{Location, Organisation, Postal};
pub use people::{Practitioner, Role};
pub use service::{HealthcareService, Medication};
pub use terminology::{CodeSystem, Question, QuestionKind, Questionnaire, ValueSet};
pub use time_table::{Schedule, Slot, SlotStatus};
