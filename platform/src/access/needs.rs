//! What an address asks of its callers, by its path: one table, read before routing, so that no route can be forgotten.

use http::Method;

/// What a caller must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs<'p> {
    /// Anybody at all.
    Nothing,
    /// Somebody who has the link of some workspace.
    SomeWorkspace,
    /// Somebody who has the link of this workspace.
    Workspace(&'p str),
    /// The same, or whoever has a login at the workspace's FHIR server; that server says who.
    Fhir(&'p str),
    /// The trainer.
    Trainer,
}

/// What the address asks. Names are compared as they stand in the path: one that is written in another way opens nothing.
pub(crate) fn needs<'p>(method: &Method, path: &'p str) -> Needs<'p> {
    let mut parts = path.split('/').skip(1);
    let mut next = || parts.next().unwrap_or_default();
    match (next(), next(), next(), next(), next()) {
        ("" | "healthz" | "readyz" | "favicon.ico", "", ..)
        | ("assets" | "pictures" | "enter" | "trainer" | "leave", ..) => Needs::Nothing,
        ("api", "v1", "openapi.json", "", _) => Needs::Nothing,
        ("api", "v1", "scenarios", ..) => Needs::SomeWorkspace,
        ("api", "v1", "packages", "", _) if *method == Method::GET => Needs::SomeWorkspace,
        // A fork is one more workspace.
        ("api", "v1", "workspaces", name, rest) if !name.is_empty() && rest != "fork" => {
            Needs::Workspace(name)
        }
        // Their login is their own, as at the NHS; an app is for everybody who is told where it is, and so is a version that was
        // shared: its address holds what nobody can guess.
        ("w", name, "apps" | "nhs" | "shared", what, _) if !name.is_empty() && !what.is_empty() => {
            Needs::Nothing
        }
        ("w", name, "fhir", what, _) if !name.is_empty() => match what {
            ".well-known" | "auth" | "metadata" => Needs::Nothing,
            _ => Needs::Fhir(name),
        },
        ("w", _, "changes", "fork", _) => Needs::Trainer,
        ("w", name, ..) if !name.is_empty() => Needs::Workspace(name),
        _ => Needs::Trainer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_table_is_the_trainers() {
        let get = |path| needs(&Method::GET, path);
        for (path, expected) in [
            ("/", Needs::Nothing),
            ("/healthz", Needs::Nothing),
            ("/assets/site-1.css", Needs::Nothing),
            ("/enter/demo/00", Needs::Nothing),
            ("/api/v1/openapi.json", Needs::Nothing),
            ("/api/v1/scenarios/x", Needs::SomeWorkspace),
            ("/api/v1/packages", Needs::SomeWorkspace),
            ("/api/v1/packages/x", Needs::Trainer),
            ("/api/v1/workspaces", Needs::Trainer),
            ("/api/v1/workspaces/", Needs::Trainer),
            ("/api/v1/workspaces/demo", Needs::Workspace("demo")),
            ("/api/v1/workspaces/demo/fork", Needs::Trainer),
            (
                "/api/v1/workspaces/demo/apps/x/traces/live",
                Needs::Workspace("demo"),
            ),
            ("/api/v1/workspaces/d%65mo", Needs::Workspace("d%65mo")),
            ("/w/demo", Needs::Workspace("demo")),
            ("/w/demo/app/hello/runs/1", Needs::Workspace("demo")),
            ("/w/demo/apps", Needs::Workspace("demo")),
            ("/w/demo/changes", Needs::Workspace("demo")),
            ("/w/demo/changes/reset", Needs::Workspace("demo")),
            ("/w/demo/changes/fork", Needs::Trainer),
            ("/w/demo/interfaces/pds/read_patient", Needs::Workspace("demo")),
            ("/w/demo/people/9000000009", Needs::Workspace("demo")),
            ("/w/demo/apps/", Needs::Workspace("demo")),
            ("/w/demo/apps/hello", Needs::Nothing),
            ("/w/demo/shared/hello/3f2c", Needs::Nothing),
            ("/w/demo/shared", Needs::Workspace("demo")),
            ("/w/demo/build/hello", Needs::Workspace("demo")),
            ("/pictures/empty.svg", Needs::Nothing),
            ("/w/demo/nhs/int/oauth2/token", Needs::Nothing),
            ("/w/demo/fhir/metadata", Needs::Nothing),
            ("/w/demo/fhir/.well-known/smart-configuration", Needs::Nothing),
            ("/w/demo/fhir/auth/token", Needs::Nothing),
            ("/w/demo/fhir", Needs::Fhir("demo")),
            ("/w/demo/fhir/Patient", Needs::Fhir("demo")),
            ("/workspaces", Needs::Trainer),
            ("/metrics", Needs::Trainer),
            ("//w/demo", Needs::Trainer),
            ("/w//app", Needs::Trainer),
            ("", Needs::Nothing),
        ] {
            assert_eq!(get(path), expected, "{path}");
        }
        assert_eq!(needs(&Method::POST, "/api/v1/packages"), Needs::Trainer);
    }
}
