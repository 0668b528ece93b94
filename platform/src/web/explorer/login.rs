//! Who asks: the workspace's own clinician, a made-up clinician, an application, the patient, or nobody.

use mock_nhs_interfaces::interface::{Login, Need};
use mock_nhs_interfaces::statement::{OperationStatement, Statement};
use mock_nhs_interfaces::value::NhsNumber;
use mock_nhs_interfaces::{Clinician, Profile, Tenant, Whom};

use super::people::number_in;
use super::request::Prepared;
use crate::app::App;
use crate::error::AppError;

/// Clinicians in the list.
const MOST_CLINICIANS: usize = 12;

/// Who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Who {
    /// Nobody is logged in.
    #[default]
    Nobody,
    /// The workspace's own token: a healthcare worker at the highest level.
    Workspace,
    /// A made-up clinician of the workspace, by the id of their record.
    Clinician(String),
    /// An application, with nobody logged in.
    Application,
    /// The patient whom the request is about.
    Patient,
}

/// One of those who can ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) title: String,
    pub(super) is_chosen: bool,
}

impl Who {
    /// Who asks when nobody says: whoever the operation lets in. The workspace's own token stands for the patient where an
    /// interface is for patients alone; where others may ask other things, it stands for them, and the patient asks.
    pub(super) fn usual(interface: &Statement, operation: &OperationStatement) -> Self {
        let logins = &operation.logins;
        let has = |wanted: &[Login]| logins.iter().any(|login| wanted.contains(login));
        // Some check the form of a token that they let everybody send.
        let asks_for_one = operation
            .fields
            .iter()
            .any(|field| field.is_credential && field.need == Need::Required);
        if (logins.is_empty() || has(&[Login::Open])) && !asks_for_one {
            Self::Nobody
        } else if has(&[Login::Citizen])
            && !has(&[Login::HealthcareWorker])
            && interface.logins.contains(&Login::HealthcareWorker)
        {
            Self::Patient
        } else if has(&[
            Login::Open,
            Login::HealthcareWorker,
            Login::Citizen,
            Login::Mailbox,
        ]) {
            Self::Workspace
        } else {
            Self::Application
        }
    }

    /// As forms send it.
    pub(super) fn value(&self) -> String {
        match self {
            Self::Nobody => "nobody".to_owned(),
            Self::Workspace => "workspace".to_owned(),
            Self::Clinician(id) => format!("clinician:{id}"),
            Self::Application => "application".to_owned(),
            Self::Patient => "patient".to_owned(),
        }
    }

    /// From what a form sent.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "nobody" => Some(Self::Nobody),
            "workspace" => Some(Self::Workspace),
            "application" => Some(Self::Application),
            "patient" => Some(Self::Patient),
            _ => {
                let id = text.strip_prefix("clinician:")?;
                (!id.is_empty() && id.len() <= 64).then(|| Self::Clinician(id.to_owned()))
            }
        }
    }
}

/// Those who can ask.
pub(super) fn choices(clinicians: &[Clinician], chosen: &Who) -> Vec<Choice> {
    let choice = |who: Who, title: String| Choice {
        value: who.value(),
        is_chosen: who == *chosen,
        title,
    };
    let named = clinicians.iter().take(MOST_CLINICIANS);
    let named = named.map(|clinician| choice(Who::Clinician(clinician.id.clone()), clinician.name.clone()));
    [choice(Who::Workspace, "The workspace's own clinician".to_owned())]
        .into_iter()
        .chain(named)
        .chain([
            choice(Who::Patient, "The patient, for themselves".to_owned()),
            choice(
                Who::Application,
                "An application, with nobody logged in".to_owned(),
            ),
            choice(Who::Nobody, "Nobody: no token is sent".to_owned()),
        ])
        .collect()
}

/// A login on its way out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Attached {
    /// Headers with the login.
    pub(super) headers: Vec<(String, String)>,
    /// Who asks, in one sentence.
    pub(super) told: String,
}

/// Logs in for a request: at once, without a page.
///
/// # Errors
/// When the records cannot be read.
pub(super) async fn attach(
    app: &App,
    tenant: &Tenant,
    clinicians: &[Clinician],
    prepared: &Prepared,
) -> Result<Attached, AppError> {
    let bearer = |token: &str| ("Authorization".to_owned(), format!("Bearer {token}"));
    let own = &*tenant.access_token;
    let (headers, told) = match &prepared.who {
        Who::Nobody => (Vec::new(), "Nobody was logged in.".to_owned()),
        Who::Workspace => (
            vec![bearer(own)],
            "Asked by the workspace's own clinician: its access token was sent along.".to_owned(),
        ),
        Who::Clinician(id) => {
            let token = app.nhs.give_token_to_clinician(tenant, id).await?;
            let name = clinicians.iter().find(|clinician| clinician.id == *id);
            let name = name.map_or(id.as_str(), |clinician| clinician.name.as_str());
            match token {
                Some(token) => (
                    vec![bearer(&token)],
                    format!("Asked by {name}, who was logged in for it; the token is good for ten minutes."),
                ),
                None => (
                    Vec::new(),
                    "There is no such clinician, so nobody was logged in.".to_owned(),
                ),
            }
        }
        Who::Application => {
            let token = app.nhs.give_token(tenant, Whom::Application);
            (
                vec![bearer(&token), ("apikey".to_owned(), own.to_owned())],
                "Asked by an application: its access token and its API key were sent along.".to_owned(),
            )
        }
        Who::Patient => match about(prepared).or_else(anybody) {
            Some(number) => {
                let token = app.nhs.give_token(tenant, Whom::Patient(number));
                (
                    vec![bearer(&token)],
                    format!(
                        "Asked by the patient {}, who was logged in with NHS login.",
                        number.spaced()
                    ),
                )
            }
            None => (Vec::new(), "Nobody was logged in.".to_owned()),
        },
    };
    Ok(Attached { headers, told })
}

/// Who asks for themselves where the request names nobody: Jane Smith, the first of the people with a story.
fn anybody() -> Option<NhsNumber> {
    "9000000009".parse().ok()
}

/// Whom a request is about.
fn about(prepared: &Prepared) -> Option<NhsNumber> {
    let body = prepared
        .body
        .as_ref()
        .map(|(_, text)| text.as_str())
        .unwrap_or_default();
    let number = number_in(&prepared.path_and_query).or_else(|| number_in(body))?;
    number.parse().ok()
}

/// Whether logging in could help against this answer.
pub(super) fn would_help(status: u16, profile: Option<Profile>, who: &Who) -> bool {
    matches!(status, 401 | 403) && profile == Some(Profile::Int) && *who != Who::Workspace
}
