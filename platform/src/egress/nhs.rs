//! A call of a mock interface: as far as the manifest allows, with the workspace's token where the app has none.

use axum::body::Body;
use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt as _, Limited};
use mock_nhs_interfaces::{Answered, Profile};
use sandbox_runtime::{CallLabel, EgressAnswer};

use super::answer::{answered, delivered, problem};
use super::{Inside, managed_login};
use crate::model::{Manifest, Use};
use crate::nearest::nearest;

/// Lets the interface at the request's path answer.
pub(super) async fn call(inside: &Inside, profile: Profile, request: Request<Bytes>) -> EgressAnswer {
    let manifest = &*inside.running.version.manifest;
    let called = match inside.app.called(&inside.workspace, request.uri().path()).await {
        Ok(called) => called,
        Err(error) => return answered(problem(&error), None),
    };
    if let Some((id, title)) = called.named()
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
        notes.extend(managed_login::attach(
            manifest.login,
            called.takes_api_key(),
            &tenant,
            &mut parts,
        ));
    }
    let request = Request::from_parts(parts, Body::from(body));
    let mut response = inside.app.answer_nhs(&tenant, profile, &called, request).await;
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
