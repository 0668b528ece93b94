//! What a grant opens: the three access modes of the API platform.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation>

use super::{Assurance, Grant, Principal, Proofing};
use crate::value::NhsNumber;

impl Grant {
    /// Whether it is application-restricted access: nobody is logged in.
    pub(crate) const fn is_application(&self) -> bool {
        matches!(self.principal, Principal::Application)
    }

    /// Whether it is user-restricted access by a healthcare worker of at least this assurance.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for interfaces that tell levels apart")
    )]
    pub(crate) fn worker_at(&self, least: Assurance) -> bool {
        match &self.principal {
            Principal::HealthcareWorker { assurance, .. } => *assurance >= least,
            Principal::Application | Principal::Citizen { .. } => false,
        }
    }

    /// The NHS number of the citizen for whom it is patient access, when they are proofed at least this well.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for interfaces that tell levels apart")
    )]
    pub(crate) fn citizen_at(&self, least: Proofing) -> Option<NhsNumber> {
        match &self.principal {
            Principal::Citizen { nhs_number, proofing } => (*proofing >= least).then_some(*nhs_number),
            Principal::Application | Principal::HealthcareWorker { .. } => None,
        }
    }

    /// Whether a user is logged in, whoever they are.
    pub(crate) const fn is_user(&self) -> bool {
        !self.is_application()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_open_what_is_below_them() {
        let grant = |principal| Grant {
            application: None,
            principal,
        };
        let worker = grant(Principal::HealthcareWorker {
            user_id: "1".into(),
            assurance: Assurance::Aal2,
        });
        assert!(worker.worker_at(Assurance::Aal1) && worker.worker_at(Assurance::Aal2));
        assert!(!worker.worker_at(Assurance::Aal3) && worker.citizen_at(Proofing::P0).is_none());
        assert!(worker.is_user() && !worker.is_application());
        let nhs_number: NhsNumber = "9000000009".parse().unwrap();
        let citizen = grant(Principal::Citizen {
            nhs_number,
            proofing: Proofing::P5,
        });
        assert_eq!(citizen.citizen_at(Proofing::P5), Some(nhs_number));
        assert_eq!(citizen.citizen_at(Proofing::P9), None);
        assert!(!citizen.worker_at(Assurance::Aal1));
        assert!(grant(Principal::Application).is_application());
    }
}
