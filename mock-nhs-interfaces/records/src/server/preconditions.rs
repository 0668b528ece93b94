//! `If-Match` and `If-None-Match` of writes. <https://hl7.org/fhir/R4/http.html#concurrency>

use fhir::etag::EntityTags;
use http::header::{IF_MATCH, IF_NONE_MATCH};

use super::{Call, Refusal};
use crate::{Draft, ResourceType};

/// What must hold of the resource before it is changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Preconditions {
    /// It is one of these versions.
    pub(crate) matches: Option<EntityTags>,
    /// It is none of these versions; `*`: it is not there.
    pub(crate) matches_none: Option<EntityTags>,
}

impl Preconditions {
    pub(crate) fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        let tags = |header: Option<&str>| header.map(EntityTags::parse).transpose();
        Ok(Self {
            matches: tags(call.header(IF_MATCH))?,
            matches_none: tags(call.header(IF_NONE_MATCH))?,
        })
    }

    /// Whether they hold of the resource as it stands in the draft.
    pub(crate) fn check(&self, draft: &Draft, kind: ResourceType, id: &str) -> Result<(), Refusal> {
        if self.matches.is_none() && self.matches_none.is_none() {
            return Ok(());
        }
        let standing = draft
            .view()
            .read(kind, id)
            .map(|record| record.version.to_string());
        let named = |tags: &EntityTags| standing.as_deref().is_some_and(|version| tags.names(version));
        let place = format!("{}/{id}", kind.name());
        let is = match &standing {
            Some(version) => format!("it is at version {version}"),
            None => "there is none".to_owned(),
        };
        if self.matches.as_ref().is_some_and(|tags| !named(tags)) {
            return Err(Refusal::Precondition(format!(
                "{place} is not at a version that If-Match names: {is}"
            )));
        }
        if self.matches_none.as_ref().is_some_and(named) {
            return Err(Refusal::Precondition(format!(
                "{place} is at a version that If-None-Match names: {is}"
            )));
        }
        Ok(())
    }
}
