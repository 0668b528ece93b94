//! The login of the API platform: tokens for applications, healthcare workers and citizens. See the README beside this
//! file's folder.

mod authorize;
mod backchannel_logout;
mod callback;
mod client_assertion;
mod discovery;
mod error;
mod keys;
mod log_in;
mod logout;
mod token;
mod userinfo;

use crate::Profile;
use crate::failure::in_own_shape;
use crate::interface::{Interface, Login};

const SPECIFICATION: &str =
    "https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation";

pub(super) const INTERFACE: Interface = Interface {
    id: "oauth2",
    title: "Login (OAuth 2.0)",
    summary: "Gives access tokens to applications, to healthcare workers who log in with CIS2 and to citizens who log in with NHS login.",
    path_prefix: "/oauth2",
    specification: SPECIFICATION,
    fhir_version: None,
    profiles: &[Profile::Sandbox, Profile::Int],
    logins: &[Login::Open, Login::HealthcareWorker],
    operations: &[
        token::OPERATION,
        authorize::OPERATION,
        log_in::SHOW,
        log_in::OPERATION,
        callback::OPERATION,
        userinfo::OPERATION,
        discovery::OPERATION,
        keys::OPERATION,
        logout::OPERATION,
        backchannel_logout::OPERATION,
    ],
    missing: &[],
    deviations: &[
        "CIS2 and NHS login are pages of this sandbox: one picks a made-up person, and no password is asked for.",
        "The mock users of NHS login stand for people of the seed, because their own numbers belong to nobody.",
        "An id token is given with the access token when the scope openid is asked for; the NHS's own service keeps it.",
        "Token exchange takes the id tokens that this sandbox signed, whichever of the two logins they came from.",
        "Codes can be bound to a code challenge (PKCE, S256), which the NHS's own service does not offer.",
        "A key set can be registered by an address inside the sandbox only.",
        "Whoever is logged in is forgotten when the program ends.",
    ],
    refuse: error::refuse,
    fail: in_own_shape,
};
