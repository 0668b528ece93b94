//! Everything that a person's page is made of, asked of the workspace's own FHIR server, a bounded part of each kind.

use serde_json::Value;

use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;
use crate::web::ask;
use crate::web::summary::say;

/// Records of one kind, the newest first.
const MOST: usize = 200;

/// Records of one kind.
#[derive(Debug, Default)]
pub(super) struct Of {
    pub(super) found: Vec<Value>,
    /// How many there are in all.
    pub(super) total: u64,
}

/// A person's record.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) patient: Value,
    pub(super) conditions: Of,
    pub(super) medicines: Of,
    pub(super) allergies: Of,
    pub(super) observations: Of,
    pub(super) immunisations: Of,
    pub(super) appointments: Of,
    pub(super) encounters: Of,
    pub(super) procedures: Of,
    pub(super) documents: Of,
}

impl Gathered {
    /// Of the person whose Patient has this id; `None` where there is none.
    ///
    /// # Errors
    /// When the FHIR server does not answer.
    pub(super) async fn of(app: &App, workspace: &Workspace, id: &str) -> Result<Option<Self>, AppError> {
        let is_id = !id.is_empty()
            && id.len() <= 64
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        if !is_id {
            return Ok(None);
        }
        let (status, patient) = ask::get(app, workspace, format!("/Patient/{id}")).await?;
        if status != 200 {
            return Ok(None);
        }
        let of = async |kind: &str, sort: &str| {
            let query = format!("/{kind}?patient={id}&_sort=-{sort}&_count={MOST}&_total=accurate");
            let (_, bundle) = ask::get(app, workspace, query).await?;
            let found: Vec<Value> = say::list(say::at(&bundle, "/entry"))
                .iter()
                .map(|entry| entry["resource"].clone())
                .filter(|record| record["resourceType"] == kind)
                .collect();
            let count = u64::try_from(found.len()).unwrap_or_default();
            Ok::<Of, AppError>(Of {
                total: say::at(&bundle, "/total").as_u64().unwrap_or(count),
                found,
            })
        };
        Ok(Some(Self {
            patient,
            conditions: of("Condition", "onset-date").await?,
            medicines: of("MedicationRequest", "authoredon").await?,
            allergies: of("AllergyIntolerance", "date").await?,
            observations: of("Observation", "date").await?,
            immunisations: of("Immunization", "date").await?,
            appointments: of("Appointment", "date").await?,
            encounters: of("Encounter", "date").await?,
            procedures: of("Procedure", "date").await?,
            documents: of("DocumentReference", "date").await?,
        }))
    }

    /// Whether nobody may learn where this person is.
    pub(super) fn is_restricted(&self) -> bool {
        say::list(say::at(&self.patient, "/meta/security"))
            .iter()
            .any(|mark| matches!(mark["code"].as_str(), Some("R" | "V")))
    }
}
