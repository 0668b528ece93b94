//! What only the server can judge of a manifest: whether it is for this app, what exists, and what is allowed here.

use super::folder::Plan;
use crate::app::App;
use crate::egress::fhir;
use crate::error::Unfit;
use crate::model::{AppName, MANIFEST_FILE, Manifest, ManifestError, Use};
use crate::nearest::nearest;

/// Judges the manifest of `plan`, which is to be deployed as `name`.
/// `added` are the ids of the interfaces that its workspace added.
pub(super) fn judge(app: &App, name: &AppName, plan: &Plan, added: &[&str]) -> Result<(), Unfit> {
    let Plan { manifest, text, .. } = plan;
    let interfaces: Vec<&str> = app
        .nhs
        .interfaces()
        .iter()
        .map(|interface| interface.id)
        .chain([fhir::ID])
        .chain(added.iter().copied())
        .collect();
    judge_name(manifest, text, name)?;
    judge_uses(manifest, text, name, &interfaces)?;
    for (limit, value) in manifest.limits.iter() {
        let most = limit.of(&app.config.limits.most());
        if value > most {
            let limit = limit.name();
            let message =
                format!("{limit} = {value} is more than an app may have on this server: at most {most}.");
            return Err(ManifestError::near(text, limit, message).into());
        }
    }
    Ok(())
}

fn judge_name(manifest: &Manifest, text: &str, name: &AppName) -> Result<(), Unfit> {
    match &manifest.name {
        Some(said) if said != name => {
            let message = format!(
                "the app is called {said} here and {name} in the address it is deployed to; deploy it to {said}, or change or leave out the line name in {MANIFEST_FILE}."
            );
            Err(ManifestError::near(text, "name", message).into())
        }
        Some(_) | None => Ok(()),
    }
}

fn judge_uses(manifest: &Manifest, text: &str, name: &AppName, interfaces: &[&str]) -> Result<(), Unfit> {
    for using in manifest.uses.iter().flatten() {
        let written = format!("\"{using}\"");
        match using {
            Use::Interface(id) if !interfaces.contains(&&**id) => {
                let hint = nearest(id, interfaces.iter().copied())
                    .map(|near| format!("did you mean {near}? "))
                    .unwrap_or_default();
                let message = format!(
                    "there is no interface {id}; {hint}The interfaces are {}, and another app is written app:NAME.",
                    interfaces.join(", ")
                );
                return Err(ManifestError::near(text, &written, message).into());
            }
            Use::App(other) if other == name => {
                let message = "an app may always call itself; leave it out of uses.".to_owned();
                return Err(ManifestError::near(text, &written, message).into());
            }
            Use::Interface(_) | Use::App(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_does_not_have_is_named() {
        let name = AppName::new("bmi").unwrap();
        let judged = |text: &str| {
            let manifest = Manifest::parse(text).unwrap();
            judge_name(&manifest, text, &name)
                .and_then(|()| judge_uses(&manifest, text, &name, &["pds", "hello-world"]))
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            judged("name = \"bmi\"\nuses = [\"pds\", \"app:letters\"]"),
            Ok(())
        );
        assert_eq!(judged(""), Ok(()));
        for (text, words) in [
            (
                "\nname = \"bmi2\"",
                "app.toml line 2: the app is called bmi2 here and bmi in the address",
            ),
            (
                "uses = [\n\"pds\",\n\"psd\"]",
                "app.toml line 3: there is no interface psd; did you mean pds?",
            ),
            (
                "uses = [\"completely-else\"]",
                "The interfaces are pds, hello-world",
            ),
            ("uses = [\"app:bmi\"]", "may always call itself"),
        ] {
            let error = judged(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
