//! A call of a mock interface: as far as the manifest allows, with the workspace's token where the app has none.

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, header};
use http_body_util::{BodyExt as _, Limited};
use mock_nhs_interfaces::auth::ManagedLogin;
use mock_nhs_interfaces::{Answered, Profile, Tenant};
use sandbox_runtime::{CallLabel, EgressAnswer};

use super::Inside;
use super::answer::{answered, delivered, problem};
use crate::model::{Login, Manifest, Use};
use crate::nearest::nearest;

/// The header that an API key travels in.
const APIKEY: HeaderName = HeaderName::from_static("apikey");

/// Lets the interface at the request's path answer.
pub(super) async fn call(inside: &Inside, profile: Profile, request: Request<Bytes>) -> EgressAnswer {
    let manifest = &*inside.running.version.manifest;
    let nhs = &inside.app.nhs;
    let path = request.uri().path();
    let built_in = nhs.interface_at(path);
    let added = match built_in {
        Some(_) => None,
        None => match inside.app.added_interface_at(&inside.workspace, path).await {
            Ok(added) => added,
            Err(error) => return answered(problem(&error), None),
        },
    };
    let called = built_in.map(|interface| (interface.id, interface.title));
    let called = called.or_else(|| added.as_ref().map(|added| (&*added.id, &*added.document.title)));
    if let Some((id, title)) = called
        && !manifest.allows_interface(id)
    {
        let reason = refusal(manifest, id, title);
        return EgressAnswer::Refused { reason };
    }
    let base_url = format!("https://{}", profile.host());
    let tenant = inside
        .app
        .tenant(&inside.workspace, base_url.into(), Some(&inside.running.app.name));
    let mut notes = Vec::new();
    let (mut parts, body) = request.into_parts();
    if profile == Profile::Int && !parts.headers.contains_key(header::AUTHORIZATION) {
        notes.extend(log_in(manifest.login, &tenant, &mut parts));
    }
    let request = Request::from_parts(parts, Body::from(body));
    let mut response = match &added {
        Some(added) => nhs.answer_added(&tenant, profile, added, request).await,
        None => nhs.answer(&tenant, profile, request).await,
    };
    if let Some(no_answer) = delivered(&mut response) {
        return no_answer;
    }
    let label = response.extensions().get::<Answered>().map(|answered| CallLabel {
        interface: answered.interface.clone().into_owned(),
        operation: answered.operation.clone().into_owned(),
        title: answered.title.clone().into_owned(),
    });
    let (parts, body) = response.into_parts();
    let limit_bytes = usize::try_from(inside.response_bytes).unwrap_or(usize::MAX);
    match Limited::new(body, limit_bytes).collect().await {
        Ok(body) => EgressAnswer::Answered {
            response: http::Response::from_parts(parts, body.to_bytes()),
            label,
            notes,
        },
        Err(error) => {
            let reason = format!(
                "The answer of {} could not be handed over: {error} (at most {limit_bytes} bytes).",
                profile.host()
            );
            EgressAnswer::Refused { reason }
        }
    }
}

/// Logs an app in that does not log in itself, as its manifest says; answers what the trace says about it.
fn log_in(login: Login, tenant: &Tenant, parts: &mut Parts) -> Option<String> {
    let attached = match login {
        Login::Own => return None,
        Login::Managed => "the workspace's own access token, that of a healthcare worker, was".to_owned(),
        Login::ManagedApplication => {
            parts.extensions.insert(ManagedLogin::Application);
            if let Ok(mut key) = HeaderValue::from_str(&tenant.access_token) {
                key.set_sensitive(true);
                parts.headers.entry(APIKEY).or_insert(key);
            }
            "an access token and an API key of the application were".to_owned()
        }
        Login::ManagedPatient(number) => {
            parts.extensions.insert(ManagedLogin::Citizen(number));
            format!("an access token of the patient {} was", number.spaced())
        }
    };
    let mut token = HeaderValue::from_str(&format!("Bearer {}", tenant.access_token)).ok()?;
    token.set_sensitive(true);
    parts.headers.insert(header::AUTHORIZATION, token);
    Some(format!(
        "The app sent no Authorization, so {attached} attached on the way out. The NHS's hosts do not do that: there the \
         app has to log in itself."
    ))
}

/// What was refused, why, and the line that would allow it.
fn refusal(manifest: &Manifest, id: &str, title: &str) -> String {
    let wanted = Use::Interface(id.into());
    let mut said = manifest.uses.iter().flatten().filter_map(|using| match using {
        Use::Interface(said) => Some(&**said),
        Use::App(_) => None,
    });
    let misspelt = nearest(id, &mut said).map(|said| format!(" (Is \"{said}\" there meant to be \"{id}\"?)"));
    format!(
        "{title} was refused: the app's manifest lists what it uses, and \"{id}\" is not in the list. To allow it, write \
         this line into app.toml and deploy again: {}{}",
        manifest.uses_line_with(&wanted),
        misspelt.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_line_that_would_allow_it() {
        for (uses, line, hint) in [
            (r#"uses = []"#, r#"uses = ["pds"]"#, false),
            (
                r#"uses = ["hello-world", "app:letters"]"#,
                r#"uses = ["hello-world", "app:letters", "pds"]"#,
                false,
            ),
            (r#"uses = ["pdss"]"#, r#"uses = ["pdss", "pds"]"#, true),
        ] {
            let manifest = Manifest::parse(uses).unwrap();
            assert!(!manifest.allows_interface("pds"));
            let reason = refusal(&manifest, "pds", "Personal Demographics Service");
            assert!(reason.contains(line), "{reason}");
            assert_eq!(reason.contains("meant to be"), hint, "{reason}");
        }
    }
}
