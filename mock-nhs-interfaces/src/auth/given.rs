//! Access tokens that are given out without the login's pages: for trying an interface as somebody.

use std::sync::Arc;

use records::ResourceId;
use time::Duration;

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

impl MockNhs {
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
