//! The ways to log in.

/// A way to log in.
/// Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// Nobody logs in.
    Open,
    /// The application names itself with an API key in the header `apikey`.
    ApiKey,
    /// The application has a token of its own, got with a signed JWT; it goes in the header `Authorization`.
    Application,
    /// A healthcare worker is logged in; their token goes in the header `Authorization`.
    HealthcareWorker,
    /// A patient or another citizen is logged in; their token goes in the header `Authorization`.
    Citizen,
    /// A mailbox of MESH, by a token that is made anew for every request; it goes in the header `Authorization`.
    Mailbox,
}

impl Login {
    /// The name in plain words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Open => "No login",
            Self::ApiKey => "API key of the application",
            Self::Application => "Access token of the application",
            Self::HealthcareWorker => "Access token of a healthcare worker",
            Self::Citizen => "Access token of a patient",
            Self::Mailbox => "Token of a MESH mailbox",
        }
    }

    /// The request header it travels in; `None` where nothing is sent.
    pub const fn header(self) -> Option<&'static str> {
        match self {
            Self::Open => None,
            Self::ApiKey => Some("apikey"),
            Self::Application | Self::HealthcareWorker | Self::Citizen | Self::Mailbox => {
                Some("Authorization")
            }
        }
    }
}
