//! Who is calling: the register of applications, the login that gives tokens out, and what each interface checks.
//!
//! An interface that lets only some in asks [`bearer::check`] for the [`Grant`] or [`api_key::check`] for the
//! application, and then the grant what it opens: [`Grant::is_application`], [`Grant::worker_at`], [`Grant::citizen_at`].

mod access;
pub(crate) mod api_key;
pub(crate) mod application;
pub(crate) mod applications;
pub(crate) mod bearer;
mod callback_url;
pub(crate) mod form;
mod given;
pub(crate) mod jwks_source;
pub(crate) mod jwt;
pub(crate) mod keys;
pub(crate) mod logins;
pub(crate) mod page;
pub(crate) mod people;
pub(crate) mod roles;
pub(crate) mod secret;
pub(crate) mod shelf;
pub(crate) mod signer;
pub(crate) mod tokens;

pub(crate) use tokens::{Assurance, Grant, Issued, Principal, Proofing, Tokens};

pub use application::{Access, Application, ClientType, MadeKeys, NewApplication, PublicKeys};
pub use applications::{
    Applications, ApplicationsError, MAX_APPLICATIONS, MAX_CALLBACK_URLS, MAX_TITLE_CHARS,
};
pub use callback_url::{CallbackUrl, CallbackUrlError};
pub use given::{Clinician, Whom};
pub use jwks_source::JwksSource;
pub use keys::{KeyError, MAX_KEY_SET_BYTES};

/// Who is logged in for an app that does not log in itself: an extension of its request, which nobody outside can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManagedLogin {
    /// The application by itself.
    Application,
    /// This citizen, proofed as well as can be.
    Citizen(crate::value::NhsNumber),
}

impl ManagedLogin {
    pub(crate) const fn grant(self) -> Grant {
        let principal = match self {
            Self::Application => Principal::Application,
            Self::Citizen(nhs_number) => Principal::Citizen {
                nhs_number,
                proofing: Proofing::P9,
            },
        };
        Grant {
            application: None,
            principal,
        }
    }
}

/// Whether two secrets are the same, in a time that tells nothing about where they differ. Lengths are no secret.
pub(crate) fn same_secret(given: &[u8], expected: &[u8]) -> bool {
    if given.len() != expected.len() {
        return false;
    }
    let difference = given
        .iter()
        .zip(expected)
        .fold(0_u8, |sum, (left, right)| sum | (left ^ right));
    std::hint::black_box(difference) == 0
}

/// The hint for a request that came without a login.
pub(crate) const WHERE_THE_TOKEN_IS: &str = "This request carried no access token: the workspace's own is the field \
     access_token of GET /api/v1/workspaces/{workspace}; send it as 'Authorization: Bearer TOKEN'.";

/// The hint for who sent no API key where one is wanted.
pub(crate) const WHERE_THE_KEY_IS: &str = "This request carried no API key: register an application with 'c4h keys' and send its \
     key in the header apikey. The workspace's own access token, the field access_token of GET /api/v1/workspaces/{workspace}, \
     is an API key as well.";

#[cfg(test)]
mod tests {
    #[test]
    fn secrets_are_the_same_or_not() {
        assert!(super::same_secret(b"abc1", b"abc1"));
        assert!(!super::same_secret(b"abc1", b"abc2"));
        assert!(!super::same_secret(b"abc", b"abc1"));
        assert!(super::same_secret(b"", b""));
    }
}
