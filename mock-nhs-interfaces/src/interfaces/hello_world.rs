//! Hello World: three greetings behind three kinds of login. See the README beside this file's folder.

mod error;
mod greet_application;
mod greet_user;
mod greet_world;

use crate::Profile;
use crate::failure::in_own_shape;
use crate::interface::{Interface, Login};

const SPECIFICATION: &str = "https://digital.nhs.uk/developer/api-catalogue/hello-world";

pub(super) const INTERFACE: Interface = Interface {
    id: "hello-world",
    title: "Hello World",
    summary: "Greets you, to show whether you can reach an NHS API and log in to it.",
    path_prefix: "/hello-world",
    specification: SPECIFICATION,
    fhir_version: None,
    profiles: &[Profile::Sandbox, Profile::Int],
    logins: &[
        Login::Open,
        Login::ApiKey,
        Login::Application,
        Login::HealthcareWorker,
        Login::Citizen,
    ],
    operations: &[
        greet_world::OPERATION,
        greet_application::OPERATION,
        greet_user::OPERATION,
    ],
    missing: &[],
    deviations: &[
        "The workspace's own access token is an API key as well.",
        "It answers in both profiles; the NHS offers it on the sandbox host only.",
    ],
    refuse: error::refuse,
    fail: in_own_shape,
};
