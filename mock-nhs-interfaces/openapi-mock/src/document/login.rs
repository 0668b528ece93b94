//! `security`: how one logs in for an operation.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation>

use std::collections::HashMap;

use super::Reader;
use crate::operation::Scheme;
use crate::problem::quoted;
use crate::reference::{Placed, resolve};

/// Ways to log in for one operation that are looked at.
const MAX_CHOICES: usize = 50;

/// What the document says about logging in.
pub(super) struct Logins<'d> {
    schemes: HashMap<&'d str, Option<Scheme>>,
    /// For operations that say nothing themselves.
    general: Option<Placed<'d>>,
}

impl<'d> Reader<'d> {
    pub(super) fn logins(&mut self, at: &Placed<'d>) -> Logins<'d> {
        let listed = at
            .get("components")
            .and_then(|components| components.get("securitySchemes"));
        let mut schemes = HashMap::new();
        for (name, scheme) in listed.iter().flat_map(Placed::members) {
            schemes.insert(name, self.scheme(&scheme));
        }
        Logins {
            schemes,
            general: at.get("security"),
        }
    }

    fn scheme(&mut self, at: &Placed<'d>) -> Option<Scheme> {
        // NHS England's documents name schemes of its own registry by address.
        let of_registry = at
            .text("$ref")
            .and_then(|address| address.split_once("/components/securitySchemes/"))
            .filter(|(host, _)| host.starts_with("https://proxygen."))
            .map(|(_, name)| {
                if name == "app-level0" {
                    Scheme::ApiKey
                } else {
                    Scheme::Bearer
                }
            });
        if of_registry.is_some() {
            return of_registry;
        }
        let scheme = resolve(self.root, at, &mut self.problems)?;
        match scheme.text("type") {
            Some("http")
                if scheme
                    .text("scheme")
                    .is_some_and(|name| name.eq_ignore_ascii_case("bearer")) =>
            {
                Some(Scheme::Bearer)
            }
            Some("oauth2" | "openIdConnect") => Some(Scheme::Bearer),
            Some("apiKey") if scheme.text("in") == Some("header") => {
                let header = scheme.text("name").unwrap_or_default();
                if header.eq_ignore_ascii_case("apikey") {
                    Some(Scheme::ApiKey)
                } else if header.eq_ignore_ascii_case("authorization") {
                    Some(Scheme::Bearer)
                } else {
                    self.problems.odd(
                        &scheme.pointer,
                        format!("a key in the header {} is not checked here.", quoted(header)),
                    );
                    None
                }
            }
            other => {
                self.problems.odd(
                    &scheme.pointer,
                    format!(
                        "logging in by {} is not checked here.",
                        quoted(other.unwrap_or("nothing that is named"))
                    ),
                );
                None
            }
        }
    }

    /// How one logs in for this operation; empty when nobody has to.
    pub(super) fn operation_logins(&mut self, operation: &Placed<'d>, logins: &Logins<'d>) -> Vec<Scheme> {
        let Some(security) = operation.get("security").or_else(|| logins.general.clone()) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for choice in security.items().into_iter().take(MAX_CHOICES) {
            let mut is_open = true;
            for (name, _) in choice.members() {
                match logins.schemes.get(name) {
                    Some(Some(scheme)) => {
                        is_open = false;
                        if !found.contains(scheme) {
                            found.push(*scheme);
                        }
                    }
                    // Said where the scheme is.
                    Some(None) => {}
                    None => self.problems.broken(
                        &security.pointer,
                        format!(
                            "there is no security scheme {}; nobody has to log in for it.",
                            quoted(name)
                        ),
                    ),
                }
            }
            if is_open {
                return Vec::new();
            }
        }
        found
    }
}
