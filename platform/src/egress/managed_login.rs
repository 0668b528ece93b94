//! Logs an app in that does not log in itself, as its manifest says: with a token, and an API key where one is taken.

use http::request::Parts;
use http::{HeaderName, HeaderValue, header};
use mock_nhs_interfaces::Tenant;
use mock_nhs_interfaces::auth::ManagedLogin;

use crate::model::Login;

/// The header that an API key travels in.
const APIKEY: HeaderName = HeaderName::from_static("apikey");

/// Attaches what the app did not send; answers what the trace says about it.
///
/// `takes_key` says whether the interface knows its callers by an API key, as the register of organisations does.
pub(super) fn attach(login: Login, takes_key: bool, tenant: &Tenant, parts: &mut Parts) -> Option<String> {
    let (whose, managed) = match login {
        Login::Own => return None,
        Login::Managed => (
            "the workspace's own access token, that of a healthcare worker,".to_owned(),
            None,
        ),
        Login::ManagedApplication => (
            "an access token of the application".to_owned(),
            Some(ManagedLogin::Application),
        ),
        Login::ManagedPatient(number) => (
            format!("an access token of the patient {}", number.spaced()),
            Some(ManagedLogin::Citizen(number)),
        ),
    };
    let token = secret(&format!("Bearer {}", tenant.access_token))?;
    parts.headers.insert(header::AUTHORIZATION, token);
    if let Some(managed) = managed {
        parts.extensions.insert(managed);
    }
    let with_key = takes_key && !parts.headers.contains_key(APIKEY);
    if with_key {
        parts.headers.insert(APIKEY, secret(&tenant.access_token)?);
    }
    let attached = if with_key { "and an API key were" } else { "was" };
    Some(format!(
        "The app sent no Authorization, so {whose} {attached} attached on the way out. The NHS's hosts do not do that: there \
         the app has to log in itself."
    ))
}

fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::Request;
    use store::{FixedClock, WorkspaceId};
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_the_app_did_not_send_is_attached_and_told() {
        let tenant = Tenant {
            workspace: WorkspaceId::new(1),
            clock: Arc::new(FixedClock::new(datetime!(2026-01-15 12:00 UTC))),
            access_token: "made0up1token".into(),
            base_url: "https://int.api.service.nhs.uk".into(),
            faults: Arc::default(),
            caller: None,
        };
        for (login, takes_key, own_key, key, words) in [
            (Login::Own, true, None, None, None),
            (
                Login::Managed,
                false,
                None,
                None,
                Some("healthcare worker, was attached"),
            ),
            (
                Login::Managed,
                true,
                None,
                Some("made0up1token"),
                Some("healthcare worker, and an API key were attached"),
            ),
            (
                Login::ManagedApplication,
                true,
                Some("mine"),
                Some("mine"),
                Some("of the application was attached"),
            ),
        ] {
            let mut request = Request::new(());
            if let Some(own) = own_key {
                request
                    .headers_mut()
                    .insert(APIKEY, HeaderValue::from_static(own));
            }
            let (mut parts, ()) = request.into_parts();
            let told = attach(login, takes_key, &tenant, &mut parts);
            let found = parts.headers.get(APIKEY).map(|key| key.to_str().unwrap());
            assert_eq!(found, key, "{login:?}");
            assert_eq!(
                parts.headers.contains_key(header::AUTHORIZATION),
                login != Login::Own,
                "{login:?}"
            );
            let told = told.unwrap_or_default();
            assert!(told.contains(words.unwrap_or_default()), "{login:?}: {told}");
            assert_eq!(told.is_empty(), words.is_none(), "{login:?}");
        }
    }
}
