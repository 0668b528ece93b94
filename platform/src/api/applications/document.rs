//! An application as the API shows it.

use mock_nhs_interfaces::auth::{Application, MadeKeys, PublicKeys};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// A registered application.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ApplicationDocument {
    /// Its API key, which is also its `client_id` and the `iss` of what it signs.
    pub(crate) api_key: String,
    /// What people call it.
    #[schema(example = "Ward board")]
    pub(crate) title: String,
    /// Which kinds of access it may ask for: `application`, `healthcare-worker`, `patient`.
    pub(crate) access: Vec<String>,
    /// Where users can come back to after they logged in.
    pub(crate) callback_urls: Vec<String>,
    /// How it proves itself to the FHIR server: `public`, `confidential-symmetric`, `confidential-asymmetric`.
    pub(crate) client_type: String,
    /// The public keys that were registered, as a JSON Web Key Set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jwks: Option<String>,
    /// The address inside the sandbox that its public keys are fetched from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jwks_url: Option<String>,
    /// What goes wrong on purpose when it launches with SMART.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) simulated_error: Option<String>,
    /// When it was registered, by the workspace's clock.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) registered_at: OffsetDateTime,
    /// Its secret. In the list of applications it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<String>,
    /// The key pair that was just made. The private key is shown this once and kept by nobody here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) made: Option<MadeKeysDocument>,
}

impl ApplicationDocument {
    /// The application with its secret.
    pub(crate) fn whole(application: Application) -> Self {
        let secret = Some(application.secret.clone());
        Self {
            secret,
            ..Self::without_secret(application)
        }
    }

    pub(super) fn without_secret(application: Application) -> Self {
        let (jwks, jwks_url) = match application.keys {
            PublicKeys::Nowhere => (None, None),
            PublicKeys::Set { jwks } => (Some(jwks), None),
            PublicKeys::Url { url } => (None, Some(url)),
        };
        Self {
            api_key: application.api_key,
            title: application.title,
            access: application
                .access
                .into_iter()
                .map(|access| access.name().to_owned())
                .collect(),
            callback_urls: application.callback_urls.into_iter().map(String::from).collect(),
            client_type: application.client_type.name().to_owned(),
            jwks,
            jwks_url,
            simulated_error: application.simulated_error,
            registered_at: application.registered_at,
            secret: None,
            made: None,
        }
    }
}

/// A key pair that was just made.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct MadeKeysDocument {
    /// The name of the key, for the header `kid` of what is signed with it.
    pub(crate) kid: String,
    /// The private key in PEM (PKCS #8).
    pub(crate) private_key: String,
}

impl std::fmt::Debug for MadeKeysDocument {
    // The private key stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeKeysDocument")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl From<MadeKeys> for MadeKeysDocument {
    fn from(made: MadeKeys) -> Self {
        Self {
            kid: made.kid,
            private_key: made.private_key,
        }
    }
}
