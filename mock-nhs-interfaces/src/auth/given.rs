//! Access tokens that are given out without the login's pages: for trying an interface as somebody.

use std::sync::Arc;

use records::{RecordsError, ResourceId, ResourceType};
use store::WorkspaceId;
use time::Duration;

use super::people::{MOST_CLINICIANS, practitioner_name, user_id_of};
use super::tokens::Proofing;
use super::{Assurance, Grant, Issued, Principal};
use crate::value::NhsNumber;
use crate::{MockNhs, Tenant};

/// How long such a token opens something: as long as the NHS's own.
const LIFE: Duration = Duration::minutes(10);

/// Whom a token speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// An application, with nobody logged in.
    Application,
    /// A healthcare worker at the highest level: the NHS's mock user.
    HealthcareWorker,
    /// A patient, identified by a document and a face.
    Patient(NhsNumber),
}

/// A made-up clinician of a workspace, who can log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clinician {
    /// The id of their Practitioner resource.
    pub id: String,
    /// Their name as people say it.
    pub name: String,
}

impl MockNhs {
    /// The clinicians of a workspace, in the order of its records; as many as the login's own page lists.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub async fn clinicians(&self, workspace: WorkspaceId) -> Result<Vec<Clinician>, RecordsError> {
        let view = self.world.records.view(workspace).await?;
        let kind = ResourceType::parse("Practitioner");
        let found = kind.into_iter().flat_map(|kind| view.of_type(kind));
        let clinicians = found.take(MOST_CLINICIANS).map(|record| {
            let id = record.id.to_string();
            Clinician {
                name: practitioner_name(&record.text).unwrap_or_else(|| id.clone()),
                id,
            }
        });
        Ok(clinicians.collect())
    }

    /// Gives out an access token as [`MockNhs::give_token`] does, which speaks for this clinician at the highest level;
    /// `None` where the workspace has nobody of that id.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub async fn give_token_to_clinician(
        &self,
        tenant: &Tenant,
        id: &str,
    ) -> Result<Option<Arc<str>>, RecordsError> {
        let view = self.world.records.view(tenant.workspace).await?;
        let kind = ResourceType::parse("Practitioner");
        if kind.and_then(|kind| view.read(kind, id)).is_none() {
            return Ok(None);
        }
        let principal = Principal::HealthcareWorker {
            user_id: user_id_of(id).into(),
            assurance: Assurance::Aal3,
        };
        Ok(Some(self.give(tenant, principal)))
    }

    /// Gives out an access token of this workspace that speaks for somebody, until ten minutes from now on the
    /// workspace's clock.
    pub fn give_token(&self, tenant: &Tenant, whom: Whom) -> Arc<str> {
        let principal = match whom {
            Whom::Application => Principal::Application,
            Whom::HealthcareWorker => Principal::HealthcareWorker {
                user_id: "656005750104".into(),
                assurance: Assurance::Aal3,
            },
            Whom::Patient(nhs_number) => Principal::Citizen {
                nhs_number,
                proofing: Proofing::P9,
            },
        };
        self.give(tenant, principal)
    }

    fn give(&self, tenant: &Tenant, principal: Principal) -> Arc<str> {
        let token: Arc<str> = ResourceId::random().as_str().replace('-', "").into();
        let issued = Issued {
            grant: Grant {
                application: None,
                principal,
            },
            session: None,
        };
        let ends = tenant.clock.now().saturating_add(LIFE);
        self.world
            .tokens
            .add(tenant.workspace, Arc::clone(&token), issued, ends);
        token
    }
}
