//! Where a guest's request goes, or the sentence that refuses it: what was refused, why, and what is allowed.

use http::Uri;
use mock_nhs_interfaces::Profile;

/// The NHS's live host, which no sandbox ever reaches.
const LIVE_HOST: &str = "api.service.nhs.uk";
/// MESH's host for integration, which is another than that of the other interfaces.
const MESH_HOST: &str = "msg.intspineservices.nhs.uk";
/// MESH's live host, which no sandbox ever reaches.
const MESH_LIVE_HOST: &str = "mesh-sync.spineservices.nhs.uk";
/// What every address inside the sandbox ends with. `.internal` is reserved for such use and is never a public name.
const INSIDE: &str = ".c4h.internal";
/// The workspace's own FHIR server.
pub(crate) const FHIR: &str = "fhir.c4h.internal";
/// The app's own store.
const STORE: &str = "store.c4h.internal";
/// What the address of another app ends with.
const APPS: &str = ".apps.c4h.internal";

/// Who answers a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// The mock interfaces, behaving like this.
    Nhs(Profile),
    /// The workspace's own FHIR server.
    Fhir,
    /// The app's own values.
    Store,
    /// Another app of the same workspace, by the name in the address.
    App(String),
}

/// Whether the address is the app's own store.
pub(super) fn is_store(uri: &Uri) -> bool {
    uri.host().is_some_and(|host| host.eq_ignore_ascii_case(STORE))
}

/// Who answers a call of this address.
///
/// # Errors
/// Nobody: a sentence that says why, and what is allowed.
pub(super) fn destination(uri: &Uri) -> Result<Destination, String> {
    let host = uri.host().unwrap_or_default();
    let shown = format!(
        "{}://{}",
        uri.scheme_str().unwrap_or("https"),
        uri.authority().map_or("", |a| a.as_str())
    );
    let shown: String = shown.escape_debug().take(200).collect();
    let allowed = Profile::ALL
        .map(|profile| format!("https://{}", profile.host()))
        .join(" and ");
    if host.eq_ignore_ascii_case(MESH_LIVE_HOST) {
        return Err(format!(
            "{shown} was refused: that is the NHS's live MESH, and nothing in this sandbox reaches it. Use \
             https://{MESH_HOST} with the same path; when the app leaves the sandbox, only the host changes."
        ));
    }
    if host.eq_ignore_ascii_case(LIVE_HOST) {
        return Err(format!(
            "{shown} was refused: that is the NHS's live service, and nothing in this sandbox reaches live patients. \
             Use https://{} (or https://{}) with the same path; when the app leaves the sandbox, only the host changes.",
            Profile::Int.host(),
            Profile::Sandbox.host()
        ));
    }
    let Some(destination) = of_host(host) else {
        if host.to_ascii_lowercase().ends_with(INSIDE) {
            return Err(format!(
                "{shown} was refused: nothing inside the sandbox has this address. There are https://{FHIR} for \
                 the workspace's records, https://{STORE} for what the app keeps, and https://letters{APPS} for an app named letters of the same workspace."
            ));
        }
        return Err(format!(
            "{shown} was refused: apps in this sandbox reach the workspace's own interfaces and nothing else. \
             Allowed are {allowed}; inside the sandbox https://{FHIR}, https://{STORE} and the workspace's other apps."
        ));
    };
    let right = match &destination {
        Destination::Nhs(profile) => format!("https://{}", profile.host()),
        Destination::Fhir => format!("https://{FHIR}"),
        Destination::Store => format!("https://{STORE}"),
        Destination::App(name) => format!("https://{name}{APPS}"),
    };
    let plain_authority = uri
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    if !plain_authority {
        return Err(format!(
            "An address with a user name or password before {host} was refused; send credentials in the header \
             Authorization. Use {right}."
        ));
    }
    if uri.scheme_str() != Some("https") {
        return Err(format!(
            "{shown} was refused: the NHS's hosts are reached over https only, and so is everything here. Use {right}."
        ));
    }
    if !matches!(uri.port_u16(), None | Some(443)) {
        return Err(format!(
            "{shown} was refused: this host answers on the usual port of https only. Use {right}."
        ));
    }
    Ok(destination)
}

/// Whole names are compared: no suffix, no trailing dot, no other spelling gets through.
fn of_host(host: &str) -> Option<Destination> {
    if let Some(profile) = Profile::from_host(host) {
        return Some(Destination::Nhs(profile));
    }
    let host = host.to_ascii_lowercase();
    if host == MESH_HOST {
        return Some(Destination::Nhs(Profile::Int));
    }
    if host == FHIR {
        return Some(Destination::Fhir);
    }
    if host == STORE {
        return Some(Destination::Store);
    }
    let name = host.strip_suffix(APPS)?;
    (!name.is_empty() && !name.contains('.')).then(|| Destination::App(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_inside_is_reached() {
        for (address, expected) in [
            (
                "https://int.api.service.nhs.uk/personal-demographics/FHIR/R4/Patient/1",
                Destination::Nhs(Profile::Int),
            ),
            (
                "https://INT.api.service.nhs.uk:443/",
                Destination::Nhs(Profile::Int),
            ),
            (
                "https://sandbox.api.service.nhs.uk/hello-world/hello/world",
                Destination::Nhs(Profile::Sandbox),
            ),
            (
                "https://msg.intspineservices.nhs.uk/messageexchange/X26ABC1/inbox",
                Destination::Nhs(Profile::Int),
            ),
            ("https://fhir.c4h.internal/Patient/1", Destination::Fhir),
            ("https://store.c4h.internal/values/a", Destination::Store),
            ("https://STORE.c4h.internal:443/values", Destination::Store),
            (
                "https://letters.apps.c4h.internal/x?y",
                Destination::App("letters".to_owned()),
            ),
            (
                "https://letters--v2.apps.c4h.internal/",
                Destination::App("letters--v2".to_owned()),
            ),
        ] {
            assert_eq!(destination(&address.parse().unwrap()), Ok(expected), "{address}");
        }
    }

    #[test]
    fn every_other_address_is_refused_with_the_way_out() {
        for (address, word) in [
            ("https://api.service.nhs.uk/x", "live service"),
            ("https://API.service.nhs.uk/x", "live service"),
            (
                "https://mesh-sync.spineservices.nhs.uk/messageexchange/A",
                "live MESH",
            ),
            (
                "https://example.com/",
                "Allowed are https://sandbox.api.service.nhs.uk and https://int",
            ),
            ("https://int.api.service.nhs.uk.example.com/", "Allowed are"),
            ("https://int.api.service.nhs.uk./", "Allowed are"),
            ("https://int.api.service.nhs.uk@127.0.0.1/", "Allowed are"),
            ("https://127.0.0.1@int.api.service.nhs.uk/", "user name"),
            ("https://xint.api.service.nhs.uk/", "Allowed are"),
            ("http://127.0.0.1:8080/metrics", "Allowed are"),
            ("http://[::1]/", "Allowed are"),
            ("http://2130706433/", "Allowed are"),
            ("http://0x7f.1/", "Allowed are"),
            ("http://169.254.169.254/latest/meta-data/", "Allowed are"),
            ("http://localhost/", "Allowed are"),
            ("http://int.api.service.nhs.uk/", "https only"),
            ("https://int.api.service.nhs.uk:8443/", "usual port"),
            ("https://x@store.c4h.internal/values", "user name"),
            (
                "http://store.c4h.internal/values",
                "Use https://store.c4h.internal",
            ),
            ("https://store.c4h.internal:1/values", "usual port"),
            ("https://store.c4h.internal./values", "Allowed are"),
            ("https://store.c4h.internal.example.com/", "Allowed are"),
            ("https://xstore.c4h.internal/values", "nothing inside"),
            ("https://c4h.internal/", "Allowed are"),
            ("https://.apps.c4h.internal/", "nothing inside"),
            ("https://apps.c4h.internal/", "nothing inside"),
            ("https://a.b.apps.c4h.internal/", "nothing inside"),
            ("http://letters.apps.c4h.internal/", "Use https://letters.apps"),
        ] {
            let reason = destination(&address.parse().unwrap()).unwrap_err();
            assert!(reason.contains(word), "{address}: {reason}");
            assert!(reason.contains("https://"), "{address}: {reason}");
        }
    }
}
