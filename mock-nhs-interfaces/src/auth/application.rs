//! A registered application: what it is called, what it may ask for, and how it proves itself.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::auth::callback_url::CallbackUrl;

/// A registered application.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its public name in every protocol: API key, `client_id`, `iss`.
    pub api_key: String,
    /// What people call it.
    pub title: String,
    /// What it proves itself with when a user logs in.
    pub secret: String,
    /// Which kinds of access it may ask for.
    pub access: Vec<Access>,
    /// Where users can come back to after they logged in.
    pub callback_urls: Vec<CallbackUrl>,
    /// What its signatures are checked with.
    pub keys: PublicKeys,
    /// How it proves itself to the FHIR server of the workspace.
    #[serde(default)]
    pub client_type: ClientType,
    /// What goes wrong on purpose when it launches with SMART.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulated_error: Option<String>,
    /// When it was registered.
    #[serde(with = "time::serde::rfc3339")]
    pub registered_at: OffsetDateTime,
}

impl fmt::Debug for Application {
    // The secret stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("api_key", &self.api_key)
            .field("title", &self.title)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

/// A kind of access that an application can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Without a user: API key or signed JWT.
    Application,
    /// For a healthcare worker who is logged in with CIS2.
    HealthcareWorker,
    /// For a patient who is logged in with NHS login.
    Patient,
}

impl Access {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Application, Self::HealthcareWorker, Self::Patient];

    /// Its name in addresses and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::HealthcareWorker => "healthcare-worker",
            Self::Patient => "patient",
        }
    }

    /// Its name in plain words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Application => "The application by itself",
            Self::HealthcareWorker => "Healthcare workers who log in with CIS2",
            Self::Patient => "Patients who log in with NHS login",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|access| access.name() == name)
    }
}

/// How an application proves itself to the FHIR server of the workspace.
/// Source: <https://hl7.org/fhir/smart-app-launch/app-launch.html#support-for-public-and-confidential-apps>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientType {
    /// Not at all: it runs where its user could read a secret.
    Public,
    /// With its secret.
    #[default]
    ConfidentialSymmetric,
    /// With a token that it signs.
    ConfidentialAsymmetric,
}

impl ClientType {
    /// Every type.
    pub const ALL: [Self; 3] = [
        Self::Public,
        Self::ConfidentialSymmetric,
        Self::ConfidentialAsymmetric,
    ];

    /// Its name in addresses and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::ConfidentialSymmetric => "confidential-symmetric",
            Self::ConfidentialAsymmetric => "confidential-asymmetric",
        }
    }

    /// Its name in plain words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Public => "Not at all: it runs in a browser or on a telephone (public)",
            Self::ConfidentialSymmetric => "With its secret (confidential, symmetric)",
            Self::ConfidentialAsymmetric => "With a token that it signs (confidential, asymmetric)",
        }
    }

    /// The type of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where the keys are that an application's signatures are checked with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "from")]
pub enum PublicKeys {
    /// Nowhere: none was registered.
    #[default]
    Nowhere,
    /// Here.
    Set {
        /// A JSON Web Key Set.
        jwks: String,
    },
    /// At an address inside the sandbox.
    Url {
        /// The address.
        url: String,
    },
}

/// What an application is to be registered with.
#[derive(Clone, Debug, Default)]
pub struct NewApplication {
    /// What people call it.
    pub title: String,
    /// Which kinds of access it may ask for.
    pub access: Vec<Access>,
    /// Where users can come back to after they logged in.
    pub callback_urls: Vec<CallbackUrl>,
    /// How it proves itself to the FHIR server of the workspace.
    pub client_type: ClientType,
}

/// What was made for an application, and is shown once.
#[derive(Clone)]
pub struct MadeKeys {
    /// The name of the key, which goes into the header `kid`.
    pub kid: String,
    /// The private key in PEM. Nobody keeps it but who asked for it.
    pub private_key: String,
}

impl fmt::Debug for MadeKeys {
    // The private key stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadeKeys")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}
